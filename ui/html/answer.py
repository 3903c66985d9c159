"""An answer as HTML: sentences with their numbers, sources, or that there is no answer."""

from __future__ import annotations

from collections.abc import Set

from rag.answer import Answer, AnswerSentence
from rag.phrases import PHRASES
from ui.html.cards import open_card, render_days, render_further, render_quote_card, render_views
from ui.html.markup import escape, render_quote
from ui.html.quotes import (
    address,
    name_article,
    render_card,
    render_context,
    render_lost,
    render_number,
    render_quotation,
)
from ui.turns import is_quotation
from ui.words import Words


def render_answer(
    turn: int,
    answer: Answer,
    words: Words,
    *,
    complete: bool,
    lost: Set[int] = frozenset(),
) -> str:
    """Return an answer, or the statement that there is none, with near passages.

    An answer by quotations is cards that name their articles; one by a model ends with its sources.
    `lost` are the positions of citations that are no longer in the articles: their quotes are
    shown as that, never as quotations.
    The sources wait until the answer is complete: each new sentence would push them down. A
    notice on quotations says why there is nothing else, and comes before them. A notice on a
    model's answer says that its end is missing, and stands at that end.
    """
    notices = [f'<span lang="en">{escape(answer.notice)}</span>'] if answer.notice else []
    notices += [words.cut_off] if answer.is_cut_off else []
    notice = "".join(
        f'<p class="notice"><strong>{words.note}</strong> {one}</p>' for one in notices
    )
    spoken = f'lang="{answer.spoken}" dir="auto"'
    lead = f'<p class="lead" {spoken}>{escape(answer.lead_in)}</p>' if answer.lead_in else ""
    if answer.found:
        said = "".join(render_sentence(turn, answer, one, words, lost) for one in answer.sentences)
        if is_quoted(answer):
            views, further = "", ""
            if complete:
                views = render_days(answer, words) + render_views(answer, words)
                further = render_further(turn, answer, words, lost)
            said = f'{notice}{lead}{views}<div class="cards">{said}</div>{further}'
            return f'<div class="answer">{said}</div>'
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


def is_quoted(answer: Answer) -> bool:
    """Whether an answer is quotations only, so that cards say all there is to say."""
    quotes = {citation.number: citation for citation in answer.citations}
    return not answer.model and all(
        len(one.citations) == 1
        and one.citations[0] in quotes
        and is_quotation(one.text, quotes[one.citations[0]])
        for one in answer.sentences
    )


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
    if is_quoted(answer):
        at = positions[sentence.citations[0]]
        card = render_quote_card(
            turn, at, answer, words, mark=render_mark(answer, sentence), lost=at in lost
        )
        reason = render_reason(sentence, words)
        return f"{open_card(answer.citations[at], at, sentence.status)}{card}{reason}</div>"
    marks, quotes = "", ""
    said = f'<span lang="{answer.spoken}" dir="auto">{escape(sentence.text)}</span>'
    for number in sentence.citations:
        position = positions.get(number)
        if position is None:  # its citation comes with a later piece of the stream
            marks += f" [{number}]"
            continue
        citation = answer.citations[position]
        button = render_number(turn, position, answer, words, described=True)
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


def render_sources(turn: int, answer: Answer, words: Words) -> str:
    """Return the list of the articles that the answer cites, each once, in order of use."""
    by_article: dict[str, list[int]] = {}
    for position, citation in enumerate(answer.citations):
        by_article.setdefault(citation.article, []).append(position)
    rows = []
    for positions in by_article.values():
        first = answer.citations[positions[0]]
        number = render_number(turn, positions[0], answer, words, described=True)
        rows.append(
            f'<li><span class="numbers">{number}</span>'
            f'<button type="button" class="open" {address(turn, positions[0])}>'
            f"{name_article(first, words)}</button></li>"
        )
    listed = f'<ol class="sources">{"".join(rows)}</ol>'
    return f"<h3>{words.sources}</h3>{listed}" if rows else ""
