"""Read dates, whole or in part: "19. Juni 2024", "June 19", "20.8.", "gestern", "last year".

Names of months and weekdays are from the Unicode locale data; dateparser counts from the day that
an article was published.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import dateparser
from babel import Locale, UnknownLocaleError
from dateparser.languages.loader import default_loader

from vectorstore import Span

# Of other languages only dates in digits are read.
_LANGUAGES = frozenset("de en fr es it nl pt pl ru uk".split())
_LETTERED_CASE = frozenset({"de", "en"})
_NUMERIC = re.compile(
    r"(?<![\d-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?![\d-])"
    r"|(?<![\d.])(?P<first>\d{1,2})\.\s?(?P<second>\d{1,2})\.(?:\s?(?P<third>\d{4}|\d{2})(?!\d))?"
)
# "May" and "March" are also verbs; without a number they are months only after these.
_BEFORE_MONTH = re.compile(r"\b(?:in|of|since|until|till|by|last|next|this|early|late|mid|to)\W+$")
_MORE_MONTHS = {
    "de": {"Jänner": 1, "Jan": 1, "Feb": 2, "Mrz": 3, "Aug": 8, "Sep": 9, "Nov": 11},
    "en": {"Sept": 9},
}
# How else a text says what dateparser knows.
_RELATIVE = {
    "letztes jahr": "(?:letzt|vergangen|vorig)e[nrsm]? Jahre?s?|Vorjahre?s?",
    "dieses jahr": "(?:diese|laufende)[nrsm]? Jahre?s?|heuer",
    "nächstes jahr": "(?:nächst|kommend|folgend)e[nrsm]? Jahre?s?",
    "last year": "(?:previous|past) year|year before",
    "next year": "(?:coming|following) year",
}
_WEEK = 7


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


def find_dates(text: str, language: str) -> list[Date]:
    """Return the dates in a text that name at least a month, none within another."""
    found = [_numeric_date(match) for match in _NUMERIC.finditer(text)]
    months, pattern = _load_months(language if language in _LANGUAGES else "en")
    for match in pattern.finditer(text):
        name = match["month"]
        month = months.get(name if language in _LETTERED_CASE else name.lower())
        day = match["before"] or match["after"]
        if month and (day or match["year"] or _is_month(text, match)):
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


def dates_meant(text: str, language: str, published: str | None) -> list[Date]:
    """Return the days that "gestern" or "am Dienstag", and the years that "last year" may mean.

    They are counted from the day that the article was published, weekdays a week to either side.
    """
    base = read_day(published)
    if base is None:
        return []
    found: list[Date] = []
    for phrase, pattern in _load_relative(language):
        settings = {"RELATIVE_BASE": datetime.datetime.combine(base, datetime.time())}
        for match in pattern.finditer(text):
            if then := dateparser.parse(phrase, languages=[language], settings=settings):
                whole = " " in phrase and not re.search("day|tag", phrase)
                day = (None, None) if whole else (then.month, then.day)
                found.append(Date(match.span(), then.year, *day))
    for weekday in find_weekdays(text, language):
        ahead = (weekday.day - base.weekday()) % _WEEK
        for then in (base + datetime.timedelta(days) for days in (ahead, ahead - _WEEK)):
            found.append(Date(weekday.span, then.year, then.month, then.day))
    return found


def weekdays_of(dates: Collection[Date], year: int | None) -> frozenset[int]:
    """Return the days of the week that dates fall on, in a year where they do not say one."""
    found = set()
    for date in dates:
        if date.month and date.day and (date.year or year):
            try:
                found.add(datetime.date(date.year or year or 1, date.month, date.day).weekday())
            except ValueError:
                continue
    return frozenset(found)


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
    name = match["month"]
    if name.endswith(".") or len(name) <= 3 and name not in ("Mai", "May", "mai", "май"):
        return False
    before = text[max(0, match.start() - 12) : match.start()]
    return name not in ("May", "March") or bool(_BEFORE_MONTH.search(before))


def _year(written: str | None) -> int | None:
    if written and len(written) == 2:
        written = ("20" if int(written) < 50 else "19") + written
    return int(written) if written else None


@functools.cache
def _load_months(language: str) -> tuple[dict[str, int], re.Pattern[str]]:
    locale = Locale(language)
    months: dict[str, int] = {}
    for form in ("format", "stand-alone"):
        for width in ("abbreviated", "wide"):
            for number, name in locale.months[form][width].items():
                plain = name.rstrip(".")
                months[plain if language in _LETTERED_CASE else plain.lower()] = int(number)
    months |= _MORE_MONTHS.get(language, {})
    names = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    return months, re.compile(
        r"(?:(?<!\d)(?P<before>\d{1,2})(?:\.|st|nd|rd|th|º|er)?\s{0,2}(?:of\s|de\s|d['’])?)?"
        rf"\b(?P<month>{names})\b\.?"
        r"(?:(?<=[\w.])\s(?P<after>\d{1,2})(?:st|nd|rd|th)?(?![\d.,]\d|\d|\s?%|\s\w*illi))?"
        r"(?:,?\s(?:de\s|del\s)?(?P<year>[12]\d{3})(?!\d))?",
        0 if language in _LETTERED_CASE else re.IGNORECASE,
    )


@functools.cache
def _load_weekdays(language: str) -> tuple[dict[str, int], re.Pattern[str]]:
    try:
        days = Locale.parse(language).days["format"]["wide"]
    except (UnknownLocaleError, ValueError):
        return {}, re.compile(r"(?!)")
    names = {name.lower(): int(number) for number, name in days.items()}
    if language == "de":
        names["sonnabend"] = names["samstag"]
    # "Ostermontag", "Dienstagabend", "montags"
    return names, re.compile(
        rf"\b(?:oster|pfingst|rosen|palm)?({'|'.join(map(re.escape, names))})"
        r"(?:s?\b|s?(?:vor|nach)?(?:mittag|morgen|abend|nacht))",
        re.IGNORECASE,
    )


@functools.cache
def _load_relative(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what dateparser counts from today, such as "last year", with how a text says it."""
    return tuple(_relative_patterns(language))


def _relative_patterns(language: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    try:
        info = default_loader.get_locale(language).info
    except ValueError:
        return
    for meaning, phrases in info.get("relative-type", {}).items():
        for phrase in phrases if re.fullmatch(r"(?:in )?\d (?:day|year)( ago)?", meaning) else ():
            also = f"|{_RELATIVE[phrase]}" if phrase in _RELATIVE else ""
            # German "morgen" is tomorrow, "Morgen" but at the beginning the morning.
            plain = re.escape(phrase)
            forms = rf"(?<!\bam )\b(?:{plain}{also})\b|^{plain.capitalize()}\b"
            yield phrase, re.compile(forms, re.MULTILINE)
