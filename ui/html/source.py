"""The source panel as HTML: a whole article with the cited characters marked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from rag.answer import Citation
from ui.addresses import FOLDER, make_address
from ui.html.article_tools import render_find_only, render_quote_tools
from ui.html.markup import describe_source, escape, render_quote
from ui.words import Words
from vectorstore import Article, Span

NO_SOURCE = '<div class="no-source"></div>'
"""The empty panel, in whose place the list of articles is seen.

It also lies hidden under an open article, to be there at once.
"""

_FRONT_MATTER = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
_NOT_IN_URL = re.compile(r"[\0-\x20\x7f-\xa0<>\"'`\\\u2028\u2029]")


@dataclass(frozen=True)
class Opening:
    """Which citation of which turn the panel shows, or which article without any.

    `number` counts the openings, so that opening a citation again is a change of the panel.
    """

    turn: int
    citation: int
    number: int
    article: str = ""


def render_source(
    article: Article,
    citation: Citation,
    also: Iterable[Citation],
    words: Words,
    *,
    label: str,
    opening: Opening,
    tools: str = "",
) -> str:
    """Return an article with `citation` marked and the answer's other citations underlined.

    The text of the one `<mark>` is `article.text[citation.start:citation.end]`. If that is no
    longer the citation's quote, the panel says so. `label` is our own text, never the article's.
    `tools` are buttons for the quote.
    """
    if article.text[citation.start : citation.end] != citation.quote:
        return render_notice(words.changed, citation, words, opening=opening)
    others = [
        (other.start, other.end)
        for other in also
        if other.article == citation.article
        and article.text[other.start : other.end] == other.quote
    ]
    about = describe_source(
        article.source, article.date, article.language, article.path, words, title=article.title
    )
    text = (
        render_start(article, citation.start, others, words)
        + f'<mark id="cited" tabindex="-1">{render_quote(citation, "strong")}</mark>'
        + render_run(article, citation.end, len(article.text), others)
    )
    return _panel(
        words,
        label,
        article.title,
        article.language,
        f"<p>{about}</p>{render_link(article.url, words)}{render_address(citation, words)}"
        f'<div class="text" lang="{escape(article.language)}" dir="auto">{text}</div>',
        opening=opening,
        tools=tools or render_quote_tools(citation, words),
    )


def render_reading(article: Article, words: Words, *, opening: Opening) -> str:
    """Return an article to read, without any citation."""
    about = describe_source(
        article.source, article.date, article.language, article.path, words, title=article.title
    )
    return _panel(
        words,
        words.article,
        article.title,
        article.language,
        f"<p>{about}</p>{render_link(article.url, words)}{_permanent(FOLDER + article.id, words)}"
        f'<div class="text" lang="{escape(article.language)}" dir="auto">'
        f"{render_start(article, len(article.text), [], words)}</div>",
        opening=opening,
        tools=render_find_only(words),
    )


def render_trouble(message: str, words: Words, *, opening: Opening) -> str:
    """Return the panel of an article that is not known, with the reason."""
    said = f'<p class="error" role="alert">{escape(message)}</p>'
    return _panel(words, words.article, words.article, words.language, said, opening=opening)


def render_notice(message: str, citation: Citation, words: Words, *, opening: Opening) -> str:
    """Return the panel of a citation whose article cannot be shown, with the reason."""
    return _panel(
        words,
        words.article,
        citation.title,
        citation.language,
        f'<p class="error" role="alert">{escape(message)}</p>',
        opening=opening,
    )


def render_start(article: Article, end: int, others: list[Span], words: Words) -> str:
    """Return the article's text up to `end`, with front matter at its start folded away."""
    prose = min([end, *(start for start, _ in article.body[:1])])
    front = _FRONT_MATTER.match(article.text, 0, prose)
    if front is None:
        return render_run(article, 0, end, others)
    return (
        f'<details class="front"><summary lang="{words.language}">{words.front_matter}</summary>'
        f'<div class="clutter">{escape(front[0])}</div></details>'
        + render_run(article, front.end(), end, others)
    )


def render_run(article: Article, start: int, end: int, others: list[Span]) -> str:
    """Return `article.text[start:end]`: clutter dimmed, other cited spans underlined."""
    edges = {start, end}
    for span in (*article.body, *others):
        edges.update(edge for edge in span if start < edge < end)
    cuts = sorted(edges)
    parts = []
    for low, high in zip(cuts, cuts[1:], strict=False):
        shown = escape(article.text[low:high])
        if any(first <= low and high <= last for first, last in others):
            shown = f'<span class="also">{shown}</span>'
        elif not any(first <= low and high <= last for first, last in article.body):
            shown = f'<span class="clutter">{shown}</span>'
        parts.append(shown)
    return "".join(parts)


def render_link(url: str | None, words: Words) -> str:
    """Return a link to the original if its URL is a plain http or https one, else nothing."""
    host = find_host(url)
    if url is None or host is None:
        return ""
    return (
        f'<p><a href="{escape(url)}" target="_blank" rel="noopener noreferrer nofollow">'
        f'{words.original} <span dir="auto">{escape(host)}</span></a></p>'
    )


def find_host(url: str | None) -> str | None:
    """Return the host of a plain http or https URL, None for anything else."""
    if url is None or _NOT_IN_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return (host or None) if parts.scheme in ("http", "https") else None


def render_address(citation: Citation, words: Words) -> str:
    """Return a link to a citation's place at its permanent address."""
    return _permanent(make_address(citation.article, citation.start, citation.end), words)


def _permanent(address: str, words: Words) -> str:
    return (
        f'<p><a href="{escape(address)}" target="_blank" rel="noopener">{words.permanent}</a></p>'
    )


def _panel(
    words: Words,
    label: str,
    title: str,
    language: str,
    content: str,
    *,
    opening: Opening,
    tools: str = "",
) -> str:
    named = f'lang="{escape(language)}" dir="auto">{escape(title)}'
    return (
        f'{NO_SOURCE}<section class="source" data-opening="{opening.number}" '
        f'data-turn="{opening.turn}" data-citation="{opening.citation}" '
        f'data-article="{escape(opening.article)}" role="region" aria-label="{label}">'
        f'<div class="bar"><span>{label}</span><span class="which" aria-hidden="true" {named}'
        f'</span><button type="button" class="close" aria-label="{words.close}">'
        f'<span aria-hidden="true">✕</span></button></div>{tools}'
        f'<div class="scroll" tabindex="0" role="group" aria-label="{words.article}">'
        f"<h2 {named}</h2>{content}</div></section>"
    )
