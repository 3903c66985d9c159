"""What searches by meaning look at while others write: a graph, and what was added since.

A graph is read in the background, every few seconds at most. Passages that were added since are
compared with the question one by one, so that a search sees all that is in the catalog. The 4,000
that an indexer adds in five seconds take it about a millisecond.
"""

from __future__ import annotations

import threading

import numpy as np

from vectorstore.catalog.reader import CatalogReader
from vectorstore.dense.index import Graph


class RecentVectors:
    """The vectors of passages above a key, in memory; any number of threads search them."""

    def __init__(self, after: int) -> None:
        self._last = after
        self._lock = threading.Lock()
        self._keys = np.empty(0, dtype=np.int64)
        self._vectors = np.empty((0, 0), dtype=np.float32)
        self._count = 0

    def catch_up(self, catalog: CatalogReader) -> None:
        """Take in what the catalog shows by now."""
        with self._lock:
            for keys, vectors in catalog.vectors_after(self._last):
                self._append(keys, vectors)
                self._last = keys[-1]

    def search(self, vector: np.ndarray, k: int) -> list[int]:
        """Return the keys of the k nearest passages, the nearest first; some may be gone by now."""
        with self._lock:
            # Rows are never changed: `_append` writes below these, or into new arrays.
            keys, vectors = self._keys[: self._count], self._vectors[: self._count]
        if not len(keys):
            return []
        cosines = vectors @ vector
        if len(keys) > k:
            best = np.argpartition(-cosines, k - 1)[:k]
            keys, cosines = keys[best], cosines[best]
        return [int(key) for key in keys[np.argsort(-cosines, kind="stable")]]

    def _append(self, keys: list[int], vectors: np.ndarray) -> None:
        needed = self._count + len(keys)
        if needed > len(self._keys):
            room = max(needed, 2 * len(self._keys))
            old_keys, old_vectors = self._keys, self._vectors
            self._keys = np.empty(room, dtype=np.int64)
            self._vectors = np.empty((room, vectors.shape[1]), dtype=np.float32)
            self._keys[: self._count] = old_keys[: self._count]
            if self._count:
                self._vectors[: self._count] = old_vectors[: self._count]
        self._keys[self._count : needed] = keys
        self._vectors[self._count : needed] = vectors
        self._count = needed


class DenseSnapshot:
    """A graph that was read at an edition of the catalog, and the passages added since.

    `graph` is None if there is none to be read: then all passages are compared with the question,
    which is slower and never wrong. `after` is the highest key that the graph holds.
    """

    def __init__(self, graph: Graph | None, *, edition: int, after: int) -> None:
        self.graph = graph
        self.edition = edition
        self.recent = RecentVectors(after)
        self._lock = threading.Lock()
        self._users = 1

    def use(self) -> None:
        """Keep the graph open until `release` is called once more."""
        with self._lock:
            self._users += 1

    def release(self) -> None:
        """Close the graph if nobody else uses it; whoever made it uses it from the beginning."""
        with self._lock:
            self._users -= 1
            unused = not self._users
        if unused and self.graph:
            self.graph.close()
