"""Numbers, dates and names of languages as the interface's language writes them."""

from __future__ import annotations

from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from ui.words import Words


def write_number(number: int, words: Words) -> str:
    """Return a whole number with the language's separator of thousands."""
    return str(format_decimal(number, locale=words.locale))


def write_day(written: str, words: Words) -> str:
    """Return the day of an ISO 8601 date, such as "17 June 2024"; other dates stay as they are."""
    try:
        return format_date(date.fromisoformat(written[:10]), "long", locale=words.locale)
    except ValueError:
        return written


def write_days(first: date, last: date, words: Words) -> str:
    """Return two days as a range that names month and year once, such as "17–20 June 2024"."""
    start, end = (format_date(day, "long", locale=words.locale).split() for day in (first, last))
    if start == end:
        return " ".join(end)
    shared = 0
    while shared < len(start) - 1 and start[-1 - shared] == end[-1 - shared]:
        shared += 1
    own = start[: len(start) - shared]
    dash = "–" if len(own) == 1 else " – "
    return " ".join(own) + dash + " ".join(end)


def name_language(code: str, words: Words) -> str:
    """Return a language's name, "" for "und", the code itself if the language is unknown."""
    if code == "und":
        return ""
    try:
        return Locale.parse(code, sep="-").get_display_name(words.locale) or code
    except (ValueError, UnknownLocaleError):
        return code
