"""The store as a LangChain vector store: its passages, found by meaning, to read only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore

from vectorstore.errors import OnlyIndexed
from vectorstore.filters import Filter
from vectorstore.records import Passage

Nearest = Callable[[str, int, Filter | None], Sequence[tuple[Passage, float]]]
"""Given a question, k and a filter: the k nearest passages with their cosines, best first."""

_K = 4  # LangChain's own default


class PassageVectorStore(VectorStore):
    """Passages as LangChain's documents: `page_content` is verbatim, `id` stable.

    Adding and deleting raise OnlyIndexed: a passage belongs to an article that was indexed.
    """

    def __init__(
        self,
        embeddings: Embeddings,
        nearest: Nearest,
        passages: Callable[[Sequence[str]], Sequence[Passage]],
    ) -> None:
        self._embeddings = embeddings
        self._nearest = nearest
        self._passages = passages

    @property
    def embeddings(self) -> Embeddings:
        """The embedding that made the store, and that embeds the questions."""
        return self._embeddings

    def similarity_search(
        self, query: str, k: int = _K, filter: Filter | None = None, **kwargs: object
    ) -> list[Document]:
        """Return the k passages that match and are nearest to the question, the nearest first."""
        return [document for document, _ in self.similarity_search_with_score(query, k, filter)]

    def similarity_search_with_score(
        self, query: str, k: int = _K, filter: Filter | None = None, **kwargs: object
    ) -> list[tuple[Document, float]]:
        """Return the same passages with their cosine similarity to the question, -1 to 1."""
        if not isinstance(filter, Filter | None):
            raise TypeError(f"filter takes a vectorstore.Filter, not {filter!r}")
        return [(_document(passage), cosine) for passage, cosine in self._nearest(query, k, filter)]

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """Return the passages with these ids, in their order; unknown ids are left out."""
        return [_document(passage) for passage in self._passages(ids)]

    def add_texts(self, texts: Iterable[str], *args: object, **kwargs: object) -> NoReturn:
        """Raise OnlyIndexed."""
        raise _only_indexed()

    def add_documents(self, documents: list[Document], **kwargs: object) -> NoReturn:
        """Raise OnlyIndexed."""
        raise _only_indexed()

    def delete(self, ids: list[str] | None = None, **kwargs: object) -> NoReturn:
        """Raise OnlyIndexed."""
        raise _only_indexed()

    @classmethod
    def from_texts(
        cls, texts: list[str], embedding: Embeddings, *args: object, **kwargs: object
    ) -> NoReturn:
        """Raise OnlyIndexed."""
        raise _only_indexed()

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        # LangChain's scores of relevance lie between 0 and 1; texts of no relation are near 0.
        return lambda cosine: min(1.0, max(0.0, cosine))


def _document(passage: Passage) -> Document:
    return Document(id=passage.id, page_content=passage.text, metadata=passage.metadata)


def _only_indexed() -> OnlyIndexed:
    return OnlyIndexed(
        "passages come and go with their articles: use `article-chat index` and `article-chat"
        " remove`, or Store.add and Store.remove"
    )
