"""Find the proper names in a sentence, and whether other words hold them too."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from dataclasses import dataclass

from rag.lexicon import load_lexicon
from rag.writing.spelling import find_places, fold, likeness, sound

_WORD = re.compile(r"\w+")
_ROMAN = re.compile(r"[IVX]+")
# Between the words of one name: "Jean-Luc", "O’Neill", "J. Edgar Hoover".
_JOINED = re.compile(r"[-’' ]|\. ")
_OPENERS = '.!?:…„“”"»«‘‚(['
_DETERMINERS = frozenset(
    """
    der die das dem den des ein eine einen einem einer eines kein keine keinen keinem keiner im am
    zum zur vom beim ins ans aufs dieser diese dieses diesem diesen jeder jede jedes jeden jedem
    sein seine seinen seinem seiner ihr ihre ihren ihrem ihrer alle aller allen viele vieler vielen
    mehrere mehrerer zwei drei vier welche welcher manche einige einiger
    """.split()
)
# Words that begin a sentence and that the lexicon leaves out.
_COMMON = re.compile(
    r"the|an?|and|or|but|of|in|on|at|to|for|from|by|with|as|i[ts]|are|w(?:as|ere)|s?he|they|his|her"
    r"|the(?:ir|se|re|n)|th(?:is|at|ose|us)|we|you|our|your|not?|if|when|while|after|before|since|who"
    r"|wh(?:om?|ich|at|ere|y)|how|[a-z]{3,}ly|de[rmns]|d(?:ie|as|ass|enn)|und|oder|aber|s?ie|e[rs]|man"
    r"|ihr\w{0,2}|wir|ich|dr|mrs?|ms|prof|st|herrn?|frau|sir|lord|w(?:o|er|en|em|as|ie|ann|arum|eil)"
    r"|wel(?:ch)\w{1,2}|wo(?:her|hin|mit|von|zu|bei|für|durch|r[aiuü]\w{1,2})?|da(?:her|hin|mit|von|zu|bei"
    r"|für|nach|durch|gegen|mals|nn|r[aiuü]\w{1,2})?|hier(?:her|mit|zu|bei|von)?|dies\w{0,2}|jen\w{1,2}|dess?en|deren|doch"
    r"|ein\w{0,2}|kein\w{0,2}|sein\w{0,2}|so|solche\w?|nach(?:dem)?|vor(?:her)?|beim?|als|auch"
    r"|im|am|zu[rm]?|vo[nm]|mit|um|auf|aus|an|für|über|unter|durch|gegen|ohne|anbetracht|nennen"
)
_NOUN_ENDING = re.compile(
    r"(?:ung|heit|keit|schaft|tion|sion|tät|ismus)(?:en|e|s|es|se)?$|(?:at|og|om|ph|g|er|str)ie(?:n|s)?$"
)
_LONGEST_NAME = 14
_COGNATE = 0.3
# Taking a compound apart takes time in the square of its length.
_LONGEST_WORD = 60
# A translation rarer than this is mostly a misalignment of the lexicon.
_LIKELY = 0.02
_ALIKE = 0.72
_SHORTEST = 5
_SHORTEST_COMMON = 4


@dataclass(frozen=True)
class Name:
    """One word of a name, or the country that several words name, as a claim states it.

    Words that follow each other in one name have the same `run`. A word that is not `sure` has a
    capital and a translation: "World" in "World War".
    """

    text: str
    word: str
    run: int
    place: str | None = None
    sure: bool = True


class Stock:
    """The words of a text, for looking up whether a name is among them."""

    def __init__(self, text: str, language: str) -> None:
        self.words = frozenset(fold(word) for word in _WORD.findall(text))
        self.places = {code for _, _, code in find_places(text, language)}
        self.initials = _initials(text)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for heard in {sound(word) for word in self.words}:
            self._by_sound[heard[:1]].append(heard)

    def holds(self, name: Name, language: str) -> bool:
        """Whether the name stands in the text, spelled in whichever way."""
        word = name.word
        others = _same(word, language)
        if name.place:
            return name.place in self.places or not others.isdisjoint(self.words)
        if word in self.initials or any(self._holds_part(form, name) for form in (word, *others)):
            return True
        heard = sound(word)
        alike = self._by_sound.get(heard[:1], [])
        return len(word) >= _SHORTEST and any(likeness(heard, o) >= _ALIKE for o in alike)

    def _holds_part(self, word: str, name: Name) -> bool:
        if word in self.words:
            return True
        least = _SHORTEST if name.sure else _SHORTEST_COMMON
        if len(word) < least:
            return any(word + ending in self.words for ending in ("s", "er", "ers", "en", "n"))
        stem = word if len(word) < _SHORTEST else word[: max(_SHORTEST, len(word) * 2 // 3)]
        return any(
            other.startswith(stem)
            or other.endswith(word)
            or (len(other) >= _SHORTEST and word.startswith(other))
            for other in self.words
        )


@functools.lru_cache(maxsize=32)
def read_stock(text: str, language: str) -> Stock:
    """Return the words of a text; a passage is asked for with every sentence that quotes it."""
    return Stock(text, language)


def find_names(text: str, language: str) -> list[Name]:
    """Return the words of a sentence that are names or parts of names, in order.

    In German every noun has a capital. One is a name there if the lexicon does not know it, not
    even as a compound, or translates it by itself ("Merkel", "Hamburg").
    """
    words = list(_WORD.finditer(text))
    places = {first: (last, code) for first, last, code in find_places(text, language)}
    names: list[Name] = []
    run = at = 0
    while at < len(words):
        if at and not _JOINED.fullmatch(text[words[at - 1].end() : words[at].start()]):
            run += 1
        match = words[at]
        capital = match[0][0].isupper()
        if at in places and (capital or language == "de"):  # "russische"
            last, code = places[at]
            whole = text[match.start() : words[last - 1].end()]
            names.append(Name(whole, fold(whole), run, code))
            at = last
            continue
        if not capital:
            run += 1
        else:
            before = text[words[at - 1].start() : match.start()] if at else ""
            sure = _is_name(match[0], before, language)
            if sure is not None:
                names.append(Name(match[0], fold(match[0]), run, None, sure))
        at += 1
    return names


def _is_name(word: str, before: str, language: str) -> bool | None:
    """Whether a capitalised word is surely a name; None if it probably is not part of one."""
    folded = word.casefold()
    if len(word) < 2 or _COMMON.fullmatch(folded) or _ROMAN.fullmatch(word):
        return None
    if sum(char.isupper() for char in word) > 1:
        return True
    itself = _stays_itself(folded, language)
    if language == "de":
        return True if itself and not _is_noun(folded, before) else None
    if not before or before.strip()[-1] in _OPENERS:
        return True if itself else None
    return itself


def _is_noun(word: str, before: str) -> bool:
    """Whether what the lexicon knows no other word for is a common noun in German all the same."""
    lexicon = load_lexicon()
    known = lexicon.lines["de"]
    if len(word) > _LONGEST_WORD or _NOUN_ENDING.search(word):
        return True
    determined = before.strip().casefold() in _DETERMINERS
    if word in known:
        # "die Region", "ein System": loan words, which English has in the plural too.
        return determined and word + "s" in lexicon.lines["en"]
    if len(word) > (_LONGEST_NAME if not determined else _LONGEST_NAME - 4):
        return True
    return any(
        word[at:] in known and (len(word) - at > 4 or {word[:at], word[: at - 1]} & known.keys())
        for at in range(3, len(word) - 3)
    )


def _stays_itself(word: str, language: str) -> bool:
    """Whether the other language has the same word for it, or the lexicon none at all."""
    if language not in load_lexicon().languages or len(word) > _LONGEST_WORD:
        return True
    translations = load_lexicon().translate(word, language)
    if not translations and word.endswith("s"):
        word = word[:-1]
        translations = load_lexicon().translate(word, language)
    if not translations:
        return True
    best = max(translations, key=lambda item: item[1])[0]
    if fold(best) == fold(word) or language != "de":
        return fold(best) == fold(word)
    # "Wien" and "Vienna" are alike and "Viennas" is no word; "Vertrag" and "contract" are not.
    one, other = sound(fold(best)), sound(fold(word))
    forms = {best + "s", best + "es", best[:-1] + "ies", best.removesuffix("s")} - {best}
    return (
        forms.isdisjoint(load_lexicon().lines["en"])
        and one[:1] == other[:1]
        and likeness(one, other) >= _COGNATE
    )


@functools.lru_cache(maxsize=4096)
def _same(word: str, language: str) -> frozenset[str]:
    """Return what a word is called in the lexicon's other language, and what that is called."""
    lexicon = load_lexicon()
    if language not in lexicon.languages or len(word) > _LONGEST_WORD:
        return frozenset()
    (other,) = lexicon.languages - {language}
    found: set[str] = set()
    for there, likely in lexicon.translate(word, language):
        if likely < _LIKELY:
            continue
        found.add(fold(there))
        for back, again in lexicon.translate(there, other):
            if likely * again >= _LIKELY:
                found.add(fold(back))
    return frozenset(found)


def _initials(text: str) -> frozenset[str]:
    """Return what the capitals of neighbouring words spell: "uno" for "United Nations O…"."""
    found: set[str] = set()
    for run in re.findall(r"\b[^\W\d_]++(?:[ -][^\W\d_]++){1,7}", text):
        capitals = [word[0] for word in re.split("[ -]", run) if word[0].isupper()]
        for first in range(len(capitals)):
            for last in range(first + 2, min(first + 6, len(capitals)) + 1):
                found.add(fold("".join(capitals[first:last])))
    return frozenset(found)
