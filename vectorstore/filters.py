"""Which articles a search is about."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection
from dataclasses import dataclass

from vectorstore.records import day_number


@dataclass(frozen=True)
class Filter:
    """The articles that a search is limited to; they must meet every condition given.

    `articles` are ids, `sources` names of outlets as articles state them, `languages` ISO 639-1
    codes. None sets no condition, an empty collection matches no article. `date_from` and
    `date_to` are the first and the last day; an article without a date matches neither.
    """

    articles: Collection[str] | None = None
    sources: Collection[str] | None = None
    languages: Collection[str] | None = None
    date_from: datetime.date | None = None
    date_to: datetime.date | None = None

    def __post_init__(self) -> None:
        for name in ("articles", "sources", "languages"):
            values = getattr(self, name)
            if isinstance(values, str):
                raise TypeError(f"Filter.{name} takes a collection of names: [{values!r}]")
            if values is not None:
                object.__setattr__(self, name, frozenset(values))

    @property
    def first_day(self) -> int | None:
        """`date_from` as a number that is compared with `Article.day`."""
        return None if self.date_from is None else day_number(self.date_from)

    @property
    def last_day(self) -> int | None:
        """`date_to` as a number that is compared with `Article.day`."""
        return None if self.date_to is None else day_number(self.date_to)


def filter_conditions(filter: Filter | None) -> tuple[str, list[str | int]]:
    """Return a filter as conditions on an article `a`, each after an AND, with their values."""
    if filter is None:
        return "", []
    conditions, values = "", list[str | int]()
    for column, names in (
        ("id", filter.articles),
        ("source", filter.sources),
        ("language", filter.languages),
    ):
        if names is not None:
            # One parameter for any number of names.
            conditions += f" AND a.{column} IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(sorted(names)))
    for comparison, day in ((">=", filter.first_day), ("<=", filter.last_day)):
        if day is not None:
            conditions += f" AND a.day {comparison} ?"
            values.append(day)
    return conditions, values
