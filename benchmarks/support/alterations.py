"""Alter a sentence so that it is no longer true: another number or name, a "not" more or less."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from functools import cache

from babel import Locale
from babel.dates import get_timezone_location

from benchmarks.support.sentence_pairs import LANGUAGES, Pair

Alter = Callable[[Pair, str, random.Random], str | None]
"""Takes a pair, the language to alter and a source of chance; None if there is nothing to alter."""

_WORDS = {
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split(),
    "en": "two three four five six seven eight nine ten eleven twelve".split(),
}
_DIGITS = re.compile(r"(?<![A-Za-z\d])\d+")
_CAPITALISED = re.compile(r"(?<=[a-z,] )[A-Z][\w-]+[a-z]\b")
_NAME = re.compile(r"\b(?P<name>[A-ZÄÖÜ][\w-]{3,})\b")
_GIVEN = (
    "Alexander Andrea Andreas Angela Anna Annegret Anton Barack Bernd Boris Carlos Charles"
    " Christian Christine Claudia Daniel David Dieter Donald Elisabeth Emmanuel Erich Eva Felix"
    " Frank George Gerhard Günter Hans Heinz Helmut Henry Hillary Horst Ivan James Jan Jean Jens"
    " Joe Johann John José Joseph Jürgen Karl Katrin Klaus Lars Laura Manuel Maria Mario Mark"
    " Markus Martin Matthias Max Michael Nicolas Oliver Oskar Otto Patrick Paul Peter Philipp Ralf"
    " Richard Robert Roland Sarah Sebastian Silvio Simon Stefan Stephan Steve Susanne Thomas Tim"
    " Tony Ulrich Ursula Uwe Viktor Vladimir Walter Werner William Wladimir Wolfgang"
)
_SURNAME = re.compile(rf"\b(?:{'|'.join(_GIVEN.split())}) (?P<name>[A-ZÄÖÜ][a-zäöüßé]{{3,}})\b")
_SURNAMES = (
    "Albers Baumgartner Berlusconi Clarke Dombrowski Eriksson Fischer Gallagher Hofstetter"
    " Iversen Jankowski Kaufmann Lehmann Moretti Nakamura Obermeier Petrov Quinn Richardson"
    " Schuster Thompson Ullmann Vogel Wilkinson Yilmaz Ziegler"
).split()
_ZONES = [
    f"Europe/{city}"
    for city in "Amsterdam Athens Belgrade Berlin Brussels Bucharest Budapest Copenhagen Dublin"
    " Helsinki Istanbul Kiev Lisbon London Madrid Moscow Oslo Paris Prague Rome Sofia Stockholm"
    " Vienna Vilnius Warsaw Zagreb Zurich".split()
] + [
    f"Asia/{city}"
    for city in "Baghdad Bangkok Beirut Damascus Dhaka Dubai Jakarta Jerusalem Kabul Karachi"
    " Manila Seoul Shanghai Singapore Taipei Tehran Tokyo".split()
]
# Ways to take a negation out and to put one in: a pattern and what replaces one match of it.
_DROPPED = {
    "de": (
        (r"\b(?<!oder )nicht (?!nur|allein|zuletzt)", ""),
        (r"\b[Kk](ein(?:e[nmrs]?)?)\b", r"\1"),
    ),
    "en": (
        (r"\b(?<!or )not (?!only|least|just)|n['’]t\b|(?<=can)not\b|\bnever ", ""),
        (r"\bno (?!longer|doubt|less|more)", "a "),
    ),
}
_ADDED = {
    "de": (
        (
            r"\b((?:ist|sind|war|wird|hat|hatte|kann|konnte)(?:en)?|wurden?|werden|haben)\b",
            r"\1 nicht",
        ),
        (r"\b(ein(?:e[nmrs]?)?)\b", r"k\1"),
    ),
    "en": (
        (r"\b(is|are|was|were|has|have|had|can|could|will|would|may|should|must)\b", r"\1 not"),
        (r"\ba (?=[a-z])", "no "),
    ),
}


def change_number(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Put another number for one of a sentence's; None if it has none."""
    text = pair.sentences[language]
    everywhere = " ".join(pair.sentences.values())
    words = _WORDS[language]
    places = [*_DIGITS.finditer(text), *re.finditer(rf"\b(?:{'|'.join(words)})\b", text)]
    if not places:
        return None
    place = chance.choice(places)
    for _ in range(20):
        if place[0].isdigit():
            value = int(place[0])
            near = chance.randint(1, 30) if value > 100 else chance.randint(1, max(3, value))
            new = str(max(1, value + chance.choice((-near, near))))
        else:
            new = chance.choice(words)
        if not re.search(rf"\b{new}", everywhere):
            return text[: place.start()] + new + text[place.end() :]
    return None


def change_name(names: dict[str, list[str]]) -> Alter:
    """Return the alteration that puts one of these names for one of a sentence's."""

    def change(pair: Pair, language: str, chance: random.Random) -> str | None:
        text = pair.sentences[language]
        everywhere = " ".join(pair.sentences.values())
        there = set(find_names(pair)[language]) & set(names[language])
        places = [m for m in re.finditer(r"[^\W\d_][\w-]+", text) if m[0] in there]
        if not places:
            return None
        place = chance.choice(places)
        others = [name for name in names[language] if name not in everywhere]
        if not others:
            return None
        new = chance.choice(others)
        return text[: place.start()] + new + text[place.end() :]

    return change


def change_known_name(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Put another country, city or surname for one; None if the sentence has none that is known.

    Surnames are known by the given name before them, the rest by the Unicode locale data.
    """
    text = pair.sentences[language]
    places = load_places(language)
    known = [(m, places) for m in _NAME.finditer(text) if m[0] in places]
    known += [(m, _SURNAMES) for m in _SURNAME.finditer(text)]
    if not known:
        return None
    match, pool = chance.choice(known)
    start, end = match.span("name")
    new = chance.choice([name for name in pool if name not in text])
    return text[:start] + new + text[end:]


def drop_negation(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Take one "nicht", "kein" or "not" out; None if there is none."""
    return replace_one(pair.sentences[language], _DROPPED[language], chance)


def add_negation(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Put a "nicht", "kein" or "not" in; None if there is no place for it."""
    return replace_one(pair.sentences[language], _ADDED[language], chance)


def find_names(pair: Pair) -> dict[str, list[str]]:
    """Return the names that both languages spell alike, and the countries, by language."""
    found: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    english, german = Locale("en").territories, Locale("de").territories
    countries = {english[code]: german[code] for code in english if code in german}
    for match in _CAPITALISED.finditer(pair.sentences["en"]):
        other = countries.get(match[0], match[0])
        if re.search(rf"\b{re.escape(other)}\b", pair.sentences["de"]):
            found["en"].append(match[0])
            found["de"].append(other)
    return found


def collect_names(pairs: Sequence[Pair]) -> dict[str, list[str]]:
    """Return the names of all pairs by language, sorted."""
    names: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for pair in pairs:
        for language, found in find_names(pair).items():
            names[language] += found
    # "River" is no name: it is also written with a small letter somewhere.
    small = {word for pair in pairs for text in pair.sentences.values() for word in text.split()}
    return {
        language: sorted(name for name in set(found) if name.casefold() not in small)
        for language, found in names.items()
    }


def find_surnames(text: str) -> set[str]:
    """Return the surnames in a text that have a common given name before them."""
    return {match["name"] for match in _SURNAME.finditer(text)}


@cache
def load_places(language: str) -> list[str]:
    """Return names of countries, and of cities that a time zone is called after, of one word."""
    countries = Locale(language).territories
    cities = [get_timezone_location(zone, locale=language, return_city=True) for zone in _ZONES]
    names = {name for code, name in countries.items() if code.isalpha()} | set(cities)
    return sorted(name for name in names if _NAME.fullmatch(name))


def replace_one(text: str, table: Sequence[tuple[str, str]], chance: random.Random) -> str | None:
    """Replace one match of one of the patterns by what stands beside it; None without a match."""
    places = [(m, new) for pattern, new in table for m in re.finditer(pattern, text)]
    if not places:
        return None
    match, new = chance.choice(places)
    return text[: match.start()] + match.expand(new) + text[match.end() :]
