"""A kept quote as Markdown: question, quote, outlet, date, address."""

from __future__ import annotations

import re

from ui.dates import write_day
from ui.html.source import find_host
from ui.kept.store import KeptQuote
from ui.quotation import quote_marked
from ui.turns import one_line
from ui.words import Words

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!<>|~&$])")
_STARTS = re.compile(r"^(\d+)([.)])|^(?=[-=])")


def write_markdown(kept: KeptQuote, url: str | None, words: Words) -> str:
    """Return a quote as Markdown without its note and its permanent address.

    Nothing in the texts is markup. `url` is the original's; it is left out unless it is a plain
    http or https one.
    """
    citation = kept.citation
    day = write_day(citation.date, words) if citation.date else None
    about = [escape_markdown(part) for part in (citation.title, citation.source, day) if part]
    if url is not None and find_host(url) is not None:
        about.append(f"<{url}>")
    return (
        f"## {escape_markdown(kept.question)}\n\n"
        f"> {escape_markdown(quote_marked(citation))}\n\n{', '.join(about)}"
    )


def escape_markdown(text: str) -> str:
    """Return one line of text that Markdown shows as it is."""
    escaped = _SPECIAL.sub(r"\\\1", one_line(text))
    return _STARTS.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else "\\", escaped)
