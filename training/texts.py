"""Make training texts: sentences as token numbers, joined into passages on one subject.

The pairs are shuffled, so the passages of their documents are lost. Sentences of similar meaning
take their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Sentences in a group from which passages are made.
_GROUP = 48
_LONGEST = 250
# Share of single sentences among the texts. The others have lengths spread evenly up to the longest
# that the model reads. Questions are always single, as they are asked.
_SINGLE = 0.3
# Batches that are sorted by length together, so that the texts of a batch have similar lengths.
_POOL = 40


@dataclass(frozen=True)
class Corpus:
    """Pairs of sentences as token numbers, without special tokens.

    `german[i]` and `english[i]` translate each other, in the student's tokens. `taught[i]` is the
    English sentence in the teacher's tokens. `source[i]` is the corpus, `question[i]` whether the
    pair is a question, and `share[i]` its uses in an epoch.
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
    """Yield batches of texts for one epoch; a text is the numbers of its pairs.

    A batch holds about `tokens` German tokens, padding included, in texts of similar length.
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
    """Split sentences into groups of one source and about one subject, by repeated 2-means."""
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
            # Split at the median, so that groups have similar sizes and the depth is bounded.
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
            # At least one sentence; the model cuts it if it is too long.
            count = max(1, int(np.searchsorted(longer, wanted, side="right")))
            yield members[:count]
            members = members[count:]
