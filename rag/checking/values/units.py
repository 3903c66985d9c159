"""Read the unit of a number: "20 km", "drei Wochen", "$5", "60-jährig".

Names and signs of units and currencies are from the Unicode locale data (CLDR).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_name, get_currency_symbol
from babel.units import UnknownUnitError, format_unit

from vectorstore import Span

# By dimension, how large each unit is against the others of it. "Share" is of a whole.
_SIZES = """
duration second 1 minute 60 hour 3600 day 86400 week 604800 month 2629746 year 31556952
duration quarter 7889238 decade 315569520 century 3155695200
length millimeter .001 centimeter .01 meter 1 kilometer 1000
length inch .0254 foot .3048 yard .9144 mile 1609.344 nautical-mile 1852
mass gram 1 kilogram 1000 tonne 1000000 ton 1000000 pound 453.59 ounce 28.35
area square-meter 1 square-kilometer 1000000 hectare 10000 acre 4046.9
volume liter 1 cubic-meter 1000 barrel 158.99
speed kilometer-per-hour 1 mile-per-hour 1.609344
digital megabyte 1 gigabyte 1000 terabyte 1000000
power watt 1 kilowatt 1000 megawatt 1000000 gigawatt 1000000000 horsepower 735.5
energy kilowatt-hour 1 kilocalorie .001163
temperature celsius 1
concentr share 1 percent .01 permille .001
"""
_CURRENCIES = (
    "EUR USD GBP CHF JPY CNY RUB UAH PLN CZK HUF SEK NOK DKK TRY INR CAD AUD MXN DEM ATS".split()
)
SHARE = "concentr-share"
POINTS = "points"
# What CLDR does not list: adjectives, other spellings, percentage points.
_MORE = {
    "de": {
        "duration-second": "sekündig",
        "duration-minute": "minütig",
        "duration-hour": "stündig",
        "duration-day": "tägig",
        "duration-week": "wöchig",
        "duration-month": "monatig",
        "duration-year": "jährig",
        "mass-kilogram": "kilo",
        "area-square-meter": "qm",
        "speed-kilometer-per-hour": "stundenkilometer",
        "concentr-percent": "prozentig",
        POINTS: "prozentpunkt",
    },
    "en": {
        "mass-kilogram": "kilo kilos",
        "mass-tonne": "tonne tonnes",
        "concentr-percent": "per_cent",
        POINTS: "percentage_point percentage_points",
        "speed-kilometer-per-hour": "kph",
    },
}
# "In" is a word, and of single letters only these are common as units.
_NO_UNITS = frozenset("in as dec".split())
_LETTERS = frozenset("m g t".split())
_LONGEST_LETTERS = 3
_SIGN = re.compile(r"(?:(€)|((?:us)?\$)|(£)|(¥)|\b(eur|usd|gbp|chf))\s?$", re.IGNORECASE)
_SIGNS = ("EUR", "USD", "GBP", "JPY")
_LONGEST_UNIT = 30
_JOINT = "[- \xa0\u202f\u2010\u2011]"


@functools.cache
def dimension(unit: str) -> tuple[str, float]:
    """Return the dimension of a unit and its size there; a currency is a dimension of its own."""
    name, _, rest = unit.partition("-")
    for line in _SIZES.strip().splitlines():
        of, *items = line.split()
        if of == name and rest in items:
            return name, float(items[items.index(rest) + 1])
    return unit, 1.0


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
        found = sign.lastindex or 1
        code = sign[found].upper() if found > len(_SIGNS) else _SIGNS[found - 1]
        return frozenset({code}), (start - len(sign[0]), end)
    return frozenset(), span


@functools.cache
def _load_names(language: str) -> tuple[dict[str, frozenset[str]], re.Pattern[str]]:
    """Return units by their names, and a pattern for the gap behind a number and a name."""
    names: dict[str, frozenset[str]] = {}
    for unit, name in _name_units(language):
        names[_plain(name)] = names.get(_plain(name), frozenset()) | {unit}
    forms = sorted(names, key=len, reverse=True)
    ending = "(?:e[nmrs]?|n|s)?"
    spaced = [
        re.escape(form).replace(r"\ ", _JOINT) + (ending if len(form) > _LONGEST_LETTERS else "")
        for form in forms
    ]
    # Within a word only long names: "60-jähriger", "zweitägig", "Zweijahresvertrag".
    inside = [re.escape(form) for form in forms if form.isalpha() and len(form) > _LONGEST_LETTERS]
    # "Arbeitsstunde"
    tails = (
        [form for form in inside if len(form) > _LONGEST_LETTERS + 1]
        if language == "de"
        else ["(?!)"]
    )
    return names, re.compile(
        rf"{_JOINT}{{0,2}}({'|'.join(spaced)})(?![^\W\d_])"
        rf"|[-\u2010\u2011]?({'|'.join(inside)})"
        rf"|\s[a-zäöüß]{{3,20}}({'|'.join(tails)})(?:n|s|en)?\b",
        re.IGNORECASE,
    )


def _name_units(language: str) -> Iterator[tuple[str, str]]:
    """Yield units with each of their names in a language; in another one those in English."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        language, locale = "en", Locale("en")
    for also in (locale, Locale("en", "GB")) if language == "en" else (locale,):
        for line in _SIZES.strip().splitlines():
            kind, *items = line.split()
            for unit in (f"{kind}-{item}" for item in items[::2]):
                yield from ((unit, name) for name in _unit_forms(unit, also))
    for code in _CURRENCIES:
        # Not codes: "dem" and "try" are words.
        if not (sign := get_currency_symbol(code, locale)).isalpha():
            yield code, sign
        for count in (1, 2, 5):
            name = get_currency_name(code, count, locale)
            yield code, name
            # "US dollars" and "dollars", "dollar des États-Unis" and "dollar".
            short = name.split()[0 if language in ("fr", "es", "it", "pt") else -1]
            yield code, short.split("-")[-1]
    for unit, more in _MORE.get(language, {}).items():
        yield from ((unit, name.replace("_", " ")) for name in more.split())


def _unit_forms(unit: str, locale: Locale) -> Iterator[str]:
    for length in ("long", "short"):
        for count in (1, 2, 5, 1.5):
            try:
                written = format_unit(count, unit, length, locale=locale)
            except UnknownUnitError:
                return
            name = re.sub(r"[\d.,]+", "", written).strip()
            letters = len(name) == 1 and name.isalpha() and name.lower() not in _LETTERS
            if name and not letters and name.lower() not in _NO_UNITS and "." not in written[2:]:
                yield name


def _plain(name: str) -> str:
    return " ".join(re.split(rf"{_JOINT}+", name.lower()))
