"""The kept quotes as HTML, each checked against its article as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.addresses import make_address
from ui.html.cards import make_place, render_copy
from ui.html.markup import escape
from ui.html.quotes import name_article, render_lost, render_quotation
from ui.kept.markdown import write_markdown
from ui.kept.store import LONGEST_NOTE, KeptQuote
from ui.quotation import shorten_quote
from ui.quote_words import QuoteWords, words_about_quotes
from ui.words import Words
from vectorstore import Article


@dataclass(frozen=True)
class Shown:
    """A kept quote with its article as it is stored now, None if it is there no more."""

    kept: KeptQuote
    article: Article | None

    @property
    def stands(self) -> bool:
        """Whether the quote is still word for word in its place."""
        one = self.kept.citation
        return self.article is not None and self.article.text[one.start : one.end] == one.quote


def render_kept(
    shown: Sequence[Shown],
    words: Words,
    *,
    removed: int | None = None,
    trouble: str = "",
    drawn: int = 0,
) -> str:
    """Return the list of kept quotes; `removed` is the key of the one just taken out.

    `trouble` is one line on a fault. `drawn` is never the same twice, so that the page's script
    hears of each list that is sent.
    """
    said = words_about_quotes(words)
    quotes = "".join(_quote(one, words, said) for one in shown)
    lines = f'<p class="trouble">{trouble}</p>' if trouble else ""
    if removed is not None:
        lines += (
            f'<p class="gone">{said.removed} <button type="button" class="undo" '
            f'data-key="{removed}">{said.undo}</button></p>'
        )
    actions = ""
    if shown:
        actions = (
            f'<div class="all"><button type="button" class="copy-all" '
            f'data-copied="{words.copied}" data-failed="{words.not_copied}">{said.copy_all}'
            f'</button><button type="button" class="export">{said.export}</button></div>'
        )
    body = f"<ol>{quotes}</ol>" if quotes else f'<p class="none">{said.none_kept}</p>'
    return (
        f'<section class="kept-quotes" data-drawn="{drawn}" aria-label="{said.kept}" '
        f'data-moved="{said.moved}" data-note="{said.note}" data-name="{said.kept}">'
        f'<div class="bar"><h2 tabindex="-1">{said.kept}</h2>{actions}'
        f'<button type="button" class="close" aria-label="{said.close}">'
        '<span aria-hidden="true">✕</span></button></div>'
        f'<div class="scroll"><div role="status" class="said">{lines}</div>{body}</div></section>'
    )


def _quote(shown: Shown, words: Words, said: QuoteWords) -> str:
    kept, citation = shown.kept, shown.kept.citation
    place = make_place(citation)
    short = escape(shorten_quote(citation))
    link = make_address(citation.article, citation.start, citation.end)
    about = name_article(citation, words)
    if shown.stands:
        quote, copy = render_quotation(citation), render_copy(citation, words, words.copy)
        about = f'<button type="button" class="open" data-key="{kept.key}">{about}</button>'
        url = shown.article.url if shown.article else None
        markdown = write_markdown(kept, url, words)
        export = f'data-markdown="{escape(markdown)}" data-address="{escape(link)}" '
        export += f'data-permanent="{words.permanent}" '
    else:
        quote, copy, export = render_lost(citation, words), "", ""
    return (
        f'<li data-key="{kept.key}" data-place="{escape(place)}" {export}>'
        f'<p class="question" dir="auto">{escape(kept.question)}</p>{quote}{about}'
        f'<textarea rows="1" maxlength="{LONGEST_NOTE}" dir="auto" '
        f'aria-label="{said.note}: {short}" placeholder="{said.note}">{escape(kept.note)}'
        f'</textarea><div class="quote-actions">'
        f'<button type="button" class="move" title="{said.how_to_move}" '
        f'aria-label="{said.move}: {short}. {said.how_to_move}">'
        f'<span aria-hidden="true">⠿</span> {said.move}</button>{copy}'
        f'<button type="button" class="remove" data-key="{kept.key}" '
        f'aria-label="{said.remove}: {short}">{said.remove}</button></div></li>'
    )
