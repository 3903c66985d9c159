"""The dense index: passage embeddings in Chroma on disk, through langchain-chroma."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import chromadb
import numpy as np
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

_COLLECTION = "passages"
# Chroma's defaults (construction 100, search 100) lose neighbours once a few hundred are asked for.
_CONFIGURATION: CreateCollectionConfiguration = {
    "hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 400}
}


class DenseIndex:
    """Cosine similarity over passages by key; additions and removals count at once."""

    def __init__(self, folder: Path, embeddings: Embeddings, chroma: Chroma) -> None:
        self._folder = folder
        self._embeddings = embeddings
        self._chroma = chroma

    def close(self) -> None:
        """Release the files."""
        self._chroma._client.close()

    def reopen(self) -> None:
        """See what another process has written: Chroma itself keeps the old graph in memory."""
        self.close()
        self._chroma = _open_chroma(self._folder, self._embeddings)

    def add(self, keys: Sequence[int], texts: Sequence[str]) -> None:
        """Embed and add the text of passages."""
        if keys:
            self._chroma.add_texts(list(texts), ids=[str(key) for key in keys])

    def remove(self, keys: Sequence[int]) -> None:
        """Remove passages; unknown keys are no error."""
        for first in range(0, len(keys), 1000):
            self._chroma.delete(ids=[str(key) for key in keys[first : first + 1000]])

    def embed(self, question: str) -> list[float]:
        """Return the question's vector, of length 1."""
        vector = _unit(np.asarray([self._embeddings.embed_query(question)]))[0]
        return [float(value) for value in vector]

    def search(self, vector: list[float], k: int) -> dict[int, float]:
        """Return the cosines of about the k nearest passages by key, best first."""
        found = self._chroma._collection.query(
            query_embeddings=np.asarray([vector], dtype=np.float32),
            n_results=k,
            include=["distances"],
        )
        assert found["distances"] is not None
        nearest = zip(found["ids"][0], found["distances"][0], strict=True)
        return {int(key): 1.0 - float(distance) for key, distance in nearest}

    def score(self, vector: list[float], keys: Sequence[int]) -> dict[int, float]:
        """Return the cosines of these passages."""
        if not keys:
            return {}
        found = self._chroma.get(ids=[str(key) for key in keys], include=["embeddings"])
        cosines = _unit(np.asarray(found["embeddings"])) @ np.asarray(vector)
        return {int(key): float(cosine) for key, cosine in zip(found["ids"], cosines, strict=True)}


def open_dense_index(folder: Path, embeddings: Embeddings) -> DenseIndex:
    """Open or make the index in a folder; nothing is reported to anyone."""
    return DenseIndex(folder, embeddings, _open_chroma(folder, embeddings))


def _open_chroma(folder: Path, embeddings: Embeddings) -> Chroma:
    # Chroma counts the openings of a path; `close` on the last one frees it.
    client = chromadb.PersistentClient(
        path=str(folder), settings=Settings(anonymized_telemetry=False)
    )
    return Chroma(
        collection_name=_COLLECTION,
        embedding_function=embeddings,
        client=client,
        collection_configuration=_CONFIGURATION,
    )


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12))
