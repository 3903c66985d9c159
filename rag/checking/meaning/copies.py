"""Find a word that a claim puts for another in a sentence that it copies otherwise.

Where a claim says a sentence again word for word but for one, that one has to mean the same: an
inflection, a word that the lexicon translates alike, or one that is near in the embedding.
"Private" does not stand for "öffentliche". Only within one language.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.checking.meaning.opposites import read_sides
from rag.checking.names.find import find_names
from rag.checking.quotes import Quoted
from rag.language.function_words import INTERCHANGEABLE
from rag.language.lexicon import Lexicon
from rag.language.spelling import fold, likeness
from rag.language.synonyms import senses

_JOINED_WORD_OR_NUMBER = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
# A claim copies a sentence if this share of its words is there, in order. With .9 460 opposites are
# found instead of 485, with .7 no more, but 8 of 2,500 questions with their answers instead of 2.
_COPIED = 0.8
_FEWEST_WORDS_COPIED = 5
_MOST_WORDS_COMPARED = 150
_MOST_REPLACED = 2
# One word may be an inflection of another that shares this many letter pairs. Of 800 sentences with
# an opposite for a word 514 are found out, with .6 485, with .5 481; 106 of 600 with a synonym are.
_INFLECTION_LIKENESS = 0.7
# Cosine of two words that may mean the same. Of 183 opposites 125 lie below and share no
# translation, of 128 pairs that mean the same 25; at .65 it is 102 and 22, at .75 145 and 30.
_SAME_MEANING_COSINE = 0.7
_DENYING = ("un", "in", "im", "il", "ir", "dis", "non", "miss", "nicht")


def find_copy_fault(
    text: str,
    language: str,
    quoted: Sequence[Quoted],
    embeddings: Embeddings,
    lexicon: Lexicon,
) -> str:
    """Return which word a claim puts for one of a sentence that it copies, "" if none."""
    mine = _JOINED_WORD_OR_NUMBER.findall(text)
    if not _FEWEST_WORDS_COPIED <= len(mine) <= _MOST_WORDS_COMPARED:
        return ""
    for part in quoted:
        for sentence in part.sentences if part.language == language else ():
            theirs = _JOINED_WORD_OR_NUMBER.findall(sentence)
            if len(theirs) > _MOST_WORDS_COMPARED:
                continue
            for old, new in _replaced(theirs, mine):
                if _is_fault(old, new, language, lexicon) and (
                    _are_names(old, new, text, sentence, language, lexicon)
                    or not (_is_moved(old, new, theirs, mine) or _is_near(old, new, embeddings))
                ):
                    return f"it says “{new}” where the quoted words say “{old}”"
    return ""


def _replaced(theirs: Sequence[str], mine: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each word of a sentence with the one that a copy has in its place."""
    matcher = SequenceMatcher(None, [fold(w) for w in theirs], [fold(w) for w in mine], False)
    codes = matcher.get_opcodes()
    same = sum(end - start for tag, _, _, start, end in codes if tag == "equal")
    if same < _COPIED * len(mine):
        return
    for tag, first, last, start, end in codes:
        if tag == "replace" and last - first == end - start <= _MOST_REPLACED:
            yield from zip(theirs[first:last], mine[start:end], strict=True)


def _is_moved(old: str, new: str, theirs: Sequence[str], mine: Sequence[str]) -> bool:
    """Whether two words have only changed places: "Gestern kam er", "Er kam gestern"."""
    return fold(new) in map(fold, theirs) and fold(old) in map(fold, mine)


def _are_names(
    old: str, new: str, text: str, sentence: str, language: str, lexicon: Lexicon
) -> bool:
    return old in _names(sentence, language, lexicon) and new in _names(text, language, lexicon)


@functools.lru_cache(maxsize=64)
def _names(text: str, language: str, lexicon: Lexicon) -> frozenset[str]:
    return frozenset(name.text for name in find_names(text, language, lexicon) if name.sure)


def _is_near(old: str, new: str, embeddings: Embeddings) -> bool:
    one, other = np.asarray(embeddings.embed_documents([old, new]))
    return float(one @ other) >= _SAME_MEANING_COSINE


def _is_fault(spelled: str, other: str, language: str, lexicon: Lexicon) -> bool:
    """Whether two words mean different things by all that is known of them."""
    old, new = fold(spelled), fold(other)
    if old in INTERCHANGEABLE or new in INTERCHANGEABLE or old[0].isdigit() or new[0].isdigit():
        return False
    shorter, longer = sorted((old, new), key=len)
    if any(longer.startswith(no + shorter[:4]) for no in _DENYING):
        return True
    if likeness(old, new) >= _INFLECTION_LIKENESS:
        return False
    one, there = read_sides(spelled, language), read_sides(other, language)
    if any(not sides.keys().isdisjoint(there.get(scale, {})) for scale, sides in one.items()):
        return False
    mine = senses(spelled, language, lexicon) | {old}
    theirs = senses(other, language, lexicon) | {new}
    return mine.isdisjoint(theirs)
