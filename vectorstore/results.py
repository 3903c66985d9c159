"""The results of a store: the passages that a search found, and the size of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vectorstore.lexical.query_terms import QueryTerms
from vectorstore.records import Passage


@dataclass(frozen=True)
class Hit:
    """A passage that a search found.

    `cosine` is the similarity of the embeddings of question and passage, -1 to 1. `bm25` is the
    lexical score, 0 if they share no n-gram. A hit has both, whichever index found it.
    """

    passage: Passage
    cosine: float
    bm25: float


@dataclass(frozen=True)
class SearchResult:
    """The hits of a search, in no particular order, and the query terms used.

    `by_language` maps a language to the terms for passages in it, and "" to the terms for passages
    in all other languages.
    """

    hits: tuple[Hit, ...]
    by_language: Mapping[str, QueryTerms]

    def query_terms(self, language: str) -> QueryTerms:
        """Return the query terms for passages in a language."""
        return self.by_language.get(language, self.by_language[""])


@dataclass(frozen=True)
class Counts:
    """The size of a store; `languages` counts articles, the most frequent language first."""

    articles: int
    passages: int
    languages: Mapping[str, int]
