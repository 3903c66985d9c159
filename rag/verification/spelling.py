"""Spell names so that those of two languages or scripts come out alike: Wladimir, Vladimir."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

from babel import Locale, UnknownLocaleError
from babel.core import get_global

_CYRILLIC = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуфхцчшщыэюяёъь",
        "a b v g g d e ie sh s i i i i k l m n o p r s t u f h s sh sh sh i e iu ia io _ _".split(),
        strict=True,
    )
)
_CYRILLIC_TABLE = str.maketrans({c: latin.strip("_") for c, latin in _CYRILLIC.items()})
# Spellings of one sound in German, English and French, the longer ones first.
_SOUNDS = (
    (r"schtsch|shch|tsch|tch|sch|sh|ch|kh|cz|ck", "k"),
    (r"ph", "f"),
    (r"x", "ks"),
    (r"ts|tz|z|ß|ss|c(?=[eiy])", "s"),
    (r"th|dt", "t"),
    (r"[cq]", "k"),
    (r"w", "v"),
    (r"[jy]", "i"),
    (r"ae", "a"),
    (r"oe|ou", "o"),
    (r"ue|oo", "u"),
)
_SOUND_PATTERN = re.compile("|".join(f"({pattern})" for pattern, _ in _SOUNDS))
_TWICE = re.compile(r"(\w)\1+")
_WORD = re.compile(r"\w+")
# Of a country's name: "nordamerikanischen", "Kolumbianer", "Mexicans", "Chilean".
_OF_PLACE_ENDING = re.compile(
    r"(?:a|an|ian|en|n|s|es)?(?:isch(?:e[nmrs]?)?|er[ns]?|erin\w{0,3})|(?:an|ian|ean|n|ese|ish|i)s?"
)
_ENDS_OF_PLACES = ("", "a", "e", "o", "ia", "en", "ien")
_ACCENTED = re.compile(r"[^\W\d_][\u0300-\u036f]{1,4}")
# What CLDR does not list or lists only in an alternative form.
_MORE_PLACES = {
    "usa": "US",
    "us": "US",
    "vereinigten staaten": "US",
    "amerika": "US",
    "america": "US",
    "american": "US",
    "amerikanisch": "US",
    "uk": "GB",
    "britain": "GB",
    "great britain": "GB",
    "grossbritannien": "GB",
    "vereinigten konigreich": "GB",
    "british": "GB",
    "britisch": "GB",
    "turkey": "TR",
    "sowjetunion": "SU",
    "soviet union": "SU",
    "vereinten nationen": "UN",
    "europaischen union": "EU",
    "czech republic": "CZ",
    "china": "CN",
}
# Of languages that more than one country speaks, the country is not told by the language.
_NO_COUNTRY = frozenset({"en", "ar", "sw", "ms"})


def compose(text: str) -> str:
    """Return a text with its accents composed; in linear time, unlike NFC on a run of accents."""
    return _ACCENTED.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


def fold(text: str) -> str:
    """Return a text without case, accents and Cyrillic letters."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_CYRILLIC_TABLE)
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def sound(folded: str) -> str:
    """Return a folded word as it roughly sounds."""
    plain = _SOUND_PATTERN.sub(lambda match: _SOUNDS[(match.lastindex or 1) - 1][1], folded)
    return _TWICE.sub(r"\1", plain)


def likeness(one: str, other: str) -> float:
    """Return how many letter pairs two words share, 0 to 1 (Dice)."""
    pairs = {one[i : i + 2] for i in range(len(one) - 1)}
    others = {other[i : i + 2] for i in range(len(other) - 1)}
    return 2 * len(pairs & others) / (len(pairs) + len(others) or 1)


def find_places(text: str, language: str) -> Iterator[tuple[int, int, str]]:
    r"""Yield the countries and the like that a text names, as word numbers and a code.

    The numbers are half-open and count the words (`\\\\w+`) of the text. Adjectives count where
    they are a language's name too: "russische" is RU.
    """
    names, stems, longest = _load_places(language)
    spelled = _WORD.findall(text)
    words = [fold(word) for word in spelled]
    at = 0
    while at < len(words):
        for size in range(min(longest, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + size])
            # "Russlands", "South Korean"
            code = names.get(phrase) or (names.get(phrase[:-1]) if phrase[-1] in "sn" else None)
            if code and (len(phrase) > 3 or spelled[at].isupper()):  # not "told us"
                yield at, at + size, code
                at += size
                break
        else:
            word = words[at]
            stem = next(
                (word[:n] for n in range(min(len(word), 25), 4, -1) if word[:n] in stems), None
            )
            if stem and len(word) - len(stem) <= 2:
                yield at, at + 1, stems[stem]
            elif code := _read_adjective(word, names):
                yield at, at + 1, code
            at += 1


def _read_adjective(word: str, names: dict[str, str]) -> str | None:
    """Return the country that a word is made from, as "chilenisch" and "Chilean" are."""
    for base in (word[:n] for n in range(4, min(len(word), 25))):
        for end in _ENDS_OF_PLACES:
            if base + end in names and _OF_PLACE_ENDING.fullmatch(word[len(base) :]):
                return names[base + end]
    return None


@functools.cache
def _load_places(language: str) -> tuple[dict[str, str], dict[str, str], int]:
    """Return names of places by phrase, stems of adjectives, and words in the longest phrase."""
    names: dict[str, str] = {}
    stems: dict[str, str] = {}
    likely = get_global("likely_subtags")
    for spoken in dict.fromkeys((language, "en", "de")):
        try:
            locale = Locale.parse(spoken)
        except (UnknownLocaleError, ValueError):
            continue
        for code, name in locale.territories.items():
            if code != "001":  # the world
                phrase = " ".join(_WORD.findall(fold(re.sub(r"\(.*?\)", "", name))))
                names.setdefault(phrase, code)
        for code, name in locale.languages.items():
            full = likely.get(code, "")
            if len(code) == 2 and full and code not in _NO_COUNTRY:
                stems.setdefault(fold(name), full.rsplit("_", 1)[-1])
    for phrase, code in _MORE_PLACES.items():
        (stems if phrase.endswith(("isch", "an", "ish")) else names)[phrase] = code
    return names, stems, max(len(phrase.split()) for phrase in names)
