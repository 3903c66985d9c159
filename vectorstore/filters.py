"""Which articles a search is about."""

from __future__ import annotations

import datetime
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
