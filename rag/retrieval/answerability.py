"""Whether the retrieved passages answer the question at all.

A logistic regression over four measures of the best passages, fitted by `benchmarks.calibrate`
to XQuAD questions: as they are, without the paragraph that answers them, and without its whole
article. No measure is the lead over the next passage: where ten articles tell one story there is
no lead. No measure is a score either, which is a distance from the usual and has the same fault;
with it the AUROC would be .007 higher. Further measures, such as the first passage's cosine, bring
less than .003 together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp

from rag.passage import RankedPassage
from rag.question.question import Question
from rag.retrieval.evidence import Evidence, was_read, weigh_sentences
from vectorstore import QueryTerms, Span, ngrams_of

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
READING_MEASURES = (
    "reader's highest log-odds",
    "best sentence's score",
    "lead of the highest log-odds in its article",
)
# The same over READING_MEASURES, fitted by `benchmarks.calibrate_reader` to held-out questions on
# news and to XQuAD's; shifted so that .07 of the answerable ones are refused. AUROC against
# near-misses on news .82, on XQuAD .90 to .95; by reading alone .82, .88 to .94. With the cosine of
# the best passage and the share of the question's words in place of score and lead .79 and .89 to
# .95: of near-misses they are higher than of what is answered in other words.
WITH_READER = (-0.265, 0.201, 0.100, -0.069)
# Probability that a quote answers: intercept, then weights of its reading and of what its score is
# less than the best one's. Of quotes with .8 to .9, .81 answered; .7 to .8, .90; .5 to .6, .58; .2
# to .3, .19; under .1, .03 (3,988 quotes on held-out news and XQuAD, cross-validated).
QUOTE = (-1.245, 0.216, -0.276)
# The lead of a sentence that is alone in its article.
_USUAL_LEAD = 3.0
# Of answerable questions 1 % are below this.
_NEAR = 0.2
_MOST_OF_SENTENCE = 0.8


@dataclass(frozen=True)
class Weighed:
    """The sentences of the passages, the best first, and whether they answer the question.

    `confidence` is the probability that they do, 0 to 1.
    """

    evidence: tuple[Evidence, ...]
    confidence: float

    @property
    def enough(self) -> bool:
        """Whether there is enough for an answer."""
        return self.confidence >= THRESHOLD

    @property
    def near(self) -> bool:
        """Whether there may be enough for somebody who reads better than the bundled reader."""
        return self.confidence >= _NEAR

    def relevance(self, article: str, span: Span) -> float:
        """Return the relevance of a span of an article to the question, 0 to 1.

        It is that of the best sentence that the span touches: the probability that it answers the
        question if it was read, else `confidence` for the best of all and less for others.
        """
        touched = list(self._touched(article, span))
        if not touched:
            return 0.0
        best = max(touched, key=lambda found: found.score)
        behind = self.evidence[0].score - best.score
        if best.reading is None:
            return self.confidence * max(0.0, 1.0 - behind)
        bias, reading, gap = QUOTE
        return _probability(bias + reading * best.reading + gap * behind)

    def phrase(self, article: str, span: Span) -> Span | None:
        """Return the place of the words in a sentence that answer, None if the reader is not sure.

        A phrase that is nearly the whole sentence says no more than the sentence.
        """
        start, end = span
        for found in self._touched(article, span):
            if found.span == span and found.phrase and (found.reading or 0.0) > 0.0:
                first, last = found.phrase
                return found.phrase if last - first < _MOST_OF_SENTENCE * (end - start) else None
        return None

    def _touched(self, article: str, span: Span) -> Iterator[Evidence]:
        for found in self.evidence:
            first, last = found.span
            if found.passage.article.id == article and first < span[1] and span[0] < last:
                yield found


def weigh(question: Question, passages: Sequence[RankedPassage]) -> Weighed:
    """Weigh the sentences of reranked passages, and whether they answer the question."""
    evidence = weigh_sentences(passages)
    return Weighed(tuple(evidence), answerability(question, passages, evidence))


def answerability(
    question: Question, passages: Sequence[RankedPassage], evidence: Sequence[Evidence]
) -> float:
    """Return the probability that the passages answer the question, 0 to 1."""
    if not evidence:
        return 0.0
    if was_read(passages):
        bias, *weights = WITH_READER
        measures: Sequence[float] = reading_measures(evidence)
    else:
        bias, *weights = SAME_LANGUAGE if same_language(question, passages) else OTHER_LANGUAGE
        measures = measure(passages, evidence)
    return _probability(bias + sum(w * m for w, m in zip(weights, measures, strict=True)))


def reading_measures(evidence: Sequence[Evidence]) -> tuple[float, ...]:
    """Return the measures of evidence that was read, in the order of READING_MEASURES.

    The lead is over the next sentence of the same article: of reprints none has a lead over all.
    """
    likeliest = max(evidence, key=lambda found: found.log_odds)
    others = [
        found.log_odds
        for found in evidence
        if found.passage.article.id == likeliest.passage.article.id and found is not likeliest
    ]
    lead = likeliest.log_odds - max(others) if others else _USUAL_LEAD
    return likeliest.log_odds, evidence[0].score, lead


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


def measure(passages: Sequence[RankedPassage], evidence: Sequence[Evidence]) -> tuple[float, ...]:
    """Return the measures of a retrieval that found something, in the order of MEASURES."""
    first = passages[0]
    return (
        max(found.cosine for found in evidence),
        max(found.share for found in evidence),
        _part_share(first.query_terms, first.text),
        first.reranked().nearness,
    )


def same_language(question: Question, passages: Sequence[RankedPassage]) -> bool:
    """Whether the first passage is in the language of the question."""
    return passages[0].article.language == question.language


def _part_share(query_terms: QueryTerms, text: str) -> float:
    """Return the share of the question's weight that a text holds, parts of words included, 0 to 1.

    A word counts by the translation of which the text holds most.
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
