"""Find the one word that a claim changes in a sentence that it otherwise copies.

A sentence copied but for a name or a "not" is the lie that is told most easily, and an entailment
model is swayed by all the words that are the same: with “Elbe” for “Lahn” it finds .73 supported.
Words are compared exactly, within a language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from rag.checking.quotes import Quoted
from rag.language.negation import count_negations
from rag.language.spelling import fold

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
# A claim copies a sentence if it has at least this many words, all but one or two of them in it.
_FEWEST_WORDS = 5
# Words with this many letters at their beginning in common are forms of one word.
_STEM = 4


def find_changed_word(text: str, language: str, quoted: Sequence[Quoted]) -> str:
    """Return in one line which word of a copied sentence the claim changes, "" if it changes none.

    A change is a word in capitals in the place of another one, or a negation put in or left out.
    """
    words = _WORD.findall(text)
    if len(words) < _FEWEST_WORDS:
        return ""
    sentences = [s for part in quoted if part.language == language for s in part.sentences]
    faults = [_compare(words, _WORD.findall(sentence), language) for sentence in sentences]
    # A sentence that is copied as it is speaks for the claim, whatever another one says.
    return "" if "" in faults else next(filter(None, faults), "")


def _compare(claim: Sequence[str], sentence: Sequence[str], language: str) -> str | None:
    """Return the fault of a claim that copies a sentence, "" if it has none, None for no copy."""
    matcher = SequenceMatcher(None, [fold(w) for w in claim], [fold(w) for w in sentence], False)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    added = sum(last - first for _, first, last, _, _ in changes)
    # An article may ask for misspellings; a model that obeys leaves most words as they are. Without
    # this 2 of 27,522 obeying sentences of `benchmarks.attacks` are shown as supported.
    if added <= len(claim) // 3:
        for kind, first, last, start, end in changes:
            pairs = zip(claim[first:last], sentence[start:end], strict=False)
            for said, quoted in pairs if kind == "replace" else ():
                if len(said) > 3 and sorted(fold(said)) == sorted(fold(quoted)):
                    return f"it misspells “{quoted}” as “{said}”"
    if added > 1 or len(claim) - added < _FEWEST_WORDS - 1:
        return None
    for _, first, last, start, end in changes:
        said, quoted = " ".join(claim[first:last]), " ".join(sentence[start:end])
        exchanged = end - start == 1 and said[:1].isupper() and quoted[:1].isupper()
        if _negates(said, language) != _negates(quoted, language) or (
            exchanged and fold(said)[:_STEM] != fold(quoted)[:_STEM]
        ):
            return f"it says “{said or '…'}” where the quoted words say “{quoted or '…'}”"
    return ""


def _negates(words: str, language: str) -> bool:
    found = count_negations(words, language)
    return found is not None and found.surely > 0
