"""Find the numbers in a sentence as values, so that "1.200", "1,200" and "1 200" are one.

A claim is read strictly: each number that it states has to be found. The words that it rests on
are read generously: whatever a number there may mean is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.checking.values.numerals import (
    DIGITS,
    SUFFIX,
    load_words,
    read_digits,
    read_half,
    read_roman,
    read_scale,
    read_suffix,
    read_word,
)
from vectorstore import Span

_HYPHENATED_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_RANGE = re.compile(r"\s*(?:bis|to|or|oder|und|and|[-–—/])\s*(?:[$€£]\s?)?")
_SHORT_YEAR = re.compile(r"(?<!\w)['’‘](\d\d)(?!\d)")
_SHORT_YEARS = re.compile(r"(?<!\d)([12]\d)(\d\d)\s?[/–-]\s?(\d\d)(?!\d)")
_DECADE = re.compile(r"(?<!\d)(?P<century>1\d|20)?(?P<tens>\d)0(?:er|s|ern)\b")
# Of one letter they are mostly something else: read in evidence only, as "grade I".
_ROMAN = re.compile(r"\b(?=[IVX]{2,7}\b)X{0,3}(?:IX|IV|V?I{0,3})\b")
_SHORT_ROMAN = re.compile(r"(?<=[^\W\d_] )[IVX]\b(?! [a-z])")
_ORDINAL = re.compile(r"\.(?=[,\s])|(?:st|nd|rd|th)\b")
_ENUMERATED = re.compile(r"\s*\d{1,2}[.)] (?=[A-Z])")
_AND_HALF = re.compile(r" and a half\b")
_CURRENCY = re.compile(r"[$€£] ?$")
_PERCENT = re.compile(
    r"%|\bpro[zc]ent|\bper\s?cent|\bpour cent|\bpor ciento|\bpor cento|\bper cento|\bпроцент"
    r"|\bвідсот",
    re.IGNORECASE,
)
_PERCENT_FAR = 15
_LONGEST_PREFIX = 20
# What a sentence may say a number with that is no number word: read in evidence only.
_LIKE_NUMBERS = {
    1: "eins einzige einzigen einmal erste ersten erster erstes erstmals one first once single",
    2: "second seconds beide beiden beider paar zweimal doppelt doppelte verdoppelt both pair"
    " couple twice double doubled twin zwilling halb halbe hälfte half",
    3: "dreifach dreifache dreimal triple tripled thrice drittel",
    4: "viertel quarter quarters quarterly vierfach",
    10: "jahrzehnt jahrzehnte jahrzehnten decade decades",
    100: "jahrhundert jahrhunderte century centuries",
}
_LIKE = {word: Decimal(value) for value, words in _LIKE_NUMBERS.items() for word in words.split()}


@dataclass(frozen=True)
class Number:
    """A number as it stands in a text, and the values it may mean.

    "Millions" is `vague`. One that is not `plain`, "second" or "2.", may be meant by other words
    than numbers: "both".
    """

    text: str
    span: Span
    values: frozenset[Decimal]
    percent: bool = False
    vague: bool = False
    plain: bool = True


@dataclass(frozen=True)
class _Part:
    """A word or digits that a number is made of, or a scale such as "million"."""

    span: Span
    values: frozenset[Decimal]
    is_scale: bool = False


def find_numbers(text: str, language: str) -> list[Number]:
    """Return the numbers that a text states, in digits and, in German and English, in words."""
    found: list[Number] = []
    scales: list[Decimal] = []
    parts = list(_parts(text, language))
    at = 0
    while at < len(parts):
        first = parts[at]
        (start, end), values = first.span, first.values
        scale = Decimal(1)
        if first.is_scale:
            scale, values = max(values), frozenset({Decimal(1)})
        at += 1
        while at < len(parts) and parts[at].is_scale and _is_next(text, end, parts[at]):
            scale *= max(parts[at].values)
            end = parts[at].span[1]
            at += 1
        if scale == 1 and read_half(text[start:end].casefold()):
            continue  # "half": no number but before a scale
        percent = bool(_PERCENT.match(text[end : end + _PERCENT_FAR].lstrip("- \xa0")))
        values = frozenset((value * scale).normalize() for value in values)
        plain = text[start].isdigit() and not _ORDINAL.match(text, end)
        found.append(Number(text[start:end], (start, end), values, percent, first.is_scale, plain))
        scales.append(scale)
    for i in range(len(found) - 1):
        between = text[found[i].span[1] : found[i + 1].span[0]]
        if scales[i] == 1 != scales[i + 1] and _RANGE.fullmatch(between):  # "2 bis 3 Millionen"
            more = frozenset((value * scales[i + 1]).normalize() for value in found[i].values)
            found[i] = replace(found[i], values=found[i].values | more)
    if language == "en" and found and (item := _ENUMERATED.match(text)):
        found = [number for number in found if number.span[0] >= item.end()]
    return found


def find_romans(text: str) -> list[Number]:
    """Return the Roman numerals from II on, as in "Louis XIV"."""
    return [
        Number(match[0], match.span(), frozenset({read_roman(match[0])}), plain=False)
        for match in _ROMAN.finditer(text)
    ]


def find_decades(text: str) -> list[tuple[Span, frozenset[Decimal]]]:
    """Return the decades that a text names in digits, each with the years that are in it."""
    return [
        (
            match.span(),
            frozenset(
                Decimal(f"{century}{match['tens']}{year}")
                for century in ([match["century"]] if match["century"] else ["19", "20"])
                for year in range(10)
            ),
        )
        for match in _DECADE.finditer(text)
    ]


def find_short_years(text: str) -> list[tuple[Span, frozenset[Decimal]]]:
    """Return the years of which a text gives the last two digits, "’24", and what they may be."""
    return [
        (match.span(), frozenset({Decimal(f"19{match[1]}"), Decimal(f"20{match[1]}")}))
        for match in _SHORT_YEAR.finditer(text)
    ]


def values_in(text: str, language: str) -> frozenset[Decimal]:
    """Return all values that a text may be read to hold."""
    values = {value for number in find_numbers(text, language) for value in number.values}
    values |= {v for part in _parts(text, language) if not part.is_scale for v in part.values}
    for match in _SHORT_YEARS.finditer(text):
        values.add(Decimal(match[1] + match[3]))
    values |= {year for _, years in find_short_years(text) for year in years}
    values |= {year for _, years in find_decades(text) for year in years if year % 10 == 0}
    for pattern in (_ROMAN, _SHORT_ROMAN):
        values |= {read_roman(match[0]) for match in pattern.finditer(text)}
    known = load_words(language)
    for match in _HYPHENATED_WORD.finditer(text.casefold()):
        for word in match[0].split("-"):
            # "dreijährig", "Zweiteiler": the longest beginning that is a number.
            beginnings = (word[:n] for n in range(min(_LONGEST_PREFIX, len(word)), 2, -1))
            first = next((beginning for beginning in beginnings if beginning in known), "")
            if first:
                values.add(known[first])
    return frozenset(values)


def like_values_in(text: str) -> frozenset[Decimal]:
    """Return what words such as "both" or "decade" may stand for, where a claim has a word too."""
    return frozenset(_LIKE[word] for word in re.findall(r"\w+", text.casefold()) if word in _LIKE)


def scales_in(text: str, language: str) -> frozenset[Decimal]:
    """Return the scales that a text counts in, such as a million."""
    return frozenset(v for part in _parts(text, language) if part.is_scale for v in part.values)


def says_percent(text: str) -> bool:
    """Whether a text speaks of per cent at all."""
    return bool(_PERCENT.search(text))


def _parts(text: str, language: str) -> Iterator[_Part]:
    tokens = sorted(
        [*DIGITS.finditer(text), *_HYPHENATED_WORD.finditer(text)], key=lambda m: m.start()
    )
    for at, token in enumerate(tokens):
        start, end = token.span()
        if token.re is DIGITS:
            yield _Part((start, end), read_digits(token, language))
            continue
        word = token[0].casefold()
        digits = tokens[at - 1] if at and tokens[at - 1].end() == start else None
        scale = read_scale(word, language)
        if digits and digits.re is DIGITS and SUFFIX.fullmatch(word):
            # "30m" are metres but for money.
            before = text[max(0, digits.start() - 2) : digits.start()]
            scale = read_suffix(word) if word != "m" or _CURRENCY.search(before) else None
        if scale:
            yield _Part((start, end), frozenset({scale}), is_scale=True)
        elif (value := read_half(word)) is not None:
            yield _Part((start, end), frozenset({value}))
        else:
            value = read_word(word, language)
            if half := _AND_HALF.match(text, end):
                value = (value or Decimal(1)) + Decimal("0.5") if value or word == "one" else None
                end = half.end()
            if value is None and "-" in word:  # "three-day"
                word = word.split("-")[0]
                value, end = read_word(word, language), start + len(word)
            if value is not None:
                yield _Part((start, end), frozenset({value}))


def _is_next(text: str, end: int, scale: _Part) -> bool:
    """Whether a scale belongs to the number before it: "two million", "half a million"."""
    return text[end : scale.span[0]].strip("- \xa0") in ("", "a")
