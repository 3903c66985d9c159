"""A conversation as values: each turn is a question and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.answer import Answer, Citation
from rag.phrases import PHRASES
from rag.question.conversation import Earlier


@dataclass(frozen=True)
class Turn:
    """One question and how far its answer is.

    While `state` is "asking" the answer may still grow. A turn that "failed" has an `error`,
    one line, and never an answer: nothing half-made can be taken for one.
    """

    question: str
    state: Literal["asking", "done", "stopped", "failed"] = "asking"
    answer: Answer | None = None
    error: str = ""


def past(turns: tuple[Turn, ...]) -> list[Earlier]:
    """List what was asked and answered before, oldest first.

    A turn that failed, or was stopped before its answer said something, is left out.
    """
    return [
        Earlier(turn.question, answer.text, answer.standalone, answer.citations)
        for turn in turns
        if (answer := turn.answer) is not None and answer.says_something
    ]


def shown_citations(answer: Answer) -> tuple[Citation, ...]:
    """Give the citations that a person can open: the answer's, or the nearest if it has none."""
    return answer.citations if answer.found else answer.nearest


def is_said(answer: Answer, citation: Citation) -> bool:
    """Tell whether a sentence of the answer is the citation's quote, and not only rests on it."""
    return any(
        citation.number in sentence.citations and is_quotation(sentence.text, citation)
        for sentence in answer.sentences
    )


def is_quotation(text: str, citation: Citation) -> bool:
    """Tell whether a text is, but for line breaks and other whitespace, the citation's quote."""
    return one_line(text) == one_line(citation.quote)


def one_line(text: str) -> str:
    """Write text with single spaces for its line breaks and other runs of whitespace."""
    return " ".join(text.split())


def describe(citation: Citation) -> str:
    """Name the article of a citation in one line: title, outlet, date."""
    day = show_day(citation.date) if citation.date else None
    about = ", ".join(part for part in (citation.source, day) if part)
    return f"{citation.title} ({about})" if about else citation.title


def show_day(date: str) -> str:
    """Cut the time of day off an ISO 8601 date; a date of another form stays as it is."""
    return date[:10] if re.match(r"\d{4}-\d{2}-\d{2}", date) else date


def plain_text(answer: Answer) -> str:
    """Write the answer as text to paste elsewhere: its lines, then what the numbers stand for.

    A notice comes first, so that quotations are not taken for what a model wrote, then what the
    question was understood as, if that is not what was asked.
    """
    if answer.found:
        lines = [describe_cited(answer, citation) for citation in answer.citations]
        label = "Sources"
    else:
        lines = [f"- {one_line(near.quote)}\n  {describe(near)}" for near in answer.nearest]
        label = "Nearest passages"
    said = "\n\n".join(filter(None, (answer.notice, understood(answer), answer.text)))
    return "\n".join([said, "", f"{label}:", *lines]) if lines else said


def understood(answer: Answer) -> str:
    """Say in one line what the question was understood as, "" if as it was asked."""
    if not answer.standalone:
        return ""
    return f"{PHRASES[answer.spoken].understood} {one_line(answer.standalone)}"


def describe_cited(answer: Answer, citation: Citation) -> str:
    """Name the article behind a number, and the words there unless the answer itself is them."""
    named = f"[{citation.number}] {describe(citation)}"
    return named if is_said(answer, citation) else f"{named}\n    > {one_line(citation.quote)}"
