"""Compare the numbers, dates and times in a claim with those in the sentences that it quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from rag.checking.quotes import Quoted, not_quoted
from rag.checking.values.dates import find_dates, is_date_borne
from rag.checking.values.numbers import (
    Number,
    find_decades,
    find_numbers,
    find_romans,
    find_short_years,
    like_values_in,
    says_percent,
    scales_in,
    values_in,
)
from rag.checking.values.times import find_times
from rag.checking.values.units import convert, find_unit, is_near
from rag.checking.values.weekdays import dates_meant, find_weekdays, weekdays_meant
from vectorstore import Span

_NEXT_WORD = re.compile(r"[-\s]*[^\W\d_]+|\s?%")


def find_amount_fault(text: str, language: str, quoted: Sequence[Quoted]) -> str:
    """Return which number, date or time of a claim is not quoted, "" if there is none."""
    values = {value for part in quoted for value in values_in(part.text, part.language)}
    values |= {value for part in quoted for value in values_in(part.title, part.language)}
    taken: list[Span] = []
    return (
        _find_date(text, language, quoted, frozenset(values), taken)
        or _find_time(text, quoted, taken)
        or _find_years(text, frozenset(values), taken)
        or _find_number(text, language, quoted, frozenset(values), taken)
    )


def _find_date(
    text: str,
    language: str,
    quoted: Sequence[Quoted],
    values: frozenset[Decimal],
    taken: list[Span],
) -> str:
    dates = [date for part in quoted for date in find_dates(part.text, part.language)]
    dates += [date for part in quoted for date in find_dates(part.date or "", "en")]
    dates += [d for part in quoted for d in dates_meant(part.text, part.language, part.date)]
    whole = frozenset(int(value) for value in values if value == value.to_integral_value())
    for date in find_dates(text, language):
        taken.append(date.span)
        if not is_date_borne(date, dates, whole):
            return not_quoted("date", text[slice(*date.span)])
    for span, day in find_weekdays(text, language):
        if not any(_holds_weekday(day, part) for part in quoted):
            return not_quoted("day", text[slice(*span)])
    return ""


def _holds_weekday(day: int, part: Quoted) -> bool:
    """Whether the quoted sentences name a day of the week, or none and the passage does."""
    there = {other for _, other in find_weekdays(part.text, part.language)}
    meant = weekdays_meant(part.text, part.language, part.date)
    if there or meant:
        return day in there or day in meant
    return any(day == other for _, other in find_weekdays(part.passage, part.language))


def _find_time(text: str, quoted: Sequence[Quoted], taken: list[Span]) -> str:
    minutes = {
        minute for part in quoted for time in find_times(part.text) for minute in time.minutes
    }
    for time in find_times(text):
        if _is_free(time.span, taken):
            taken.append(time.span)
            if not time.minutes & minutes:
                return not_quoted("time", time.text)
    return ""


def _find_years(text: str, values: frozenset[Decimal], taken: list[Span]) -> str:
    for span, years in [*find_decades(text), *find_short_years(text)]:
        if _is_free(span, taken):
            taken.append(span)
            if years.isdisjoint(values):
                return not_quoted("number", text[slice(*span)])
    return ""


def _find_number(
    text: str,
    language: str,
    quoted: Sequence[Quoted],
    values: frozenset[Decimal],
    taken: Sequence[Span],
) -> str:
    like = {value for part in quoted for value in like_values_in(part.text)}
    dates = [date for part in quoted for date in find_dates(part.text, part.language)]
    dates += [date for part in quoted for date in find_dates(part.date or "", "en")]
    values |= {Decimal(date.year) for date in dates if date.year}
    percent = any(says_percent(part.text) for part in quoted)
    scales = {scale for part in quoted for scale in scales_in(part.text, part.language)}
    counted = [
        (number.values, find_unit(part.text, number))
        for part in quoted
        for number in find_numbers(part.text, part.language)
    ]
    for number in [*find_numbers(text, language), *find_romans(text)]:
        if not _is_free(number.span, taken):
            continue
        unit = find_unit(text, number)
        there = values | (scales if number.vague else frozenset() if number.plain else like)
        if number.values.isdisjoint(there) and not _is_converted(number, unit, counted):
            return not_quoted("number", number.text)
        if number.percent and not percent:
            return not_quoted("percentage", number.text)
        units = {other for values, other in counted if not number.values.isdisjoint(values)}
        if unit and units and None not in units and unit not in units:
            return not_quoted("unit", _with_unit(text, number))
    return ""


def _is_converted(
    number: Number, unit: str | None, counted: Sequence[tuple[frozenset[Decimal], str | None]]
) -> bool:
    """Whether a claim gives in miles what the quoted sentences give in kilometres."""
    return unit is not None and any(
        other == into and is_near(value, converted)
        for converted, into in convert(number.values, unit)
        for values, other in counted
        for value in values
    )


def _with_unit(text: str, number: Number) -> str:
    start, end = number.span
    behind = _NEXT_WORD.match(text, end)
    return text[start : behind.end() if behind else end]


def _is_free(span: Span, taken: Sequence[Span]) -> bool:
    return not any(start < span[1] and span[0] < end for start, end in taken)
