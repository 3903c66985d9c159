"""Claims derived from quoted sentences and written claims: copies with a change, clauses hung on.

They are the lies that are told most easily, and nobody writes them by hand: a sentence copied but
for a name, a number or a “nicht”, and a sound claim that goes on with something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from training.reader.altering import alter, exchange_name
from training.reader.pair import CONTRADICTED, NOT_SAID, SUPPORTED, Pair

_JOINTS = {
    "de": (" und ", ", und ", ", aber ", "; ", ", während "),
    "en": (" and ", ", and ", ", but ", "; "),
}
_WORDS = re.compile(r"\w+")
# A copy has at least this many words, as in use.
_FEWEST_WORDS = 5


def copies(pair: Pair, others: Sequence[Pair], rng: np.random.Generator) -> Iterator[Pair]:
    """Yield a quoted sentence as a claim, and again with one thing changed."""
    if len(_WORDS.findall(pair.sentence)) < _FEWEST_WORDS:
        return
    other = others[int(rng.integers(len(others)))].sentence
    altered = exchange_name(pair.sentence, other, rng) if rng.random() < 0.4 else ""
    altered = altered or alter(pair.sentence, rng)
    if altered:
        yield replace(pair, claim=pair.sentence, label=SUPPORTED)
        yield replace(pair, claim=altered, label=CONTRADICTED, binary=True)


def hung_on(pair: Pair, others: Sequence[Pair], rng: np.random.Generator) -> Iterator[Pair]:
    """Yield a sound claim, and again with a clause from a claim about another article."""
    if pair.label != SUPPORTED or pair.language not in _JOINTS:
        return
    for _ in range(5):
        other = others[int(rng.integers(len(others)))]
        if other.language == pair.language and other.quoted != pair.quoted:
            joints = _JOINTS[pair.language]
            joint = joints[int(rng.integers(len(joints)))]
            yield pair
            yield replace(
                pair,
                claim=pair.claim.rstrip(". ") + joint + other.claim,
                label=NOT_SAID,
                binary=True,
            )
            return
