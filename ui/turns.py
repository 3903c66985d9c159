"""A conversation as values: each turn is a question with its answer or error."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.answer import Answer, Citation
from rag.phrases import PHRASES
from rag.question.conversation import Earlier
from ui.words import Fault
from vectorstore import Span


@dataclass(frozen=True)
class Turn:
    """One question and its answer so far.

    While `state` is "asking", the answer may still grow. A turn that "failed" has an `error`
    and never an answer, so that half an answer is not taken for a whole one. `key` is its row in
    the conversations on disk, None if it is not kept. `lost` are the positions of the citations
    shown that are no longer in the articles: their quotes must not be shown as quotations. `before`
    is how many questions stand before it in the line, None once its turn has come.
    """

    question: str
    state: Literal["asking", "done", "stopped", "failed"] = "asking"
    answer: Answer | None = None
    error: Fault | None = None
    key: int | None = None
    lost: frozenset[int] = frozenset()
    before: int | None = None


def past(turns: tuple[Turn, ...]) -> list[Earlier]:
    """List the earlier questions and answers, the oldest first.

    Turns that failed, and turns that were stopped before the first sentence, are left out.
    """
    return [
        Earlier(turn.question, answer.text, answer.standalone, answer.citations)
        for turn in turns
        if (answer := turn.answer) is not None and answer.says_something
    ]


def shown_citations(answer: Answer) -> tuple[Citation, ...]:
    """Return the citations that a person can open: the answer's, then those behind "show all".

    If there is no answer, they are the nearest passages.
    """
    return (*answer.citations, *answer.further) if answer.found else answer.nearest


def number_articles(answer: Answer) -> dict[str, int]:
    """Return the numbers that the page gives the articles of an answer: 1, 2 … by first use.

    Citations are numbered by sentence and through the conversation, which readers took for
    different articles.
    """
    articles = dict.fromkeys(citation.article for citation in shown_citations(answer))
    return {article: number for number, article in enumerate(articles, start=1)}


def is_said(answer: Answer, citation: Citation) -> bool:
    """Whether a sentence of the answer is the citation's quote itself."""
    return any(
        citation.number in sentence.citations and is_quotation(sentence.text, citation)
        for sentence in answer.sentences
    )


def find_phrase(citation: Citation) -> Span | None:
    """Return the range of the words in a citation's quote that answer, None if it names none."""
    phrase = citation.phrase
    return phrase and (phrase[0] - citation.start, phrase[1] - citation.start)


def find_phrase_in_line(citation: Citation) -> Span | None:
    """Return the range of `find_phrase` in the quote as `one_line` writes it."""
    found = find_phrase(citation)
    if found is None:
        return None
    before, words = citation.quote[: found[0]], one_line(citation.quote[slice(*found)])
    start = len(one_line(f"{before}.")) - 1
    return start, start + len(words)


def is_quotation(text: str, citation: Citation) -> bool:
    """Whether a text is the citation's quote, apart from line breaks and other whitespace."""
    return one_line(text) == one_line(citation.quote)


def shown_context(answer: Answer, citation: Citation) -> str:
    """Return the sentence before a quote that cannot stand alone, "" if the answer has it too."""
    context = citation.context
    if context is None or any(
        other.article == citation.article
        and other.start <= context.start
        and context.end <= other.end
        for other in answer.citations
    ):
        return ""
    return one_line(context.text)


def one_line(text: str) -> str:
    """Return a text with a single space for each line break or other run of whitespace."""
    return " ".join(text.split())


def describe(citation: Citation) -> str:
    """Return one line on the article of a citation: title, outlet, date."""
    day = show_day(citation.date) if citation.date else None
    about = ", ".join(part for part in (citation.source, day) if part)
    return f"{citation.title} ({about})" if about else citation.title


def show_day(date: str) -> str:
    """Return an ISO 8601 date without the time of day; other dates stay as they are."""
    return date[:10] if re.match(r"\d{4}-\d{2}-\d{2}", date) else date


def understood(answer: Answer) -> str:
    """Return one line on how the question was understood, "" if as typed."""
    if not answer.standalone:
        return ""
    return f"{PHRASES[answer.spoken].understood} {one_line(answer.standalone)}"


def limited(answer: Answer) -> str:
    """Return one line on the limits that a question was asked within, "" without any."""
    return f"{PHRASES[answer.spoken].within} {one_line(answer.within)}" if answer.within else ""
