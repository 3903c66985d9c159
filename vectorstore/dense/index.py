"""The dense index: passages and their embeddings in a Chroma collection on disk.

A search looks at a graph that was read before, and neither waits for a writer nor shows what it
does.

Whoever opens the collection with `chromadb` or `langchain_chroma` finds each passage by its id,
with its text as the document and its facts (article, path, title, source, date, day, language,
start, end) as metadata. The catalog decides which of them are visible.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from chromadb import Collection
from langchain_core.embeddings import Embeddings

from vectorstore.dense.chroma_files import ChromaFiles
from vectorstore.faults import DENSE, forbidden
from vectorstore.records import Passage

Embedded = tuple[Sequence[Passage], np.ndarray]
"""Passages, and a row of length 1 for each."""

# Chroma takes at most 5,461 at once; with fewer, other processes wait less.
_MOST_AT_ONCE = 1000
# Chroma writes with Python's lock held: 2 seconds for 1,000 passages on a busy machine, .4 for 100.
_AT_ONCE_BESIDE_SEARCHES = 100


class Graph:
    """The graph of the dense index as it was when it was read; any number of threads search it."""

    def __init__(self, files: ChromaFiles, collection: Collection) -> None:
        self.collection = collection
        self._files = files

    def search(self, vector: np.ndarray, k: int) -> list[str]:
        """Return the ids of about the k nearest passages, the nearest first."""
        found = self.collection.query(query_embeddings=vector[np.newaxis], n_results=k, include=[])
        return found["ids"][0]

    def close(self) -> None:
        """Release the graph's memory and files."""
        self._files.close()


class DenseIndex:
    """The passages and their embeddings on disk, to write and to `read`."""

    def __init__(
        self, files: ChromaFiles, files_to_read: Callable[[], ChromaFiles], embeddings: Embeddings
    ) -> None:
        self.embeddings = embeddings
        self._files = files
        self._files_to_read = files_to_read
        self._at_once = _MOST_AT_ONCE

    def close(self) -> None:
        """Release the files; a graph that was read stays open."""
        self._files.close()

    def repair(self) -> bool:
        """Make the index again from the catalog if its files are torn or gone; tell whether."""
        return self._files.repair()

    def read(self, patience: float = -1) -> Graph | None:
        """Read the graph as it is now; return None if no passage is in it.

        Raises StoreDamaged, StoreUnwritable if the folder can only be read, and StoreBusy after
        waiting for `patience` seconds for another process that writes.
        """
        self._at_once = _AT_ONCE_BESIDE_SEARCHES
        files = self._files_to_read()
        with files.touching(patience) as collection:
            if collection.count():
                return Graph(files, collection)
            # Chroma would look for the graph at the first search, which may be after others wrote.
            files.close()
            return None

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return a vector of length 1 for each text, as rows."""
        if not texts:
            return np.empty((0, 0), dtype=np.float32)
        return _unit(np.asarray(self.embeddings.embed_documents(list(texts))))

    def embed_new(self, rows: Sequence[tuple[Passage, np.ndarray | None]]) -> np.ndarray:
        """Return a vector for each passage, as rows: the one given, or one of its own making."""
        new = [passage.indexed_text for passage, vector in rows if vector is None]
        embedded = iter(self.embed(new))
        if not rows:
            return np.empty((0, 0), dtype=np.float32)
        return np.stack([next(embedded) if vector is None else vector for _, vector in rows])

    def embed_question(self, question: str) -> np.ndarray:
        """Return the question's vector, of length 1."""
        return np.asarray(_unit(np.asarray([self.embeddings.embed_query(question)]))[0])

    def add(self, passages: Sequence[Passage], vectors: np.ndarray) -> None:
        """Add passages, a row of `vectors` for each; one with a known id is written again."""
        for first in range(0, len(passages), self._at_once):
            some = slice(first, first + self._at_once)
            with self._files.touching() as collection:
                put_passages(collection, passages[some], vectors[some])

    def remove(self, ids: Sequence[str]) -> None:
        """Remove passages by id; unknown ids are no error."""
        for first in range(0, len(ids), self._at_once):
            with self._files.touching() as collection:
                collection.delete(ids=list(ids[first : first + self._at_once]))


def open_dense_index(
    store: Path,
    embeddings: Embeddings,
    *,
    is_whole: Callable[[Callable[[], int]], bool],
    stored: Callable[[], Iterable[Embedded]],
) -> DenseIndex:
    """Open or make the index of the store in a folder.

    `is_whole` tells whether the index holds the passages that it should, given a function that
    counts them. `stored` gives all of them: writing makes a damaged index again from them.
    """

    def fill(collection: Collection) -> None:
        for passages, vectors in stored():
            put_passages(collection, passages, vectors)

    def files_to_read() -> ChromaFiles:
        # Chroma opens no files that it may not write to.
        if not os.access(store if not folder.exists() else folder, os.W_OK):
            raise forbidden(store, errno.errorcode[errno.EROFS])
        folder.mkdir(exist_ok=True)
        return ChromaFiles(store, is_whole=is_whole, fill=None)

    folder = store / DENSE
    files = ChromaFiles(store, is_whole=is_whole, fill=fill)
    return DenseIndex(files, files_to_read, embeddings)


def put_passages(collection: Collection, passages: Sequence[Passage], vectors: np.ndarray) -> None:
    """Write passages into a collection of Chroma, a row of `vectors` for each."""
    collection.upsert(
        ids=[passage.id for passage in passages],
        embeddings=vectors,
        documents=[passage.text for passage in passages],
        metadatas=[passage.metadata for passage in passages],
    )


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
