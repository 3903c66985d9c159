"""The bundled lexicon: translations of a question's words into an article's language."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from vectorstore import Term

# Weight of a word itself beside its translations; mostly names and loanwords are the same in both
# languages. R@1 of BM25 on XQuAD (development part, whole paragraphs), English questions / German:
#
#     without a lexicon   .605 / .672
#     weight 1.0          .851 / .869
#     weight .7           .875 / .869
#     weight .5           .862 / .859
_AS_IT_IS = 0.7
# Letters of the shortest part of a German compound, and the links between two parts.
_SHORTEST_PART = 4
_JOINTS = ("", "s", "n", "es", "en", "e")


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Words of two languages with their translations, by the code of the word's language.

    A line holds translations with their probabilities: `contract .46 treaty .32`. It is parsed on
    demand, as few of the two hundred thousand are ever needed.
    """

    lines: Mapping[str, Mapping[str, str]]

    @property
    def languages(self) -> frozenset[str]:
        """The codes of the two languages."""
        return frozenset(self.lines)

    def translate(self, word: str, language: str) -> tuple[tuple[str, float], ...]:
        """Return the translations of a word with their probabilities, the most probable first.

        An unknown German compound is translated part by part.
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
        """Return words of a question as query terms for articles in the other language.

        The weight of a translation is the root of its probability. Darwish and Oard (2003) weigh by
        the probability itself, with which R@1 was .79 instead of .83.
        """
        terms = []
        for word in dict.fromkeys(words):
            translations = self.translate(word, language)
            others = tuple((o, p**0.5) for o, p in translations if o != word.casefold())
            terms.append(Term(word, _AS_IT_IS if translations else 1.0, others))
        return tuple(terms)


@cache
def load_lexicon() -> Lexicon:
    """Load the German–English lexicon bundled with the embedding, once a process."""
    packed = (files("rag") / "bundled" / "lexicon.tsv.gz").read_bytes()
    return parse_lexicon(gzip.decompress(packed).decode().splitlines())


def parse_lexicon(lines: Iterable[str]) -> Lexicon:
    """Read lines of a language code, a word and its translations, separated by tabs."""
    found: dict[str, dict[str, str]] = {}
    for line in lines:
        language, word, translations = line.split("\t")
        found.setdefault(language, {})[word] = translations
    return Lexicon(found)


def _compound_parts(word: str, known: Mapping[str, str]) -> list[str]:
    """Cut an unknown compound into two known words, with the shorter one as long as possible."""
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
