"""The tools of an open article: the answer's other quotes, finding, copying and keeping."""

from __future__ import annotations

from rag.answer import Answer, Citation
from ui.dates import write_number
from ui.html.cards import render_copy, render_keep
from ui.quote_words import words_about_quotes
from ui.turns import shown_citations
from ui.words import Words


def render_tools(turn: int, position: int, answer: Answer, words: Words) -> str:
    """Return the tools for a citation of an answer: ‹ 2 of 4 ›, find, Copy quote, Keep.

    The steps lead through the quotes of the answer; from a passage behind "show all" through these
    too.
    """
    said = words_about_quotes(words)
    citation = shown_citations(answer)[position]
    total = len(answer.citations) if answer.found else len(answer.nearest)
    if position >= total:
        total = len(shown_citations(answer))
    steps = ""
    if total > 1:
        place = said.step.format(
            number=write_number(position + 1, words), total=write_number(total, words)
        )
        steps = (
            f'<div class="steps" role="group" aria-label="{said.steps}">'
            f"{_step(turn, position - 1, total, said.previous, '‹')}<span>{place}</span>"
            f"{_step(turn, position + 1, total, said.next, '›')}</div>"
        )
    keep = render_keep(turn, position, citation, words)
    return _tools(
        f"{steps}{render_copy(citation, words, said.copy_quote)}{keep}{render_find(words)}"
    )


def render_quote_tools(citation: Citation, words: Words) -> str:
    """Return the tools for a quote that is opened without its answer: Copy quote and find."""
    name = words_about_quotes(words).copy_quote
    return _tools(render_copy(citation, words, name) + render_find(words))


def render_find_only(words: Words) -> str:
    """Return the tools for an article that is read without a quote."""
    return _tools(render_find(words))


def render_find(words: Words) -> str:
    """Return the box that finds words in the article; the script counts and marks them."""
    said = words_about_quotes(words)
    return (
        f'<span class="finding"><input type="search" class="find" autocomplete="off" '
        f'aria-label="{said.find}" placeholder="{said.find}" data-found="{said.found}">'
        '<output class="found"></output></span>'
    )


def _step(turn: int, position: int, total: int, label: str, sign: str) -> str:
    disabled = "" if 0 <= position < total else " disabled"
    return (
        f'<button type="button" class="step" data-to-turn="{turn}" data-to="{position}" '
        f'aria-label="{label}"{disabled}><span aria-hidden="true">{sign}</span></button>'
    )


def _tools(inner: str) -> str:
    return f'<div class="tools">{inner}</div>'
