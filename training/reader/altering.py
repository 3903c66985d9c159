"""Altered sentences: one thing in them changed, so that they are no longer true.

A number, two names, a “nicht”, a word for its opposite, a plan for the deed, some for all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

import numpy as np


def alter(text: str, rng: np.random.Generator) -> str:
    """Return a sentence with one thing altered; "" if it has none of what can be."""
    kinds: list[Callable[[str, np.random.Generator], str]] = [
        _other_number,
        _exchanged_names,
        _negated,
        _turned,
        _turned,
    ]
    order: list[int] = rng.permutation(len(kinds)).tolist()
    return next(filter(None, (kinds[at](text, rng) for at in order)), "")


def _other_number(text: str, rng: np.random.Generator) -> str:
    numbers = [m for m in re.finditer(r"(?<![\w.,])\d{1,4}(?![\w]|[.,]\d)", text)]
    if not numbers:
        return ""
    place = numbers[rng.integers(len(numbers))]
    value = int(place.group())
    sign, change = int(rng.choice([-1, 1])), int(rng.integers(1, max(3, value // 5) + 1))
    # Not the amount of a negative number: 1 - 2 would be 1 again.
    near = value + change if change > value else value + sign * change
    return f"{text[: place.start()]}{near}{text[place.end() :]}"


_NAME = re.compile(r"\b[A-ZÄÖÜ][\w-]{3,}(?: [A-ZÄÖÜ][\w-]{3,})*")
# Between two names that may change places without a change of meaning.
_LISTED = re.compile(r",? (?:und|oder|sowie|and|or) |, ")


def _exchanged_names(text: str, rng: np.random.Generator) -> str:
    # In English capitals are names; in German they are nouns too, and exchanging those is as false.
    names = [m for m in _NAME.finditer(text) if m.start() > 0]
    if len(names) < 2:
        return ""
    first, second = sorted(rng.choice(len(names), 2, replace=False).tolist())
    one, other = names[first], names[second]
    if one.group() == other.group():
        return ""
    between = text[one.end() : other.start()]
    if _LISTED.fullmatch(between):
        return ""
    return f"{text[: one.start()]}{other.group()}{between}{one.group()}{text[other.end() :]}"


def exchange_name(text: str, other: str, rng: np.random.Generator) -> str:
    """Return a sentence with one of another's names in the place of one of its own; "" if none."""
    names = [m for m in _NAME.finditer(text) if m.start() > 0]
    foreign = [m.group() for m in _NAME.finditer(other) if m.start() > 0 and m.group() not in text]
    if not names or not foreign:
        return ""
    place = names[rng.integers(len(names))]
    return text[: place.start()] + foreign[rng.integers(len(foreign))] + text[place.end() :]


_DROPPED = re.compile(r"\b(?:not|nicht|never|nie|kaum|hardly) ")
_ADDED = re.compile(r"\b(?:is|are|was|were|has|have|had|will|ist|sind|war|waren|wird|werden) ")


def _negated(text: str, rng: np.random.Generator) -> str:
    if place := _DROPPED.search(text):
        return text[: place.start()] + text[place.end() :]
    if place := _ADDED.search(text):
        german = place.group().strip() in "ist sind war waren wird werden".split()
        return text[: place.end()] + ("nicht " if german else "not ") + text[place.end() :]
    return ""


@cache
def _turns() -> tuple[dict[str, list[str]], re.Pattern[str]]:
    """Return words that change what a sentence says in each other's place, and a pattern for them.

    Opposites, scope, what is planned or said for what is.
    """
    found: dict[str, list[str]] = {}
    lines = (files("training.reader") / "written" / "turns.tsv").read_text(encoding="utf-8")
    for one, other in (line.split("\t") for line in lines.splitlines()):
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    words = "|".join(sorted(map(re.escape, found), key=len, reverse=True))
    return found, re.compile(rf"\b(?:{words})\b")


def _turned(text: str, rng: np.random.Generator) -> str:
    others, pattern = _turns()
    places = list(pattern.finditer(text))
    if not places:
        return ""
    place = places[rng.integers(len(places))]
    instead = others[place.group()]
    return text[: place.start()] + instead[rng.integers(len(instead))] + text[place.end() :]
