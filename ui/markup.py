"""Text as HTML: everything that is not ours is escaped.

Titles, quotes and questions come from files and people. They reach the page through `escape`
alone, so there is no markup, link or formula in them to run.
"""

from __future__ import annotations

import html
import re
from pathlib import PurePath

from ui.turns import show_day

LANGUAGES = {"de": "German", "en": "English"}

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
