"""A LangChain retriever over the store: dense and lexical hits fused, then read or reranked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence, Set
from functools import partial

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from rag.language.lexicon import Lexicon, load_lexicon
from rag.models.token_vectors import TokenEmbeddings
from rag.passage import RankedPassage
from rag.question.question import Question, read_question
from rag.retrieval.documents import to_document
from rag.retrieval.reading import ReadsWindows, read_or_rerank
from rag.retrieval.score_normalisation import fuse_scores
from rag.retrieval.terms import question_terms, translated_terms
from vectorstore import Article, Filter, Hit, Passage, SearchResult, Store, ngrams_of

CANDIDATES = 100
PASSAGES = 8
# Two passages with this share of n-grams in common are one text. Reprints differ in a word or two;
# passages that overlap by one sentence share less than half.
_SAME_TEXT = 0.8


class ArticleRetriever(BaseRetriever):
    """The k passages of a store that are nearest to a question, the best first.

    `filter` limits the search to some articles; `k` and `filter` can also be given to `invoke`.
    `page_content` is the passage, verbatim; see `to_document` for the metadata. `reader` is
    optional.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    store: Store
    embeddings: TokenEmbeddings
    lexicon: Lexicon = Field(default_factory=load_lexicon)
    reader: ReadsWindows | None = None
    k: int = PASSAGES
    filter: Filter | None = None

    @property
    def is_cut_off(self) -> bool:
        """Whether a shared store cannot be reached, so that the newest articles may be missing."""
        return self.store.is_cut_off

    def find(
        self, question: Question, *, k: int | None = None, filter: Filter | None = None
    ) -> list[RankedPassage]:
        """Return the passages for a question, the best first."""
        found = search(self.store, question, self.lexicon, filter or self.filter)
        passages = rank(found, self.k if k is None else k)
        return read_or_rerank(question, passages, self.embeddings, self.reader)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        question: Question | None = None,
        k: int | None = None,
        filter: Filter | None = None,
    ) -> list[Document]:
        passages = self.find(question or read_question(query), k=k, filter=filter)
        return [to_document(passage) for passage in passages]

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        question: Question | None = None,
        k: int | None = None,
        filter: Filter | None = None,
    ) -> list[Document]:
        find = partial(self._get_relevant_documents, run_manager=run_manager.get_sync())
        return await asyncio.to_thread(find, query, question=question, k=k, filter=filter)


def search(
    store: Store, question: Question, lexicon: Lexicon, filter: Filter | None = None
) -> SearchResult:
    """Return the candidates of both indexes, among the articles that match the filter.

    Articles in the lexicon's other language are also searched for translations of the question's
    words.
    """
    there = lexicon.languages & store.languages()
    translated = {code: translated_terms(question, lexicon, code) for code in there}
    return store.search(
        question.text,
        CANDIDATES,
        terms=question_terms(question),
        terms_in={code: terms for code, terms in translated.items() if terms},
        filter=filter,
    )


def rank(found: SearchResult, k: int) -> list[RankedPassage]:
    """Return the k best hits of a search, the best first, no text twice."""
    texts = [(hit.passage.article, one_line(hit.passage.text)) for hit in found.hits]
    return [
        RankedPassage(
            hit.passage,
            cosine=hit.cosine,
            bm25=hit.bm25,
            score=score,
            query_terms=found.query_terms(hit.passage.article.language),
            reprints=find_reprints(hit.passage, texts),
        )
        for hit, score in without_copies(rank_hits(found.hits), k)
    ]


def rank_hits(hits: Sequence[Hit]) -> list[tuple[Hit, float]]:
    """Return hits with their scores, dense and lexical fused, the best first."""
    scores = fuse_scores(
        [hit.cosine for hit in hits],
        [hit.bm25 for hit in hits],
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


def find_reprints(passage: Passage, texts: Sequence[tuple[Article, str]]) -> tuple[Article, ...]:
    """Return the other articles of which one of the texts has the passage's longest sentence.

    Comparing n-grams, as for copies, would cost a hundred times as much for all hits.
    """
    own = passage.article
    longest = max((own.text[start:end] for start, end in passage.sentences), key=len, default="")
    said = one_line(longest)
    there = {
        article.id: article
        for article, text in texts
        if said and article.id != own.id and said in text
    }
    return tuple(there.values())


def one_line(text: str) -> str:
    """Return a text with a single space for each run of white space."""
    return " ".join(text.split())


def overlap(one: Set[str], other: Set[str]) -> float:
    """Return the share of n-grams that two texts have in common, 0 to 1 (Jaccard)."""
    return len(one & other) / (len(one | other) or 1)
