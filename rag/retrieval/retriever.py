"""A LangChain retriever over the store: dense and lexical hits fused, reranked by sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from rag.language.lexicon import Lexicon
from rag.models.token_vectors import TokenEmbeddings
from rag.passage import RankedPassage
from rag.question.question import Question, read_question
from rag.retrieval.documents import to_document
from rag.retrieval.reranker import rerank
from rag.retrieval.score_normalisation import normalise_languages
from vectorstore import Hit, SearchResult, Store, Term, ngrams_of

# What a point of BM25 is worth against cosine 1. On XQuAD and MLQA (development parts) unscaled
# sums beat min-max in all language directions, since the sum of matched weights says by itself how
# much the query terms are to be trusted. R@1 is flat from .007 to .012, a little better for MLQA at
# the lower end and for German questions over English paragraphs at the upper one.
BM25_WEIGHT = 0.01
# Weight of a term carried over from an earlier question; one of this question has 1. Of
# 28 follow-ups over seeds/ a right passage is cited for 23, by .2, .7 and 1.0 for 22; that they are
# left out of the keywords counts for more (17 with them).
_CONTEXT_WEIGHT = 0.5
CANDIDATES = 100
PASSAGES = 8
# Two passages that share this much of their n-grams are one text: reprints differ in a word or
# two, passages that overlap by a sentence share less than half.
_SAME_TEXT = 0.8


class ArticleRetriever(BaseRetriever):
    """The passages of a store that are nearest to a question, the best first.

    `page_content` is the passage, verbatim; its metadata are those of `to_document`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    store: Store
    lexicon: Lexicon
    embeddings: TokenEmbeddings
    k: int = PASSAGES

    def find(self, question: Question) -> list[RankedPassage]:
        """Return the passages for a question, the best first."""
        found = search(self.store, question, self.lexicon)
        return rerank(question, rank(found, self.k), self.embeddings)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        question: Question | None = None,
    ) -> list[Document]:
        return [to_document(found) for found in self.find(question or read_question(query))]


def search(store: Store, question: Question, lexicon: Lexicon) -> SearchResult:
    """Return the candidates of both indexes.

    Articles in the lexicon's other language are also searched for what the question's words may
    be called there.
    """
    words = dict.fromkeys((*question.keywords, *question.context))
    context = set(question.context) - set(question.keywords)
    translated: dict[str, tuple[Term, ...]] = {}
    if question.language in lexicon.languages:
        for language in (lexicon.languages - {question.language}) & store.languages():
            found = lexicon.terms(words, question.language)
            translated[language] = _weigh_down(found, context)
    terms = _weigh_down(map(Term, words), context)
    return store.search(question.text, CANDIDATES, terms=terms, terms_in=translated)


def _weigh_down(terms: Iterable[Term], context: Set[str]) -> tuple[Term, ...]:
    """Return terms, those of a question's context weighing less than what is asked."""
    return tuple(
        Term(
            term.word,
            _CONTEXT_WEIGHT * term.weight,
            tuple((other, _CONTEXT_WEIGHT * weight) for other, weight in term.others),
        )
        if term.word in context
        else term
        for term in terms
    )


def rank(found: SearchResult, k: int) -> list[RankedPassage]:
    """Return the k best hits of a search, the best first, no text twice."""
    return [
        RankedPassage(
            hit.passage,
            cosine=hit.cosine,
            bm25=hit.bm25,
            score=score,
            query_terms=found.query_terms(hit.passage.article.language),
        )
        for hit, score in without_copies(rank_hits(found.hits), k)
    ]


def rank_hits(hits: Sequence[Hit]) -> list[tuple[Hit, float]]:
    """Return hits with their scores, dense and lexical fused, the best first."""
    scores = normalise_languages(
        [hit.cosine + BM25_WEIGHT * hit.bm25 for hit in hits],
        [hit.passage.article.language for hit in hits],
    )
    return sorted(zip(hits, scores, strict=True), key=lambda ranked: ranked[1], reverse=True)


def without_copies(ranked: Sequence[tuple[Hit, float]], k: int) -> list[tuple[Hit, float]]:
    """Return the first k hits, leaving out passages that nearly repeat an earlier one."""
    kept: list[tuple[Hit, float]] = []
    seen: list[set[str]] = []
    for hit, score in ranked:
        if len(kept) == k:
            break
        ngrams = set(ngrams_of(hit.passage.text))
        if all(overlap(ngrams, other) < _SAME_TEXT for other in seen):
            kept.append((hit, score))
            seen.append(ngrams)
    return kept


def overlap(one: Set[str], other: Set[str]) -> float:
    """Return the share of n-grams that two texts have in common, 0 to 1 (Jaccard)."""
    return len(one & other) / (len(one | other) or 1)
