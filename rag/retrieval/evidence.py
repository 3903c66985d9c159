"""How well each sentence of the retrieved passages bears on a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.ingest.statements import is_statement
from rag.passage import RankedPassage
from rag.retrieval.reading import retrieved_score
from rag.retrieval.score_normalisation import normalise_languages
from vectorstore import Span, ngrams_of

# Weights of a sentence's evidence where no reader has read it; its cosine has 1. Per point of the
# question's weight matched in the sentence itself, and in the sentence before it, since an answer
# often follows the sentence that names its topic; of its nearness to the question's keywords; of
# its passage's score. Share of XQuAD questions whose answer is in the first sentence, over all four
# directions: .787 without nearness and with .015 and .005 for the matches, .791 with nearness, .793
# as here.
_MATCHED_IN_SENTENCE = 0.02
_MATCHED_IN_SENTENCE_BEFORE = 0.01
_NEARNESS = 2.0
_PASSAGE = 0.5
# Weights of a sentence that was read, as `benchmarks.calibrate_reader` printed them; the reader's
# log-odds have 1. First sentence right on 501 held-out news questions and on 360 of XQuAD: .615,
# .839; by the log-odds alone .585, .792; with the passage's score after reading, which holds the
# log-odds of another sentence, .599, .814. Similarities of sentences add nothing on news and .02 on
# XQuAD, and take as long as reading.
_MATCHED_WHEN_READ = 0.019
_PASSAGE_WHEN_READ = 15.4
# Log-odds of a sentence that did not fit into what the reader takes.
_UNREAD = -9.0


@dataclass(frozen=True)
class Evidence:
    """One sentence of a retrieved passage and what speaks for it.

    `span` is the sentence's place in its article. `cosine` is its similarity to the question, that
    of its passage if sentences were not compared; `share` is the part of the question's weight
    whose n-grams it holds, 0 to 1. `score` puts them together with its neighbour, its passage and
    the reader's log-odds (`reading`, None if it was not read), and is what sentences are chosen
    by. `phrase` is the place of the answering words.
    """

    passage: RankedPassage
    span: Span
    text: str
    cosine: float
    share: float
    score: float
    ngrams: frozenset[str]
    reading: float | None = None
    phrase: Span | None = None

    @property
    def log_odds(self) -> float:
        """The reader's log-odds; low ones for a sentence that was not read."""
        return _UNREAD if self.reading is None else self.reading


def weigh_sentences(passages: Sequence[RankedPassage]) -> list[Evidence]:
    """Return the sentences of reranked passages as evidence, the best first, none twice.

    Headings and questions are left out unless there is nothing else.
    """
    weighed: dict[tuple[str, Span], Evidence] = {}
    for passage in passages:
        for found in _weigh_one(passage):
            weighed.setdefault((passage.article.id, found.span), found)
    stated = {
        key: found
        for key, found in weighed.items()
        if is_statement(found.passage.article.text, *found.span)
    }
    evidence = list((stated or weighed).values())
    scored = _score_read(evidence) if was_read(passages) else _score_compared(evidence)
    return sorted(scored, key=lambda found: found.score, reverse=True)


def was_read(passages: Sequence[RankedPassage]) -> bool:
    """Whether a reader has read the passages, so that similarities of sentences do not count."""
    return any(passage.readings for passage in passages)


def _score_read(evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    for found in evidence:
        matched = _MATCHED_WHEN_READ * found.share * found.passage.query_terms.total
        score = found.log_odds + matched + _PASSAGE_WHEN_READ * retrieved_score(found.passage)
        yield replace(found, score=score)


def _score_compared(evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    normalised = normalise_languages(
        [found.score for found in evidence],
        [found.passage.article.language for found in evidence],
    )
    for found, score in zip(evidence, normalised, strict=True):
        yield replace(found, score=score + _PASSAGE * found.passage.score)


def _weigh_one(passage: RankedPassage) -> Iterator[Evidence]:
    """Yield a passage's sentences, each scored by itself and by the sentence before it."""
    query_terms, similar = passage.query_terms, passage.similarities
    before: frozenset[str] = frozenset()
    for number, (span, text) in enumerate(passage.sentences):
        ngrams = frozenset(ngrams_of(text))
        matched = query_terms.weigh(ngrams)
        score = _MATCHED_IN_SENTENCE * matched
        score += _MATCHED_IN_SENTENCE_BEFORE * query_terms.weigh(before - ngrams)
        if similar:
            score += similar.cosines[number] + _NEARNESS * similar.nearnesses[number]
        reading = passage.readings[number] if passage.readings else None
        yield Evidence(
            passage=passage,
            span=span,
            text=text,
            cosine=similar.cosines[number] if similar else passage.cosine,
            share=matched / (query_terms.total or 1.0),
            score=score,
            ngrams=ngrams,
            reading=reading.log_odds if reading else None,
            phrase=reading.phrase if reading else None,
        )
        before = ngrams
