"""How well each sentence of the retrieved passages bears on a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.ingest.statements import is_statement
from rag.passage import RankedPassage
from rag.retrieval.score_normalisation import normalise_languages
from vectorstore import Span, ngrams_of

# Against cosine 1, a point of the question's weight matched in the sentence itself, in the
# sentence before it (an answer often follows the sentence that names its topic), its nearness to
# the question's keywords, and the score of its passage. Share of XQuAD questions whose answer is
# in the first sentence, over all four directions: .787 without nearness and with .015 and .005 for
# what is matched, .791 with nearness, .793 as here.
_MATCHED_IN_SENTENCE = 0.02
_MATCHED_IN_SENTENCE_BEFORE = 0.01
_NEARNESS = 2.0
_PASSAGE = 0.5


@dataclass(frozen=True)
class Evidence:
    """One sentence of a retrieved passage and what speaks for it.

    `span` is the sentence's place in its article. `cosine` is its similarity to the question,
    `share` the part of the question's weight whose n-grams it holds, 0 to 1; `score` puts them
    together with its neighbour and its passage, and is what sentences are chosen by.
    """

    passage: RankedPassage
    span: Span
    text: str
    cosine: float
    share: float
    score: float
    ngrams: frozenset[str]


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
        replace(found, score=score + _PASSAGE * found.passage.score)
        for found, score in zip(evidence.values(), normalised, strict=True)
    ]
    return sorted(scored, key=lambda found: found.score, reverse=True)


def _weigh_one(passage: RankedPassage) -> Iterator[Evidence]:
    """Yield a passage's sentences, each scored by itself and by the sentence before it."""
    query_terms, similar = passage.query_terms, passage.reranked()
    before: frozenset[str] = frozenset()
    for (span, text), cosine, nearness in zip(
        passage.sentences, similar.cosines, similar.nearnesses, strict=True
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
        )
        before = ngrams
