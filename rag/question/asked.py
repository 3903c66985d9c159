"""The chain's input, read and understood."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NotRequired

from langchain_core.messages import MessageLikeRepresentation
from typing_extensions import TypedDict

from rag.answer import Answer
from rag.errors import BadQuestion
from rag.phrases import PHRASES
from rag.question.conversation import Earlier, Numbering, Understand
from rag.question.limits import describe_limits
from rag.question.messages import read_history
from rag.question.question import Question, read_question
from vectorstore import Filter


class ChainInput(TypedDict):
    """A question, and the conversation before it, oldest first, as turns or as messages.

    `filter`, a vectorstore.Filter, limits the articles that it is asked of. LangChain makes a
    schema of these types, and cannot of a Filter.
    """

    question: str
    chat_history: NotRequired[list[Earlier | MessageLikeRepresentation]]
    filter: NotRequired[Any]


@dataclass(frozen=True)
class Asked:
    """A question as it was `typed`, and as it was understood.

    `notice` is one line, in English, if understanding it went wrong. `started` is when that began,
    by `time.perf_counter`. `filter` is None if the question is asked of all articles.
    """

    typed: str
    question: Question
    notice: str
    numbering: Numbering
    started: float = field(default_factory=time.perf_counter)
    filter: Filter | None = None

    def opening(self) -> Iterator[Answer]:
        """Yield what there is to say before the answer, if anything."""
        standalone = self.question.text if self.question.text != self.typed else ""
        language = self.question.language
        within = describe_limits(self.filter, language) if self.filter else ""
        if standalone or self.notice or within:
            about = Answer(self.typed, False, notice=self.notice, standalone=standalone)
            yield replace(about, language=language, within=within)

    def label(self, piece: Answer) -> Answer:
        """Return a piece of the answer as one to what was typed, in the conversation's numbers.

        The pieces have to be given in their order.
        """
        piece = replace(piece, question=self.typed, language=self.question.language)
        if self.filter and not piece.found and piece.lead_in:
            # All that is known is that these articles do not say.
            piece = replace(piece, lead_in=PHRASES[self.question.language].not_found_within)
        return self.numbering.renumber(piece)


def read_input(given: Any, understand: Understand) -> Asked:  # noqa: ANN401 - whatever is given
    """Read a question, or a ChainInput, and understand it. Raises BadQuestion."""
    started = time.perf_counter()
    if isinstance(given, str):
        given = {"question": given}
    if not isinstance(given, Mapping) or not isinstance(given.get("question"), str):
        raise BadQuestion('there is no question: give it as {"question": "…"}')
    typed = read_question(given["question"])
    history = read_history(given.get("chat_history") or ())
    understood = understand(typed, history)
    numbering, notice = Numbering(history), understood.notice
    filter = _read_filter(given.get("filter"))
    return Asked(typed.text, understood.question, notice, numbering, started, filter)


def _read_filter(given: object) -> Filter | None:
    if not isinstance(given, Filter | None):
        raise TypeError(f"filter takes a vectorstore.Filter, not {given!r}")
    return None if given == Filter() else given
