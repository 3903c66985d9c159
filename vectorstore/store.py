"""One store to the rest of the program: add, remove, search and count articles."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vectorstore.catalog import Catalog
from vectorstore.dense import DenseIndex
from vectorstore.lexical import LexicalIndex, Wording
from vectorstore.records import Article, Passage


@dataclass(frozen=True)
class Hit:
    """A passage that a search found.

    `cosine` is the similarity of the embeddings of question and passage, -1 to 1; `bm25` is the
    lexical score, 0 when no gram is shared. Both are known for every hit, whichever index found
    it.
    """

    passage: Passage
    cosine: float
    bm25: float


@dataclass(frozen=True)
class Found:
    """The hits of one search, in no particular order, and how the question was weighed."""

    hits: tuple[Hit, ...]
    wording: Wording


@dataclass(frozen=True)
class Counts:
    """How much the store holds; articles by language, the most frequent first."""

    articles: int
    passages: int
    languages: Mapping[str, int]


class Store:
    """Articles, found by meaning and by wording.

    A method may be called from any thread; one call runs at a time. What another process has
    written is seen by the next search.
    """

    def __init__(self, catalog: Catalog, dense: DenseIndex, lexical: LexicalIndex) -> None:
        self._catalog = catalog
        self._dense = dense
        self._lexical = lexical
        self._lock = threading.RLock()
        self._edition = catalog.edition()

    def add(self, batch: Sequence[tuple[Article, Sequence[Passage]]]) -> None:
        """Add articles with their passages, each in place of its earlier version if there is one.

        The whole batch becomes visible at once. Title and passage are indexed together; spans
        stay those of the passage.
        """
        with self._lock:
            passages = [passage for _, some in batch for passage in some]
            texts = [f"{passage.article.title}\n{passage.text}" for passage in passages]
            keys = self._catalog.write_pending(batch)
            self._dense.add(keys, texts)
            self._lexical.add(keys, texts)
            self._lexical.commit()
            self._catalog.publish_pending()
            self.sweep()

    def remove(self, ids: Sequence[str]) -> int:
        """Remove articles by id; return how many there were."""
        with self._lock:
            removed = self._catalog.drop(ids)
            self.sweep()
            return removed

    def sweep(self) -> None:
        """Delete what a stopped run left behind and what is no longer visible."""
        with self._lock:
            if hidden := self._catalog.hidden():
                self._dense.remove(hidden)
                self._lexical.remove(hidden)
                self._lexical.commit()
            self._edition = self._catalog.forget_hidden()

    def search(self, question: str, k: int, *, keywords: str) -> Found:
        """Return the k passages nearest to the question by each of the two indexes.

        `keywords` are the words of the question that the lexical index looks for. There are up
        to 2k hits, fewer where both indexes found the same.
        """
        with self._lock:
            self._refresh()
            # Hidden passages may take places among the nearest, so ask for that many more.
            wanted = k + len(self._catalog.hidden())
            vector = self._dense.embed(question)
            wording = self._lexical.wording(keywords)
            cosines = self._dense.search(vector, wanted)
            scores = self._lexical.search(wording, wanted)
            passages = self._catalog.passages([*{**cosines, **scores}])
            near = [key for key in cosines if key in passages][:k]
            worded = [key for key in scores if key in passages][:k]
            cosines |= self._dense.score(vector, [key for key in worded if key not in cosines])
            scores |= self._lexical.score(wording, [key for key in near if key not in scores])
            return Found(
                tuple(
                    Hit(passages[key], cosines[key], scores.get(key, 0.0))
                    for key in dict.fromkeys([*near, *worded])
                    if key in cosines
                ),
                wording,
            )

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

    def _refresh(self) -> None:
        edition = self._catalog.edition()
        if edition != self._edition:
            self._dense.reopen()
            self._lexical.reload()
            self._edition = edition
