"""Read a date as newspapers, feeds and spreadsheets write it; never guess one."""

from __future__ import annotations

import datetime
import functools
import re

from dateparser import DateDataParser  # type: ignore[import-untyped]

_LANGUAGES = ["de", "en", "fr", "es", "it", "nl", "pl", "pt", "ru", "uk", "tr"]
_LONGEST_DATE = 60
"""Characters; "Donnerstag, 19. September 2024, 14:30 Uhr (MESZ)" has 49."""
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{8})(?!\d)")
_WEEK = re.compile(r"\d{4}-?W\d")
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d+)?")
_NUMBERS = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{2}|\d{4})\b")
_YEARS = range(1600, 2101)
"""From the first newspapers on; `0001-01-01` and `9999-12-31` stand for "unknown"."""


def parse_date(stated: str | None) -> str | None:
    """Return the day as ISO 8601 (`2024-06-19`), None for what names no single day.

    The day is the one written: a time zone does not move it. Ten or thirteen digits are seconds
    or milliseconds since 1970 (UTC). `03/04/2024` is April in Europe and March in America, so
    it is None.
    """
    text = " ".join((stated or "").split())
    if not text or len(text) > _LONGEST_DATE:
        return None
    day = _read(text)
    return day.isoformat() if day and day.year in _YEARS else None


def _read(text: str) -> datetime.date | None:
    iso = _ISO.match(text)
    if iso:
        try:
            return datetime.date.fromisoformat(iso[1])
        except ValueError:
            return None
    if _WEEK.match(text):  # dateparser takes 2024-W25-3 for 25 March
        return None
    epoch = _EPOCH.fullmatch(text)
    if epoch:
        return datetime.datetime.fromtimestamp(int(epoch[1]), tz=datetime.UTC).date()
    numbers = _NUMBERS.match(text)
    if numbers:
        first, second, year = numbers.groups()
        if len(year) == 2 or (first != second and int(first) <= 12 and int(second) <= 12):
            return None
    found: datetime.datetime | None = _load_parser().get_date_data(text).date_obj
    return found.date() if found else None


@functools.cache
def _load_parser() -> DateDataParser:
    # STRICT_PARSING wants day, month and year, so "Juni 2024" is nothing; absolute-time alone
    # leaves "heute" and "vor 2 Tagen" unread, which would be counted from the day of reading.
    settings = {
        "STRICT_PARSING": True,
        "PARSERS": ["absolute-time"],
        "DATE_ORDER": "DMY",
        "PREFER_LOCALE_DATE_ORDER": False,
    }
    return DateDataParser(languages=_LANGUAGES, settings=settings)
