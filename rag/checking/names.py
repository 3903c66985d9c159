"""Find a name in a claim that stands nowhere in the quoted passages, in no spelling."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.checking.quotes import Quoted
from rag.language.function_words import QUERY_STOP_WORDS
from rag.language.lexicon import Lexicon
from rag.language.places import find_places, place_stems
from rag.language.spelling import fold, likeness, sound
from vectorstore import Span

_WORD = re.compile(r"\w+")
# Capitalised words that follow each other: "Jean-Luc Picard", "O’Neill", "J. Edgar Hoover".
_RUN = re.compile(r"\b[A-ZÀ-ÖØ-Þ]\w*(?:(?:[-’' ]|\. )[A-ZÀ-ÖØ-Þ]\w*)*")
_OPENERS = '.!?:…„“”"»«‘‚(['
# What stands before a German noun rather than a name: "der", "einen", "neue", "ihrem".
_BEFORE_NOUN = re.compile(r"\b(?:\w+e[nmrs]?|das|im|am|zu[mr]|vo[mn]|beim|ins|ans|\d+)[ -]$")
_LONGEST_NAME = 16
_SHORTEST_COMPARED = 5
# How alike (Dice) two words have to sound that are one name.
_SAME_SOUND = 0.72


@dataclass(frozen=True)
class Name:
    """Words that are surely one name, or a country with its code."""

    text: str
    words: tuple[str, ...]
    place: str = ""


def find_name_fault(
    text: str,
    language: str,
    quoted: Sequence[Quoted],
    lexicon: Lexicon,
    taken: Sequence[Span] = (),
) -> str:
    """Return in one line which name of a claim is nowhere in the passages, "" if none is.

    Nothing that is `taken` is a name: dates and numbers are compared as such. Of a name of several
    words one is enough.
    """
    there = [_read_words(f"{part.title}\n{part.passage}", part.language) for part in quoted]
    for name in find_names(text, language, lexicon, taken):
        if not any(words.hold(name, language, lexicon) for words in there):
            return f"the name “{name.text}” is not in the passage"
    return ""


def find_names(
    text: str, language: str, lexicon: Lexicon, taken: Sequence[Span] = ()
) -> Iterator[Name]:
    """Yield what is surely a name in a sentence: countries, then runs of words."""
    words = list(_WORD.finditer(text))
    taken = list(taken)
    for first, last, code in find_places(text, language):
        span = words[first].start(), words[last - 1].end()
        capital = text[span[0]].isupper() or language == "de"  # "russische"
        if capital and not _overlaps(span, taken):
            taken.append(span)
            yield Name(text[slice(*span)], (fold(text[slice(*span)]),), code)
    for run in _RUN.finditer(text):
        parts = [
            (word[0], word.start() + run.start())
            for word in _WORD.finditer(run[0])
            if not _overlaps((word.start() + run.start(), word.end() + run.start()), taken)
        ]
        named = [word for word, at in parts if _is_name(word, text[:at], language, lexicon)]
        if language == "de" and len(named) == 1 and not named[0].isupper():
            # A German word alone may be any noun, unless the lexicon knows it as a name.
            known = named[0].lower() in lexicon.lines.get("de", {})
            if not known or _BEFORE_NOUN.search(text[: run.start()]):
                continue
        if named:
            yield Name(" ".join(named), tuple(map(fold, named)))


def _is_name(word: str, before: str, language: str, lexicon: Lexicon) -> bool:
    """Tell whether a capitalised word may be a name: one that the lexicon translates is none."""
    if not 2 < len(word) < _LONGEST_NAME or not word.isalpha() or word.isupper():
        return word.isupper() and 2 < len(word) < _LONGEST_NAME and word.isalpha()
    begins = not before.strip() or before.rstrip()[-1] in _OPENERS
    if begins or any(word.lower() in words for words in QUERY_STOP_WORDS.values()):
        return False
    forms = (word, word.removesuffix("s")) if language in lexicon.languages else ()
    translations = [one for form in forms for one in lexicon.translate(form, language)]
    best = max(translations, key=lambda one: one[1], default=("", 0.0))[0]
    return not best or fold(best) == fold(word)


def _overlaps(span: Span, taken: Sequence[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in taken)


@dataclass(frozen=True)
class _Words:
    """The words of a passage, to look up a name in."""

    words: frozenset[str]
    places: frozenset[str]
    short: bool

    def hold(self, name: Name, language: str, lexicon: Lexicon) -> bool:
        """Tell whether one of the name's words stands in the text, spelled in whichever way."""
        if name.place and name.place in self.places or name.text.isupper() and not self.short:
            return True
        if name.place:
            stems = place_stems(name.place)
            return any(stem in word for word in self.words for stem in stems)
        forms = set(name.words)
        for other in lexicon.languages:
            for word in name.words:
                forms |= {fold(one) for one, _ in lexicon.translate(word, other)}
        like = (_is_like(word, other) for word in name.words for other in self.words)
        return not forms.isdisjoint(self.words) or any(like)


@functools.lru_cache(maxsize=32)
def _read_words(text: str, language: str) -> _Words:
    """Return the words of a text; a passage is asked for with every sentence that quotes it."""
    words = _WORD.findall(text)
    short = any(word.isupper() and len(word) > 2 for word in words)
    places = frozenset(code for _, _, code in find_places(text, language))
    return _Words(frozenset(map(fold, words)), places, short)


def _is_like(word: str, other: str) -> bool:
    """Tell whether two words begin alike or sound alike."""
    if other.startswith(word[: max(_SHORTEST_COMPARED, len(word) * 2 // 3)]):
        return True
    mine, theirs = sound(word.removesuffix("s")), sound(other.removesuffix("s"))
    return mine[:1] == theirs[:1] and likeness(mine, theirs) >= _SAME_SOUND
