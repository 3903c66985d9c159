"""LangChain's documents made of ranked passages, and ranked passages made of its documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from langchain_core.documents import Document
from pydantic import PrivateAttr

from rag.ingest.sentences import split_sentences
from rag.language.detect import detect_language
from rag.passage import RankedPassage
from rag.question.question import Question
from vectorstore import Article, Passage, QueryTerms, terms_of


class PassageDocument(Document):
    """A document of `ArticleRetriever`; `passage` has what its metadata cannot hold.

    Saved or copied by its fields it is a plain Document.
    """

    _passage: RankedPassage = PrivateAttr()

    @property
    def passage(self) -> RankedPassage:
        """The ranked passage that this document shows."""
        return self._passage

    @classmethod
    def lc_id(cls) -> list[str]:
        """Return the id of Document, which LangChain can load again."""
        return Document.lc_id()


def to_document(passage: RankedPassage) -> Document:
    """Return a ranked passage as a LangChain document.

    The metadata is serialisable: the article's fields, the passage's place in it (`start`, `end`),
    and its scores (`score`, `cosine`, `bm25`).
    """
    article, start, end = passage.article, passage.passage.start, passage.passage.end
    document = PassageDocument(
        page_content=passage.text,
        id=f"{article.id}:{start}-{end}",
        metadata={
            "article": article.id,
            "path": article.path,
            "title": article.title,
            "source": article.source,
            "date": article.date,
            "url": article.url,
            "language": article.language,
            "start": start,
            "end": end,
            "score": passage.score,
            "cosine": passage.cosine,
            "bm25": passage.bm25,
        },
    )
    document._passage = passage
    return document


def to_passages(question: Question, documents: Iterable[Document]) -> list[RankedPassage]:
    """Return the passages behind documents, in the same order.

    A document of another retriever is an article of its own: its sentences are split and its
    language is told here, and citations count characters of its text.
    """
    return [
        document.passage if isinstance(document, PassageDocument) else _read(question, document)
        for document in documents
    ]


def _read(question: Question, document: Document) -> RankedPassage:
    about: dict[str, Any] = document.metadata
    text = document.page_content
    article = Article(
        path=str(about.get("source") or document.id or ""),
        title=str(about.get("title") or ""),
        text=text,
        body=((0, len(text)),),
        language=detect_language(text),
        source=about.get("source"),
        date=about.get("date"),
        url=about.get("url"),
    )
    passage = Passage(article, 0, len(text), tuple(split_sentences(text)))
    return RankedPassage(passage, 0.0, 0.0, 0.0, QueryTerms(terms_of(question.text), {}, {}))
