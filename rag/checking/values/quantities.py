"""Read quantities: numbers with their unit and how exact they are, as in "knapp 500 Euro"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.checking.values.numbers import Number, read_numbers
from rag.checking.values.units import SHARE, dimension, find_units
from vectorstore import Span

Bound = Literal["", "about", "below", "above"]

_BOUNDS: dict[Bound, str] = {
    "below": r"fast|knapp|beinahe|annähernd|nahezu|bis zu|höchstens|maximal|weniger als|unter"
    r"|nicht ganz|nicht mehr als|nicht einmal|keine|nearly|almost|(?:just )?under|less than"
    r"|fewer than|up to|at most|no more than|not quite|not even|below",
    "above": r"über|mehr als|mindestens|wenigstens|zumindest|gut|nicht weniger als|over|more than"
    r"|at least|upwards of|a good|above|exceeding|in excess of|no (?:fewer|less) than",
    "about": r"etwa|rund|zirka|circa|ca\.?|ungefähr|gegen|um die|schätzungsweise|kaum mehr als"
    r"|about|around|roughly|approximately|some|an estimated|close to|not much more than",
}
_BOUND = re.compile(
    rf"\b(?:{'|'.join(f'(?P<{bound}>{words})' for bound, words in _BOUNDS.items())})\s"
    r"(?:(?:the|an?|eine[mnrs]?|ein|die|de[nr]|some|rund|etwa|about)\s)?(?:[$€£]\s?)?$",
    re.IGNORECASE,
)
_FARTHEST_BOUND = 40
# Numbers that share the unit behind the last: "55,5 zu 44,5 Prozent", "from 410 to 490 points".
_SHARED = re.compile(
    r"\s?(?:bis|to|or|oder|und|and|zu|auf|[-–—/,])\s?(?:(?:zu|auf|to|rund|etwa|about)\s)?(?:[$€£]\s?)?"
)
# "178 der 300", "zwei von drei", "one in five", "3 out of 4"
_RATIO = re.compile(
    r"\s(?:\w+\s)?(?:von|der|of|out of|in)\s(?:(?:the|den|its|insgesamt|rund|etwa)\s){0,2}"
)
_EVERY = re.compile(r"\b(?:jede[rsnm]?|every)\s$", re.IGNORECASE)
_ONE = re.compile(
    r"\b(?:an?|eine?[nmrs]?|every|each|per|pro|je|jede[nmrs]?|entire|ganze[nrs]?)(?=\s)", re.I
)
# "A quarter of a gigabyte", "half an hour"; the space before the unit is the unit's own.
_OF_A = re.compile(r"\s(?:of\s)?(?:an?|einer?)(?=\s)")
_DECADE = re.compile(r"(?<!\d)(1\d|20)?(\d)0(?:er|e?s|ern)\b(?:[- ]?[Jj]ahre?n?)?")
_YEAR_RANGE = re.compile(r"(?<!\d)([12]\d)\d\d\s?[/–-]\s?(\d\d)(?!\d)")
# A noun behind a number: in German with a capital or in one word with it.
_NOUN = {
    True: re.compile(r"[\s-](?:[a-zäöüß]{3,}e[nrs]?\s)?[A-ZÄÖÜ][a-zäöüß]{2}|[-\s]?[a-zäöüß]{4}"),
    False: re.compile(r"[\s-](?!(?:of|in|to|and|or|the|for|from|on|at|by|per)\b)[a-z]{3}"),
}
_CENTURY = "duration-century"
_NO_UNIT: frozenset[str] = frozenset()
_SHARES = frozenset({SHARE})
# How far off "nearly 500" may be; "more than 500" ends before 600.
_LEAST_OFF, _MOST_OFF, _MOST_ABOVE = 0.09, 0.15, 0.25
_SAME_BOUND = 0.05
# A mile is .6 % more than 1.6 km, and what is converted is rounded.
_ROUNDING, _EXACT = 0.05, 1e-6
_MOST_DIGITS = 6


@dataclass(frozen=True)
class Quantity:
    """A quantity at its place in a text; `number` is that of the number alone.

    `values` are the possible readings; with a `width` each is the first of a range: a decade. A
    quantity that is not `sure` may be none ("one", "a pair"), so a claim need not prove it. One
    that `counts` has no unit and a noun behind it: "14 Menschen".
    """

    text: str
    span: Span
    number: Span
    values: tuple[float, ...]
    units: frozenset[str] = _NO_UNIT
    bound: Bound = ""
    width: float = 0.0
    sure: bool = True
    counts: bool = False


def read_quantities(text: str, language: str) -> list[Quantity]:
    """Return the quantities that a text may be read to hold, in their order."""
    numbers = read_numbers(text, language)
    found = [_measure(text, number, language) for number in numbers]
    for at in range(len(found) - 2, -1, -1):
        between = text[numbers[at].span[1] : numbers[at + 1].span[0]]
        if not found[at].units and _SHARED.fullmatch(between):
            found[at] = replace(found[at], units=found[at + 1].units)
    for one in _ONE.finditer(text):
        units, span = find_units(text, one.span(), language)
        if units:
            whole = text[slice(*span)]
            found.append(Quantity(whole, span, one.span(), (1.0,), units, sure=False))
    years = list(_read_years(text))
    found = [q for q in found if not any(_overlap(q.number, year.number) for year in years)]
    return sorted([*found, *_read_shares(text, numbers), *years], key=lambda q: q.span)


def _measure(text: str, number: Number, language: str) -> Quantity:
    units, span = find_units(text, number.span, language)
    part = number.kind == "part"
    if part and not units and (joint := _OF_A.match(text, number.span[1])):
        units, span = find_units(text, (number.span[0], joint.end()), language)
    counts = not units and bool(_NOUN[language == "de"].match(text, number.span[1]))
    values, width = number.values, 0.0
    if number.ordinal and _CENTURY in units:
        values, width, units = tuple(100 * (value - 1) for value in values), 99.0, _NO_UNIT
    bound, start = _read_bound(text, span[0])
    sure = number.sure or (part and bool(units))
    units = units or (_SHARES if part else _NO_UNIT)
    whole = text[slice(*span)] if units != _SHARES else text[slice(*number.span)]
    return Quantity(whole, (start, span[1]), number.span, values, units, bound, width, sure, counts)


def _read_bound(text: str, start: int) -> tuple[Bound, int]:
    """Return how exact the number at a place is given, and where that is said."""
    before = _BOUND.search(text[max(0, start - _FARTHEST_BOUND) : start])
    if before is None:
        return "", start
    return next(b for b in _BOUNDS if before[b]), start - len(before[0])


def _read_shares(text: str, numbers: Sequence[Number]) -> Iterator[Quantity]:
    """Yield what share "178 of 300" or "every fifth" is."""
    spans: list[tuple[Span, float]] = []
    for one, other in zip(numbers, numbers[1:], strict=False):
        if other.values[0] and _RATIO.fullmatch(text, one.span[1], other.span[0]):
            spans.append(((one.span[0], other.span[1]), one.values[0] / other.values[0]))
    for one in numbers:
        every = _EVERY.search(text[: one.span[0]]) if one.ordinal and one.values[0] else None
        if every:
            spans.append(((every.start(), one.span[1]), 1 / one.values[0]))
    for span, share in spans:
        bound, start = _read_bound(text, span[0])
        place = start, span[1]
        yield Quantity(text[slice(*span)], place, span, (share,), _SHARES, bound, sure=False)


def _read_years(text: str) -> Iterator[Quantity]:
    """Yield decades, and the second year of "2004/05"."""
    for match in _DECADE.finditer(text):
        centuries = [match[1]] if match[1] else ["19", "20"]
        values = tuple(float(f"{century}{match[2]}0") for century in centuries)
        yield Quantity(match[0], match.span(), match.span(), values, width=9.0)
    for match in _YEAR_RANGE.finditer(text):
        span = match.start(2), match.end(2)
        yield Quantity(match[0], span, span, (float(match[1] + match[2]),), sure=False)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def same_kind(one: Quantity, other: Quantity) -> bool:
    """Tell whether two quantities are measured in the same dimension, or both are counts."""
    mine = {dimension(unit)[0] for unit in one.units}
    theirs = {dimension(unit)[0] for unit in other.units}
    return not mine.isdisjoint(theirs) or (not mine and not theirs)


def agree(one: Quantity, other: Quantity) -> bool:
    """Tell whether two quantities may be the same, as exact as either is given.

    "Nearly 500" and 497 are, "20 miles" and "32 km", "60 Prozent" and "three fifths".
    """
    return any(
        _agree(one, value, other, another, times, converted)
        for value in one.values
        for another in other.values
        for times, converted in _conversions(one, other)
    )


def _conversions(one: Quantity, other: Quantity) -> Iterator[tuple[float, bool]]:
    """Yield how many of the second's unit the first's is, and whether that converts.

    A unit that is not written may be any, but for a share or where a noun stands in its place.
    """
    share = any(dimension(unit)[0] == dimension(SHARE)[0] for unit in one.units)
    if not one.units or not (other.units or other.counts or share):
        yield 1.0, False
    for mine in one.units:
        for theirs in other.units:
            (kind, size), (other_kind, other_size) = dimension(mine), dimension(theirs)
            if kind == other_kind:
                yield size / other_size, mine != theirs


def _agree(
    one: Quantity, value: float, other: Quantity, another: float, times: float, converted: bool
) -> bool:
    low, high = (edge * times for edge in _range(one, value))
    if one.bound and one.bound == other.bound:
        near = abs(value * times - another) <= _SAME_BOUND * max(value * times, another)
        return near or low <= another <= high
    first, last = _range(other, another)
    slack = (_ROUNDING if converted else _EXACT) * max(abs(high), abs(last))
    overlap = min(high, last) - max(low, first)
    if {one.bound, other.bound} == {"above", "below"}:
        return overlap > slack
    # A value of two digits or more may be the other one, rounded: 1.2 and 1.234.
    step = _step(value * times)
    exact = not (one.bound or one.width or other.width) and step and value * times >= 10 * step
    return overlap >= -slack or bool(exact) and round(another / step) == round(value * times / step)


def _range(quantity: Quantity, value: float) -> tuple[float, float]:
    """Return the values that a quantity given by a value stands for."""
    if quantity.width:
        return value, value + quantity.width
    step = _step(value)
    off = max(_LEAST_OFF * value, min(step / 2, _MOST_OFF * value))
    if quantity.bound == "above":
        return value, value + max(_MOST_ABOVE * value, min(step, value / 2))
    if quantity.bound == "below":
        return value - off, value
    return (value - off, value + off) if quantity.bound else (value, value)


def _step(value: float) -> float:
    """Return the unit that a value is rounded to: 1,000 for 23,000, 50 for 100."""
    if not value:
        return 0.0
    leading = math.floor(math.log10(value))
    for digits in range(_MOST_DIGITS):
        step = 10.0 ** (leading - digits)
        if math.isclose(round(value / step) * step, value, rel_tol=1e-9):
            return step / 2 if math.isclose(value, step) else step
    return 10.0 ** (leading - _MOST_DIGITS)
