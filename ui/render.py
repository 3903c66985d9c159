"""The conversation as HTML in which everything that is not ours is escaped text.

Titles, quotes and questions come from files and people. They are never put into the page in
any other way than through `escape`, so there is no markup, link or formula in them to run.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import PurePath

from rag.answer import Answer, AnswerSentence, Citation
from rag.phrases import PHRASES
from ui.turns import Turn, is_quotation, plain_text, show_day, shown_citations, understood

LANGUAGES = {"de": "German", "en": "English"}
SHOWN_QUESTION = 1_000
"""Characters of a question that are shown: a pasted article shall not bury the conversation."""

_NOT_IN_HTML = re.compile("[\0\ud800-\udfff]")


def escape(text: str) -> str:
    """Write text so that a browser shows exactly it, in an element or a quoted attribute.

    NUL and lone surrogates, which HTML and UTF-8 cannot carry, become U+FFFD. A carriage
    return is written as a reference: a parser turns a bare one into a line feed, and then
    a quote would no longer be the characters of the article.
    """
    return html.escape(_NOT_IN_HTML.sub("\ufffd", text)).replace("\r", "&#13;")


def describe_source(
    source: str | None, date: str | None, language: str, path: str, *, title: str = ""
) -> str:
    """Render outlet, date and language as one line; without outlet and date, the file's name."""
    outlet = source or ("" if date else PurePath(path).name)
    parts = [f'<span dir="auto">{escape(outlet)}</span>' if outlet not in ("", title) else ""]
    if date:
        parts.append(f'<span dir="auto">{escape(show_day(date))}</span>')
    if language != "und":
        parts.append(escape(LANGUAGES.get(language, language)))
    return '<span class="about">' + " · ".join(part for part in parts if part) + "</span>"


def render_conversation(turns: Sequence[Turn], examples: Sequence[str]) -> str:
    """Render all turns, or the greeting and the example questions if there are none."""
    inner = "".join(render_turn(number, turn) for number, turn in enumerate(turns))
    return (
        '<div class="log" role="log" aria-live="polite" aria-label="Conversation">'
        f"{inner or render_greeting(examples)}</div>"
    )


def render_greeting(examples: Sequence[str]) -> str:
    """Render what a person sees before the first question."""
    buttons = "".join(
        f'<li><button type="button" class="example" data-example="{number}" dir="auto">'
        f"{escape(example)}</button></li>"
        for number, example in enumerate(examples)
    )
    offered = f'<p class="hint">For example</p><ul class="examples">{buttons}</ul>'
    return (
        '<section class="greeting"><h2>What would you like to know?</h2>'
        "<p>The number after a sentence is that of its source. "
        "Press it to read what it rests on where it stands in its article.</p>"
        f"{offered if examples else ''}</section>"
    )


def render_turn(number: int, turn: Turn) -> str:
    """Render a question with its answer, its error, or that it is being looked up."""
    asking = turn.state == "asking"
    if turn.error:
        below = f'<p class="error"><strong>Error.</strong> {escape(turn.error)}</p>'
    elif turn.answer is not None and turn.answer.text:
        below = render_answer(number, turn.answer, complete=not asking)
        if turn.state == "done":
            below += (
                '<p class="actions"><button type="button" class="copy" '
                f'data-text="{escape(plain_text(turn.answer))}">Copy</button></p>'
            )
    else:
        below = ""
    if asking:
        below += '<p class="working">Reading the articles …</p>'
    if turn.state == "stopped":
        below += '<p class="stopped">Stopped before the answer was complete.</p>'
    return (
        f'<section class="turn" aria-busy="{"true" if asking else "false"}">'
        f'<h2 class="question" dir="auto">{escape(shorten(turn.question))}</h2>'
        f"{render_understood(turn.answer)}{below}</section>"
    )


def shorten(question: str) -> str:
    """Cut a question to what is shown of it."""
    return question if len(question) <= SHOWN_QUESTION else question[:SHOWN_QUESTION] + " …"


def render_understood(answer: Answer | None) -> str:
    """Render what a question that depends on earlier ones was understood as."""
    if answer is None or not answer.standalone:
        return ""
    said = escape(shorten(understood(answer)))
    return f'<p class="understood" lang="{answer.spoken}" dir="auto">{said}</p>'


def render_answer(turn: int, answer: Answer, *, complete: bool) -> str:
    """Render an answer with its sources, or that there is none with the nearest passages.

    The sources wait until the answer is complete: each new sentence would push them down. A
    notice on quotations says why there is no more than these and comes before them; one on what
    a model wrote says that its end is missing and comes where that would be.
    """
    notice = ""
    if answer.notice:
        notice = f'<p class="notice"><strong>Note.</strong> {escape(answer.notice)}</p>'
    lead = f'<p class="lead" dir="auto">{escape(answer.lead_in)}</p>' if answer.lead_in else ""
    if answer.found:
        said = "".join(render_sentence(turn, answer, sentence) for sentence in answer.sentences)
        sources = render_sources(turn, answer) if complete else ""
        said = f"{lead}{said}{notice}" if answer.model else f"{notice}{lead}{said}"
        return f'<div class="answer">{said}{sources}</div>'
    nearest = "".join(
        f'<li><button type="button" class="passage" {address(turn, position)} '
        f'aria-label="Open the passage in: {escape(citation.title)}">'
        f'<span class="quote" lang="{escape(citation.language)}" dir="auto">'
        f"{escape(citation.quote)}</span>{name_article(citation)}</button></li>"
        for position, citation in enumerate(answer.nearest)
    )
    if nearest:
        nearest = (
            '<h3>Nearest passages <span class="about">that do not answer the question</span></h3>'
            f'<ul class="nearest">{nearest}</ul>'
        )
    return f'<div class="answer refusal">{notice}{lead}{nearest}</div>'


def render_sentence(turn: int, answer: Answer, sentence: AnswerSentence) -> str:
    """Render one sentence, its numbers, and the words of the articles that it rests on.

    One that is verbatim in a source is a quotation itself. One that the articles do not bear
    out says so in words, and why.
    """
    positions = {citation.number: at for at, citation in enumerate(answer.citations)}
    marks, quotes = "", ""
    language = None
    for number in sentence.citations:
        position = positions.get(number)
        if position is None:  # its citation comes with a later piece of the stream
            marks += f" [{number}]"
            continue
        citation = answer.citations[position]
        marks += f" {render_number(turn, position, citation)}"
        if is_quotation(sentence.text, citation):
            language = citation.language
        else:
            quotes += f"<li>{render_number(turn, position, citation)} {render_quote(citation)}</li>"
    said = f'<span dir="auto">{escape(sentence.text)}</span>'
    if language is not None:
        said = (
            f'<blockquote lang="{escape(language)}" dir="auto">{escape(sentence.text)}</blockquote>'
        )
    if quotes:
        quotes = f'<ul class="quotes" aria-label="What it rests on">{quotes}</ul>'
    return (
        f'<div class="sentence {sentence.status}">{render_mark(answer, sentence)}'
        f"{said}{marks}{render_reason(sentence)}{quotes}</div>"
    )


def render_mark(answer: Answer, sentence: AnswerSentence) -> str:
    """Render what stands before a sentence that is not supported, in the question's language."""
    if sentence.status == "supported":
        return ""
    phrases = PHRASES[answer.spoken]
    mark = phrases.weak if sentence.status == "weak" else phrases.unsupported
    return f'<strong class="mark" lang="{answer.spoken}">{escape(mark)}</strong> '


def render_reason(sentence: AnswerSentence) -> str:
    """Render why a sentence is not supported."""
    if not sentence.reason:
        return ""
    return f'<p class="reason" lang="en">Why: {escape(sentence.reason)}.</p>'


def render_quote(citation: Citation) -> str:
    """Render the words of a citation in the language of their article."""
    return (
        f'<blockquote lang="{escape(citation.language)}" dir="auto">'
        f"{escape(citation.quote)}</blockquote>"
    )


def render_sources(turn: int, answer: Answer) -> str:
    """Render the list of the articles that the answer cites, each once, in order of use."""
    by_article: dict[str, list[int]] = {}
    for position, citation in enumerate(answer.citations):
        by_article.setdefault(citation.article, []).append(position)
    rows = []
    for positions in by_article.values():
        first = answer.citations[positions[0]]
        numbers = " ".join(render_number(turn, at, answer.citations[at]) for at in positions)
        rows.append(
            f'<li><span class="numbers">{numbers}</span>'
            f'<button type="button" class="open" {address(turn, positions[0])} '
            f'aria-label="Open source {first.number}: {escape(first.title)}">'
            f"{name_article(first)}</button></li>"
        )
    return f'<h3>Sources</h3><ol class="sources">{"".join(rows)}</ol>' if rows else ""


def render_number(turn: int, position: int, citation: Citation) -> str:
    """Render the number of a citation as a button that opens it."""
    return (
        f'<button type="button" class="number" {address(turn, position)} '
        f'aria-label="Source {citation.number}: {escape(citation.title)}">'
        f"[{citation.number}]</button>"
    )


def name_article(citation: Citation) -> str:
    """Render the title of a citation's article over its outlet, date and language."""
    about = describe_source(
        citation.source, citation.date, citation.language, citation.path, title=citation.title
    )
    return (
        f'<span class="named"><span class="title" lang="{escape(citation.language)}" dir="auto">'
        f"{escape(citation.title)}</span>{about}</span>"
    )


def address(turn: int, position: int) -> str:
    """Write the attributes by which the page's script tells which citation was pressed."""
    return f'data-turn="{turn}" data-citation="{position}"'


def find_citation(turns: Sequence[Turn], turn: int, position: int) -> Citation | None:
    """Give the citation that an `address` stands for, None if it is no longer on the page."""
    if not 0 <= turn < len(turns):
        return None
    answer = turns[turn].answer
    shown = () if answer is None else shown_citations(answer)
    return shown[position] if 0 <= position < len(shown) else None
