"""How well each sentence of the retrieved passages bears on a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from langchain_core.documents import Document

from rag.retrieval.score_normalisation import normalise_languages
from vectorstore import QueryTerms, Span, ngrams_of

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

    document: Document
    span: Span
    text: str
    cosine: float
    share: float
    score: float
    ngrams: frozenset[str]


def weigh_sentences(documents: Sequence[Document]) -> list[Evidence]:
    """Return the sentences of reranked passages as evidence, the best first, none twice."""
    evidence: dict[tuple[str, Span], Evidence] = {}
    for document in documents:
        for found in _read(document):
            evidence.setdefault((document.metadata["article"], found.span), found)
    normalised = normalise_languages(
        [found.score for found in evidence.values()],
        [found.document.metadata["language"] for found in evidence.values()],
    )
    scored = [
        replace(found, score=score + _PASSAGE * found.document.metadata["score"])
        for found, score in zip(evidence.values(), normalised, strict=True)
    ]
    return sorted(scored, key=lambda found: found.score, reverse=True)


def _read(document: Document) -> Iterator[Evidence]:
    """Yield a passage's sentences, scored by themselves and what stands before them."""
    about = document.metadata
    query_terms: QueryTerms = about["query_terms"]
    before: frozenset[str] = frozenset()
    for (start, end), cosine, nearness in zip(
        about["sentences"], about["cosines"], about["nearnesses"], strict=True
    ):
        text = document.page_content[start - about["start"] : end - about["start"]]
        ngrams = frozenset(ngrams_of(text))
        matched = query_terms.weigh(ngrams)
        yield Evidence(
            document=document,
            span=(start, end),
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
