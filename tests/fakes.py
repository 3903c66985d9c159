"""Stand-ins whose results can be worked out by hand, and articles to put into a store."""

import os
import re
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.ingest.sentences import split_sentences
from rag.models.token_vectors import TokenVectors
from rag.passage import RankedPassage, Similarities
from vectorstore import Article, Passage, QueryTerms

AXES = ("hafen", "brücke", "wahl", "markt")


class WordEmbeddings(Embeddings):
    """A dimension for each word it knows, holding how often the word occurs.

    A text with none of them points along one further dimension. `embedded` lists all texts that
    were embedded as passages, in order.
    """

    def __init__(self, axes: Sequence[str] = AXES) -> None:
        self._axes = axes
        self.embedded: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += texts
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        words = re.findall(r"\w+", text.casefold())
        counts = [float(words.count(axis)) for axis in self._axes]
        return [*counts, 0.0 if any(counts) else 1.0]

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Take words for tokens; each is what it would be alone."""
        return [
            self._of_words(text, re.findall(r"\w+", text), vector)
            for text, vector in zip(texts, self.embed_documents(list(texts)), strict=True)
        ]

    def embed_keywords(self, text: str, keywords: Sequence[str]) -> TokenVectors:
        return self._of_words(text, keywords, self.embed_query(text))

    def _of_words(self, text: str, words: Sequence[str], vector: list[float]) -> TokenVectors:
        return TokenVectors(
            np.array(vector), np.array([self.embed_query(word) for word in words or [text]])
        )


class StoppedEmbeddings(WordEmbeddings):
    """Stops the program, one way or another, when it is asked for passages the n-th time."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self._left = n

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self._left -= 1
        if not self._left:
            self.stop()
        return super().embed_documents(texts)

    def stop(self) -> None:
        raise NotImplementedError


class KilledEmbeddings(StoppedEmbeddings):
    """Ends the process, as `kill -9` does."""

    def stop(self) -> None:
        die()


class InterruptedEmbeddings(StoppedEmbeddings):
    """Raises KeyboardInterrupt, as Ctrl-C does."""

    def stop(self) -> None:
        raise KeyboardInterrupt


class KilledAfter:
    """A part of a store that ends the process after the n-th call of one of its methods."""

    def __init__(self, part: Any, method: str, n: int) -> None:
        self._part = part
        self._method = method
        self._left = n

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name != self._method:
            return found

        def call(*values: Any) -> Any:
            result = found(*values)
            self._left -= 1
            if not self._left:
                die()
            return result

        return call


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def make_article(path: str | Path, text: str, title: str = "", **fields: Any) -> Article:
    return Article(str(path), title, text, ((0, len(text)),), "de", **fields)


def whole(article: Article) -> list[Passage]:
    """Split an article into a single passage."""
    span = (0, len(article.text))
    return [Passage(article, *span, (span,))]


def by_line(article: Article) -> list[Passage]:
    """Split an article into a passage a line."""
    passages: list[Passage] = []
    start = 0
    for line in article.text.split("\n"):
        span = (start, start + len(line))
        passages.append(Passage(article, *span, (span,)))
        start += len(line) + 1
    return passages


NO_TERMS = QueryTerms((), {}, {})


def ranked(
    text: str,
    *,
    path: str = "/news/a.md",
    language: str = "de",
    start: int = 0,
    cosines: Sequence[float] = (),
    score: float = 0.0,
    query_terms: QueryTerms = NO_TERMS,
    **fields: Any,
) -> RankedPassage:
    """Make a passage that begins at a character of its article, reranked if cosines are given."""
    whole = " " * start + text
    article = Article(path, fields.pop("title", ""), whole, ((0, len(whole)),), language, **fields)
    spans = tuple((start + at, start + end) for at, end in split_sentences(text))
    similarities = Similarities(tuple(cosines), (0.0,) * len(cosines), 0.0) if cosines else None
    passage = Passage(article, start, len(whole), spans)
    return RankedPassage(passage, 0.0, 0.0, score, query_terms, similarities)
