"""Late interaction: a question's words compared with each word of a text, in vectors.

Khattab and Zaharia, “ColBERT”, SIGIR 2020: each token of the question is worth its similarity to
the token of the text that is nearest to it (MaxSim). A text's one vector blurs what it says of
each of them. Models that were trained for the mean of their tokens can do it too, as ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np


@dataclass(frozen=True)
class TokenVectors:
    """A text's vector, and those of its tokens in their order, a row each; all of length 1."""

    vector: np.ndarray
    tokens: np.ndarray


@runtime_checkable
class TokenEmbeddings(Protocol):
    """An embedding that also gives the vectors of tokens, each as its context colours it."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each passage or sentence."""
        ...

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        ...

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the vectors of each passage or sentence and of its tokens, at least one."""
        ...

    def embed_keywords(self, text: str, keywords: Sequence[str]) -> TokenVectors:
        """Return the vectors of a question and of its tokens that belong to the keywords.

        Of all its tokens if none does.
        """
        ...


def max_similarities(question: TokenVectors, texts: Sequence[TokenVectors]) -> np.ndarray:
    """Return how near each text comes to each token of the question, -1 to 1: texts x tokens."""
    near = [(text.tokens @ question.tokens.T).max(axis=0) for text in texts]
    return np.array(near, dtype=np.float64).reshape(len(texts), len(question.tokens))
