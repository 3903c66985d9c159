"""What is learnt from: sentences as token numbers, joined into passages on one subject.

The pairs come shuffled, so the passages of the documents they were taken from are lost; sentences
that are near each other in meaning stand in for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Sentences in a group that passages are made from.
_GROUP = 48
_LONGEST = 250
# Of all other texts than questions, which stand alone as they do when they are asked, those that
# are one sentence; the rest have lengths spread evenly up to the longest that the model reads.
_SINGLE = 0.3
# Texts of a batch differ in length by no more than sorting this many tokens' worth leaves.
_POOL = 40


@dataclass(frozen=True)
class Corpus:
    """Pairs of sentences as token numbers, frames left out, and the share of times each is used.

    `german[i]` and `english[i]` translate each other, in the student's tokens; `taught[i]` is the
    English in the teacher's. `source[i]` names their corpus, `question[i]` says what it is.
    """

    german: Sequence[NDArray[np.int32]]
    english: Sequence[NDArray[np.int32]]
    taught: Sequence[NDArray[np.int32]]
    source: Sequence[str]
    question: NDArray[np.bool_]
    share: NDArray[np.float64]


def batches(
    corpus: Corpus, groups: Sequence[NDArray[np.int64]], *, tokens: int, seed: int
) -> Iterator[list[NDArray[np.int64]]]:
    """Yield batches of texts for one epoch, a text being the numbers of the pairs it is made of.

    A batch holds about `tokens` German tokens, padding counted, in texts of like length.
    """
    random = np.random.default_rng(seed)
    texts = list(_texts(corpus, groups, random))
    size = np.array([sum(len(corpus.german[i]) for i in text) for text in texts])
    order = random.permutation(len(texts))
    per_pool = max(1, round(_POOL * tokens / size.mean()))
    pooled: list[list[NDArray[np.int64]]] = []
    for first in range(0, len(order), per_pool):
        pool = order[first : first + per_pool]
        batch: list[int] = []
        for number in pool[np.argsort(size[pool], kind="stable")]:
            if batch and (len(batch) + 1) * size[number] > tokens:
                pooled.append([texts[i] for i in batch])
                batch = []
            batch.append(int(number))
        pooled.append([texts[i] for i in batch])
    yield from (pooled[i] for i in random.permutation(len(pooled)))


def subject_groups(
    vectors: NDArray[np.float32], source: Sequence[str], seed: int
) -> list[NDArray[np.int64]]:
    """Split sentences into groups of about one subject and one source, by halving with 2-means."""
    random = np.random.default_rng(seed)
    names = np.array(source)
    groups: list[NDArray[np.int64]] = []
    waiting = [np.flatnonzero(names == name) for name in sorted(set(source))]
    while waiting:
        members = waiting.pop()
        if len(members) <= _GROUP:
            groups.append(members)
            continue
        inside = vectors[members]
        centres = inside[random.choice(len(members), 2, replace=False)]
        for _ in range(4):
            lean = inside @ (centres[0] - centres[1])
            # Halved at the middle, so that groups are alike in size and the depth is bounded.
            first = lean > np.median(lean)
            if first.all() or not first.any():
                first = np.arange(len(members)) % 2 == 0
            centres = np.stack([inside[first].mean(0), inside[~first].mean(0)])
            centres /= np.linalg.norm(centres, axis=1, keepdims=True) + 1e-9
        waiting += [members[first], members[~first]]
    return groups


def _texts(
    corpus: Corpus, groups: Sequence[NDArray[np.int64]], random: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    for number in random.permutation(len(groups)):
        group = random.permutation(groups[number])
        share = corpus.share[group]
        times = np.floor(share + random.random(len(group))).astype(int)
        members = np.repeat(group, times)
        asking = corpus.question[members]
        yield from members[asking, None]
        members = members[~asking]
        while len(members):
            wanted = 1 if random.random() < _SINGLE else int(random.integers(40, _LONGEST + 1))
            longer = np.maximum(
                np.cumsum([len(corpus.german[i]) for i in members]),
                np.cumsum([len(corpus.english[i]) for i in members]),
            )
            # At least one sentence; the model cuts what is too long.
            count = max(1, int(np.searchsorted(longer, wanted, side="right")))
            yield members[:count]
            members = members[count:]
