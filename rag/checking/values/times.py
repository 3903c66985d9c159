"""Read times of day: "15 Uhr", "3 p.m.", "halb zwei", "Viertel vor zehn", "noon"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.checking.values.numbers import read_numbers
from vectorstore import Span

_CLOCK = re.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?\s?"
    r"(?:(?P<uhr>Uhr\b)|(?P<half>[ap])\.?\s?m\b\.?)"
    r"|(?<![\d.,:])(?P<alone>[01]?\d|2[0-4]):(?P<past>[0-5]\d)(?![\d:]|\s(?:Stund|hour|[Mm]in))"
)
_WORDS = re.compile(
    r"\b(?:(?P<side>halb|(?:viertel|quarter|half)\s(?:vor|nach|to|past))\s)?"
    r"(?P<hour>\d{1,2}|[a-zäöüß]+)"
    r"(?P<full>[\s-](?:o['’]clock|(?<!\d )Uhr\b)|(?P<morning>\sin\sthe\smorning))?",
    re.IGNORECASE,
)
_OFFSETS = {"halb": -30, "viertel vor": -15, "quarter to": -15, "half past": 30}
_OFFSETS |= {"viertel nach": 15, "quarter past": 15}
_NAMED = re.compile(r"\b(?:(midnight|mitternacht)|noon|midday)\b|(?<!vor)(?<!nach)mittag", re.I)
_ABOUT = re.compile(
    r"\b(?:gegen|etwa|rund|ca\.|kurz \w+|about|around|(?:just|shortly) \w+)\s$", re.I
)
# Minutes that "shortly after nine" and "at noon" may be off.
_OFF, _NOON_OFF = 20, 90
_DAY = 24 * 60


@dataclass(frozen=True)
class Time:
    """A time of day, in minutes after midnight, which may be `off` minutes off.

    Both halves of the day if it is not said which.
    """

    text: str
    span: Span
    minutes: frozenset[int]
    off: int = 0


def find_times(text: str, language: str) -> list[Time]:
    """Return the times of day in a text."""
    found: list[Time] = []
    for match in _CLOCK.finditer(text):
        hour = int(match["hour"] or match["alone"])
        minute = int(match["minute"] or match["past"] or 0)
        hours = {hour} if match["uhr"] or hour > 12 else {hour, hour + 12}
        if match["half"]:
            hours = {hour % 12 + (12 if match["half"].lower() == "p" else 0)}
        found.append(_time(text, match, [h * 60 + minute for h in hours]))
    for match in _WORDS.finditer(text):
        if match["side"] or match["full"]:
            numbers = read_numbers(match["hour"], language)
            offset = _OFFSETS.get(" ".join((match["side"] or "").lower().split()), 0)
            hours = {int(v) for n in numbers[:1] for v in n.values if n.sure and 0 < v <= 12}
            halves = (0,) if match["morning"] else (0, 12)
            both = [(h + half) * 60 + offset for h in hours for half in halves]
            found += [_time(text, match, both)] if both else []
    for match in _NAMED.finditer(text):
        minutes, off = (frozenset({0}), _OFF) if match[1] else (frozenset({720}), _NOON_OFF)
        found.append(Time(match[0], match.span(), minutes, off))
    return found


def is_time_borne(time: Time, others: list[Time]) -> bool:
    """Tell whether a time is one of others, as exact as both are given."""
    return any(
        min((mine - theirs) % _DAY, (theirs - mine) % _DAY) <= max(time.off, other.off)
        for other in others
        for mine in time.minutes
        for theirs in other.minutes
    )


def _time(text: str, match: re.Match[str], minutes: list[int]) -> Time:
    about = _ABOUT.search(text[max(0, match.start() - 16) : match.start()])
    whole = frozenset(minute % _DAY for minute in minutes)
    return Time(match[0], match.span(), whole, _OFF if about else 0)
