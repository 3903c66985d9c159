"""Find the countries that a text names, by their names and adjectives."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from rag.language.spelling import fold

_WORD = re.compile(r"\w+")
# Of a country's name: "nordamerikanischen", "Kolumbianer", "Mexicans", "Chilean".
_OF_PLACE_ENDING = re.compile(
    r"(?:a|an|ian|en|n|s|es)?(?:isch(?:e[nmrs]?)?|er[ns]?|erin\w{0,3})|(?:an|ian|ean|n|ese|ish|i)s?"
)
_ENDS_OF_PLACES = ("", "a", "e", "o", "ia", "en", "ien")
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


def find_places(text: str, language: str) -> Iterator[tuple[int, int, str]]:
    r"""Yield the countries and the like that a text names, as word numbers and a code.

    The numbers are half-open and count the words (`\w+`) of the text. Adjectives count where
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
