"""One store to the rest of the program: add, remove, search and count articles."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from langchain_core.vectorstores import VectorStoreRetriever

from vectorstore.candidates import score_nearest, search_both
from vectorstore.catalog.catalog import Catalog
from vectorstore.dense.index import DenseIndex
from vectorstore.faults import named_errors
from vectorstore.filters import Filter
from vectorstore.indexes import SearchIndexes
from vectorstore.langchain import PassageVectorStore
from vectorstore.lexical.index import LexicalIndex
from vectorstore.lexical.query_terms import Term
from vectorstore.reading import StoredArticles
from vectorstore.records import Batch, Passage
from vectorstore.results import SearchResult

logger = logging.getLogger(__name__)


class Store(StoredArticles):
    """Articles, found by meaning and by their words.

    Methods may be called from any thread. Writers wait for each other; searches and readers wait
    for nobody, and see all that was complete when they began, whichever process wrote it. But in a
    process that both searches and writes, all threads wait while Chroma takes in a hundred
    passages: let another process write. Every method raises StoreError.
    """

    def __init__(self, catalog: Catalog, dense: DenseIndex, lexical: LexicalIndex) -> None:
        super().__init__(catalog)
        self._folder = catalog.folder
        self._dense = dense
        self._lexical = lexical
        self._lock = threading.Lock()
        self._indexes = SearchIndexes(catalog, dense, lexical)

    def add(self, batch: Batch) -> None:
        """Add articles with their passages, each in place of its earlier version if there is one.

        The whole batch becomes visible at once. Title and passage are indexed together; spans
        stay those of the passage. An article that is stored under another path too, because its
        folder was moved, is not embedded again.
        """
        vectors = self._embed(batch)
        with self._writing():
            self._put(batch, vectors)

    def remove(self, ids: Sequence[str]) -> int:
        """Remove articles by id; return how many there were."""
        with self._writing():
            removed = self._catalog.drop(ids)
            self._sweep()
            return removed

    def repair(self) -> None:
        """Delete the remains of a stopped run, and make an index again that lost passages.

        Only one process may do so at a time: call inside `writing`.
        """
        with self._writing():
            if self._dense.repair():
                self._catalog.note_repaired()
            self._sweep()
            if self._lexical.count() != self._catalog.size():
                logger.warning("%s lacks passages: making its lexical index again", self._folder)
                self._lexical.make_again(self._catalog.all_passages())

    def check(self) -> None:
        """Raise StoreDamaged if the lexical index lacks passages."""
        self._indexes.check()

    @property
    def trouble(self) -> str:
        """One line that says why searches are slower than they could be, "" if they are not."""
        return self._indexes.trouble

    @property
    def is_shared(self) -> bool:
        """Whether other machines may have written articles, whose files are not here."""
        return False

    @property
    def is_cut_off(self) -> bool:
        """Whether what others write is not seen, as their server cannot be reached."""
        return False

    def search(
        self,
        question: str,
        k: int,
        *,
        terms: Sequence[Term],
        terms_in: Mapping[str, Sequence[Term]] | None = None,
        filter: Filter | None = None,
    ) -> SearchResult:
        """Return the k matching passages that are nearest to the question by each of the indexes.

        The lexical index looks for `terms`, but in passages of a language that `terms_in` maps to
        terms of its own, for those: k passages for each such language, k for all others.
        """
        vector = self._dense.embed_question(question)
        both = {**(terms_in or {}), "": terms}
        return self._indexes.search(
            lambda there: search_both(there, vector, k, terms_in=both, filter=filter)
        )

    def nearest(
        self, question: str, k: int, filter: Filter | None = None
    ) -> list[tuple[Passage, float]]:
        """Return the k matching passages nearest in meaning, with their cosines, best first."""
        vector = self._dense.embed_question(question)
        return self._indexes.search(lambda there: score_nearest(there, vector, k, filter))

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """Return the passages with these ids, in the order of the ids, without unknown ones."""
        with self._catalog.reading() as catalog:
            keys = catalog.keys_of(ids)
            found = catalog.passages(keys)
        return [found[key] for key in keys if key in found]

    def as_vectorstore(self) -> PassageVectorStore:
        """Return the store as LangChain's vector store, which finds by meaning alone."""
        return PassageVectorStore(self._dense.embeddings, self.nearest, self.passages)

    def as_retriever(self, *, k: int = 4, filter: Filter | None = None) -> VectorStoreRetriever:
        """Return LangChain's retriever of the k matching passages nearest in meaning."""
        return self.as_vectorstore().as_retriever(search_kwargs={"k": k, "filter": filter})

    def note_files(self, digests: Iterable[tuple[str, str]]) -> None:
        """Remember (path, digest) of files whose articles are all in the store."""
        with self._writing():
            self._catalog.note_files(digests)

    def forget_files(self, paths: Iterable[str]) -> None:
        """Forget the digests of files, so that they are read again."""
        with self._writing():
            self._catalog.forget_files(paths)

    def close(self) -> None:
        """Wait until all is written and release the files."""
        self._indexes.close()
        with self._lock, named_errors(self._folder):
            self._lexical.close()
            self._dense.close()
            self._catalog.close()

    def _embed(self, batch: Batch) -> np.ndarray:
        with self._catalog.reading() as catalog:
            stored = [catalog.vectors_of_content(article.content_hash) for article, _ in batch]
        return self._dense.embed_new(
            [
                (passage, vectors.get((passage.start, passage.end)))
                for (_, passages), vectors in zip(batch, stored, strict=True)
                for passage in passages
            ]
        )

    def _put(self, batch: Batch, vectors: np.ndarray) -> None:
        passages = [passage for _, some in batch for passage in some]
        self._sweep()
        keys = self._catalog.write_pending(batch, vectors)
        self._dense.add(passages, vectors)
        self._lexical.add(keys, passages)
        self._lexical.commit()
        self._catalog.publish_pending()
        self._sweep()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, named_errors(self._folder):
            yield

    def _sweep(self) -> None:
        if hidden := self._catalog.hidden():
            self._dense.remove(self._catalog.hidden_ids())
            self._lexical.remove(hidden)
            self._lexical.commit()
        self._catalog.forget_hidden()
