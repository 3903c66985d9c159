"""Numbered citations of passages, each compared with the stored article when it is made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.answer import Citation, Copy, cite
from rag.answering.context import find_context
from rag.errors import CitationNotVerbatim
from rag.passage import RankedPassage, ReadArticle
from rag.retrieval.answerability import Weighed
from vectorstore import Article, Span


class Citations:
    """The citations of one answer; a span keeps the number that it got first.

    `read_article` gives the stored article that a citation is checked against; without it, the
    article counts as it was found. `weighed` says how relevant a span is.
    """

    def __init__(self, weighed: Weighed, read_article: ReadArticle | None) -> None:
        self._weighed = weighed
        self._read_article = read_article
        self._numbers: dict[tuple[str, Span], int] = {}

    def cite(self, passage: RankedPassage, span: Span) -> tuple[int, Citation | None]:
        """Return the number of a span of a passage's article, and its citation if it is new.

        Raises CitationNotVerbatim if the stored article no longer has the text of the span.
        """
        key = (passage.article.id, span)
        if key in self._numbers:
            return self._numbers[key], None
        citation = self._make(passage, span, len(self._numbers) + 1)
        self._numbers[key] = citation.number
        return citation.number, citation

    def cite_all(
        self, places: Iterable[tuple[RankedPassage, Span]]
    ) -> tuple[tuple[int, ...], tuple[Citation, ...]]:
        """Return the numbers of several spans, each once, and the citations that are new.

        Raises CitationNotVerbatim if one of them no longer stands; then none counts as cited.
        """
        before = dict(self._numbers)
        try:
            made = [self.cite(passage, span) for passage, span in places]
        except CitationNotVerbatim:
            self._numbers = before
            raise
        numbers = dict.fromkeys(number for number, _ in made)
        return tuple(numbers), tuple(citation for _, citation in made if citation is not None)

    def _make(self, passage: RankedPassage, span: Span, number: int) -> Citation:
        (start, end), found = span, passage.article
        quote = found.text[start:end]
        article: Article | None = found
        if passage.stored and self._read_article is not None:
            article = self._read_article(found.id)
        if article is None:
            raise CitationNotVerbatim(found.path, start, end, quote)
        return cite(
            article,
            start,
            end,
            number=number,
            quote=quote,
            score=self._weighed.relevance(found.id, span),
            phrase=self._weighed.phrase(found.id, span),
            context=find_context(article, span),
            copies=find_copies(quote, passage.reprints),
        )


def find_copies(quote: str, articles: Iterable[Article]) -> tuple[Copy, ...]:
    """Return the places of a quote in other articles, the earliest article first.

    An article that lacks a word of it is no copy.
    """
    words = re.compile(r"\s+".join(map(re.escape, quote.split())))
    found = ((article, words.search(article.text)) for article in articles)
    copies = [
        Copy(one.id, one.path, one.title, one.source, one.date, *place.span())
        for one, place in found
        if place is not None
    ]
    return tuple(sorted(copies, key=lambda copy: (copy.date or "~", copy.source or "~", copy.path)))
