"""Compare the values in a claim, its dates, times and quantities, with those that it quotes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.checking.quotes import Quoted, not_quoted
from rag.checking.values.dates import (
    Date,
    Time,
    Weekday,
    dates_meant,
    find_dates,
    find_times,
    find_weekdays,
    is_date_borne,
    read_day,
    weekdays_of,
)
from rag.checking.values.quantities import Quantity, agree, read_quantities, same_kind
from rag.checking.values.units import SHARE
from vectorstore import Span

# Of 27 quantities up to this that the quoted words have no other for, 9 had been counted.
_COUNTED = 10.0


@dataclass(frozen=True)
class Values:
    """The values that a text states."""

    dates: tuple[Date, ...]
    weekdays: tuple[Weekday, ...]
    times: tuple[Time, ...]
    quantities: tuple[Quantity, ...]

    @property
    def spans(self) -> list[Span]:
        """The places of all of them in the text."""
        return [
            *(date.span for date in self.dates),
            *(day.span for day in self.weekdays),
            *(time.span for time in self.times),
            *(quantity.span for quantity in self.quantities),
        ]


def read_values(text: str, language: str) -> Values:
    """Return the values that a claim states; no number of a date or time is a quantity too."""
    dates = find_dates(text, language)
    taken = [date.span for date in dates]
    times = [time for time in find_times(text) if _is_free(time.span, taken)]
    taken += [time.span for time in times]
    quantities = [q for q in read_quantities(text, language) if _is_free(q.number, taken)]
    weekdays = find_weekdays(text, language)
    return Values(tuple(dates), tuple(weekdays), tuple(times), tuple(quantities))


def find_value_fault(text: str, values: Values, quoted: Sequence[Quoted]) -> str:
    """Return in one line which value of a claim is not quoted, "" if there is none.

    What it rests on is read generously: a number there may be one, whatever else it is.
    """
    there = [
        quantity
        for part in quoted
        for quantity in read_quantities(f"{part.title}\n{part.text}", part.language)
    ]
    return _find_date_fault(text, values, there, quoted) or _find_quantity_fault(
        values, there, quoted
    )


def _find_date_fault(
    text: str, values: Values, there: Iterable[Quantity], quoted: Sequence[Quoted]
) -> str:
    """Return the date, day of the week or time that is not quoted.

    Where the quoted sentences state none, it may stand elsewhere in the passage.
    """
    numbers = {value for quantity in there for value in quantity.values}
    stated = any(find_dates(part.text, part.language) for part in quoted)
    dates = [d for part in quoted for d in _dates(part.text if stated else part.passage, part)]
    for date in values.dates:
        if not is_date_borne(date, dates, numbers):
            return not_quoted("date", text[slice(*date.span)])
    for weekday in values.weekdays:
        days = (_weekdays(part.text, part) or _weekdays(part.passage, part) for part in quoted)
        if not any(weekday.day in some for some in days):
            return not_quoted("day", text[slice(*weekday.span)])
    said = [time for part in quoted for time in find_times(f"{part.title}\n{part.text}")]
    said = said or [time for part in quoted for time in find_times(part.passage)]
    for time in values.times:
        if all(time.minutes.isdisjoint(other.minutes) for other in said):
            return not_quoted("time", text[slice(*time.span)])
    return ""


def _find_quantity_fault(
    values: Values, there: Sequence[Quantity], quoted: Sequence[Quoted]
) -> str:
    years = {float(d.year) for part in quoted for d in _dates(part.text, part) if d.year}
    for quantity in values.quantities:
        if any(agree(quantity, other) for other in there) or _is_sum(quantity, there):
            continue
        if not quantity.units and not years.isdisjoint(quantity.values):
            continue
        conflict, one = _closest(quantity, there), _is_one(quantity)
        if conflict and (_is_one(conflict) and quantity.units if one else quantity.sure):
            return f"it says “{quantity.text}” where the quoted words say “{conflict.text}”"
        if quantity.sure and not one and not _may_be_counted(quantity):
            return not_quoted("number", quantity.text)
    return ""


def _closest(quantity: Quantity, others: Iterable[Quantity]) -> Quantity | None:
    """Return the quantity of the same kind that is nearest in size, None if there is none."""
    alike = [o for o in others if (o.sure or o.units) and same_kind(quantity, o)]
    return min(alike, key=lambda other: _distance(quantity, other), default=None)


def _distance(one: Quantity, other: Quantity) -> float:
    mine, theirs = one.values[0], other.values[0]
    return abs(math.log(mine / theirs)) if mine > 0 and theirs > 0 else math.inf


def _is_one(quantity: Quantity) -> bool:
    return quantity.values == (1.0,)


def _is_year(quantity: Quantity) -> bool:
    return not quantity.units and 1900 <= quantity.values[0] <= 2100


def _may_be_counted(quantity: Quantity) -> bool:
    """Tell whether a quantity may be counted or calculated: "the two", "nearly half of them"."""
    small = not quantity.units and quantity.values[0] <= _COUNTED
    return small or quantity.units == {SHARE}


def _is_sum(quantity: Quantity, there: Sequence[Quantity]) -> bool:
    """Tell whether a quantity is the sum or the difference of two neighbours of its kind."""
    terms = [o for o in there if o.sure and same_kind(quantity, o) and not _is_year(o)]
    return any(
        value and agree(quantity, replace(one, values=(value,), bound=""))
        for one, other in pairwise(terms)
        for value in (one.values[0] + other.values[0], abs(one.values[0] - other.values[0]))
        if one.units == other.units
    )


def _dates(text: str, part: Quoted) -> list[Date]:
    """Return the dates that a text of an article states or means, and the article's own."""
    return [
        *find_dates(f"{text}\n{part.title}\n{part.date or ''}", part.language),
        *dates_meant(text, part.language, part.date),
    ]


def _weekdays(text: str, part: Quoted) -> frozenset[int]:
    published = read_day(part.date)
    dates = [*find_dates(text, part.language), *dates_meant(text, part.language, part.date)]
    named = frozenset(weekday.day for weekday in find_weekdays(text, part.language))
    return named.union(weekdays_of(dates, published.year if published else None))


def _is_free(span: Span, taken: Sequence[Span]) -> bool:
    return not any(start < span[1] and span[0] < end for start, end in taken)
