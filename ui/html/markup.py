"""Text as HTML: everything that is not ours is escaped.

Titles, quotes and questions come from files and people. They reach the page only through
`escape`, so that no markup, link or formula in them can run.
"""

from __future__ import annotations

import html
import re
from pathlib import PurePath

from rag.answer import Citation
from ui.dates import name_language, write_day
from ui.turns import find_phrase
from ui.words import Words

_NOT_IN_HTML = re.compile("[\0\ud800-\udfff]")


def escape(text: str) -> str:
    """Return text as HTML, for an element or a quoted attribute; a browser shows the same text.

    NUL and lone surrogates, which HTML and UTF-8 do not allow, become U+FFFD. A carriage return
    becomes a reference: a parser turns a bare one into a line feed, and a quote would no longer
    be the characters of its article.
    """
    return html.escape(_NOT_IN_HTML.sub("\ufffd", text)).replace("\r", "&#13;")


def describe_source(
    source: str | None,
    date: str | None,
    language: str,
    path: str,
    words: Words,
    *,
    title: str = "",
) -> str:
    """Return a line with outlet, date and language, or the file's name without the first two."""
    outlet = source or ("" if date else PurePath(path).name)
    parts = [f'<span dir="auto">{escape(outlet)}</span>' if outlet not in ("", title) else ""]
    if date:
        parts.append(f'<span dir="auto">{escape(write_day(date, words))}</span>')
    parts.append(escape(name_language(language, words)))
    return '<span class="about">' + " · ".join(part for part in parts if part) + "</span>"


def render_quote(citation: Citation, phrase: str = "mark") -> str:
    """Return a quote with the words that answer in an element of their own."""
    found, quote = find_phrase(citation), citation.quote
    if found is None:
        return escape(quote)
    start, end = found
    words = f"<{phrase}>{escape(quote[start:end])}</{phrase}>"
    return escape(quote[:start]) + words + escape(quote[end:])
