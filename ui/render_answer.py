"""An answer as HTML: sentences with their numbers, sources, or that there is no answer."""

from __future__ import annotations

from collections.abc import Set

from rag.answer import Answer, AnswerSentence, Citation
from rag.phrases import PHRASES
from ui.markup import describe_source, escape, render_quote
from ui.turns import is_quotation, shown_context
from ui.words import Words


def render_answer(
    turn: int,
    answer: Answer,
    words: Words,
    *,
    complete: bool,
    lost: Set[int] = frozenset(),
) -> str:
    """Return an answer with its sources, or the statement that there is none, with near passages.

    `lost` are the positions of citations that are no longer in the articles: their quotes are
    shown as that, never as quotations.
    The sources wait until the answer is complete: each new sentence would push them down. A
    notice on quotations says why there is nothing else, and comes before them. A notice on a
    model's answer says that its end is missing, and stands at that end.
    """
    notice = ""
    if answer.notice:
        notice = f'<p class="notice"><strong>{words.note}</strong> '
        notice += f'<span lang="en">{escape(answer.notice)}</span></p>'
    spoken = f'lang="{answer.spoken}" dir="auto"'
    lead = f'<p class="lead" {spoken}>{escape(answer.lead_in)}</p>' if answer.lead_in else ""
    if answer.found:
        said = "".join(render_sentence(turn, answer, one, words, lost) for one in answer.sentences)
        sources = render_sources(turn, answer, words) if complete else ""
        said = f"{lead}{said}{notice}" if answer.model else f"{notice}{lead}{said}"
        cards = "".join(
            render_card(turn, position, citation, words, lost=position in lost)
            for position, citation in enumerate(answer.citations)
        )
        return f'<div class="answer">{said}{sources}{cards}</div>'
    nearest = "".join(
        f'<li><button type="button" class="passage" {address(turn, position)}>'
        f'<span class="quote" lang="{escape(citation.language)}" dir="auto">'
        f"{render_quote(citation) if position not in lost else render_lost(citation, words)}</span>"
        f"{name_article(citation, words)}</button></li>"
        for position, citation in enumerate(answer.nearest)
    )
    if nearest:
        nearest = (
            f"<h3 {spoken}>{escape(PHRASES[answer.spoken].nearest)}</h3>"
            f'<ul class="nearest">{nearest}</ul>'
        )
    return f'<div class="answer refusal">{notice}{lead}{nearest}</div>'


def render_sentence(
    turn: int,
    answer: Answer,
    sentence: AnswerSentence,
    words: Words,
    lost: Set[int] = frozenset(),
) -> str:
    """Return one sentence with its numbers, and below it the quotes that it cites.

    A sentence that is verbatim in a source is a quotation itself. A sentence that is not
    supported says so in words, with the reason. A quote that is `lost` is no quotation.
    """
    positions = {citation.number: at for at, citation in enumerate(answer.citations)}
    marks, quotes = "", ""
    said = f'<span lang="{answer.spoken}" dir="auto">{escape(sentence.text)}</span>'
    for number in sentence.citations:
        position = positions.get(number)
        if position is None:  # its citation comes with a later piece of the stream
            marks += f" [{number}]"
            continue
        citation = answer.citations[position]
        button = render_number(turn, position, citation, words)
        marks += f" {button}"
        if position in lost:
            quote = render_lost(citation, words)
        else:
            quote = render_context(answer, citation) + render_quotation(citation)
        if is_quotation(sentence.text, citation):
            said = quote
        else:
            quotes += f"<li>{button} <span>{quote}</span></li>"
    if quotes:
        quotes = f'<ul class="quotes" aria-label="{words.quotes}">{quotes}</ul>'
    return (
        f'<div class="sentence {sentence.status}">{render_mark(answer, sentence)}'
        f"{said}{marks}{render_reason(sentence, words)}{quotes}</div>"
    )


def render_mark(answer: Answer, sentence: AnswerSentence) -> str:
    """Return the mark of a sentence that is not supported, in the question's language."""
    if sentence.status == "supported":
        return ""
    phrases = PHRASES[answer.spoken]
    mark = phrases.weak if sentence.status == "weak" else phrases.unsupported
    return f'<strong class="mark" lang="{answer.spoken}">{escape(mark)}</strong> '


def render_reason(sentence: AnswerSentence, words: Words) -> str:
    """Return the reason why a sentence is not supported."""
    if not sentence.reason:
        return ""
    reason = f'<span lang="en">{escape(sentence.reason)}.</span>'
    return f'<p class="reason">{words.why} {reason}</p>'


def render_quotation(citation: Citation) -> str:
    """Return the quote of a citation as a quotation in the language of its article."""
    return (
        f'<blockquote lang="{escape(citation.language)}" dir="auto">'
        f"{render_quote(citation)}</blockquote>"
    )


def render_lost(citation: Citation, words: Words) -> str:
    """Return the quote of a citation that is no longer in the articles, with these words first."""
    quote = f'<del lang="{escape(citation.language)}" dir="auto">{escape(citation.quote)}</del>'
    return f'<span class="lost"><strong>{words.lost}:</strong> {quote}</span>'


def render_context(answer: Answer, citation: Citation) -> str:
    """Return the sentence before a quote that cannot stand alone, "" if there is none to show."""
    context = shown_context(answer, citation)
    language = escape(citation.language)
    return f'<span class="context" lang="{language}">{escape(context)}</span> ' if context else ""


def render_sources(turn: int, answer: Answer, words: Words) -> str:
    """Return the list of the articles that the answer cites, each once, in order of use."""
    by_article: dict[str, list[int]] = {}
    for position, citation in enumerate(answer.citations):
        by_article.setdefault(citation.article, []).append(position)
    rows = []
    for positions in by_article.values():
        first = answer.citations[positions[0]]
        numbers = " ".join(render_number(turn, at, answer.citations[at], words) for at in positions)
        rows.append(
            f'<li><span class="numbers">{numbers}</span>'
            f'<button type="button" class="open" {address(turn, positions[0])}>'
            f"{name_article(first, words)}</button></li>"
        )
    listed = f'<ol class="sources">{"".join(rows)}</ol>'
    return f"<h3>{words.sources}</h3>{listed}" if rows else ""


def render_number(turn: int, position: int, citation: Citation, words: Words) -> str:
    """Return the number of a citation as a button that opens it."""
    return (
        f'<button type="button" class="number" {address(turn, position)} '
        f'aria-describedby="card-{turn}-{position}" '
        f'aria-label="{words.source.format(number=citation.number)}: {escape(citation.title)}">'
        f"[{citation.number}]</button>"
    )


def render_card(
    turn: int, position: int, citation: Citation, words: Words, *, lost: bool = False
) -> str:
    """Return the hidden description of a citation's number: quote, outlet, date, language.

    Screen readers read it with the number, the page's script shows it beside it.
    """
    language = escape(citation.language)
    shown = render_lost(citation, words) if lost else render_quote(citation)
    quote = f'<span class="quote" lang="{language}" dir="auto">{shown}</span>'
    named = name_article(citation, words)
    return f'<div id="card-{turn}-{position}" hidden>{quote} {named}</div>'


def name_article(citation: Citation, words: Words) -> str:
    """Return the title of a citation's article over its outlet, date and language."""
    about = describe_source(
        citation.source,
        citation.date,
        citation.language,
        citation.path,
        words,
        title=citation.title,
    )
    return (
        f'<span class="named"><span class="title" lang="{escape(citation.language)}" dir="auto">'
        f"{escape(citation.title)}</span>{about}</span>"
    )


def address(turn: int, position: int) -> str:
    """Return the attributes that tell the page's script which citation a button opens."""
    return f'data-turn="{turn}" data-citation="{position}" aria-pressed="false"'
