"""Sentences that were checked, as pieces of an answer with numbered citations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.answer import AnswerSentence, Citation, cite
from rag.answering.quoting import Weighed
from rag.checking.claim import Claim, LocatedQuote, Verdict
from rag.errors import CitationNotVerbatim
from rag.passage import RankedPassage
from vectorstore import Article


class Page:
    """Turns checked sentences into pieces of an answer; a span keeps the number it got first."""

    def __init__(self, weighed: Weighed, read_article: Callable[[str], Article | None]) -> None:
        self._weighed = weighed
        self._read_article = read_article
        self._numbers: dict[tuple[str, int, int], int] = {}

    def write(
        self, claim: Claim, verdict: Verdict, given: Sequence[RankedPassage]
    ) -> tuple[AnswerSentence, tuple[Citation, ...]]:
        """Return a sentence and those of its citations that are new.

        `given` are the passages that the verdict's quotes count from 1. Raises
        CitationNotVerbatim if a stored article no longer holds what was quoted.
        """
        numbers: list[int] = []
        new: list[Citation] = []
        for found in verdict.quotes if verdict.status != "unsupported" else ():
            passage = given[found.passage - 1]
            span = (passage.article.id, found.start, found.end)
            if span not in self._numbers:
                self._numbers[span] = len(self._numbers) + 1
                new.append(self._cite(passage, found, self._numbers[span]))
            if self._numbers[span] not in numbers:
                numbers.append(self._numbers[span])
        sentence = AnswerSentence(
            claim.text, tuple(numbers), status=verdict.status, reason=verdict.reason
        )
        return sentence, tuple(new)

    def _cite(self, passage: RankedPassage, found: LocatedQuote, number: int) -> Citation:
        id, path = passage.article.id, passage.article.path
        quote = passage.article.text[found.start : found.end]
        article = self._read_article(id)
        if article is None:
            raise CitationNotVerbatim(path, found.start, found.end, quote)
        score = max(
            (
                self._weighed.score(one)
                for one in self._weighed.evidence
                if one.passage.article.id == id
                and one.span[0] < found.end
                and found.start < one.span[1]
            ),
            default=0.0,
        )
        return cite(article, found.start, found.end, number=number, quote=quote, score=score)
