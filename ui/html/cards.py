"""The quotations of an answer as HTML: a card for each, and the ways to see them."""

from __future__ import annotations

from collections.abc import Set
from datetime import date

from rag.answer import Answer, Citation
from ui.addresses import make_address
from ui.dates import write_day, write_number
from ui.html.markup import escape
from ui.html.quotes import (
    name_article,
    render_context,
    render_lost,
    render_number,
    render_quotation,
)
from ui.quotation import quote_text, shorten_quote
from ui.quote_words import words_about_quotes
from ui.turns import shown_citations
from ui.words import Words


def render_quote_card(
    turn: int, position: int, answer: Answer, words: Words, *, mark: str = "", lost: bool = False
) -> str:
    """Return the card of a citation: context, quote, outlet, date, language, Copy and Keep.

    `mark` says that the quote does not support the answer. A `lost` quote can only be opened, to
    read why.
    """
    citation = shown_citations(answer)[position]
    if lost:
        quote = render_lost(citation, words)
    else:
        quote = render_context(answer, citation) + render_quotation(citation)
    actions = "" if lost else render_actions(turn, position, citation, words)
    return (
        f'{mark}{quote}<div class="foot">{render_number(turn, position, answer, words)}'
        f"{name_article(citation, words)}{actions}</div>{render_copies(citation, words)}"
    )


def render_actions(turn: int, position: int, citation: Citation, words: Words) -> str:
    """Return the buttons that copy and keep a quote."""
    return (
        f'<span class="quote-actions">{render_copy(citation, words, words.copy)}'
        f"{render_keep(turn, position, citation, words)}</span>"
    )


def render_copy(citation: Citation, words: Words, name: str) -> str:
    """Return the button that copies a quote with its outlet, date and address."""
    place = make_address(citation.article, citation.start, citation.end)
    label = f"{name}: {shorten_quote(citation)}"
    text = escape(quote_text(citation, words))
    return (
        f'<button type="button" class="copy-quote" data-text="{text}" '
        f'data-address="{escape(place)}" data-copied="{words.copied}" '
        f'data-failed="{words.not_copied}" aria-label="{escape(label)}">{name}</button>'
    )


def render_keep(turn: int, position: int, citation: Citation, words: Words) -> str:
    """Return the button that keeps a quote, or keeps it no longer; the script marks it pressed."""
    said = words_about_quotes(words)
    place = make_place(citation)
    return (
        f'<button type="button" class="keep" data-turn="{turn}" data-position="{position}" '
        f'data-place="{escape(place)}" aria-pressed="false" '
        f'aria-label="{escape(f"{said.keep}: {shorten_quote(citation)}")}">{said.keep}</button>'
    )


def make_place(citation: Citation) -> str:
    """Return a name for a citation's place, the same in every answer."""
    return f"{citation.article}:{citation.start}:{citation.end}"


def render_copies(citation: Citation, words: Words) -> str:
    """Return the outlets that have the same text, each a link to its place there."""
    links = []
    for copy in citation.copies:
        day = write_day(copy.date, words) if copy.date else ""
        name = ", ".join(part for part in (copy.source or copy.title, day) if part)
        place = escape(make_address(copy.article, copy.start, copy.end))
        links.append(
            f'<a href="{place}" target="_blank" rel="noopener" dir="auto">{escape(name)}</a>'
        )
    if not links:
        return ""
    return f'<p class="also-in">{words_about_quotes(words).also_in} {"; ".join(links)}</p>'


def render_days(answer: Answer, words: Words) -> str:
    """Return the days of the quoted articles in order, and as of when the answer is.

    Nothing if they are of one day.
    """
    days = sorted({day for one in answer.citations if (day := read_day(one)) is not None})
    if len(days) < 2:
        return ""
    named = [write_day(day.isoformat(), words) for day in days]
    said = words_about_quotes(words).as_of.format(days=", ".join(named), last=named[-1])
    return f'<p class="days">{escape(said)}</p>'


def read_day(citation: Citation) -> date | None:
    """Return the day of a citation's article, None if it has none that is one."""
    try:
        return date.fromisoformat((citation.date or "")[:10])
    except ValueError:
        return None


def render_views(answer: Answer, words: Words) -> str:
    """Return the line "4 of 11 passages – show all" and the choice of an order.

    There is no order to choose if the articles are of one day.
    """
    said = words_about_quotes(words)
    shown, total = len(answer.citations), len(shown_citations(answer))
    days = {read_day(one) for one in shown_citations(answer)} - {None}
    parts = []
    if total > shown:
        counted = said.shown.format(
            shown=write_number(shown, words), total=write_number(total, words)
        )
        parts.append(
            f'<span>{counted} – <button type="button" class="show-all" aria-expanded="false" '
            f'data-all="{said.show_all}" data-fewer="{said.show_fewer}">{said.show_all}</button>'
            "</span>"
        )
    if total > 1 and len(days) > 1:
        parts.append(
            f'<span class="orders" role="group" aria-label="{said.order}">'
            '<button type="button" class="order" data-order="relevance" aria-pressed="true">'
            f"{said.by_relevance}</button>"
            '<button type="button" class="order" data-order="newest" aria-pressed="false">'
            f"{said.newest_first}</button></span>"
        )
    return f'<div class="views">{"".join(parts)}</div>' if parts else ""


def render_further(turn: int, answer: Answer, words: Words, lost: Set[int] = frozenset()) -> str:
    """Return the cards of the passages that are not quoted, hidden until they are asked for."""
    if not answer.further:
        return ""
    first = len(answer.citations)
    cards = "".join(
        open_card(answer.further[at], at)
        + render_quote_card(turn, first + at, answer, words, lost=first + at in lost)
        + "</div>"
        for at in range(len(answer.further))
    )
    heading = words_about_quotes(words).further
    return f'<div class="further" hidden><h3>{heading}</h3><div class="cards">{cards}</div></div>'


def open_card(citation: Citation, at: int, kind: str = "supported") -> str:
    """Return the opening tag of a card; the script orders cards by place and day."""
    day = read_day(citation)
    return (
        f'<div class="sentence quoted {kind}" data-at="{at}" '
        f'data-day="{day.isoformat() if day else ""}">'
    )
