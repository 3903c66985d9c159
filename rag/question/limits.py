"""The limits that a question is asked within, as one line in the question's language."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval

from rag.phrases import PHRASES
from vectorstore import Filter

_LOCALES = {"en": "en_GB"}


def describe_limits(filter: Filter, language: str) -> str:
    """Return the conditions of a filter, such as "17 – 20 Jun 2024 · Lahntaler Bote · German"."""
    phrases, parts = PHRASES[language], [_describe_days(filter, language)]
    if filter.sources is not None:
        parts.append(" / ".join(sorted(filter.sources)))
    if filter.languages is not None:
        parts.append(" / ".join(_name(code, language) for code in sorted(filter.languages)))
    if filter.articles is not None:
        parts.append(phrases.chosen.format(count=len(filter.articles)))
    return " · ".join(part for part in parts if part)


def _describe_days(filter: Filter, language: str) -> str:
    first, last = filter.date_from, filter.date_to
    locale, phrases = _LOCALES.get(language, language), PHRASES[language]
    if first and last:
        # Babel writes a range of one day in a way of its own.
        same = first == last
        return str(
            format_date(first, "long", locale=locale)
            if same
            else format_interval(first, last, "yMMMMd", locale=locale)
        )
    if first:
        return phrases.since.format(day=format_date(first, "long", locale=locale))
    return phrases.until.format(day=format_date(last, "long", locale=locale)) if last else ""


def _name(code: str, language: str) -> str:
    try:
        return Locale.parse(code, sep="-").get_display_name(language) or code
    except (ValueError, UnknownLocaleError):
        return code
