"""How well each sentence of the retrieved passages bears on a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.ingest.statements import is_statement
from rag.passage import RankedPassage
from rag.retrieval.score_normalisation import normalise_languages
from vectorstore import Span, ngrams_of

# Weights of a sentence's evidence; its cosine has 1. Per point of the question's weight matched in
# the sentence itself, and in the sentence before it, since an answer often follows the sentence
# that names its topic; of its nearness to the question's keywords; of the score of its passage.
# Share of XQuAD questions whose answer is in the first sentence, over all four directions: .787
# without nearness and with .015 and .005 for the matches, .791 with nearness, .793 as here.
_MATCHED_IN_SENTENCE = 0.02
_MATCHED_IN_SENTENCE_BEFORE = 0.01
_NEARNESS = 2.0
_PASSAGE = 0.5
# Weight of the reader's log-odds for the sentence.
_READING = 0.2


@dataclass(frozen=True)
class Evidence:
    """One sentence of a retrieved passage and what speaks for it.

    `span` is the sentence's place in its article. `cosine` is its similarity to the question,
    `share` the part of the question's weight whose n-grams it holds, 0 to 1; `score` puts them
    together with its neighbour, its passage and the reader's log-odds (`reading`, None if it was
    not read), and is what sentences are chosen by. `phrase` is the place of the answering words.
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
    evidence = stated or weighed
    normalised = normalise_languages(
        [found.score for found in evidence.values()],
        [found.passage.article.language for found in evidence.values()],
    )
    scored = [
        replace(
            found,
            score=score + _PASSAGE * found.passage.score + _READING * (found.reading or 0.0),
        )
        for found, score in zip(evidence.values(), normalised, strict=True)
    ]
    return sorted(scored, key=lambda found: found.score, reverse=True)


def _weigh_one(passage: RankedPassage) -> Iterator[Evidence]:
    """Yield a passage's sentences, each scored by itself and by the sentence before it."""
    query_terms, similar = passage.query_terms, passage.reranked()
    before: frozenset[str] = frozenset()
    readings = passage.readings or (None,) * len(passage.sentences)
    for (span, text), cosine, nearness, reading in zip(
        passage.sentences, similar.cosines, similar.nearnesses, readings, strict=True
    ):
        ngrams = frozenset(ngrams_of(text))
        matched = query_terms.weigh(ngrams)
        yield Evidence(
            passage=passage,
            span=span,
            text=text,
            cosine=cosine,
            share=matched / (query_terms.total or 1.0),
            score=cosine
            + _NEARNESS * nearness
            + _MATCHED_IN_SENTENCE * matched
            + _MATCHED_IN_SENTENCE_BEFORE * query_terms.weigh(before - ngrams),
            ngrams=ngrams,
            reading=reading.log_odds if reading else None,
            phrase=reading.phrase if reading else None,
        )
        before = ngrams
