"""The dense index of a shared store: searched on its server, written by `SharedStore`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from chromadb import Collection
from langchain_core.embeddings import Embeddings

from vectorstore.dense.index import DenseIndex, Graph
from vectorstore.records import Passage
from vectorstore.shared.server import StoreServer


class ServerGraph(Graph):
    """The graph on the server; it shows what others write at once."""

    def __init__(self, server: StoreServer, collection: Collection) -> None:
        self.collection = collection
        self._server = server

    def search(self, vector: np.ndarray, k: int) -> list[str]:
        """Return the ids of about the k nearest passages. Raises StoreUnreachable."""
        with self._server.named_errors():
            return super().search(vector, k)

    def close(self) -> None:
        """Do nothing: the connection is the store's."""


class ServerIndex(DenseIndex):
    """The passages on the server, to search.

    What the copy adds and removes is on the server already, or gone from it.
    """

    def __init__(self, server: StoreServer, collection: Collection, embeddings: Embeddings) -> None:
        self.embeddings = embeddings
        self._server = server
        self._collection = collection

    def close(self) -> None:
        """Do nothing: the connection is the store's."""

    def repair(self) -> bool:
        """Do nothing: the server looks after its files."""
        return False

    def read(self, patience: float = -1) -> Graph | None:
        """Return the graph; None if no passage is in it. Raises StoreUnreachable."""
        with self._server.named_errors():
            there = self._collection.count()
        return ServerGraph(self._server, self._collection) if there else None

    def add(self, passages: Sequence[Passage], vectors: np.ndarray) -> None:
        """Do nothing."""

    def remove(self, ids: Sequence[str]) -> None:
        """Do nothing."""
