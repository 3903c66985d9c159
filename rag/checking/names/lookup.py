"""Look names up among the words of a text, spelled in whichever way."""

from __future__ import annotations

import functools
import re
from collections import defaultdict

from rag.checking.names.find import Name
from rag.checking.names.places import find_places
from rag.language.lexicon import Lexicon
from rag.language.spelling import fold, likeness, sound
from rag.language.synonyms import senses

_WORD = re.compile(r"\w+")
# How alike (Dice) two words have to sound that are one name. Of 1,030 sentences with another name
# 80 pass and of 822 translations 28 are flagged; with .6 83 and 25, with .85 80 and 32.
_SAME_SOUND_LIKENESS = 0.72
# Characters of words that are compared by sound or by a part. With 4 87 and 26, with 6 77
# and 36.
_SHORTEST_COMPARED = 5


class Stock:
    """The words of a text, for looking up whether a name is among them."""

    def __init__(self, text: str, language: str) -> None:
        spelled = frozenset(_WORD.findall(text))
        self.words = frozenset(map(fold, spelled))
        self.places = {code for _, _, code in find_places(text, language)}
        self._initials = _initials(text)
        self._capital = frozenset(fold(word) for word in spelled if word[0].isupper())
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for heard in {sound(word.removesuffix("s")) for word in self.words}:
            if len(heard) >= _SHORTEST_COMPARED:
                self._by_sound[heard[:1]].append(heard)

    def holds(self, name: Name, language: str, lexicon: Lexicon) -> bool:
        """Whether the name stands in the text, spelled in whichever way."""
        word = name.word
        others = senses(word, language, lexicon)
        if name.place:
            return name.place in self.places or not others.isdisjoint(self.words)
        if word in self._initials or any(map(self._holds_part, (word, *others))):
            return True
        heard = sound(word.removesuffix("s"))
        alike = self._by_sound.get(heard[:1], [])
        return len(word) >= _SHORTEST_COMPARED and any(
            likeness(heard, o) >= _SAME_SOUND_LIKENESS for o in alike
        )

    def _holds_part(self, word: str) -> bool:
        if word in self.words:
            return True
        if len(word) < _SHORTEST_COMPARED:
            return any(word + ending in self.words for ending in ("s", "er", "ers", "en", "n"))
        stem = word[: max(_SHORTEST_COMPARED, len(word) * 2 // 3)]
        return any(other.startswith(stem) or other.endswith(word) for other in self.words) or any(
            len(other) >= _SHORTEST_COMPARED and word.startswith(other) for other in self._capital
        )


@functools.lru_cache(maxsize=32)
def read_stock(text: str, language: str) -> Stock:
    """Return the words of a text; a passage is asked for with every sentence that quotes it."""
    return Stock(text, language)


def _initials(text: str) -> frozenset[str]:
    """Return what the capitals of neighbouring words spell: "uno" for "United Nations O…"."""
    found: set[str] = set()
    for run in re.findall(r"\b[^\W\d_]++(?:[ -][^\W\d_]++){1,7}", text):
        capitals = [word[0] for word in re.split("[ -]", run) if word[0].isupper()]
        for first in range(len(capitals)):
            for last in range(first + 2, min(first + 6, len(capitals)) + 1):
                found.add(fold("".join(capitals[first:last])))
    return frozenset(found)
