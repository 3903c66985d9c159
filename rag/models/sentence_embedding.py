"""A model of sentences as a LangChain embedding, also of single tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.models.threads import one_core
from rag.models.token_vectors import TokenVectors

Span = tuple[int, int]

MOST_TOKENS_READ = 512
"""Tokens of a text; a longer passage is too long for a citation, even if the model can read it."""
# Texts in a batch of one thread. Passages a second on two cores, one thread each: 94 with batches
# of 8, 92 with 16, 84 with 32. Both cores on one batch of 32, as in sentence-transformers: 81.
_TEXTS_AT_ONCE = 8
# On a GPU, which one thread feeds. Not measured.
_TEXTS_AT_ONCE_ON_GPU = 128


class Encoder(Protocol):
    """The model itself: one of sentence-transformers, or the bundled one without that library."""

    @property
    def max_tokens(self) -> int:
        """The number of tokens of a passage that the model reads."""
        ...

    @property
    def precision(self) -> str:
        """The number format that the model computes in, such as "bfloat16"."""
        ...

    @property
    def device(self) -> str:
        """The device that the model runs on, such as "cpu" or "cuda:0"."""
        ...

    @property
    def word_vectors(self) -> Any:  # noqa: ANN401 - a torch module, and torch is not loaded here
        """The module with the vectors of words and positions, the model's first layer."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, of which there is at least one."""
        ...

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return the vectors of passages as rows, computed together."""
        ...

    def encode_tokens(self, texts: list[str]) -> list[TokenVectors]:
        """Return the vectors of passages and of their tokens, computed together."""
        ...

    def encode_question(self, text: str) -> tuple[TokenVectors, list[Span]]:
        """Return the vectors of a question and the places of its tokens, if these are known."""
        ...


class SentenceEmbedding(Embeddings):
    """A model of sentences as a LangChain embedding; all vectors have length 1."""

    def __init__(self, name: str, encoder: Encoder) -> None:
        self.name = name
        self._encoder = encoder
        # The search and the reranker embed the same question in turn.
        self._read_question = lru_cache(maxsize=8)(encoder.encode_question)

    @property
    def max_tokens(self) -> int:
        """The number of tokens of a text that the model reads, without special tokens."""
        return self._encoder.max_tokens

    @property
    def precision(self) -> str:
        """The number format that the model computes in, such as "bfloat16"."""
        return self._encoder.precision

    @property
    def device(self) -> str:
        """The device that the model runs on, such as "cpu" or "cuda:0"."""
        return self._encoder.device

    @property
    def word_vectors(self) -> Any:  # noqa: ANN401 - a torch module, and torch is not loaded here
        """The module with the vectors of words and positions, the model's first layer."""
        return self._encoder.word_vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text."""
        return self._encoder.count_tokens(texts) if texts else []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each passage or sentence."""
        return [vector.tolist() for vector in self._in_batches(self._encoder.encode, texts)]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        vector: list[float] = self._read_question(text)[0].vector.tolist()
        return vector

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the vectors of each passage or sentence and of its tokens, at least one token."""
        return self._in_batches(self._encoder.encode_tokens, texts)

    def embed_keywords(self, text: str, keywords: Sequence[str]) -> TokenVectors:
        """Return the vectors of a question and of those of its tokens that are in the keywords.

        If none is, or the tokenizer gives no positions, return the vectors of all its tokens.
        """
        question, spans = self._read_question(text)
        wanted = {word.casefold() for word in keywords}
        places = [m.span() for m in re.finditer(r"\w+", text) if m.group().casefold() in wanted]
        rows = [
            row
            for row, (start, end) in enumerate(spans)
            if any(start < last and first < end for first, last in places)
        ]
        return TokenVectors(question.vector, question.tokens[rows]) if rows else question

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        import torch

        # The first text sets the tokenizer's padding, which two threads must not do at once.
        self._encoder.encode([""])
        if self._on_gpu:
            return ThreadPoolExecutor(1, "embed")
        return ThreadPoolExecutor(torch.get_num_threads(), "embed", initializer=one_core)

    @property
    def _on_gpu(self) -> bool:
        return not self.device.startswith("cpu")

    def _in_batches(self, encode: Callable[[list[str]], Any], texts: Sequence[str]) -> list[Any]:
        """Encode texts of similar length together, a batch a thread; return them in order."""
        # Length in tokens: in batches of similar length in characters 15 % are padding, a seventh
        # of the time.
        tokens = self.count_tokens(texts)
        order = sorted(range(len(texts)), key=lambda at: -tokens[at])
        size = _TEXTS_AT_ONCE_ON_GPU if self._on_gpu else _TEXTS_AT_ONCE
        batches = [order[at : at + size] for at in range(0, len(order), size)]
        parts = [[texts[at] for at in batch] for batch in batches]
        encoded = self._threads.map(encode, parts) if len(parts) > 1 else map(encode, parts)
        found = dict(zip(order, (vector for part in encoded for vector in part), strict=True))
        return [found[at] for at in range(len(texts))]
