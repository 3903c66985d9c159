"""Find the countries that a text names, by names and adjectives of the Unicode locale data."""

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
    "US": "usa us vereinigten_staaten amerika america american amerikanisch",
    "GB": "uk britain great_britain grossbritannien vereinigten_konigreich british britisch",
    "TR": "turkey",
    "SU": "sowjetunion soviet_union",
    "UN": "vereinten_nationen",
    "EU": "europaischen_union",
    "CZ": "czech_republic",
    "CN": "china",
}
# Of languages that more than one country speaks, the country is not told by the language.
_NO_COUNTRY = frozenset({"en", "ar", "sw", "ms"})
_LONGEST_WORD = 25


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
            if code := _read_adjective(words[at], names, stems):
                yield at, at + 1, code
            at += 1


@functools.cache
def place_stems(code: str) -> frozenset[str]:
    """Return what words made from a country's names begin with: "chin" of "Chinesin"."""
    names, stems, _ = _load_places("de")
    own = [name for name, of in names.items() if of == code and " " not in name]
    # Of "Nordkorea" no less: "kore" is of either.
    compass = [name[:6] for name in own if name.startswith(("nord", "sud", "ost", "west"))]
    adjectives = [name for name, of in stems.items() if of == code]
    return frozenset(compass or [name[:4] for name in (*own, *adjectives) if len(name) > 3])


def _read_adjective(word: str, names: dict[str, str], stems: dict[str, str]) -> str | None:
    """Return the country that a word is made from, as "chilenisch" and "Chilean" are."""
    sizes = range(min(len(word), _LONGEST_WORD), 3, -1)
    stem = next((word[:n] for n in sizes if n > 4 and word[:n] in stems), None)
    if stem and len(word) - len(stem) <= 2:
        return stems[stem]
    for base in (word[:n] for n in reversed(sizes)):
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
    for code, phrases in _MORE_PLACES.items():
        for phrase in phrases.replace("_", "\xa0").split(" "):
            plain = phrase.replace("\xa0", " ")
            (stems if plain.endswith(("isch", "an", "ish")) else names)[plain] = code
    return names, stems, max(len(phrase.split()) for phrase in names)
