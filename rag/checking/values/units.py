"""Read what a number counts, where that is a unit: "20 km", "drei Wochen", "$5"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from rag.checking.values.numbers import Number

# By unit, how it is written behind a number in German and English.
_UNITS = {
    "second": r"sekunde\w{0,2}|seconds?",
    "minute": r"minute\w?|min",
    "hour": r"stunde\w?|hours?|std",
    "day": r"tag(?:e[ns]?|s)?|days?",
    "week": r"woche\w?|weeks?",
    "month": r"monat(?:e[ns]?|s)?|months?",
    "year": r"jahr(?:e[ns]?|s)?|jährig\w{0,2}|years?",
    "km": r"km|kilometern?s?|kilomet(?:er|re)s?",
    "m": r"m|metern?s?|met(?:er|re)s?",
    "cm": r"cm|zentimetern?|centimet(?:er|re)s?",
    "mm": r"mm|millimetern?|millimet(?:er|re)s?",
    "mile": r"meilen?|miles?",
    "foot": r"fuß|feet|foot|ft",
    "inch": r"zoll|inch(?:es)?",
    "g": r"g|gramm|gram(?:me)?s?",
    "kg": r"kg|kilo(?:gramms?|gram(?:me)?s?|s)?",
    "tonne": r"t|tonnen?s?|tons?",
    "pound": r"lbs?",
    "percent": r"%|prozent|per\s?cent",
    "points": r"prozentpunkten?s?|percentage points?",
    "EUR": r"€|euros?|eur",
    "USD": r"(?:us-?)?(?:\$|dollars?)|usd",
    "GBP": r"£|pfund sterling|pounds? sterling|gbp",
    "CHF": r"(?:schweizer )?franken|(?:swiss )?francs?|chf",
    "JPY": r"¥|yen",
    "RUB": r"rubel|rou?bles?",
    "C": r"°\s?c|grad celsius|degrees celsius",
    "F": r"°\s?f|grad fahrenheit|degrees fahrenheit",
}
_BEFORE = re.compile(r"(?:(€|eur\s?)|(us)?(\$|usd\s?)|(£|gbp\s?)|(chf)|(¥))\s?$", re.IGNORECASE)
_BEHIND = re.compile(
    "[- \xa0\u202f]{0,2}(?:"
    + "|".join(f"(?P<{unit}>{pattern})" for unit, pattern in _UNITS.items())
    + r")(?![^\W\d_])",
    re.IGNORECASE,
)
_LONGEST_UNIT = 25
# How many of the second unit the first one is.
_CONVERSIONS = {
    ("mile", "km"): "1.609",
    ("foot", "m"): "0.3048",
    ("foot", "cm"): "30.48",
    ("inch", "cm"): "2.54",
    ("inch", "mm"): "25.4",
    ("pound", "kg"): "0.4536",
    ("week", "day"): "7",
    ("year", "month"): "12",
    ("day", "hour"): "24",
    ("hour", "minute"): "60",
    ("minute", "second"): "60",
    ("km", "m"): "1000",
    ("m", "cm"): "100",
    ("cm", "mm"): "10",
    ("kg", "g"): "1000",
    ("tonne", "kg"): "1000",
}
# A mile is .6 % more than 1.6 km, and what is converted is rounded; nothing near is let pass.
_ROUNDING = Decimal("0.03")


def find_unit(text: str, number: Number) -> str | None:
    """Return the unit that a number in a text has, None if it has none that is known."""
    start, end = number.span
    behind = _BEHIND.match(text, end, end + _LONGEST_UNIT)
    if behind:
        return behind.lastgroup
    before = _BEFORE.search(text[max(0, start - 5) : start])
    if before:
        signs = ("EUR", "", "USD", "GBP", "CHF", "JPY")
        return next(
            name for name, sign in zip(signs, before.groups(), strict=True) if name and sign
        )
    return None


def convert(values: frozenset[Decimal], unit: str) -> Iterator[tuple[Decimal, str]]:
    """Yield what values are in the units that a unit can be turned into."""
    for (larger, smaller), times in _CONVERSIONS.items():
        for value in values:
            if unit == larger:
                yield value * Decimal(times), smaller
            elif unit == smaller:
                yield value / Decimal(times), larger


def is_near(one: Decimal, other: Decimal) -> bool:
    """Whether one value may be the other, converted and rounded."""
    return abs(one - other) <= _ROUNDING * max(abs(one), abs(other))
