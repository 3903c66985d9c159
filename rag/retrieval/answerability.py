"""Whether the retrieved passages answer the question at all.

A logistic regression over four measures of the best passages, fitted by `benchmarks.calibrate`
to XQuAD questions: as they are, without the paragraph that answers them, and without its whole
article. None of the measures is a lead over the next passage: in a folder where ten articles tell
one story there is none. For the same reason none is a score, which tells how far a passage is from
what is usual, though with it the AUROC would be .007 higher. Further measures that were tried, such
as the first passage's cosine, bring less than .003 all together.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from rag.passage import RankedPassage
from rag.question.question import Question
from rag.retrieval.evidence import Evidence
from vectorstore import QueryTerms, ngrams_of

THRESHOLD = 0.5
MEASURES = (
    "best sentence's cosine",
    "best sentence's share of the question's weight",
    "parts of words of the question in the first passage",
    "first passage's nearness to the question's keywords",
)
# Intercept, then a weight for each measure, as `benchmarks.calibrate` printed them.
SAME_LANGUAGE = (-10.08, 4.56, 2.66, 3.34, 8.85)
OTHER_LANGUAGE = (-9.38, 6.76, 2.30, 4.45, 5.43)


def answerability(
    question: Question, passages: Sequence[RankedPassage], evidence: Sequence[Evidence]
) -> float:
    """Return the probability that the passages answer the question, 0 to 1."""
    if not evidence:
        return 0.0
    bias, *weights = SAME_LANGUAGE if same_language(question, passages) else OTHER_LANGUAGE
    measures = measure(passages, evidence)
    return 1 / (1 + exp(-bias - sum(w * m for w, m in zip(weights, measures, strict=True))))


def measure(passages: Sequence[RankedPassage], evidence: Sequence[Evidence]) -> tuple[float, ...]:
    """Return what is known of a retrieval that found something, in the order of MEASURES."""
    first = passages[0]
    return (
        max(found.cosine for found in evidence),
        max(found.share for found in evidence),
        _part_share(first.query_terms, first.text),
        first.reranked().nearness,
    )


def same_language(question: Question, passages: Sequence[RankedPassage]) -> bool:
    """Tell whether the first passage is in the language of the question."""
    return passages[0].article.language == question.language


def _part_share(query_terms: QueryTerms, text: str) -> float:
    """Return the weight of the question's words that a text holds at least in part, 0 to 1.

    Of a word's translations the one counts that the text holds most of.
    """
    held = set(ngrams_of(text))
    total = parts = 0.0
    for term in query_terms.terms:
        forms = [set(ngrams_of(form)) for form in (term.word, *(other for other, _ in term.others))]
        weight = max(_whole_weight(query_terms, form) for form in forms)
        total += weight
        parts += weight * max(len(form & held) / len(form) for form in forms)
    return parts / total if total else 0.0


def _whole_weight(query_terms: QueryTerms, form: set[str]) -> float:
    return sum(query_terms.weights[ngram] for ngram in form if ngram.startswith("="))
