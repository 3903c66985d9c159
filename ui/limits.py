"""The limits of a conversation: which articles its questions are asked of, in its address too."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode

from rag.question.times import FoundTime
from vectorstore import Filter

MOST_ARTICLES = 50
"""Articles that can be chosen: more would make an address too long for a mail."""
_MOST_NAMES = 20
_LONGEST_NAME = 200
_ARTICLE = re.compile("[0-9a-f]{16}")
_LANGUAGE = re.compile("[a-z]{2,3}(?:-[A-Za-z]{2,8})?")


@dataclass(frozen=True)
class Limits:
    """A filter, and the time in a question that its days come from, if they do.

    `declined` are the words of times that the person took away: they limit nothing again.
    """

    filter: Filter = Filter()
    time: FoundTime | None = None
    declined: frozenset[str] = frozenset()

    @property
    def asked(self) -> Filter | None:
        """The filter that questions are asked with, None if they are asked of all articles."""
        return None if self.filter == Filter() else self.filter

    def changed(self, query: str) -> Limits:
        """Return these limits as a new query states them."""
        filter = read_query(query)
        if self.time is None or _days(filter) == _days(self.filter):
            return replace(self, filter=filter)
        taken = not any(_days(filter))
        declined = self.declined | ({self.time.words} if taken else set())
        return Limits(filter, declined=declined)

    def with_time(self, time: FoundTime | None) -> Limits:
        """Return these limits with the time in a new question.

        Days that the person set stay, and so do those of an earlier question without a new time.
        """
        by_hand = self.time is None and any(_days(self.filter))
        if time is None or by_hand or time.words in self.declined:
            return self
        filter = replace(self.filter, date_from=time.first, date_to=time.last)
        return replace(self, filter=filter, time=time)


def read_query(query: str) -> Filter:
    """Return the filter in the query of an address; anything that is no limit is left out."""
    given = parse_qs(query.removeprefix("?"), max_num_fields=500) if len(query) < 9_000 else {}
    first, last = _read_day(given.get("from")), _read_day(given.get("to"))
    if first and last and first > last:
        first, last = last, first
    return Filter(
        articles=_read_names(given.get("article"), _ARTICLE, MOST_ARTICLES),
        sources=_read_names(given.get("source"), re.compile(f"(?s).{{1,{_LONGEST_NAME}}}")),
        languages=_read_names(given.get("language"), _LANGUAGE),
        date_from=first,
        date_to=last,
    )


def write_query(filter: Filter) -> str:
    """Return the query of an address for a filter, "" if it has no condition."""
    days = [("from", filter.date_from), ("to", filter.date_to)]
    names = [
        ("source", filter.sources),
        ("language", filter.languages),
        ("article", filter.articles),
    ]
    return urlencode(
        [(name, day.isoformat()) for name, day in days if day]
        + [(name, value) for name, values in names for value in sorted(values or ())]
    )


def _days(filter: Filter) -> tuple[datetime.date | None, datetime.date | None]:
    return filter.date_from, filter.date_to


def _read_day(given: list[str] | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(given[-1]) if given else None
    except ValueError:
        return None


def _read_names(
    given: list[str] | None, form: re.Pattern[str], most: int = _MOST_NAMES
) -> list[str] | None:
    return [name for name in dict.fromkeys(given or ()) if form.fullmatch(name)][:most] or None
