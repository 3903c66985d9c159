"""The earlier turns of a conversation: how many count, and the numbers they gave passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.messages.utils import count_tokens_approximately, trim_messages

from rag.answer import Answer, Citation
from rag.question.question import Question

MOST_TURNS = 10
"""Enough for what "he" or "there" refers to."""
MOST_HISTORY_TOKENS = 2_000
"""Of the conversation, estimated. The last turn always fits: see LONGEST_ANSWER."""
LONGEST_ANSWER = 1_000
"""Characters kept of an earlier answer, so that a huge one does not push out other turns."""

# German prose has 3.4 to 4.5 characters a token; the prompt estimates passages in the same way. The
# longest turn has 2,000 characters typed, 2,000 understood and 1,000 answered: 1,700 tokens.
_count_tokens = partial(count_tokens_approximately, chars_per_token=3.0)


@dataclass(frozen=True)
class Earlier:
    """An earlier question of a conversation and the text of its answer.

    `standalone` is the question as it was understood, "" if as asked. `citations` are those of the
    answer, with the numbers that were shown.
    """

    question: str
    answer: str
    standalone: str = ""
    citations: tuple[Citation, ...] = ()

    @property
    def meant(self) -> str:
        """The question, as far as known in words that need no conversation."""
        return self.standalone or self.question


@dataclass(frozen=True)
class Understood:
    """A question that can be understood without the conversation.

    `notice` is one line, in English, if understanding it went wrong.
    """

    question: Question
    notice: str = ""


Understand = Callable[[Question, Sequence[Earlier]], Understood]
"""Rewrites a question so that it can be understood without the conversation before it."""


def recent(history: Sequence[Earlier]) -> Sequence[Earlier]:
    """Return the last turns that fit into both limits; long answers are cut."""
    kept = [replace(one, answer=_cut(one.answer)) for one in history[-MOST_TURNS:]]
    messages: list[BaseMessage] = []
    for one in kept:
        asked = dict.fromkeys((one.question, one.meant))
        messages += [HumanMessage("\n".join(asked)), AIMessage(one.answer)]
    left = trim_messages(
        messages, max_tokens=MOST_HISTORY_TOKENS, token_counter=_count_tokens, start_on="human"
    )
    return kept[len(kept) - len(left) // 2 :]


class Numbering:
    """Gives a passage one number in the whole conversation: that of its first citation."""

    def __init__(self, history: Sequence[Earlier]) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._highest = 0
        self._now: dict[int, int] = {}
        for one in history:
            for citation in one.citations:
                self._numbers.setdefault(_place(citation), citation.number)
                self._highest = max(self._highest, citation.number)

    def renumber(self, piece: Answer) -> Answer:
        """Return a piece of an answer with the conversation's numbers in place of the answer's own.

        The pieces have to come in their order: a sentence may cite what an earlier piece brought.
        """
        citations = tuple(
            replace(citation, number=self._number(citation)) for citation in piece.citations
        )
        sentences = tuple(
            replace(sentence, citations=tuple(self._now.get(n, n) for n in sentence.citations))
            for sentence in piece.sentences
        )
        return replace(piece, citations=citations, sentences=sentences)

    def _number(self, citation: Citation) -> int:
        place = _place(citation)
        if place not in self._numbers:
            self._highest += 1
            self._numbers[place] = self._highest
        self._now[citation.number] = self._numbers[place]
        return self._numbers[place]


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.article, citation.start, citation.end


def _cut(answer: str) -> str:
    return answer if len(answer) <= LONGEST_ANSWER else answer[: LONGEST_ANSWER - 2] + " …"
