"""A quote as text to paste elsewhere: in quotation marks, with outlet, date and title."""

from __future__ import annotations

from rag.answer import Citation
from ui.dates import write_day
from ui.turns import one_line
from ui.words import Words

_MARKS = {"de": ("„", "“"), "en": ("“", "”"), "fr": ("«", "»")}
_SHORT = 60


def quote_marked(citation: Citation) -> str:
    """Return the words of a quote in the quotation marks of its language."""
    opening, closing = _MARKS.get(citation.language[:2], ("“", "”"))
    return f"{opening}{one_line(citation.quote)}{closing}"


def quote_text(citation: Citation, words: Words) -> str:
    """Return a quote with its outlet, date and title; the page's script adds the address."""
    return f"{quote_marked(citation)}\n{name_outlet(citation, words)}"


def name_outlet(citation: Citation, words: Words) -> str:
    """Return outlet, date and title of a citation's article on one line."""
    day = write_day(citation.date, words) if citation.date else None
    return ", ".join(one_line(part) for part in (citation.source, day, citation.title) if part)


def shorten_quote(citation: Citation) -> str:
    """Return the first words of a quote, by which a button names it."""
    said = one_line(citation.quote)
    return said if len(said) <= _SHORT else said[: _SHORT - 1].rstrip() + "…"
