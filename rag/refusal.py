"""Whether the retrieved passages answer the question at all.

A logistic regression over six measures of the best passages, fitted by `benchmarks.calibrate`
to XQuAD questions: as they are, without the paragraph that answers them, and without its whole
article. None of the measures is a lead over the next passage: in a folder where ten articles tell
one story there is none, and without the leads the AUROC is the same (.93, German).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from langchain_core.documents import Document

from rag.evidence import Evidence
from rag.question import Question
from vectorstore import Wording, grams

THRESHOLD = 0.5
MEASURES = (
    "best passage's cosine",
    "best passage's share of the question's weight",
    "best sentence's cosine",
    "best sentence's share",
    "whole words of the question in the first passage",
    "parts of words of the question in the first passage",
)
# Intercept, then a weight for each measure, as `benchmarks.calibrate` printed them.
SAME_LANGUAGE = (-8.19, -0.16, 2.18, 7.72, 3.29, 0.75, 4.37)
OTHER_LANGUAGE = (-2.33, 1.98, -2.21, 3.80, 1.58, 0.28, 5.10)


def answerability(
    question: Question, documents: Sequence[Document], evidence: Sequence[Evidence]
) -> float:
    """Return the probability that the passages answer the question, 0 to 1."""
    if not evidence:
        return 0.0
    bias, *weights = SAME_LANGUAGE if same_language(question, documents) else OTHER_LANGUAGE
    measures = measure(documents, evidence)
    return 1 / (1 + exp(-bias - sum(w * m for w, m in zip(weights, measures, strict=True))))


def measure(documents: Sequence[Document], evidence: Sequence[Evidence]) -> tuple[float, ...]:
    """Return what is known of a retrieval that found something, in the order of MEASURES."""
    wording = Wording(documents[0].metadata["weights"])
    total = wording.total or 1.0
    return (
        max(document.metadata["cosine"] for document in documents),
        max(wording.matched(document.page_content) for document in documents) / total,
        max(found.cosine for found in evidence),
        max(found.share for found in evidence),
        *_word_shares(wording, documents[0].page_content),
    )


def same_language(question: Question, documents: Sequence[Document]) -> bool:
    """Tell whether the first passage is in the language of the question."""
    return bool(documents[0].metadata["language"] == question.language)


def _word_shares(wording: Wording, text: str) -> tuple[float, float]:
    """Return the weight of the question's words that a text holds whole, and in part, 0 to 1."""
    held = set(grams(text))
    words = {gram: weight for gram, weight in wording.weights.items() if gram.startswith("=")}
    total = sum(words.values())
    if not total:
        return 0.0, 0.0
    whole = sum(weight for gram, weight in words.items() if gram in held)
    parts = 0.0
    for gram, weight in words.items():
        cut = set(grams(gram[1:])) - {gram}
        parts += weight * len(cut & held) / len(cut)
    return whole / total, parts / total
