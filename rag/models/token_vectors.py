"""Late interaction: the vectors of a question's tokens compared with those of a text's tokens.

Khattab and Zaharia, “ColBERT”, SIGIR 2020: the score of a question's token is its similarity to the
nearest token of the text (MaxSim). A single vector of the text blurs its tokens. MaxSim also works
with models trained on the mean of their tokens, such as the bundled one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np


@dataclass(frozen=True)
class TokenVectors:
    """The vector of a text, and those of its tokens in order, one a row; all have length 1."""

    vector: np.ndarray
    tokens: np.ndarray


@runtime_checkable
class TokenEmbeddings(Protocol):
    """An embedding that also gives the vectors of tokens in their context."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each passage or sentence."""
        ...

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        ...

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the vectors of each passage or sentence and of its tokens, at least one token."""
        ...

    def embed_keywords(self, text: str, keywords: Sequence[str]) -> TokenVectors:
        """Return the vectors of a question and of those of its tokens that are in the keywords.

        If none is, return the vectors of all its tokens.
        """
        ...


def max_similarities(question: TokenVectors, texts: Sequence[TokenVectors]) -> np.ndarray:
    """Return the similarity of each text to each question token, -1 to 1: texts x tokens."""
    near = [(text.tokens @ question.tokens.T).max(axis=0) for text in texts]
    return np.array(near, dtype=np.float64).reshape(len(texts), len(question.tokens))


def unit(vectors: object) -> np.ndarray:
    """Scale vectors to length 1; in bfloat16 a model's are up to .003 off."""
    exact = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(exact, axis=-1, keepdims=True)
    return np.asarray(exact / np.maximum(lengths, 1e-12))
