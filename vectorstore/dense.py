"""The dense index: passages and their embeddings in a Chroma collection on disk.

Whoever opens the collection with `chromadb` or `langchain_chroma` finds each passage by its id,
with its text as the document and its facts (article, path, title, source, date, day, language,
start, end) as metadata. The catalog decides which of them are visible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from chromadb import Collection
from langchain_core.embeddings import Embeddings

from vectorstore.chroma_files import ChromaFiles
from vectorstore.faults import DENSE
from vectorstore.records import Passage

Embedded = tuple[Sequence[Passage], np.ndarray]
"""Passages, and a row of length 1 for each."""

# Chroma takes at most 5,461 at once; with fewer, other processes wait less.
_MOST_AT_ONCE = 1000


class DenseIndex:
    """The passages nearest to a question, by their ids; additions and removals count at once."""

    def __init__(self, files: ChromaFiles, embeddings: Embeddings) -> None:
        self.embeddings = embeddings
        self._files = files

    def close(self) -> None:
        """Release the files."""
        self._files.close()

    def repair(self) -> bool:
        """Make the index again from the catalog if its files are torn or gone; tell whether."""
        return self._files.repair()

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return a vector of length 1 for each text, as rows."""
        if not texts:
            return np.empty((0, 0), dtype=np.float32)
        return _unit(np.asarray(self.embeddings.embed_documents(list(texts))))

    def embed_question(self, question: str) -> np.ndarray:
        """Return the question's vector, of length 1."""
        return np.asarray(_unit(np.asarray([self.embeddings.embed_query(question)]))[0])

    def add(self, passages: Sequence[Passage], vectors: np.ndarray) -> None:
        """Add passages, a row of `vectors` for each; one with a known id is written again."""
        for first in range(0, len(passages), _MOST_AT_ONCE):
            some = slice(first, first + _MOST_AT_ONCE)
            with self._files.touching() as collection:
                _insert(collection, passages[some], vectors[some])

    def remove(self, ids: Sequence[str]) -> None:
        """Remove passages by id; unknown ids are no error."""
        for first in range(0, len(ids), _MOST_AT_ONCE):
            with self._files.touching() as collection:
                collection.delete(ids=list(ids[first : first + _MOST_AT_ONCE]))

    def search(self, vector: np.ndarray, k: int) -> list[str]:
        """Return the ids of about the k nearest passages, the nearest first."""
        collection = self._files.collection or self.reopen()
        found = collection.query(query_embeddings=vector[np.newaxis], n_results=k, include=[])
        return found["ids"][0]

    def reopen(self) -> Collection:
        """See what another process has written: Chroma keeps the old graph in memory."""
        self._files.close()
        with self._files.touching() as collection:
            return collection


def open_dense_index(
    store: Path,
    embeddings: Embeddings,
    *,
    is_whole: Callable[[Callable[[], int]], bool],
    stored: Callable[[], Iterable[Embedded]] | None,
) -> DenseIndex:
    """Open or make the index of the store in a folder, which reports nothing to anyone.

    `is_whole` tells whether the index holds the passages that it should, given a function that
    counts them. `stored` gives all of them, to make the index again if it is damaged; without it,
    for a reader, a damaged index is StoreDamaged.
    """

    def fill(collection: Collection) -> None:
        for passages, vectors in stored() if stored else ():
            _insert(collection, passages, vectors)

    (store / DENSE).mkdir(parents=True, exist_ok=True)
    files = ChromaFiles(store, is_whole=is_whole, fill=fill if stored else None)
    return DenseIndex(files, embeddings)


def _insert(collection: Collection, passages: Sequence[Passage], vectors: np.ndarray) -> None:
    collection.upsert(
        ids=[passage.id for passage in passages],
        embeddings=vectors,
        documents=[passage.text for passage in passages],
        metadatas=[passage.metadata for passage in passages],
    )


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
