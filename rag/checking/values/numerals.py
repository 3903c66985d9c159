"""Read what a number is written with: digits, Roman numerals, number words, "million"."""

from __future__ import annotations

import functools
import re
from decimal import Decimal

_GAPS = ".,'’ \xa0\u2009\u202f"
_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.33", "⅔": "0.67", "⅛": "0.125"}
# Bounded: 100 kB of digits are read in pieces, and no piece is slow to turn into a value.
DIGITS = re.compile(
    rf"(?<![kcdm]m)(?<!\d)(?P<grouped>\d{{1,3}}(?P<gap>[{_GAPS}])\d{{3}}(?:(?P=gap)\d{{3}}){{0,8}})"
    r"(?!\d)(?P<decimals>[.,]\d{1,20})?"
    r"|(?<![kcdm]m)(?P<plain>\d{1,40}(?:[.,]\d{1,20})?)(?P<fraction>[½¼¾⅓⅔⅛])?"
    r"|(?P<alone>[½¼¾⅓⅔⅛])"
)
"""One number in digits, for `read_digits`."""
SUFFIX = re.compile(r"(?:k|m|bn|tn)\b", re.IGNORECASE)
"""A scale right behind digits: "£30m", "5bn"."""
_SUFFIXES = {"k": 3, "m": 6, "bn": 9, "tn": 12}

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
_HALVES = frozenset("halb halbe halben halbes halber half".split())


def read_digits(match: re.Match[str], language: str) -> frozenset[Decimal]:
    """Return what a match of `DIGITS` may mean: 1.000 is a thousand in German, one in English."""
    if match["alone"]:
        return frozenset({Decimal(_FRACTIONS[match["alone"]])})
    if match["plain"]:
        value = Decimal(match["plain"].replace(",", "."))
        if match["fraction"]:
            value += Decimal(_FRACTIONS[match["fraction"]])
        return frozenset({value.normalize()})
    whole, gap = match["grouped"], match["gap"]
    decimals = (match["decimals"] or "").replace(",", ".")
    thousands = Decimal(whole.replace(gap, "") + decimals).normalize()
    if whole.count(gap) > 1 or decimals or gap not in ".,":
        return frozenset({thousands})
    fraction = Decimal(whole.replace(",", ".")).normalize()
    if language == "de":
        return frozenset({thousands if gap == "." else fraction})
    if language == "en":
        return frozenset({thousands if gap == "," else fraction})
    return frozenset({thousands, fraction})


def read_word(word: str, language: str) -> Decimal | None:
    """Return what a number word means, None if it is none; "ein" and "one" are not."""
    return load_words(language).get(word)


def read_half(word: str) -> Decimal | None:
    """Return what "half" or "halbe" means, None for another word."""
    return Decimal("0.5") if word in _HALVES else None


def read_scale(word: str, language: str) -> Decimal | None:
    """Return what "million", "Mrd", "dozen" or the like multiplies by, None for another word."""
    if _DOZEN.fullmatch(word):
        return Decimal(12)
    table = _SCALES[language if language in _SCALES else ""]
    exponent = next((exponent for pattern, exponent in table if re.fullmatch(pattern, word)), 0)
    return Decimal(10) ** exponent if exponent else None


def read_suffix(suffix: str) -> Decimal:
    """Return what a match of `SUFFIX` multiplies by."""
    return Decimal(10) ** _SUFFIXES[suffix.casefold()]


def read_roman(numeral: str) -> Decimal:
    """Return the value of a Roman numeral below 40."""
    worth = {"I": 1, "V": 5, "X": 10}
    total = 0
    for char, following in zip(numeral, numeral[1:] + "I", strict=True):
        total += -worth[char] if worth[char] < worth[following] else worth[char]
    return Decimal(total)


@functools.cache
def load_words(language: str) -> dict[str, Decimal]:
    """Return the number words up to 99, and in German those with hundert and tausend."""
    if language not in _SMALL:
        return {}
    small = _SMALL[language].split()
    words: dict[str, int] = {word: value for value, word in enumerate(small) if value != 1}
    for place, tens in enumerate(_TENS[language].split(), start=2):
        words[tens] = place * 10
        for unit in range(1, 10):
            name = small[unit]
            joined = f"{'ein' if unit == 1 else name}und{tens}"
            words[joined if language == "de" else f"{tens}-{name}"] = place * 10 + unit
    for value, stem in enumerate(_ORDINALS[language].split(), start=2):
        if language == "de":
            words |= {stem + ending: value for ending in ("e", "er", "en", "es", "em", "ens")}
        elif stem != "second":  # also a unit of time
            words[stem] = value
    values = {word: Decimal(value) for word, value in words.items()}
    if language == "de":
        words |= {"zweier": 2, "zweien": 2, "zwo": 2, "dreier": 3, "dreien": 3, "dreissig": 30}
        for name, value in [("ein", 1), *((n, v) for n, v in words.copy().items() if v < 100)]:
            words |= {f"{name}hundert": value * 100, f"{name}tausend": value * 1000}
        values = {word: Decimal(value) for word, value in words.items()}
        values |= {f"{small[n]}einhalb": Decimal(n) + Decimal("0.5") for n in range(2, 13)}
        values |= {"anderthalb": Decimal("1.5"), "eineinhalb": Decimal("1.5")}
    return values
