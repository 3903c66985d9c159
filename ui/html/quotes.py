"""A quote as HTML: the quotation, the sentence before it, its number, its article's name."""

from __future__ import annotations

from rag.answer import Answer, Citation
from ui.html.markup import describe_source, escape, render_quote
from ui.turns import number_articles, shown_citations, shown_context
from ui.words import Words


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


def render_number(
    turn: int, position: int, answer: Answer, words: Words, *, described: bool = False
) -> str:
    """Return the number of a citation's article as a button that opens it at the quote.

    `described` says that a hidden card of the number is on the page, for where the quote is not.
    """
    citation = shown_citations(answer)[position]
    number = number_articles(answer)[citation.article]
    by = f'aria-describedby="card-{turn}-{position}" ' if described else ""
    return (
        f'<button type="button" class="number" {address(turn, position)} {by}'
        f'aria-label="{words.source.format(number=number)}: {escape(citation.title)}">'
        f"[{number}]</button>"
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
