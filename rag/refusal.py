"""Whether the retrieved passages answer the question at all."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from langchain_core.documents import Document

from rag.evidence import Evidence
from rag.question import Question
from vectorstore import Wording

THRESHOLD = 0.5
FEATURES = ("cosine", "cosine_lead", "share", "share_lead", "sentence_cosine", "sentence_share")
WEIGHTS = {
    "same": (0.0, (0.0,) * 6),
    "other": (0.0, (0.0,) * 6),
}


def answerability(
    question: Question, documents: Sequence[Document], evidence: Sequence[Evidence]
) -> float:
    """Return the probability that the passages answer the question, 0 to 1."""
    if not evidence:
        return 0.0
    bias, weights = WEIGHTS[_direction(question, documents)]
    values = measure(documents, evidence)
    return 1 / (1 + exp(-bias - sum(w * v for w, v in zip(weights, values, strict=True))))


def measure(documents: Sequence[Document], evidence: Sequence[Evidence]) -> tuple[float, ...]:
    """Return the features of a retrieval, in the order of FEATURES."""
    cosines = sorted((d.metadata["cosine"] for d in documents), reverse=True)
    wording = Wording(documents[0].metadata["weights"])
    total = wording.total or 1.0
    shares = sorted((wording.matched(d.page_content) / total for d in documents), reverse=True)
    return (
        cosines[0],
        cosines[0] - cosines[-1],
        shares[0],
        shares[0] - shares[-1],
        max(found.cosine for found in evidence),
        max(found.share for found in evidence),
    )


def _direction(question: Question, documents: Sequence[Document]) -> str:
    return "same" if documents[0].metadata["language"] == question.language else "other"
