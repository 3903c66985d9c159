"""The words of times, in German and English: dateparser's own, and those that it does not know.

It knows neither German inflections ("in der letzten Woche") nor what a preposition does ("seit
Dienstag").
"""

from __future__ import annotations

import calendar
import datetime
import functools
import re

from dateparser import DateDataParser
from dateparser.data.date_translation_data import de, en

DATA = {"de": de.info, "en": en.info}
PREPOSITIONS = {
    "de": {
        **dict.fromkeys(("in", "im", "während"), "in"),
        **dict.fromkeys(("seit", "ab"), "since"),
        **dict.fromkeys(("zwischen", "von", "vom"), "between"),
        **{"vor": "before", "bis": "until", "nach": "after"},
    },
    "en": {
        **dict.fromkeys(("in", "during"), "in"),
        **dict.fromkeys(("between", "from"), "between"),
        **dict.fromkeys(("until", "till"), "until"),
        **{"since": "since", "before": "before", "after": "after"},
    },
}
JOINERS = {"de": ("und", "bis", "zum"), "en": ("and", "to", "until")}
SKIPPED = {"de": ("dem", "den", "der", "die", "das"), "en": ("the",)}
LAST = re.compile(r"(?i)(?:letzt|vergangen|vorig)\w*|last|past|previous")
THIS = re.compile(r"(?i)diese[nrsm]?|this")
# The adjectives with which dateparser's words for a week, a month and a year stand.
_GERMAN = {
    "woche": ("letzte", "diese"),
    "monat": ("letzten", "diesen"),
    "jahr": ("letztes", "dieses"),
}


def straighten(text: str, language: str) -> str:
    """Return "letzten Woche" as "letzte woche", "past week" as "last week": dateparser's words."""
    adjective, _, noun = text.partition(" ")
    forms = _GERMAN.get(noun.casefold()) if language == "de" else ("last", "this")
    if LAST.fullmatch(adjective) and noun:
        return f"{forms[0]} {noun}" if forms else noun
    return f"{forms[1]} {noun}" if forms and THIS.fullmatch(adjective) else text


def is_likely(text: str, language: str) -> bool:
    """Whether a text has a word or a number of a time, so that it is worth reading: 0.4 ms."""
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+|[\d.-]+", text)]
    # dateparser passes over words such as "und" and "on", which part one time from the next.
    parting = _parting(language) - ({"vor"} if words[0] == "vor" else set())
    return not parting.intersection(words) and any(
        word in _vocabulary(language) or re.match(r"\d{1,2}\.\d|\d{4}", word) for word in words
    )


@functools.cache
def _parting(language: str) -> frozenset[str]:
    """Return the words that are in no time, but may stand before or between times."""
    skipped = [word for word in DATA[language]["skip"] if word.isalpha() and word != "of"]
    ours = (*PREPOSITIONS[language], *JOINERS[language], *SKIPPED[language])
    return frozenset(word.casefold() for word in (*skipped, *ours))


@functools.cache
def names_of(language: str) -> frozenset[str]:
    """Return the names of months and weekdays."""
    named = (*calendar.month_name[1:], *calendar.day_name)
    data = DATA[language]
    return frozenset(name.casefold() for key in named for name in data[key.lower()])


@functools.cache
def units_of(language: str) -> frozenset[str]:
    """Return the names of days, weeks, months and years."""
    data = DATA[language]
    named = [name for key in ("year", "month", "week", "day") for name in data[key]]
    return frozenset(name.casefold() for name in named if len(name) > 2)


@functools.cache
def _vocabulary(language: str) -> frozenset[str]:
    """Return the names of months, weekdays and units, and words such as "yesterday"."""
    data = DATA[language]
    said = [one for words in data["relative-type"].values() for one in words if " " not in one]
    known = {name.casefold() for name in said} | units_of(language) | names_of(language)
    return frozenset(name for name in known if len(name) > 2)


@functools.lru_cache(maxsize=8)
def load_parser(language: str, base: datetime.date) -> DateDataParser:
    """Return the parser that counts times such as "yesterday" from a day."""
    settings = {
        "RELATIVE_BASE": datetime.datetime.combine(base, datetime.time(12)),
        "PREFER_DATES_FROM": "past",
        "PREFER_DAY_OF_MONTH": "first",
        "DATE_ORDER": "DMY",
        "PREFER_LOCALE_DATE_ORDER": False,
    }
    return DateDataParser(languages=[language], settings=settings)
