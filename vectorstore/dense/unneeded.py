"""The embedding model of a store that embeds nothing."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings


class Unneeded(Embeddings):
    """Stands where a model would; raises NotImplementedError if it is used after all."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Raise NotImplementedError."""
        raise NotImplementedError

    def embed_query(self, text: str) -> list[float]:
        """Raise NotImplementedError."""
        raise NotImplementedError
