"""The edge to LangChain: ranked passages as its documents, and its documents as ranked passages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from langchain_core.documents import Document
from pydantic import PrivateAttr

from rag.ingest.sentences import split_sentences
from rag.language.detect import detect_language, language_code
from rag.language.lexicon import Lexicon
from rag.models.token_vectors import TokenEmbeddings
from rag.passage import RankedPassage, ReadArticle
from rag.question.question import Question
from rag.retrieval.reading import ReadsWindows, read_or_rerank
from rag.retrieval.reranker import compare
from rag.retrieval.score_normalisation import fuse_scores
from rag.retrieval.terms import question_terms, translated_terms
from vectorstore import Article, Passage, QueryTerms, Span
from vectorstore.lexical.query_terms import ngram_factors

# Inverse document frequency of a word that is in one of a hundred passages. Another retriever's
# index cannot be asked how rare a word is.
_RARITY = 4.2


class PassageDocument(Document):
    """A document of `ArticleRetriever`, with the passage that its metadata cannot hold.

    When it is saved and loaded again it is a plain Document.
    """

    _passage: RankedPassage = PrivateAttr()

    @property
    def passage(self) -> RankedPassage:
        """The ranked passage that this document shows."""
        return self._passage

    @classmethod
    def lc_id(cls) -> list[str]:
        """Return the id of Document, which LangChain can load."""
        return Document.lc_id()


def to_document(passage: RankedPassage) -> Document:
    """Return a ranked passage as a LangChain document.

    The metadata can be saved as JSON: the facts that the store keeps of a passage, such as the
    article's fields and the passage's place in its text (`start`, `end`), the article's `url`, and
    the scores `score`, `cosine` and `bm25`. Unknown fields are None.
    """
    found = passage.passage
    document = PassageDocument(
        page_content=passage.text,
        id=found.id,
        metadata={
            **{"source": None, "date": None, "url": passage.article.url},
            **found.metadata,
            **{"score": passage.score, "cosine": passage.cosine, "bm25": passage.bm25},
        },
    )
    document._passage = passage
    return document


def read_documents(
    question: Question,
    documents: Sequence[Document],
    *,
    embeddings: TokenEmbeddings,
    lexicon: Lexicon,
    reader: ReadsWindows | None = None,
    read_article: ReadArticle | None = None,
    compared: bool = False,
) -> list[RankedPassage]:
    """Return the passages that documents hold, the best first.

    If all are from `ArticleRetriever`, they keep their scores and their order; else all are scored
    here. If they are to be `compared`, each has the similarities of its sentences, which a check of
    written sentences needs. A document whose metadata name an article of the store and a place in
    it (`article`, `start`) is a passage of that article. Any other document is an article of its
    own: citations count the characters of its `page_content`.
    """
    passages = [
        one.passage if isinstance(one, PassageDocument) else _read(one, read_article)
        for one in documents
    ]
    passages = [passage for passage in passages if passage.sentences]
    if not all(map(_is_scored, passages)):
        scored = _score(question, passages, embeddings, lexicon)
        passages = read_or_rerank(question, scored, embeddings, reader)
    if compared and not all(passage.similarities for passage in passages):
        passages = compare(question, passages, embeddings)
    return passages


def _is_scored(passage: RankedPassage) -> bool:
    return bool(passage.similarities or passage.readings)


def _read(document: Document, read_article: ReadArticle | None) -> RankedPassage:
    """Return a document as a passage without scores."""
    text, about = document.page_content, document.metadata
    start, id = about.get("start"), about.get("article")
    if read_article and isinstance(start, int) and isinstance(id, str):
        article, end = read_article(id), start + len(text)
        if article is not None and article.text[start:end] == text:
            return _unscored(article, (start, end), stored=True)
    return _unscored(_make_article(document), (0, len(text)), stored=False)


def _unscored(article: Article, span: Span, *, stored: bool) -> RankedPassage:
    passage = Passage(article, *span, tuple(split_sentences(article.text, *span)))
    return RankedPassage(passage, 0.0, 0.0, 0.0, QueryTerms((), {}, {}), stored=stored)


def _make_article(document: Document) -> Article:
    """Return the article that a document of another retriever is."""
    text, about = document.page_content, document.metadata
    stated = {
        name: str(about[name])
        for name in ("path", "source", "title", "date", "url", "language")
        if about.get(name)
    }
    source = stated.get("source")
    path = stated.get("path") or source or document.id or ""
    return Article(
        path=path,
        title=stated.get("title") or path,
        text=text,
        body=((0, len(text)),),
        language=language_code(stated.get("language")) or detect_language(text),
        source=source,
        date=stated.get("date"),
        url=stated.get("url"),
        # Documents of one source are told apart by their text: some stores give them no id.
        row=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
    )


def _score(
    question: Question,
    passages: Sequence[RankedPassage],
    embeddings: TokenEmbeddings,
    lexicon: Lexicon,
) -> list[RankedPassage]:
    """Score passages as a search does, but for BM25 of other retrievers', which needs an index."""
    new = [passage for passage in passages if not _is_scored(passage)]
    vectors = embeddings.embed_documents([one.article.heading + one.text for one in new])
    cosines = (np.array(vectors) @ np.array(embeddings.embed_query(question.text))).tolist()
    terms = {code: _weigh(question, lexicon, code) for code in {p.article.language for p in new}}
    found = iter(
        replace(one, cosine=cosine, query_terms=terms[one.article.language])
        for one, cosine in zip(new, cosines, strict=True)
    )
    passages = [passage if _is_scored(passage) else next(found) for passage in passages]
    scores = fuse_scores(
        [passage.cosine for passage in passages],
        [passage.bm25 for passage in passages],
        [passage.article.language for passage in passages],
    )
    return [replace(passage, score=score) for passage, score in zip(passages, scores, strict=True)]


def _weigh(question: Question, lexicon: Lexicon, language: str) -> QueryTerms:
    terms = translated_terms(question, lexicon, language) or question_terms(question)
    factors = ngram_factors(terms)
    return QueryTerms(terms, factors, {ngram: _RARITY * f for ngram, f in factors.items()})
