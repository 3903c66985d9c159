"""Read the numbers in a text: digits, number words, "half a million", "drei Viertel".

Number words are read by text2num; the names of large numbers are from the Unicode locale data.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from babel import Locale, UnknownLocaleError
from text_to_num import Token, find_numbers

from vectorstore import Span

# Bounded, so that no text is slow to read.
_DIGITS = re.compile(
    r"(?<!\d)(?P<grouped>\d{1,3}(?P<gap>[.,'’ \xa0\u2009\u202f])\d{3}(?:(?P=gap)\d{3}){0,8})(?!\d)"
    r"(?P<decimals>[.,]\d{1,20})?|(?P<plain>\d{1,40}(?:[.,]\d{1,20})?)"
)
_WORD = re.compile(r"[^\W\d_]+")
_READ = frozenset("de en es fr it nl pt".split())
_HALF = re.compile(r"halb(?:e[nmrs]?)?|hälfte|half|halves|halbier\w*|halv(?:ed|ing)")
_A = re.compile(r"\b(?:an?|one|eine?[nmrs]?|der|die|the)[\s-]$", re.IGNORECASE)
# Behind a part of a whole, where it is none of "a third man".
_NO_NOUN = re.compile(r"\s(?:of|from|to|in|more|less|than|der|des|von|aller)\b|\s?[,.;:)]|$")
# A "second" is a time, "ihre Elf" a team, "second-placed" a place, "halb zwei" not two.
_NO_NUMBER = re.compile(r"\b(?:an?|one|per|each|every)\s$|-$")
_OF_CLOCK = re.compile(r"\b(?:halb|viertel|half|quarter)\s(?:(?:vor|nach|to|past)\s)?$", re.I)
_TO_SCALE = re.compile(r"[-\s]{0,2}|\s(?:of\s)?(?:an?|einer)\s")
_AND_A = re.compile(r"\s(?:and|und)\s(?:an?|eine?[nr]?)\s")
_SHORT = {"k": 1e3, "tsd": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "bn": 1e9, "mrd": 1e9, "tn": 1e12}
_SHORT |= {"hundert": 100.0, "hundred": 100.0, "dutzend": 12.0, "dozen": 12.0}
# Behind the number in a German compound that is surely meant as a number.
_COUNTED = re.compile(
    r"(?:jahr|jähr|monat|woch|wöch|tag|täg|stund|stünd|minut|minüt|sekund|prozent|kilo|köpf|fach"
    r"|stellig|teilig|stöckig)"
)
# Words that stand for a number without being one.
_LIKE = {"both": 2.0, "beide": 2.0, "beiden": 2.0, "pair": 2.0, "paar": 2.0, "couple": 2.0}
_LIKE |= {"double": 2.0, "doubled": 2.0, "doppelt": 2.0, "twice": 2.0, "anderthalb": 1.5}


@dataclass(frozen=True)
class Number:
    """A number at its place in a text, and the values that it may have.

    A "part" is of a whole, a "scale" one that multiplies what is before it. A number that is not
    `sure` may be none: the "zwei" of "zweifeln", a "pair", "millions".
    """

    span: Span
    values: tuple[float, ...]
    kind: Literal["number", "part", "scale"] = "number"
    sure: bool = True


class _Word(Token):  # type: ignore[misc]
    """A word as text2num takes it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def text(self) -> str:
        return self._text


def read_numbers(text: str, language: str) -> list[Number]:
    """Return the numbers in a text, in their order, none within another."""
    found: list[Number] = []
    for piece in sorted(_read_pieces(text, language), key=lambda p: (p.span[0], -p.span[1])):
        last = found[-1] if found else None
        if last and piece.span[0] < last.span[1]:
            continue
        joined = _join(last, piece, text[last.span[1] : piece.span[0]]) if last else None
        found[-1:] = [joined] if joined else [*found[-1:], piece]
    return found


def load_locale(language: str) -> Locale:
    """Return the locale data of a language, those of English where there are none."""
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _join(one: Number, other: Number, gap: str) -> Number | None:
    """Return the number that two pieces make, "drei" and "Viertel", None if they make none."""
    span = one.span[0], other.span[1]
    part = other.kind == "part" and one.kind == "number" and gap in (" ", "-", "")
    if other.kind == "part" and one.kind == "number" and _AND_A.fullmatch(gap):
        return replace(one, span=span, values=tuple(v + other.values[0] for v in one.values))
    if not part and not (other.kind == "scale" and _TO_SCALE.fullmatch(gap)):
        return None
    values = tuple(v * factor for v in one.values for factor in other.values)
    sure = one.sure or one.kind == "part"
    return Number(span, values, "part" if part else "number", sure)


def _read_pieces(text: str, language: str) -> Iterator[Number]:
    scales = _load_scales(language)
    if language in _READ:
        yield from _read_words(text, language)
    for digits in _DIGITS.finditer(text):
        yield Number(digits.span(), _read_digits(digits, language))
    for token in _WORD.finditer(text):
        (start, end), word = token.span(), token[0].lower()
        known = next((w for w in (word, word[:-1]) if w in scales), "")
        if known and (len(known) > 2 or text[start - 1 : start].isdigit()):
            # "30m" may be metres.
            values = (scales[known], 1.0) if word == "m" else (scales[known],)
            sure = bool(_A.search(text[max(0, start - 6) : start]))
            end += len(word) == 3 and text[end : end + 1] == "."
            yield Number((start, end), values, "scale", sure)
        elif _HALF.fullmatch(word) or word in ("quarter", "quarters"):
            sure = word == "hälfte" or bool(_NO_NOUN.match(text, end))
            yield Number((start, end), (0.25 if word[0] == "q" else 0.5,), "part", sure)
        elif word in _LIKE:
            yield Number((start, end), (_LIKE[word],), sure=word == "anderthalb")
        elif language == "de" and (number := _read_compound(word)):
            yield replace(number, span=(start, start + number.span[1]))


def _read_digits(match: re.Match[str], language: str) -> tuple[float, ...]:
    """Read digits: 1.000 is a thousand in German, one in English, either in other languages."""
    if match["plain"]:
        return (float(match["plain"].replace(",", ".")),)
    whole, gap = match["grouped"], match["gap"]
    thousands = float(whole.replace(gap, "") + (match["decimals"] or "").replace(",", "."))
    if whole.count(gap) > 1 or match["decimals"] or gap not in ".,":
        return (thousands,)
    both = thousands, float(whole.replace(",", "."))
    groups = {"de": ".", "en": ","}.get(language)
    return both if groups is None else both[:1] if gap == groups else both[1:]


def _read_words(text: str, language: str) -> Iterator[Number]:
    """Read number words other than the names of scales alone."""
    tokens = list(re.finditer(r"[^\W\d_]+|[\W\d_]+", text))
    for found in find_numbers([_Word(token[0]) for token in tokens], language, 0.0):
        span = tokens[found.start].start(), tokens[found.end - 1].end()
        written, before = text[slice(*span)], text[max(0, span[0] - 15) : span[0]]
        scale = written.lower().rstrip("s") in _load_scales(language)
        if scale or not written[:2].isalpha() or len(written) < 2:  # the "o" of "o'clock"
            continue
        plural = language == "en" and written.endswith("s")
        # "A fifth of", "two fifths": an ordinal is a part of a whole.
        part = language == "en" and found.is_ordinal and found.value > 2
        part = part and (plural or bool(_A.search(before) and _NO_NOUN.match(text, span[1])))
        noun = language == "de" and written[0].isupper() and before.strip()[-1:].isalpha()
        beside = _NO_NUMBER.search(before) or text[span[1] : span[1] + 1] == "-"
        loose = noun or plural or _OF_CLOCK.search(before) or (found.is_ordinal and beside)
        sure = part or not loose
        value = 1 / found.value if part else found.value
        yield Number(span, (value,), "part" if part else "number", sure)


@functools.lru_cache(maxsize=4096)
def _read_compound(word: str) -> Number | None:
    """Read the number that a German word begins with: "dreijährig", "Zweidrittelmehrheit"."""
    loose = None
    for size in range(min(len(word), 20), 2, -1):
        begin, rest = word[:size], word[size:]
        if begin.endswith("tel") and (of := _read_word(begin[:-3] + "te")):
            return Number((0, size + len(rest) * (rest in ("n", "s"))), (1 / of,), "part")
        if (value := _read_word(begin)) is not None:
            if rest.startswith("einhalb"):
                return Number((0, size + 7), (value + 0.5,))
            if (part := _read_compound(rest)) and part.kind == "part":
                return Number((0, size + part.span[1]), (value * part.values[0],), "part")
            if _COUNTED.match(rest):
                return Number((0, size), (value,))
            loose = loose or Number((0, size), (value,), sure=False)
    return loose


def _read_word(word: str) -> float | None:
    """Return what a German cardinal or ordinal, or the stem of one, means, None for another."""
    found = find_numbers([_Word(word)], "de", 0.0) or find_numbers([_Word(word + "e")], "de", 0.0)
    return float(found[0].value) if found else None


@functools.cache
def _load_scales(language: str) -> dict[str, float]:
    """Return the names of large numbers."""
    found: dict[str, float] = {}
    for sizes in load_locale(language).compact_decimal_formats["long"].values():
        for size, pattern in sizes.items():
            if name := re.sub(r"[\W\d_]", "", pattern.pattern).lower():
                found.setdefault(name, float(size) / 10 ** (pattern.pattern.count("0") - 1))
    return found | _SHORT
