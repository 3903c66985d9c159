"""A conversation as LangChain messages, and an answer as one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    MessageLikeRepresentation,
    convert_to_messages,
)

from rag.answer import Answer, Citation, Copy
from rag.errors import BadQuestion
from rag.question.conversation import Earlier
from rag.question.question import read_question

# Where a message keeps what its text cannot hold. Message histories save it as JSON.
_KEY = "article_chat"


def to_message(answer: Answer) -> AIMessage:
    """Return an answer as a message: its text, and its citations for the next question.

    `chain | to_message` is what message histories expect of a chain.
    """
    about = {
        "standalone": answer.standalone,
        "citations": [asdict(citation) for citation in answer.citations],
    }
    return AIMessage(answer.text, additional_kwargs={_KEY: about})


def read_history(given: Iterable[Earlier | MessageLikeRepresentation]) -> list[Earlier]:
    """Return the turns of a conversation given as turns, as messages, or as a mixture.

    Messages are what LangChain takes for one: also ("human", "…") and {"role": "user", "content":
    "…"}. An answer from `to_message` keeps its citations. System and tool messages, and answers to
    no question, are left out, and so are turns whose question read_question refuses. Raises
    BadQuestion if something is no message.
    """
    turns: list[Earlier] = []
    try:
        for one in given:
            _add_to(turns, one)
        return [turn for turn in turns if _is_question(turn.meant)]
    except (TypeError, ValueError, KeyError, AttributeError, NotImplementedError) as error:
        raise BadQuestion(
            "the conversation cannot be read: give its messages as LangChain's, or as"
            f' ("human", "…") and ("ai", "…") ({type(error).__name__})'
        ) from error


def _add_to(turns: list[Earlier], one: Earlier | MessageLikeRepresentation) -> None:
    if isinstance(one, Earlier):
        turns.append(one)
        return
    [message] = convert_to_messages([one])
    if isinstance(message, HumanMessage):
        turns.append(Earlier(message.text, ""))
    elif isinstance(message, AIMessage) and turns:
        turns[-1] = _answered(turns[-1], message)


def _is_question(text: str) -> bool:
    try:
        read_question(text)
    except BadQuestion:
        return False
    return True


def _answered(turn: Earlier, message: BaseMessage) -> Earlier:
    """Return a turn with the answer in a message, behind what was answered before."""
    about = message.additional_kwargs.get(_KEY, {})
    citations: Sequence[dict[str, Any]] = about.get("citations", ())
    return Earlier(
        turn.question,
        "\n".join(filter(None, (turn.answer, message.text))),
        turn.standalone or about.get("standalone", ""),
        (*turn.citations, *map(_citation, citations)),
    )


def _citation(fields: dict[str, Any]) -> Citation:
    """Return a citation from its fields; JSON has lists in place of tuples.

    Raises TypeError if what numbers it is not of its type.
    """
    phrase = fields.get("phrase")
    copies = tuple(Copy(**copy) for copy in fields.get("copies", ()))
    citation = Citation(**(fields | {"phrase": phrase and tuple(phrase), "copies": copies}))
    numbers = (citation.number, citation.start, citation.end)
    if not isinstance(citation.article, str) or not all(type(n) is int for n in numbers):
        raise TypeError("a citation of an earlier answer is none")
    return citation
