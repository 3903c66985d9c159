"""One store to the rest of the program: add, remove, search and count articles."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np

from vectorstore.catalog import Catalog
from vectorstore.dense import DenseIndex
from vectorstore.errors import StoreReplaced
from vectorstore.lexical import InLanguages, LexicalIndex
from vectorstore.query_terms import QueryTerms, Term
from vectorstore.records import Article, Passage
from vectorstore.results import Counts, Hit, SearchResult

# How often a search is made anew. One takes milliseconds, a batch that another process indexes
# seconds.
_MOST_SEARCHES = 20


class Store:
    """Articles, found by meaning and by their words.

    A method may be called from any thread; one call runs at a time. What another process has
    written is seen by the next search.
    """

    def __init__(self, catalog: Catalog, dense: DenseIndex, lexical: LexicalIndex) -> None:
        self._catalog = catalog
        self._dense = dense
        self._lexical = lexical
        self._lock = threading.RLock()
        # What the two indexes show; they are read with the first search.
        self._edition = -1
        self._languages: tuple[int, frozenset[str]] = (-1, frozenset())

    def add(self, batch: Sequence[tuple[Article, Sequence[Passage]]]) -> None:
        """Add articles with their passages, each in place of its earlier version if there is one.

        The whole batch becomes visible at once. Title and passage are indexed together; spans
        stay those of the passage.
        """
        with self._writing():
            self._sweep()
            passages = [passage for _, some in batch for passage in some]
            texts = [f"{passage.article.heading}{passage.text}" for passage in passages]
            vectors = self._dense.embed(texts)
            keys = self._catalog.write_pending(batch, vectors)
            self._dense.add(keys, vectors)
            self._lexical.add(keys, texts, [a.language for a, some in batch for _ in some])
            self._lexical.commit()
            self._catalog.publish_pending()
            self._sweep()

    def remove(self, ids: Sequence[str]) -> int:
        """Remove articles by id; return how many there were."""
        with self._writing():
            removed = self._catalog.drop(ids)
            self._sweep()
            return removed

    def sweep(self) -> None:
        """Delete what a stopped run left behind and what is no longer visible."""
        with self._writing():
            self._sweep()

    def search(
        self,
        question: str,
        k: int,
        *,
        terms: Sequence[Term],
        terms_in: Mapping[str, Sequence[Term]] | None = None,
    ) -> SearchResult:
        """Return the k passages nearest to the question by each of the two indexes.

        `terms` are the words that the lexical index looks for, `terms_in` what it looks for
        instead in passages of a language, by its code: k passages for each language that is
        there, k for all others. Raises StoreReplaced.
        """
        with self._lock:
            vector = self._dense.embed_question(question)
            for _ in range(_MOST_SEARCHES):
                self._refresh()
                found = self._find(vector, {**(terms_in or {}), "": terms}, k)
                # Else another process has written meanwhile, and what it has just put in place
                # of something else may be missing.
                if self._catalog.edition() == self._edition:
                    break
            return found

    def languages(self) -> frozenset[str]:
        """Return the codes of the languages that there are articles in."""
        with self._lock:
            edition = self._catalog.edition()
            if edition != self._languages[0]:
                self._languages = edition, frozenset(self._catalog.languages())
            return self._languages[1]

    def count(self) -> Counts:
        """Count what is visible."""
        with self._lock:
            articles, passages = self._catalog.counts()
            return Counts(articles, passages, self._catalog.languages())

    def article(self, id: str) -> Article | None:
        """Return the article with this id."""
        with self._lock:
            return self._catalog.article(id)

    def sample(self, n: int) -> list[Article]:
        """Return up to n articles, spread evenly over the order in which they were added."""
        with self._lock:
            return self._catalog.sample(n)

    def hashes_under(self, path: str) -> dict[str, tuple[str, str]]:
        """Return {article id: (file path, content hash)} of a file or of all below a folder."""
        with self._lock:
            return self._catalog.hashes_under(path)

    def file_digest(self, path: str) -> str | None:
        """Return the digest that `note_files` kept for a file."""
        with self._lock:
            return self._catalog.file_digest(path)

    def note_files(self, digests: Iterable[tuple[str, str]]) -> None:
        """Remember (path, digest) of files whose articles are all in the store."""
        with self._lock:
            self._catalog.note_files(digests)

    def forget_files(self, paths: Iterable[str]) -> None:
        """Forget the digests of files, so that they are read again."""
        with self._lock:
            self._catalog.forget_files(paths)

    def close(self) -> None:
        """Wait for what is being written and release the files."""
        with self._lock:
            self._lexical.close()
            self._dense.close()
            self._catalog.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            current = self._edition == self._catalog.edition()
            yield
            if current:  # still: the two indexes show at once what goes through them
                self._edition = self._catalog.edition()

    def _sweep(self) -> None:
        if hidden := self._catalog.hidden():
            self._dense.remove(hidden)
            self._lexical.remove(hidden)
            self._lexical.commit()
        self._catalog.forget_hidden()

    def _refresh(self) -> None:
        edition = self._catalog.edition()
        if edition != self._edition:
            if self._catalog.is_replaced():
                raise StoreReplaced("the index was rebuilt: start article-chat again")
            self._dense.reopen()
            self._lexical.reload()
            self._edition = edition

    def _find(
        self, vector: np.ndarray, terms_in: Mapping[str, Sequence[Term]], k: int
    ) -> SearchResult:
        # Chroma leaves out what another process is just removing, so it may find too few.
        found = self._visible(
            lambda wanted: self._dense.search(vector, wanted), k, most=self._catalog.size()
        )
        by_language = {code: self._lexical.query_terms(terms) for code, terms in terms_in.items()}
        named = by_language.keys() - {""}
        for code, query_terms in by_language.items():
            where = InLanguages((code,), others=False) if code else InLanguages(named)
            found += self._visible(partial(self._search_lexical, query_terms, where), k, most=0)
        keys = list(dict.fromkeys(found))
        passages = self._catalog.passages(keys)
        vectors = self._catalog.vectors(keys)
        scores = self._score(by_language, passages)
        return SearchResult(
            tuple(
                Hit(passages[key], float(vectors[key] @ vector), scores.get(key, 0.0))
                for key in keys
                if key in passages and key in vectors
            ),
            by_language,
        )

    def _search_lexical(
        self, query_terms: QueryTerms, where: InLanguages, wanted: int
    ) -> list[int]:
        return list(self._lexical.search(query_terms, wanted, where))

    def _score(
        self, by_language: Mapping[str, QueryTerms], passages: Mapping[int, Passage]
    ) -> dict[int, float]:
        keys_by_language: dict[str, list[int]] = {code: [] for code in by_language}
        for key, passage in passages.items():
            language = passage.article.language
            keys_by_language[language if language in by_language else ""].append(key)
        scores: dict[int, float] = {}
        for code, keys in keys_by_language.items():
            scores.update(self._lexical.score(by_language[code], keys))
        return scores

    def _visible(self, find: Callable[[int], list[int]], k: int, *, most: int) -> list[int]:
        """Return the first k visible keys; hidden ones may be among the first that are found.

        That fewer are found than wanted means that there are no more, if `most` were wanted.
        """
        wanted = k
        while True:
            found = find(wanted)
            visible = self._catalog.visible(found)
            if len(visible) >= k or (len(found) < wanted and wanted >= most):
                return [key for key in found if key in visible][:k]
            wanted *= 4
