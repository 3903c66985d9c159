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
SAME_LANGUAGE = (-8.34, -0.19, 2.08, 8.57, 2.91, 0.21, 4.73)
OTHER_LANGUAGE = (-8.30, 0.13, -2.04, 9.56, 4.72, 2.34, 4.14)


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
    first = documents[0]
    return (
        max(document.metadata["cosine"] for document in documents),
        max(_share(document) for document in documents),
        max(found.cosine for found in evidence),
        max(found.share for found in evidence),
        *_word_shares(first.metadata["wording"], first.page_content),
    )


def same_language(question: Question, documents: Sequence[Document]) -> bool:
    """Tell whether the first passage is in the language of the question."""
    return bool(documents[0].metadata["language"] == question.language)


def _share(document: Document) -> float:
    wording: Wording = document.metadata["wording"]
    return wording.matched(document.page_content) / (wording.total or 1.0)


def _word_shares(wording: Wording, text: str) -> tuple[float, float]:
    """Return the weight of the question's words that a text holds whole, and in part, 0 to 1.

    Of a word's translations the one counts that the text holds most of.
    """
    held = set(grams(text))
    total = whole = parts = 0.0
    for term in wording.terms:
        forms = [set(grams(form)) for form in (term.word, *(other for other, _ in term.others))]
        weight = max(_whole_weight(wording, form) for form in forms)
        total += weight
        whole += weight * any(form <= held for form in forms)
        parts += weight * max(len(form & held) / len(form) for form in forms)
    return (whole / total, parts / total) if total else (0.0, 0.0)


def _whole_weight(wording: Wording, form: set[str]) -> float:
    return sum(wording.weights[gram] for gram in form if gram.startswith("="))
