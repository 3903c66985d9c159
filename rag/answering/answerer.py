"""What the chain needs of those that answer: `ExtractiveAnswerer` and `ModelAnswerer`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from rag.answer import Answer
from rag.passage import RankedPassage
from rag.question.question import Question


class Answerer(Protocol):
    """Answers a question from passages: by quoting them, or with a chat model."""

    def answer(self, question: Question, passages: Sequence[RankedPassage]) -> Iterator[Answer]:
        """Yield the pieces of the answer, at least one; together they are the answer.

        Raises CitationNotVerbatim before the first piece if all that answers has left its articles.
        """
        ...
