"""Read dates and times: "19. Juni 2024", "June 19", "20.8.", "gestern", "last year", "3 p.m.".

Names of months and weekdays are from the Unicode locale data.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rag.checking.values.numbers import load_locale
from vectorstore import Span

_NUMERIC = re.compile(
    r"(?<![\d-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?![\d-])"
    r"|(?<![\d.])(?P<first>\d{1,2})\.\s?(?P<second>\d{1,2})\.(?:\s?(?P<third>\d{4}|\d{2})(?!\d))?"
)
# "May" and "March" are also verbs; without a number they are months only after these.
_BEFORE_MONTH = re.compile(r"\b(?:in|of|since|until|till|by|last|next|this|early|late|mid|to)\W+$")
_DAYS = {"vorgestern": -2, "gestern": -1, "heute": 0, "morgen": 1}
_DAYS |= {"yesterday": -1, "today": 0, "tomorrow": 1}
_RELATIVE_DAY = re.compile(rf"\b(?:{'|'.join(_DAYS)})\b", re.IGNORECASE)
_RELATIVE_YEAR = re.compile(
    r"\b(?:(?P<last>(?:letzt|vergangen|vorig)e\w? Jahre?s?|Vorjahre?s?|(?:last|previous|past) year)"
    r"|(?P<next>(?:nächst|kommend)e\w? Jahre?s?|(?:next|coming|following) year)"
    r"|diese\w? Jahre?s?|heuer|this year)\b",
    re.IGNORECASE,
)
_WEEK = 7
_CLOCK = re.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?\s?"
    r"(?:(?P<uhr>Uhr\b)|(?P<half>[ap])\.?\s?m\b\.?)"
    r"|(?<![\d.,:])(?P<alone>[01]?\d|2[0-4]):(?P<past>[0-5]\d)(?![\d:]|\s(?:Stund|hour|[Mm]in))"
)


@dataclass(frozen=True)
class Date:
    """A day, a month or a year, as written at `span`; what is not said is None."""

    span: Span
    year: int | None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True)
class Weekday:
    """A day of the week, Monday being 0, as written at `span`."""

    span: Span
    day: int


@dataclass(frozen=True)
class Time:
    """A time of day in minutes after midnight, of both halves of the day if none is said."""

    span: Span
    minutes: frozenset[int]


def find_dates(text: str, language: str) -> list[Date]:
    """Return the dates in a text that name at least a month, none within another."""
    found = [_numeric_date(match) for match in _NUMERIC.finditer(text)]
    months, pattern = _load_months(language)
    for match in pattern.finditer(text):
        day = match["before"] or match["after"]
        if day or match["year"] or _is_month(text, match):
            month = months[match["month"]]
            found.append(Date(match.span(), _year(match["year"]), month, int(day) if day else None))
    apart: list[Date] = []
    for date in sorted(found, key=lambda d: (d.span[0], -d.span[1])):
        possible = 1 <= (date.month or 1) <= 12 and 1 <= (date.day or 1) <= 31
        if possible and (not apart or date.span[0] >= apart[-1].span[1]):
            apart.append(date)
    return apart


def find_weekdays(text: str, language: str) -> list[Weekday]:
    """Return the days of the week that a text names."""
    names, pattern = _load_weekdays(language)
    return [Weekday(match.span(), names[match[1].lower()]) for match in pattern.finditer(text)]


def find_times(text: str) -> Iterator[Time]:
    """Yield the times of day in a text."""
    for match in _CLOCK.finditer(text):
        hour = int(match["hour"] or match["alone"])
        hours = {hour} if match["uhr"] or hour > 12 else {hour, hour + 12}
        if match["half"]:
            hours = {hour % 12 + 12 * (match["half"] == "p")}
        past = int(match["minute"] or match["past"] or 0)
        yield Time(match.span(), frozenset((h % 24) * 60 + past for h in hours))


def dates_meant(text: str, language: str, published: str | None) -> Iterator[Date]:
    """Yield the days that "gestern" or "am Dienstag", and the years that "last year" may mean.

    They are counted from the day that the article was published, weekdays a week to either side.
    """
    base = read_day(published)
    if base is None:
        return
    for match in _RELATIVE_YEAR.finditer(text):
        yield Date(match.span(), base.year + bool(match["next"]) - bool(match["last"]))
    days = [(m.span(), _DAYS[m[0].lower()]) for m in _RELATIVE_DAY.finditer(text)]
    for weekday in find_weekdays(text, language):
        ahead = (weekday.day - base.weekday()) % _WEEK
        days += [(weekday.span, ahead), (weekday.span, ahead - _WEEK)]
    for span, later in days:
        then = base + datetime.timedelta(later)
        yield Date(span, then.year, then.month, then.day)


def weekdays_of(dates: Collection[Date], year: int | None) -> Iterator[int]:
    """Yield the days of the week that dates fall on, in a year where they do not say one."""
    for date in dates:
        if date.month and date.day and (date.year or year):
            try:
                yield datetime.date(date.year or year or 1, date.month, date.day).weekday()
            except ValueError:
                continue


def is_date_borne(date: Date, evidence: Collection[Date], numbers: Collection[float]) -> bool:
    """Tell whether a date is among others, or is put together from one and loose numbers.

    "19. und 20. Juni" bears "June 19": the month stands there once, the 19 apart from it.
    """
    years = {other.year for other in evidence if other.year}
    return any(
        date.month == other.month
        and (date.day in (None, other.day) or date.day in numbers)
        and (
            date.year in (None, other.year)
            or date.year in numbers
            or (other.year is None and date.year in years)
        )
        for other in evidence
    )


def read_day(published: str | None) -> datetime.date | None:
    """Return the day that an article was published, None if it is not known."""
    try:
        return datetime.date.fromisoformat((published or "")[:10])
    except ValueError:
        return None


def _numeric_date(match: re.Match[str]) -> Date:
    if match["year"]:
        return Date(match.span(), int(match["year"]), int(match["month"]), int(match["day"]))
    return Date(match.span(), _year(match["third"]), int(match["second"]), int(match["first"]))


def _is_month(text: str, match: re.Match[str]) -> bool:
    """Tell whether a month's name without a number is one: "Jan" and "May" may be none."""
    name, before = match["month"], text[max(0, match.start() - 12) : match.start()]
    if name in ("May", "March"):
        return bool(_BEFORE_MONTH.search(before))
    return name == "Mai" or len(name) > 3


def _year(written: str | None) -> int | None:
    if written and len(written) == 2:
        written = ("20" if int(written) < 50 else "19") + written
    return int(written) if written else None


@functools.cache
def _load_months(language: str) -> tuple[dict[str, int], re.Pattern[str]]:
    months = {"Jänner": 1, "Sept": 9}
    for form in ("format", "stand-alone"):
        for width in ("abbreviated", "wide"):
            for number, name in load_locale(language).months[form][width].items():
                months[name.rstrip(".")] = int(number)
    names = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    return months, re.compile(
        r"(?:(?<!\d)(?P<before>\d{1,2})(?:\.|st|nd|rd|th|º|er)?\s{0,2}(?:of\s|de\s)?)?"
        rf"\b(?P<month>{names})\b\.?"
        r"(?:(?<=[\w.])\s(?P<after>\d{1,2})(?:st|nd|rd|th)?(?![\d.,]\d|\d|\s?%|\s\w*illi))?"
        r"(?:,?\s(?:de\s)?(?P<year>[12]\d{3})(?!\d))?"
    )


@functools.cache
def _load_weekdays(language: str) -> tuple[dict[str, int], re.Pattern[str]]:
    days = load_locale(language).days["format"]["wide"]
    names = {name.lower(): int(number) for number, name in days.items()} | {"sonnabend": 5}
    # "Ostermontag", "Dienstagabend", "montags"
    return names, re.compile(
        rf"\b(?:oster|pfingst|rosen|palm)?({'|'.join(map(re.escape, names))})"
        r"(?:s?\b|s?(?:vor|nach)?(?:mittag|morgen|abend|nacht))",
        re.IGNORECASE,
    )
