"""Read the dates in a sentence, whole or in part: "19. Juni 2024", "June 19", "2024-06-19"."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from babel import Locale

# Months are read in the languages that the product answers in.
_LANGUAGES = frozenset("de en fr es it nl pt pl ru uk".split())
_LETTERED_CASE = frozenset({"de", "en"})
_ISO = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?!\d)")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4})(?![\d/])")
# "May" and "March" are also verbs; without a number they are months only after these.
_BEFORE_MONTH = re.compile(r"\b(?:in|of|since|until|till|by|last|next|this|early|late|mid|to)\W+$")


@dataclass(frozen=True)
class Date:
    """A day, a month or the like, as written at `span`; what is not said is None.

    `other` is a second reading of 3/4/2024, as (month, day).
    """

    span: tuple[int, int]
    year: int | None
    month: int
    day: int | None
    other: tuple[int, int] | None = None

    def readings(self) -> Iterator[tuple[int, int | None]]:
        """Yield each (month, day) that may be meant."""
        yield self.month, self.day
        if self.other:
            yield self.other


def find_dates(text: str, language: str) -> list[Date]:
    """Return the dates in a text that name at least a month, none within another."""
    found: list[Date] = []
    for match in _ISO.finditer(text):
        found.append(_date(match, match[1], int(match[2]), match[3]))
    for match in _DOTTED.finditer(text):
        found.append(_date(match, _century(match[3]), int(match[2]), match[1]))
    for match in _SLASHED.finditer(text):
        first, second = int(match[1]), int(match[2])
        if first <= 12 and second <= 12:
            other = (first, second)
            found.append(Date(match.span(), int(match[3]), second, first, other))
        elif second > 12:
            found.append(_date(match, match[3], first, match[2]))
        else:
            found.append(_date(match, match[3], second, match[1]))
    months, pattern = _load_months(language if language in _LANGUAGES else "en")
    for match in pattern.finditer(text):
        name = match["month"]
        month = months.get(name if language in _LETTERED_CASE else name.casefold())
        numbered = match["before"] or match["after"] or match["year"]
        if month is None or (not numbered and not _is_month(text, match, months)):
            continue
        found.append(_date(match, match["year"], month, match["before"] or match["after"]))
    possible = [d for d in found if 1 <= d.month <= 12 and (d.day is None or 1 <= d.day <= 31)]
    apart: list[Date] = []
    for date in sorted(possible, key=lambda d: (d.span[0], -d.span[1])):
        if not apart or date.span[0] >= apart[-1].span[1]:
            apart.append(date)
    return apart


def is_date_borne(date: Date, evidence: list[Date], numbers: frozenset[int]) -> bool:
    """Whether a date is among others, or is put together from one of them and loose numbers.

    "19. und 20. Juni" bears "June 19": the month stands there once, the 19 apart from it.
    """
    for month, day in date.readings():
        for other in evidence:
            for other_month, other_day in other.readings():
                if month != other_month:
                    continue
                if day is not None and day != other_day and day not in numbers:
                    continue
                if date.year in (None, other.year) or date.year in numbers:
                    return True
                years = {o.year for o in evidence}
                if other.year is None and date.year in years:
                    return True
    return False


def _is_month(text: str, match: re.Match[str], months: dict[str, int]) -> bool:
    name = match["month"]
    if name.endswith(".") or len(name) <= 3 and name not in ("Mai", "May", "mai", "май"):
        return False  # "Jan", "Nov": an abbreviation only beside a number
    if name in ("May", "March"):
        return bool(_BEFORE_MONTH.search(text[max(0, match.start() - 12) : match.start()]))
    return True


def _date(match: re.Match[str], year: str | None, month: int, day: str | None) -> Date:
    return Date(match.span(), int(year) if year else None, month, int(day) if day else None)


def _century(year: str) -> str:
    if len(year) == 4:
        return year
    return ("20" if int(year) < 50 else "19") + year


@functools.cache
def _load_months(language: str) -> tuple[dict[str, int], re.Pattern[str]]:
    locale = Locale(language)
    months: dict[str, int] = {}
    for form in ("format", "stand-alone"):
        for width in ("abbreviated", "wide"):
            for number, name in locale.months[form][width].items():
                plain = name.rstrip(".")
                months[plain if language in _LETTERED_CASE else plain.casefold()] = int(number)
    if language == "en":
        months["Sept"] = 9
    if language == "de":
        months |= {"Jänner": 1, "Jan": 1, "Feb": 2, "Mrz": 3, "Aug": 8, "Sep": 9, "Nov": 11}
    names = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    flags = 0 if language in _LETTERED_CASE else re.IGNORECASE
    return months, re.compile(
        r"(?:(?<!\d)(?P<before>\d{1,2})(?:\.|st|nd|rd|th|º|er)?\s{0,2}(?:of\s|de\s|d['’])?)?"
        rf"\b(?P<month>{names})\b\.?"
        r"(?:(?<=[\w.])\s(?P<after>\d{1,2})(?:st|nd|rd|th)?(?![\d.,]\d|\d|\s?%|\s\w*illi))?"
        r"(?:,?\s(?:de\s|del\s)?(?P<year>[12]\d{3})(?!\d))?",
        flags,
    )
