"""Read the days that are not given as dates: "am Dienstag", "gestern", "tomorrow"."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterator

from babel import Locale, UnknownLocaleError

from rag.checking.values.dates import Date, find_dates
from vectorstore import Span

# German "morgen" is tomorrow, "Morgen" and "am morgen" the morning.
_RELATIVE = {
    "de": {"vorgestern": -2, "gestern": -1, "heute": 0, "morgen": 1, "übermorgen": 2},
    "en": {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1},
}
_WEEK = 7


def find_weekdays(text: str, language: str) -> list[tuple[Span, int]]:
    """Return the days of the week that a text names, Monday being 0."""
    names, pattern = _load_weekdays(language)
    return [(match.span(), names[match[1].casefold()]) for match in pattern.finditer(text)]


def weekdays_meant(text: str, language: str, published: str | None) -> frozenset[int]:
    """Return the days of the week that the dates and "gestern" in an article's text fall on."""
    days = {day.weekday() for day in _relative_days(text, language, published)}
    for date in find_dates(text, language):
        if date.year and date.day:
            try:
                days.add(datetime.date(date.year, date.month, date.day).weekday())
            except ValueError:
                continue
    return frozenset(days)


def dates_meant(text: str, language: str, published: str | None) -> list[Date]:
    """Return the dates that "gestern" or "am Dienstag" in an article's text may mean.

    They are counted from the day that it was published, weekdays a week to either side.
    """
    days = set(_relative_days(text, language, published))
    if day := _read_day(published):
        for _, weekday in find_weekdays(text, language):
            ahead = (weekday - day.weekday()) % _WEEK
            days |= {day + datetime.timedelta(ahead), day + datetime.timedelta(ahead - _WEEK)}
    return [Date((0, 0), day.year, day.month, day.day) for day in sorted(days)]


def _relative_days(text: str, language: str, published: str | None) -> Iterator[datetime.date]:
    day = _read_day(published)
    words = _RELATIVE.get(language)
    if day and words:
        for match in re.finditer(r"\w+", text):
            at = match.start()
            # A sentence does not begin with "Morgen" for tomorrow often enough to tell.
            word = match[0].casefold() if at == 0 else match[0]
            if word in words and not text[:at].endswith(" am "):
                yield day + datetime.timedelta(words[word])


def _read_day(published: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat((published or "")[:10])
    except ValueError:
        return None


@functools.cache
def _load_weekdays(language: str) -> tuple[dict[str, int], re.Pattern[str]]:
    try:
        days = Locale.parse(language).days["format"]["wide"]
    except (UnknownLocaleError, ValueError):
        return {}, re.compile(r"(?!)")
    names = {name.casefold(): int(number) for number, name in days.items()}
    if language == "de":
        names["sonnabend"] = names["samstag"]
    # "Dienstagabend", "montags"
    behind = r"(?:s?\b|s?(?:vor|nach)?(?:mittag|morgen|abend|nacht))"
    named = "|".join(map(re.escape, names))
    return names, re.compile(rf"\b({named}){behind}", re.IGNORECASE)
