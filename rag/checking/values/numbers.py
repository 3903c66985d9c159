"""Read the numbers in a text: digits, number words, "two and a half million", "drei Viertel".

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
    r"(?P<decimals>[.,]\d{1,20})?|(?P<plain>\d{1,40}(?:[.,]\d{1,20})?)(?P<and>[½¼¾])?"
)
_SIGNS = {"½": 0.5, "¼": 0.25, "¾": 0.75, None: 0.0}
_ORDINAL = re.compile(r"\.(?=[,\s])|(?:st|nd|rd|th)\b")
_WORD = re.compile(r"[^\W\d_]+")
_READ = frozenset("de en es fr it nl pt".split())
_HALF = re.compile(r"halb(?:e[nmrs]?)?|hälfte|half|halves|halbier\w*|halv(?:ed|ing)")
_A = re.compile(r"\b(?:an?|one|eine?[nmrs]?|der|die|the)[\s-]$", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:mehrere|einige|ein paar|several|a few|many|some|viele)\s$")
# Behind a part of a whole, where it is none of "a third man".
_NO_NOUN = re.compile(r"\s(?:of|from|to|in|more|less|than|der|des|von|aller)\b|\s?[,.;:)]|$")
# A "second" is a time, "ihre Elf" a team, "second-placed" a place.
_NO_NUMBER = re.compile(r"\b(?:an?|per|each|every)\s$|-$")
_TO_SCALE = re.compile(r"[-\s]{0,2}|\s(?:of\s)?(?:an?|einer)\s")
_AND_A = re.compile(r"\s(?:and|und)\s(?:an?|eine?[nr]?)\s")
_SCALES = {
    "": {"k": 1e3, "tsd": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "mio": 1e6, "bn": 1e9, "tn": 1e12},
    "de": {"hundert": 100.0, "dutzend": 12.0, "mrd": 1e9},
    "en": {"hundred": 100.0, "dozen": 12.0},
}
# Behind the number in a German compound that is surely meant as a number.
_COUNTED = re.compile(
    r"(?:jahr|jähr|monat|woch|wöch|tag|täg|stund|stünd|minut|minüt|sekund|prozent|kilo|köpf|fach"
    r"|stellig|teilig|stöckig)"
)
# Words that stand for a number without being one.
_LIKE = {"both": 2, "beide": 2, "beiden": 2, "pair": 2, "paar": 2, "couple": 2, "twice": 2}
_LIKE |= {"double": 2, "doubled": 2, "doppelt": 2, "doppelte": 2, "verdoppelt": 2, "duo": 2}
_LIKE |= {"trio": 3, "triple": 3, "quartett": 4, "quartet": 4, "once": 1, "decade": 10}


@dataclass(frozen=True)
class Number:
    """A number at its place in a text, and the values that it may have.

    A "part" is of a whole, a "scale" one that multiplies what is before it. A number that is not
    `sure` may be none: the "zwei" of "zweifeln", a "pair", "millions".
    """

    span: Span
    values: tuple[float, ...]
    kind: Literal["number", "part", "scale"] = "number"
    ordinal: bool = False
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


def _join(one: Number, other: Number, gap: str) -> Number | None:
    """Return the number that two pieces make, "drei" and "Viertel", None if they make none."""
    span = one.span[0], other.span[1]
    if other.kind == "part" and one.kind == "number" and _AND_A.fullmatch(gap):
        return replace(one, span=span, values=tuple(v + other.values[0] for v in one.values))
    times = other.kind == "scale" and _TO_SCALE.fullmatch(gap)
    if not times and not (other.kind == "part" and one.kind == "number" and gap in (" ", "-", "")):
        return None
    values = tuple(v * factor for v in one.values for factor in other.values)
    kind: Literal["number", "part"] = "part" if other.kind == "part" else "number"
    return replace(one, span=span, values=values, kind=kind, sure=one.sure or one.kind == "part")


def _read_pieces(text: str, language: str) -> Iterator[Number]:
    scales = _load_scales(language)
    tokens = sorted([*_DIGITS.finditer(text), *_WORD.finditer(text)], key=lambda m: m.start())
    digits_end = -1
    if language in _READ:
        yield from _read_words(text, language)
    for token in tokens:
        span, word = token.span(), token[0].lower()
        known = next((w for w in (word, word[:-1], word[:-2]) if w in scales), "")
        before = text[max(0, span[0] - 12) : span[0]]
        if token.re is _DIGITS:
            digits_end = span[1]
            yield _read_digits(token, language)
        elif span[0] == digits_end and word in _SCALES[""]:
            factor = _SCALES[""][word]
            # "30m" may be metres.
            yield Number(span, (factor, 1.0) if word == "m" else (factor,), "scale")
        elif known:
            factor, plural = scales[known]
            span = (span[0], span[1] + (len(word) == 3 and text[span[1] : span[1] + 1] == "."))
            vague = (plural or word != known) and not _A.search(before)
            sure = not vague and not _SEVERAL.search(before)
            yield Number(span, (factor,), "scale", sure=sure)
        elif _HALF.fullmatch(word) or word in ("quarter", "quarters"):
            sure = word == "hälfte" or bool(_NO_NOUN.match(text, span[1]))
            yield Number(span, (0.25 if word[0] == "q" else 0.5,), "part", sure=sure)
        elif word in _LIKE:
            yield Number(span, (float(_LIKE[word]),), sure=False)
        elif language == "de":
            for number in _read_compound(word):
                start, end = number.span
                yield replace(number, span=(span[0] + start, span[0] + end))


def _read_digits(match: re.Match[str], language: str) -> Number:
    """Read digits: 1.000 is a thousand in German, one in English, either in other languages."""
    behind = _ORDINAL.match(match.string, match.end())
    span = match.start(), behind.end() if behind else match.end()
    if match["plain"]:
        values = (float(match["plain"].replace(",", ".")) + _SIGNS[match["and"]],)
        return Number(span, values, ordinal=bool(behind))
    whole, gap = match["grouped"], match["gap"]
    thousands = float(whole.replace(gap, "") + (match["decimals"] or "").replace(",", "."))
    if whole.count(gap) > 1 or match["decimals"] or gap not in ".,":
        return Number(span, (thousands,), ordinal=bool(behind))
    fraction, groups = float(whole.replace(",", ".")), {"de": ".", "en": ","}.get(language)
    both = (thousands, fraction)
    return Number(span, both if groups is None else both[:1] if gap == groups else both[1:])


def _read_words(text: str, language: str) -> Iterator[Number]:
    """Read number words other than the names of scales alone."""
    tokens = list(re.finditer(r"[^\W\d_]+|[\W\d_]+", text))
    for found in find_numbers([_Word(token[0]) for token in tokens], language, 0.0):
        span = tokens[found.start].start(), tokens[found.end - 1].end()
        written, before = text[slice(*span)], text[max(0, span[0] - 12) : span[0]]
        if written.lower().rstrip("s") in _load_scales(language) or not written[:2].isalpha():
            continue
        plural = language == "en" and written.endswith("s")
        # "A fifth of", "two fifths": an ordinal is a part of a whole.
        part = language == "en" and found.is_ordinal and found.value > 2
        part = part and (plural or bool(_A.search(before) and _NO_NOUN.match(text, span[1])))
        noun = language == "de" and written[0].isupper() and before.strip()[-1:].isalpha()
        beside = _NO_NUMBER.search(before) or text[span[1] : span[1] + 1] == "-"
        sure = part or not (noun or plural or (found.is_ordinal and beside))
        value = 1 / found.value if part else found.value
        kind: Literal["number", "part"] = "part" if part else "number"
        yield Number(span, (value,), kind, found.is_ordinal, sure)


@functools.lru_cache(maxsize=4096)
def _read_compound(word: str) -> tuple[Number, ...]:
    """Read the number in a German word: "dreijährig", "Viertelstunde", "Tabellenzehnter"."""
    sizes = range(min(len(word), 20), 2, -1)
    for beginning, value in (("anderthalb", 1.5), ("dreiviertel", 0.75), ("halb", 0.5)):
        rest = word[len(beginning) :]
        if word.startswith(beginning) and (value != 0.5 or _COUNTED.match(rest)):
            return (Number((0, len(beginning)), (value,), "part" if value < 1 else "number"),)
    for size in sizes:
        counted, rest = read_word(word[:size]), word[size:]
        if counted is not None and rest.startswith("einhalb"):
            return (Number((0, size + 7), (counted + 0.5,)),)
        if counted is not None and (part := _read_part(rest)):
            return (Number((0, len(word)), (counted * part,), "part"),)
        if counted is not None and _COUNTED.match(rest):
            return (Number((0, size), (counted,)),)
        if word[size - 1] == "l" and (part := _read_part(word[:size])):
            scale = _load_scales("de").get(rest, (1.0, False))[0]
            end = size if scale == 1 and rest not in ("n", "s") else len(word)
            return (Number((0, end), (part * scale,), "part" if scale == 1 else "number"),)
    for size in sizes:
        ends = [(0, word[:size]), (0, word[:size] + "e")]
        ends += [(len(word) - size, word[-size:])] if size > 4 else []
        for start, form in ends:
            if (counted := read_word(form)) is not None:
                span = (start, len(word) if start else size)
                return (Number(span, (counted,), ordinal=form != word[:size], sure=False),)
    return ()


def _read_part(word: str) -> float | None:
    """Return the part of a whole that a German word such as "Zehnteln" is, None for another."""
    stem = word.rstrip("ns")
    value = read_word(stem[:-1]) if stem.endswith("tel") else None
    return 1 / value if value else None


@functools.lru_cache(maxsize=65_536)
def read_word(word: str) -> float | None:
    """Return what a German cardinal or ordinal means, None for another word."""
    found = find_numbers([_Word(word.lower())], "de", 0.0)
    return float(found[0].value) if found else None


@functools.cache
def _load_scales(language: str) -> dict[str, tuple[float, bool]]:
    """Return the names of large numbers, with whether they are plurals: "Millionen"."""
    try:
        formats = Locale.parse(language).compact_decimal_formats
    except (UnknownLocaleError, ValueError):
        formats = Locale("en").compact_decimal_formats
    found: dict[str, tuple[float, bool]] = {}
    for length, count in (("short", "other"), ("long", "other"), ("long", "one")):
        for size, pattern in formats[length].get(count, {}).items():
            name = re.sub(r"[\W\d_]", "", pattern.pattern).lower()
            zeros = pattern.pattern.count("0")
            if len(name) > 2 and zeros and (count == "other" or zeros == 1):
                plural = count == "other" and language != "en"
                found[name] = float(size) / 10 ** (zeros - 1), plural
    return found | {name: (size, False) for name, size in _SCALES.get(language, {}).items()}
