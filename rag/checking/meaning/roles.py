"""Find who did it to whom the wrong way round: "Frankreich schlug Kroatien" for the reverse.

Only within one language, and where the words besides the names are nearly the same: in German
either name may stand first, and only the words before them ("gegen", "den", "by") tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rag.checking.names.find import find_names
from rag.checking.quotes import Quoted
from rag.language.function_words import AGENT_PREPOSITIONS, BEFORE_NAMES, PASSIVE_AUXILIARIES
from rag.language.lexicon import Lexicon
from rag.language.spelling import fold

_WORD = re.compile(r"\w+")
# Who meets, marries or equals the other is met, married and equalled.
_MUTUAL = re.compile(
    r"\b(?:treffen|trifft|trafen?|getroffen|meet\w*|met|verhandel\w+|negotiat\w+|gleich\w*|equal\w*"
    r"|heirate\w*|marr\w+|zwischen|between|gemeinsam\w*|together|grenz\w+|border\w*)\b",
    re.IGNORECASE,
)
# Of the words of a claim besides names, this share has to be in the quoted sentence. From .6 to .9
# 60 of 250 exchanged pairs of names are found, most of the others being no parts in a deed; 1 of
# 2,500 questions with their answers is flagged, with .6 4.
_SHARE_OF_SAME_WORDS = 0.8
_MOST_NAMES = 12
_JOINED = re.compile(r",| (?:und|and|oder|or|sowie) (?=[^\W\d_])")


@dataclass(frozen=True)
class _Part:
    """A name in a sentence, the word before it that says its part, and where it stands."""

    text: str
    words: frozenset[str]
    mark: str
    start: int


def find_role_fault(text: str, language: str, quoted: Sequence[Quoted], lexicon: Lexicon) -> str:
    """Return which two names of a claim have each other's place, "" if none have."""
    mine = _read_parts(text, language, lexicon)
    if len(mine) < 2 or _MUTUAL.search(text):
        return ""
    for part in quoted:
        for sentence in part.sentences if part.language == language else ():
            if not _says_the_same(text, mine, sentence):
                continue
            theirs = _read_parts(sentence, language, lexicon)
            passive = _is_passive(text) != _is_passive(sentence)
            for (one, there), (other, elsewhere) in combinations(_pair(mine, theirs), 2):
                if _exchange(one, other, there, elsewhere, passive):
                    return (
                        f"{one.text} and {other.text} have each other's place in the quoted words"
                    )
    return ""


def _read_parts(text: str, language: str, lexicon: Lexicon) -> list[_Part]:
    """Return the names of a sentence, those of several words as one; none if there are too many."""
    runs: dict[int, list[tuple[int, int]]] = {}
    for name in find_names(text, language, lexicon):
        if name.text[:1].isupper():
            runs.setdefault(name.run, []).append(name.span)
    if len(runs) > _MOST_NAMES:
        return []
    parts: list[_Part] = []
    for spans in runs.values():
        start, end = spans[0][0], spans[-1][1]
        words = frozenset(fold(word) for word in _WORD.findall(text[start:end]))
        parts.append(_Part(text[start:end], words, _read_mark(text, start, end), start))
    return parts


def _read_mark(text: str, start: int, end: int) -> str:
    """Return the word before a name that says its part, ``und`` in an enumeration, else ""."""
    before = text[max(0, start - 25) : start].rstrip()
    if before.endswith(",") or _JOINED.match(text, end):
        return "und"
    words = _WORD.findall(before)
    return fold(words[-1]) if words and fold(words[-1]) in BEFORE_NAMES else ""


def _pair(mine: Sequence[_Part], theirs: Sequence[_Part]) -> Iterator[tuple[_Part, _Part]]:
    """Yield the names that both sentences have once, in the order of the first."""
    for part in mine:
        same = [other for other in theirs if not part.words.isdisjoint(other.words)]
        if len(same) == 1 and sum(not p.words.isdisjoint(same[0].words) for p in mine) == 1:
            yield part, same[0]


def _exchange(one: _Part, other: _Part, there: _Part, elsewhere: _Part, passive: bool) -> bool:
    """Whether each of two names has the part in one sentence that the other has in the other."""
    turned = (one.start < other.start) != (there.start < elsewhere.start)
    if passive:
        # "A attacked B", "A was attacked by B"; in German "von" is also "of".
        agents = {other.mark, elsewhere.mark} & AGENT_PREPOSITIONS
        differs = other.mark != elsewhere.mark and one.mark == there.mark
        return bool(agents) and differs and not turned
    if (one.mark, other.mark) != (elsewhere.mark, there.mark):
        return False
    joined = {one.mark, other.mark} & {"und", "and"}
    return not joined and (turned if one.mark == other.mark else True)


def _says_the_same(text: str, names: Sequence[_Part], sentence: str) -> bool:
    named = frozenset(word for part in names for word in part.words)
    words = (
        {fold(word) for word in _WORD.findall(text)} - named - PASSIVE_AUXILIARIES - BEFORE_NAMES
    )
    there = {fold(word) for word in _WORD.findall(sentence)}
    return len(words & there) >= _SHARE_OF_SAME_WORDS * len(words)


def _is_passive(text: str) -> bool:
    return any(fold(word) in PASSIVE_AUXILIARIES for word in _WORD.findall(text))
