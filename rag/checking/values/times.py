"""Read the times of day in a sentence: "15 Uhr", "3 p.m.", "17:30"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vectorstore import Span

_CLOCK = re.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?\s?"
    r"(?:(?P<uhr>Uhr\b)|(?P<half>[ap])\.?\s?m\b\.?|o['’]clock)"
    r"|(?<![\d.,:])(?P<bare>[01]?\d|2[0-4]):(?P<past>[0-5]\d)(?![\d:])"
)


@dataclass(frozen=True)
class Time:
    """A time of day, in minutes after midnight; both halves of the day if it is not said which."""

    text: str
    span: Span
    minutes: frozenset[int]


def find_times(text: str) -> list[Time]:
    """Return the times of day in a text."""
    found: list[Time] = []
    for match in _CLOCK.finditer(text):
        hour = int(match["hour"] or match["bare"])
        minute = int(match["minute"] or match["past"] or 0)
        if match["half"]:
            hours = {hour % 12 + (12 if match["half"] == "p" else 0)}
        elif hour <= 12 and not match["uhr"]:
            hours = {hour % 24, (hour + 12) % 24}
        else:
            hours = {hour % 24}
        found.append(Time(match[0], match.span(), frozenset(h * 60 + minute for h in hours)))
    return found
