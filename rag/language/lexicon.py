"""The bundled lexicon: what a word of a question may be called in an article's language."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from vectorstore import Term

# A word stands for itself a little less once its translations do: it is mostly names and words
# borrowed that are the same in both languages. R@1 of BM25 on XQuAD (development part, whole
# paragraphs), English questions / German, by the weight of the word as it is: 1.0 .851 / .869,
# .7 .875 / .869, .5 .862 / .859; without a lexicon .605 / .672.
_AS_IT_IS = 0.7
# Parts of a German compound that are worth looking up, and what may stand between them.
_SHORTEST_PART = 4
_JOINTS = ("", "s", "n", "es", "en", "e")


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Words with their translations between two languages, by the code of a word's language.

    Each line holds translations with their probabilities: `contract .46 treaty .32`. They are
    taken apart when they are asked for, which is for a few of two hundred thousand.
    """

    lines: Mapping[str, Mapping[str, str]]

    @property
    def languages(self) -> frozenset[str]:
        """The codes of the languages that it translates between."""
        return frozenset(self.lines)

    def translate(self, word: str, language: str) -> tuple[tuple[str, float], ...]:
        """Return the translations of a word with their probabilities, the surest first.

        A German compound that is not known is translated part by part.
        """
        known = self.lines[language]
        word = word.casefold()
        parts = [word]
        if word not in known and language == "de":
            parts = _compound_parts(word, known)
        found: dict[str, float] = {}
        for part in parts:
            items = known.get(part, "").split()
            for other, likely in zip(items[::2], items[1::2], strict=True):
                found[other] = max(found.get(other, 0.0), float(likely))
        return tuple(found.items())

    def terms(self, words: Iterable[str], language: str) -> tuple[Term, ...]:
        """Return words of a question as terms for articles in the other language.

        The weight of a translation is the root of its probability (Darwish and Oard, 2003, weigh
        by the probability itself, which found .79 where the root found .83).
        """
        terms = []
        for word in dict.fromkeys(words):
            translations = self.translate(word, language)
            others = tuple((o, p**0.5) for o, p in translations if o != word.casefold())
            terms.append(Term(word, _AS_IT_IS if translations else 1.0, others))
        return tuple(terms)


@cache
def load_lexicon() -> Lexicon:
    """Load the German–English lexicon that comes with the bundled embedding, once a process."""
    packed = (files("rag") / "bundled" / "lexicon.tsv.gz").read_bytes()
    return parse_lexicon(gzip.decompress(packed).decode().splitlines())


def parse_lexicon(lines: Iterable[str]) -> Lexicon:
    """Read lines of a language's code, a word, and its translations, with tabs between them."""
    found: dict[str, dict[str, str]] = {}
    for line in lines:
        language, word, translations = line.split("\t")
        found.setdefault(language, {})[word] = translations
    return Lexicon(found)


def _compound_parts(word: str, known: Mapping[str, str]) -> list[str]:
    """Cut an unknown compound into two known words, whichever way makes the shorter one longest."""
    best: list[str] = []
    for middle in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        last = word[middle:]
        if last not in known:
            continue
        for joint in _JOINTS:
            first = re.sub(f"{joint}$", "", word[:middle]) if joint else word[:middle]
            long_enough = len(first) >= _SHORTEST_PART and len(first) + len(joint) == middle
            better = not best or min(len(first), len(last)) > min(map(len, best))
            if long_enough and first in known and better:
                best = [first, last]
    return best
