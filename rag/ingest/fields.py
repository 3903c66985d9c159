"""The metadata that a file states about an article: title, date, source, address, language."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from rag.ingest.publication_date import parse_date
from rag.language.detect import language_code

LONGEST_TEXT = 10_000_000
"""Characters of one article."""
_LONGEST_FIELD = 300
"""Characters of a title, a source or the name of a row."""

_SYNONYMS = {
    "title": ("title", "headline", "titel", "überschrift"),
    "date": ("date", "published", "published_at", "publishedat", "publish_date", "pubdate"),
    "source": ("source", "sitename", "publisher", "outlet", "quelle", "author", "autor"),
    "url": ("url", "link", "permalink"),
    "language": ("language", "lang", "sprache"),
    "id": ("id",),
}
_SYNONYMS["date"] += ("date_published", "datepublished", "datum")
_NOTHING = frozenset({"", "null", "none", "nan", "~", "n/a"})


class Unreadable(Exception):
    """A file or row is not an article; the text is the reason of a Skipped, always one line."""

    def __init__(self, reason: str) -> None:
        # Libraries' messages, and suffixes of files, may hold line breaks and control characters.
        super().__init__(one_line(reason) or reason)


@dataclass(frozen=True)
class Fields:
    """The metadata of an article: each field is one line, or None if it is not stated."""

    title: str | None = None
    date: str | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Draft:
    """An article as read from its file; its prose begins at or after character `start`."""

    text: str
    fields: Fields = Fields()
    start: int = 0
    row: str | None = None


def read_fields(stated: Mapping[str, object]) -> Fields:
    """Read the metadata in front matter, a row or a page, under any known name of a field.

    If a field has several names, the first in the list counts. Without a source, the author is the
    source. An invalid value (no date, no web address) is None.
    """
    values = {str(name).strip().casefold().replace("-", "_"): v for name, v in stated.items()}
    found = {
        field: next((line for name in names if (line := one_line(values.get(name)))), None)
        for field, names in _SYNONYMS.items()
    }
    url = found["url"]
    return Fields(
        title=found["title"],
        date=parse_date(found["date"]),
        source=found["source"],
        url=url if url and _is_web_address(url) else None,
        language=language_code(found["language"]),
        id=found["id"],
    )


def one_line(value: object) -> str | None:
    """Return a field as one line of at most 300 characters, None if it is empty.

    Feeds nest fields: of a list the first item counts, of a mapping its `name`.
    """
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("title")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", str(value)).split())
    return None if line.casefold() in _NOTHING else shorten(line, _LONGEST_FIELD)


def shorten(line: str, longest: int) -> str:
    """Cut a line between words to at most `longest` characters, ellipsis included."""
    short = textwrap.shorten(line[: 2 * longest], longest, placeholder=" …", break_on_hyphens=False)
    # If the first word is too long, only the placeholder is left.
    return short if short != "…" else line[: longest - 1] + "…"


def check_text(text: str) -> None:
    """Raise Unreadable unless the text can be stored and cited character for character."""
    if len(text) > LONGEST_TEXT:
        raise Unreadable(f"its text has {len(text):,} characters; the limit is {LONGEST_TEXT:,}")
    if not text.strip():
        raise Unreadable("it is empty")
    broken = re.search(r"[\x00\ud800-\udfff]", text)
    if broken:
        found = (
            "a NUL character" if broken[0] == "\0" else "half a surrogate pair (broken encoding)"
        )
        raise Unreadable(f"its text holds {found} at character {broken.start()}")


def clean_extracted(text: str) -> str:
    """Make text extracted from a page or PDF storable, with each umlaut as one character.

    Text that is read from a text file or row is never changed.
    """
    return unicodedata.normalize("NFC", re.sub(r"[\x00\ud800-\udfff]", "", text))


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and " " not in url
