"""Read dates as newspapers, feeds, spreadsheets and file names write them; guess none."""

from __future__ import annotations

import datetime
import functools
import re

from dateparser import DateDataParser

_LANGUAGES = ["de", "en", "fr", "es", "it", "nl", "pl", "pt", "ru", "uk", "tr"]
_LONGEST_DATE = 60
"""Characters; "Donnerstag, 19. September 2024, 14:30 Uhr (MESZ)" has 49."""
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{8})(?!\d)")
_IN_NAME = re.compile(r"(?<![^\W_])(\d{4}-\d{2}-\d{2}|(?:19|20)\d{6})(?![^\W_])(?!-\d\d?\b)")
"""A date in a file name, apart from letters and digits; without hyphens from 1900 on."""
_WEEK = re.compile(r"\d{4}-?W\d")
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d+)?")
_NUMBERS = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{2}|\d{4})\b")
_YEARS = range(1600, 2101)
"""The first newspaper is of 1605; `0001-01-01` and `9999-12-31` stand for "unknown"."""


def parse_date(stated: str | None) -> str | None:
    """Return a written day as ISO 8601 (`2024-06-19`), None if it is not a single day.

    A time zone does not move the day. Ten or thirteen digits are seconds or milliseconds since
    1970 (UTC). `03/04/2024` is None, as it is April in Europe and March in America.
    """
    text = " ".join((stated or "").split())
    if not text or len(text) > _LONGEST_DATE:
        return None
    day = _read(text)
    return day.isoformat() if day and day.year in _YEARS else None


def parse_name(stem: str) -> str | None:
    """Return the one day in a file's name (`2024-06-19-title`, `20240619`), else None."""
    days = {day for found in _IN_NAME.findall(stem) if (day := parse_date(found))}
    return days.pop() if len(days) == 1 else None


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
    # STRICT_PARSING requires day, month and year, so "Juni 2024" is None. The absolute-time parser
    # alone ignores "heute" and "vor 2 Tagen", which would be counted from the day of reading.
    settings = {
        "STRICT_PARSING": True,
        "PARSERS": ["absolute-time"],
        "DATE_ORDER": "DMY",
        "PREFER_LOCALE_DATE_ORDER": False,
    }
    return DateDataParser(languages=_LANGUAGES, settings=settings)
