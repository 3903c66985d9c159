"""Read the unit of a number: "20 km", "drei Wochen", "$5", "60-jährig".

Names and signs of units and currencies are from the Unicode locale data (CLDR).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from babel import Locale
from babel.numbers import get_currency_name, get_currency_symbol
from babel.units import format_unit

from rag.checking.values.numbers import load_locale
from vectorstore import Span

# By dimension, how large each unit is against the others of it. "Share" is of a whole.
_DIMENSIONS = """
duration second 1 minute 60 hour 3600 day 86400 week 604800 month 2629746 year 31556952
duration decade 315569520 century 3155695200
length millimeter .001 centimeter .01 meter 1 kilometer 1000
length inch .0254 foot .3048 mile 1609.344 nautical-mile 1852
mass gram 1 kilogram 1000 tonne 1000000 pound 453.59
area square-meter 1 square-kilometer 1000000 hectare 10000
volume liter 1 cubic-meter 1000 barrel 158.99
speed kilometer-per-hour 1 mile-per-hour 1.609344
digital megabyte 1 gigabyte 1000 terabyte 1000000
power watt 1 kilowatt 1000 megawatt 1000000 gigawatt 1000000000 horsepower 735.5
energy kilowatt-hour 1
temperature celsius 1
concentr share 1 percent .01 permille .001
"""
_SIZES = {
    f"{kind}-{name}": (kind, float(size))
    for kind, *items in map(str.split, _DIMENSIONS.strip().splitlines())
    for name, size in zip(items[::2], items[1::2], strict=True)
}
_CURRENCIES = "EUR USD GBP CHF JPY CNY RUB UAH PLN CZK HUF SEK NOK DKK TRY INR CAD AUD DEM".split()
SHARE = "concentr-share"
# What CLDR does not list: adjectives, other spellings, percentage points.
_MORE = {
    "duration-minute": "minütig",
    "duration-hour": "stündig",
    "duration-day": "tägig",
    "duration-week": "wöchig",
    "duration-month": "monatig",
    "duration-year": "jährig",
    "mass-kilogram": "kilo kilos",
    "mass-tonne": "ton tons tonne tonnes",
    "area-square-meter": "qm",
    "speed-kilometer-per-hour": "stundenkilometer kph",
    "concentr-percent": "prozentig per_cent",
    "points": "prozentpunkt percentage_point percentage_points",
}
# "In" is a word, and of single letters only these are common as units.
_NO_UNITS = frozenset("in as dec".split())
_LETTERS = frozenset("m g t".split())
_LONGEST_LETTERS = 3
_SIGN = re.compile(r"(?:(€|\beur)|((?:us)?\$|\busd)|(£|\bgbp)|(¥))\s?$", re.IGNORECASE)
_SIGNS = ("EUR", "USD", "GBP", "JPY")
_LONGEST_UNIT = 30
_JOINT = "[- \xa0\u202f\u2010\u2011]"


def dimension(unit: str) -> tuple[str, float]:
    """Return the dimension of a unit and its size there; a currency is a dimension of its own."""
    return _SIZES.get(unit, (unit, 1.0))


def find_units(text: str, span: Span, language: str) -> tuple[frozenset[str], Span]:
    """Return the units that a number may have, and the place of number and unit.

    There are several where a name is ambiguous: "pounds" are money or a mass.
    """
    start, end = span
    names, pattern = _load_names(language)
    if behind := pattern.match(text, end, end + _LONGEST_UNIT):
        name = _plain(behind[behind.lastindex or 0])
        known = next(form for form in (name, name[:-1], name[:-2]) if form in names)
        return names[known], (start, behind.end())
    if sign := _SIGN.search(text[max(0, start - 5) : start]):
        return frozenset({_SIGNS[(sign.lastindex or 1) - 1]}), (start - len(sign[0]), end)
    return frozenset(), span


@functools.cache
def _load_names(language: str) -> tuple[dict[str, frozenset[str]], re.Pattern[str]]:
    """Return units by their names, and a pattern for the gap behind a number and a name."""
    names: dict[str, frozenset[str]] = {}
    for unit, name in _name_units(load_locale(language)):
        names[_plain(name)] = names.get(_plain(name), frozenset()) | {unit}
    forms = sorted(names, key=len, reverse=True)
    long = [re.escape(form) for form in forms if len(form) > _LONGEST_LETTERS]
    short = [re.escape(form) for form in forms if len(form) <= _LONGEST_LETTERS]
    spaced = "|".join(long).replace(r"\ ", _JOINT)
    # Within a word only long names: "60-jähriger", "zweitägig", "Zweijahresvertrag".
    return names, re.compile(
        rf"\.?{_JOINT}{{0,2}}((?:{spaced})(?:e[nmrs]?|n|s)?|{'|'.join(short)})(?![^\W\d_])"
        rf"|[-\u2010\u2011]?({'|'.join(form for form in long if form.isalpha())})",
        re.IGNORECASE,
    )


def _name_units(locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield units with each of their names in a language."""
    for unit in _SIZES.keys() - {SHARE}:
        for length in ("long", "short"):
            for count in (1, 2, 5):
                name = re.sub(r"[\d.,]+", "", format_unit(count, unit, length, locale=locale))
                name = name.strip().lower()
                if name not in _NO_UNITS and (len(name) > 1 or name in _LETTERS or name == "%"):
                    yield unit, name
                    yield unit, name.replace("meter", "metre").replace("liter", "litre")
    for code in _CURRENCIES:
        # Not codes: "dem" and "try" are words.
        if not (sign := get_currency_symbol(code, locale)).isalpha():
            yield code, sign
        for name in (get_currency_name(code, count, locale) for count in (1, 2, 5)):
            yield code, name
            # "US dollars" and "dollars", "dollar des États-Unis" and "dollar".
            first = locale.language in ("fr", "es", "it", "pt")
            yield code, re.split("[ -]", name)[0 if first else -1]
    for unit, more in _MORE.items():
        yield from ((unit, name.replace("_", " ")) for name in more.split())


def _plain(name: str) -> str:
    return " ".join(re.split(rf"{_JOINT}+", name.lower()))
