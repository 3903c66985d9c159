"""Read quantities: numbers with their unit and how exact they are, as in "knapp 500 Euro"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rag.checking.values.numbers import Number, read_numbers
from rag.checking.values.units import SHARE, dimension, find_units
from vectorstore import Span

Bound = Literal["", "about", "below", "above"]

_BOUNDS: dict[Bound, str] = {
    "below": r"fast|knapp|beinahe|annähernd|nahezu|bis zu|höchstens|maximal|weniger als|unter"
    r"|nicht ganz|nicht mehr als|nicht einmal|nearly|almost|under|less than|fewer than"
    r"|up to|at most|no more than|not quite|not even|below",
    "above": r"über|mehr als|mindestens|wenigstens|zumindest|gut|over|more than|at least|upwards of"
    r"|a good|above|exceeding|in excess of|no (?:fewer|less) than",
    "about": r"etwa|rund|zirka|circa|ca\.?|ungefähr|gegen|schätzungsweise"
    r"|about|around|roughly|approximately|some|an estimated|close to",
}
_BOUND = re.compile(
    rf"\b(?:{'|'.join(f'(?P<{bound}>{words})' for bound, words in _BOUNDS.items())})\s"
    r"(?:(?:the|an?|eine[mnrs]?|ein|die|de[nr]|some|rund|etwa|about)\s)?(?:[$€£]\s?)?$",
    re.IGNORECASE,
)
_FARTHEST_BOUND = 40
_ONE = re.compile(
    r"\b(?:an?|eine?[nmrs]?|every|each|per|pro|je|jede[nmrs]?|entire|ganze[nrs]?)(?=\s)", re.I
)
# A noun behind a number: in German with a capital or in one word with it.
_NOUN = {
    True: re.compile(r"[\s-](?:[a-zäöüß]{3,}e[nrs]?\s)?[A-ZÄÖÜ][a-zäöüß]{2}|[-\s]?[a-zäöüß]{4}"),
    False: re.compile(r"[\s-](?!(?:of|in|to|and|or|the|for|from|on|at|by|per)\b)[a-z]{3}"),
}
_NO_UNIT: frozenset[str] = frozenset()
_SHARES = frozenset({SHARE})
# How far off "about 500" and "nearly 500" may be, and how far "more than 500" goes.
_OFF, _ABOVE = 0.15, 0.25
# A mile is .6 % more than 1.6 km, and what is converted is rounded.
_ROUNDING, _EXACT = 0.05, 1e-6
_MOST_DIGITS = 6


@dataclass(frozen=True)
class Quantity:
    """A quantity at its place in a text; `number` is that of the number alone.

    `values` are the possible readings. A quantity that is not `sure` may be none ("one", "a
    pair"), so a claim need not prove it. One that `counts` has a noun for a unit: "14 Menschen".
    """

    text: str
    span: Span
    number: Span
    values: tuple[float, ...]
    units: frozenset[str] = _NO_UNIT
    bound: Bound = ""
    sure: bool = True
    counts: bool = False


def read_quantities(text: str, language: str) -> list[Quantity]:
    """Return the quantities that a text may be read to hold, in their order."""
    found = [_measure(text, number, language) for number in read_numbers(text, language)]
    for one in _ONE.finditer(text):
        units, span = find_units(text, one.span(), language)
        if units:
            whole = text[slice(*span)]
            found.append(Quantity(whole, span, one.span(), (1.0,), units, sure=False))
    return sorted(found, key=lambda q: q.span)


def _measure(text: str, number: Number, language: str) -> Quantity:
    units, span = find_units(text, number.span, language)
    part = number.kind == "part"
    sure = number.sure or (part and bool(units))
    counts = not units and bool(_NOUN[language == "de"].match(text, number.span[1]))
    units = units or (_SHARES if part else _NO_UNIT)
    before = _BOUND.search(text[max(0, span[0] - _FARTHEST_BOUND) : span[0]])
    bound: Bound = next(b for b in _BOUNDS if before[b]) if before else ""
    place = span[0] - len(before[0] if before else ""), span[1]
    said = text[slice(*span)]
    return Quantity(said, place, number.span, number.values, units, bound, sure, counts)


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
        _agree(one.bound, value * times, other.bound, another, slack)
        for times, slack in _conversions(one, other)
        for value in one.values
        for another in other.values
    )


def _conversions(one: Quantity, other: Quantity) -> Iterator[tuple[float, float]]:
    """Yield how many of the second's unit the first's is, and how far off that may be.

    A unit that is not written may be any, but for a share or where a noun stands in its place.
    """
    share = any(dimension(unit)[0] == dimension(SHARE)[0] for unit in one.units)
    if not one.units or not (other.units or other.counts or share):
        yield 1.0, _EXACT
    for mine in one.units:
        for theirs in other.units:
            (kind, size), (other_kind, other_size) = dimension(mine), dimension(theirs)
            if kind == other_kind:
                yield size / other_size, _EXACT if mine == theirs else _ROUNDING


def _agree(bound: Bound, mine: float, other: Bound, theirs: float, slack: float) -> bool:
    if not bound and _is_rounded(mine, theirs):
        return True
    (low, high), (first, last) = _range(bound, mine), _range(other, theirs)
    if bound and bound == other:
        return low <= theirs <= high or abs(mine - theirs) <= _ROUNDING * theirs
    apart = max(low, first) - min(high, last)
    # "Over 40" and "under 40" only touch.
    return apart < 0 if {bound, other} == {"above", "below"} else apart <= slack * max(high, last)


def _range(bound: Bound, value: float) -> tuple[float, float]:
    """Return the values that a value may stand for."""
    low = value * (1 - _OFF) if bound in ("about", "below") else value
    if bound == "above":
        # "Over 2,000" goes up to 3,000.
        return value, value + max(_ABOVE * value, min(_read_digits(value)[1], value / 2))
    return low, value * (1 + _OFF * (bound == "about"))


def _is_rounded(one: float, other: float) -> bool:
    """Tell whether a value of two digits or more may be the other one, rounded: 1.2 and 1.234."""
    digits, step = _read_digits(one)
    return digits > 1 and round(other / step) == round(one / step)


def _read_digits(value: float) -> tuple[int, float]:
    """Return how many digits a value is given with, and what one of the last is worth."""
    mantissa, exponent = f"{value:.{_MOST_DIGITS}e}".split("e")
    digits = len(mantissa.rstrip("0")) - 1
    return digits, 10.0 ** (int(exponent) - digits + 1)
