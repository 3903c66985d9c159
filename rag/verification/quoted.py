"""The sentences that a claim quotes, whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.documents import Document

from rag.verification.claims import Found
from rag.verification.spelling import compose
from vectorstore import Span


@dataclass(frozen=True)
class Quoted:
    """The sentences of one passage that quotes are cut from, and what stands around them."""

    text: str
    sentences: tuple[str, ...]
    passage: str
    title: str
    date: str | None
    language: str


def read_quoted(found: Sequence[Found], documents: Sequence[Document]) -> list[Quoted]:
    """Return the whole sentences that quotes are cut from, by passage."""
    quoted: list[Quoted] = []
    for number in dict.fromkeys(quote.passage for quote in found):
        document = documents[number - 1]
        offset = document.metadata["start"]
        sentences: list[Span] = [
            (start - offset, end - offset)
            for start, end in document.metadata["sentences"]
            if any(q.passage == number and q.start < end and start < q.end for q in found)
        ]
        passage = document.page_content
        texts = tuple(compose(passage[a:b]) for a, b in sentences)
        quoted.append(
            Quoted(
                text=" ".join(texts),
                sentences=texts,
                passage=compose(passage),
                title=document.metadata["title"],
                date=document.metadata["date"],
                language=document.metadata["language"],
            )
        )
    return quoted


def not_quoted(kind: str, words: str) -> str:
    """Return the reason why a claim is weak that says something the quoted sentences do not."""
    return f"the {kind} “{words.strip()[:60]}” is not in the quoted words"
