"""The time that a question is about, as days, if it can be known surely."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass, replace
from itertools import islice

from rag.question.time_words import (
    DATA,
    JOINERS,
    LAST,
    PREPOSITIONS,
    SKIPPED,
    THIS,
    is_likely,
    load_parser,
    names_of,
    straighten,
    units_of,
)

_STALE = datetime.timedelta(days=31)
"""An archive whose newest article is older is asked as of the day of that article."""
_MOST_WORDS = 4
"""Words of a time without its preposition, such as "vor zwei Wochen"."""
_MOST_READ = 100
"""Words of a question that are read, of which each may take milliseconds."""
_YEARS = range(1600, 2101)
_DAY = datetime.timedelta(days=1)

_WORD = re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d{4})?|\d{4}-\d{2}-\d{2}|\d+\.?|[^\W\d_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class FoundTime:
    """The days that a question is about; None is an open end.

    `words` are the question's own. `counted_from` is the day that words such as "last week" are
    counted from: today if `from_today`, else the day of the newest article. It is None for a date.
    """

    words: str
    first: datetime.date | None
    last: datetime.date | None
    counted_from: datetime.date | None = None
    from_today: bool = True


@dataclass(frozen=True)
class _Period:
    """Days that words stand for; `end` is the number of the word after them."""

    first: datetime.date
    last: datetime.date
    unit: str
    relative: bool
    end: int = 0
    length: int = 0


def find_time(
    question: str,
    language: str,
    *,
    today: datetime.date,
    days: tuple[datetime.date, datetime.date] | None,
) -> FoundTime | None:
    """Return the time that limits the articles a question can be about, None if none surely does.

    `days` are those of the first and the newest article. A single day limits nothing without a
    preposition that makes it an end ("seit Dienstag"), because its events are in the articles of
    other days too. Neither does a date without articles: "1945" is not when they were written. But
    "last week" limits them even if nothing is of that week.
    """
    if language not in DATA or days is None:
        return None
    stale = today - days[1] > _STALE
    reader = _Reader(question, language, days[1] if stale else today)
    for at, word in enumerate(reader.words):
        for first, last, period in reader.limits_at(at):
            empty = (first or days[0]) > days[1] or (last or days[1]) < days[0]
            if empty and not reader.is_recent(period):
                continue
            said = question[word.start() : reader.words[period.end - 1].end()]
            counted = reader.base if period.relative else None
            return FoundTime(said, first, last, counted, not stale)
    return None


_Limits = tuple[datetime.date | None, datetime.date | None, _Period]


class _Reader:
    """Reads the times in one question, as of a base day."""

    def __init__(self, question: str, language: str, base: datetime.date) -> None:
        self.base = base
        self.words = list(islice(_WORD.finditer(question), _MOST_READ))
        self._question = question
        self._language = language

    def limits_at(self, at: int) -> list[_Limits]:
        """Return the limits that begin with a word, if any."""
        kind = PREPOSITIONS[self._language].get(self.words[at][0].casefold())
        alone = self._period_at(at)
        if alone is not None and not self._is_length(alone):
            # A month or a weekday alone ("may", "am Dienstag") can be anything.
            sure = alone.relative and (alone.length > 1 or not self._is_name(at))
            # What happened yesterday is in the articles of today.
            return [(alone.first, alone.last + (alone.unit == "day") * _DAY, alone)] * sure
        if kind == "between":
            return self._pair(self._skip(at + 1))
        found = self._period_at(self._skip(at + 1)) if kind is not None else None
        if kind is None or found is None or self._is_length(found):
            return []
        if kind == "in":
            return [(found.first, found.last, found)] * (found.unit != "day")
        limits: dict[str, _Limits] = {
            "since": (found.first, None, found),
            "before": (None, found.first - _DAY, found),
            "until": (None, found.last, found),
            # The articles of a day can come after an event of that day.
            "after": (found.last + (found.unit != "day") * _DAY, None, found),
        }
        return [limits[kind]]

    def is_recent(self, found: _Period) -> bool:
        """Whether words such as "last week" can mean nothing but the time of the articles."""
        places = range(found.end - found.length, found.end)
        return found.relative and not any(map(self._is_name, places))

    def _pair(self, at: int) -> list[_Limits]:
        begin = self._period_at(at)
        joiner = at + 1 if begin is None else begin.end
        joined = joiner < len(self.words) and self.words[joiner][0].casefold()
        if joined not in JOINERS[self._language]:
            return []
        end = self._period_at(self._skip(joiner + 1))
        if end is None:
            return []
        if begin is None:
            # "vom 17. bis 20. Juni 2024"
            number = self.words[at][0].rstrip(".")
            if end.unit != "day" or not number.isdecimal() or not 1 <= int(number) <= end.last.day:
                return []
            return [(end.last.replace(day=int(number)), end.last, end)]
        first = begin.first
        if begin.relative and not end.relative:
            # The year of both stands at the second: "zwischen Mai und Juni 2023".
            most = calendar.monthrange(end.last.year, first.month)[1]
            first = first.replace(year=end.last.year, day=min(first.day, most))
        return [(first, end.last, end)] if first <= end.last else []

    def _skip(self, at: int) -> int:
        there = at < len(self.words) and self.words[at][0].casefold()
        return at + (there in SKIPPED[self._language])

    def _is_name(self, at: int) -> bool:
        return self.words[at][0].casefold() in names_of(self._language)

    def _is_length(self, found: _Period) -> bool:
        """Whether words are a length of time: "seit einem Jahr", "in two weeks"."""
        words = [word[0] for word in self.words[found.end - found.length : found.end]]
        placed = words[0].casefold() == "vor" or words[-1].casefold() == "ago"
        said = placed or LAST.fullmatch(words[0]) or THIS.fullmatch(words[0])
        return found.relative and not said and words[-1].casefold() in units_of(self._language)

    def _period_at(self, at: int) -> _Period | None:
        """Return the time in the most words from one on."""
        for end in range(min(len(self.words), at + _MOST_WORDS), at, -1):
            text = self._question[self.words[at].start() : self.words[end - 1].end()]
            if is_likely(text, self._language) and (period := self._read(text)) is not None:
                return replace(period, end=end, length=end - at)
        return None

    def _read(self, text: str) -> _Period | None:
        if _YEAR.fullmatch(text):
            return _whole(datetime.date(int(text), 1, 1), "year", False)
        adjective, _, rest = text.partition(" ")
        if LAST.fullmatch(adjective) and re.match(r"\d|\w+ \w", rest):
            # "in den letzten zwei Wochen"
            ago = f"vor {rest}" if self._language == "de" else f"{rest} ago"
            parsed = self._parse(ago, self.base)
            return parsed and _Period(parsed[0], self.base, "span", True)
        text = straighten(text, self._language)
        parsed = self._parse(text, self.base)
        if parsed is None:
            return None
        # A year back, and to another day of another month: only a whole date stays the same.
        elsewhere = self._parse(text, self.base - datetime.timedelta(days=410))
        period = _whole(*parsed, False)
        same = elsewhere is not None and _whole(*elsewhere, False) == period
        return replace(period, relative=not same)

    def _parse(self, text: str, base: datetime.date) -> tuple[datetime.date, str] | None:
        found = load_parser(self._language, base).get_date_data(text)
        known = found.date_obj is not None and found.date_obj.year in _YEARS
        return (found.date_obj.date(), found.period) if known else None


def _whole(day: datetime.date, unit: str, relative: bool) -> _Period:
    """Return the whole week, month or year of a day."""
    if unit == "week":
        monday = day - day.weekday() * _DAY
        return _Period(monday, monday + 6 * _DAY, unit, relative)
    if unit == "month":
        last = calendar.monthrange(day.year, day.month)[1]
        return _Period(day.replace(day=1), day.replace(day=last), unit, relative)
    if unit == "year":
        return _Period(day.replace(month=1, day=1), day.replace(month=12, day=31), unit, relative)
    return _Period(day, day, "day", relative)
