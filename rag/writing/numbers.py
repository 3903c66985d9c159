"""Read the numbers in a sentence as values, so that "1.200", "1,200" and "1 200" are one.

A claim is read strictly: each number that it states has to be found. The words that it rests on
are read generously: whatever a number there may mean is found.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_GAPS = ".,'’ \xa0\u2009\u202f"
_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.33", "⅔": "0.67", "⅛": "0.125"}
# Bounded: 100 kB of digits are read in pieces, and no piece is slow to turn into a value.
_DIGITS = re.compile(
    rf"(?<![kcdm]m)(?<!\d)(?P<grouped>\d{{1,3}}(?P<gap>[{_GAPS}])\d{{3}}(?:(?P=gap)\d{{3}}){{0,8}})(?!\d)"
    r"(?P<decimals>[.,]\d{1,20})?|(?<![kcdm]m)(?P<plain>\d{1,40}(?:[.,]\d{1,20})?)(?P<fraction>[½¼¾⅓⅔⅛])?"
    r"|(?P<alone>[½¼¾⅓⅔⅛])"
)
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CLOCK = re.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?\s?"
    r"(?:(?P<uhr>Uhr\b)|(?P<half>[ap])\.?\s?m\b\.?|o['’]clock)"
    r"|(?<![\d.,:])(?P<bare>[01]?\d|2[0-4]):(?P<past>[0-5]\d)(?![\d:])"
)
_RANGE = re.compile(r"\s*(?:bis|to|or|oder|und|and|[-–—/])\s*(?:[$€£]\s?)?")
_SHORT_YEARS = re.compile(r"(?<!\d)([12]\d)(\d\d)\s?[/–-]\s?(\d\d)(?!\d)")
_DECADES = re.compile(r"(?<!\d)(\d0)(?:er|s|ern)\b")
_ROMAN = re.compile(r"\b(?=[IVX]{2,7}\b)X{0,3}(?:IX|IV|V?I{0,3})\b")
_PERCENT = re.compile(
    r"%|\bpro[zc]ent|\bper\s?cent|\bpour cent|\bpor ciento|\bpor cento|\bper cento|\bпроцент"
    r"|\bвідсот",
    re.IGNORECASE,
)

_SMALL = {
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn"
    " fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen",
}
_TENS = {
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
}
_ORDINALS = {
    "de": "zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft",
    "en": "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
}
# German "Billion" is an English trillion; German nouns have a capital, so the two are told apart
# by the language of the text alone.
_SCALES = {
    "de": (
        (r"hundert(?:e|en|er)?", 2),
        (r"tausend(?:e|en|er)?|tsd", 3),
        (r"million(?:en)?|mio|mill", 6),
        (r"milliarden?|mrd", 9),
        (r"billion(?:en)?|bio", 12),
        (r"billiarden?", 15),
    ),
    "en": (
        (r"hundreds?", 2),
        (r"thousands?", 3),
        (r"millions?|mn", 6),
        (r"billions?|bn", 9),
        (r"trillions?|tn", 12),
    ),
    "": (
        (r"mil|mille|tysi\w+|тысяч\w*|тисяч\w*|duizend", 3),
        (r"mi(?:l|ll)(?:i|j|h)?[oóõ]\w*|mln|миллион\w*|мільйон\w*", 6),
        (r"mill?iard\w*|miljard\w*|mld|mrd|миллиард\w*|мільярд\w*", 9),
    ),
}
_DOZEN = re.compile(r"dutzend(?:e|en)?|dozens?")
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


@dataclass(frozen=True)
class Number:
    """A number as it stands in a text, and the values it may mean; "millions" is vague."""

    text: str
    span: tuple[int, int]
    values: frozenset[Decimal]
    percent: bool = False
    vague: bool = False


@dataclass(frozen=True)
class Time:
    """A time of day, in minutes after midnight; both halves of the day if it is not said which."""

    text: str
    span: tuple[int, int]
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


def find_numbers(text: str, language: str) -> list[Number]:
    """Return the numbers that a text states, in digits and, in German and English, in words."""
    found: list[Number] = []
    scales: list[Decimal] = []
    parts = list(_parts(text, language))
    at = 0
    while at < len(parts):
        start, end, values, is_scale = parts[at]
        scale = Decimal(1)
        if is_scale:
            scale, values = max(values), frozenset({Decimal(1)})
        at += 1
        while at < len(parts) and parts[at][3] and not text[end : parts[at][0]].strip("- \xa0"):
            scale *= max(parts[at][2])
            end = parts[at][1]
            at += 1
        percent = bool(_PERCENT.match(text[end : end + 15].lstrip("- \xa0")))
        values = frozenset(_rounded(value * scale) for value in values)
        found.append(Number(text[start:end], (start, end), values, percent, is_scale))
        scales.append(scale)
    for i in range(len(found) - 1):
        between = text[found[i].span[1] : found[i + 1].span[0]]
        if scales[i] == 1 != scales[i + 1] and _RANGE.fullmatch(between):  # "2 bis 3 Millionen"
            more = frozenset(_rounded(value * scales[i + 1]) for value in found[i].values)
            first = found[i]
            found[i] = Number(first.text, first.span, first.values | more, first.percent)
    return found


def values_in(text: str, language: str) -> frozenset[Decimal]:
    """Return all values that a text may be read to hold."""
    numbers = find_numbers(text, language)
    values = {value for number in numbers for value in number.values}
    values |= {value for *_, some, scale in _parts(text, language) if not scale for value in some}
    for match in _SHORT_YEARS.finditer(text):
        values.add(Decimal(match[1] + match[3]))
    for match in _DECADES.finditer(text):
        values |= {Decimal(match[1]), Decimal("19" + match[1])}
    values |= {_roman(match[0]) for match in _ROMAN.finditer(text)}
    known = _load_words(language) if language in _SMALL else {}
    for match in _WORDS.finditer(text.casefold()):
        for word in match[0].split("-"):
            # "dreijährig", "Zweiteiler": the longest beginning that is a number.
            first = next(
                (word[:n] for n in range(min(20, len(word)), 2, -1) if word[:n] in known), ""
            )
            if first:
                values.add(Decimal(known[first]))
    return frozenset(values)


def like_values_in(text: str) -> frozenset[Decimal]:
    """Return what words such as "both" or "decade" may stand for, where a claim has a word too."""
    like = _load_like_numbers()
    return frozenset(Decimal(like[w]) for w in re.findall(r"\w+", text.casefold()) if w in like)


def scales_in(text: str, language: str) -> frozenset[Decimal]:
    """Return the scales that a text counts in, such as a million."""
    return frozenset(
        value for *_, values, is_scale in _parts(text, language) if is_scale for value in values
    )


def says_percent(text: str) -> bool:
    """Whether a text speaks of per cent at all."""
    return bool(_PERCENT.search(text))


def find_romans(text: str) -> list[Number]:
    """Return the Roman numerals from II on, as in "Louis XIV"."""
    return [
        Number(match[0], match.span(), frozenset({_roman(match[0])}))
        for match in _ROMAN.finditer(text)
    ]


def _parts(text: str, language: str) -> Iterator[tuple[int, int, frozenset[Decimal], bool]]:
    """Yield (start, end, values, whether it is a scale such as "million") in order."""
    known = _load_words(language) if language in _SMALL else {}
    scale = _load_scales(language)
    tokens = sorted(
        [*_DIGITS.finditer(text), *_WORDS.finditer(text)], key=lambda match: match.start()
    )
    for token in tokens:
        if token.re is _DIGITS:
            yield (*token.span(), _read_digits(token, language), False)
            continue
        word = token[0].casefold()
        exponent = scale(word)
        if exponent:
            yield (*token.span(), frozenset({Decimal(10) ** exponent}), True)
        elif _DOZEN.fullmatch(word):
            yield (*token.span(), frozenset({Decimal(12)}), True)
            continue
        if word not in known:
            word = word.split("-")[0]  # "three-day"
        if known.get(word, 1) != 1:
            end = token.start() + len(word)
            yield token.start(), end, frozenset({Decimal(known[word])}), False


def _read_digits(match: re.Match[str], language: str) -> frozenset[Decimal]:
    if match["alone"]:
        return frozenset({Decimal(_FRACTIONS[match["alone"]])})
    if match["plain"]:
        value = Decimal(match["plain"].replace(",", "."))
        if match["fraction"]:
            value += Decimal(_FRACTIONS[match["fraction"]])
        return frozenset({_rounded(value)})
    whole, gap = match["grouped"], match["gap"]
    decimals = (match["decimals"] or "").replace(",", ".")
    thousands = Decimal(whole.replace(gap, "") + decimals)
    if whole.count(gap) > 1 or decimals or gap not in ".,":
        return frozenset({_rounded(thousands)})
    fraction = _rounded(Decimal(whole.replace(",", ".")))
    if language == "de":
        return frozenset({thousands if gap == "." else fraction})
    if language == "en":
        return frozenset({thousands if gap == "," else fraction})
    return frozenset({thousands, fraction})


def _rounded(value: Decimal) -> Decimal:
    return value.normalize()


def _roman(numeral: str) -> Decimal:
    worth = {"I": 1, "V": 5, "X": 10}
    total = 0
    for char, following in zip(numeral, numeral[1:] + "I", strict=True):
        total += -worth[char] if worth[char] < worth[following] else worth[char]
    return Decimal(total)


@functools.cache
def _load_like_numbers() -> dict[str, int]:
    return {word: value for value, words in _LIKE_NUMBERS.items() for word in words.split()}


@functools.cache
def _load_words(language: str) -> dict[str, int]:
    """Return the number words up to 99, and in German those with hundert and tausend."""
    small = dict(zip(_SMALL[language].split(), range(20), strict=True))
    words = dict(small)
    for place, tens in enumerate(_TENS[language].split(), start=2):
        words[tens] = place * 10
        for unit in range(1, 10):
            name = _SMALL[language].split()[unit]
            joined = f"{'ein' if unit == 1 else name}und{tens}"
            words[joined if language == "de" else f"{tens}-{name}"] = place * 10 + unit
    for value, stem in enumerate(_ORDINALS[language].split(), start=2):
        if language == "de":
            words |= {stem + ending: value for ending in ("e", "er", "en", "es", "em", "ens")}
        elif stem != "second":  # also a unit of time
            words[stem] = value
    if language == "de":
        words |= {"zweier": 2, "zweien": 2, "zwo": 2, "dreier": 3, "dreien": 3, "dreissig": 30}
        for name, value in [("ein", 1), *((n, v) for n, v in words.copy().items() if v < 100)]:
            words |= {f"{name}hundert": value * 100, f"{name}tausend": value * 1000}
    return words


@functools.cache
def _load_scales(language: str) -> functools.partial[int]:
    table = [
        (re.compile(pattern), exponent)
        for pattern, exponent in _SCALES[language if language in _SCALES else ""]
    ]
    return functools.partial(_exponent, table)


def _exponent(table: list[tuple[re.Pattern[str], int]], word: str) -> int:
    return next((exponent for pattern, exponent in table if pattern.fullmatch(word)), 0)
