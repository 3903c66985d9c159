"""Learn translations of words from sentence pairs: IBM Model 1 in both directions.

Brown et al. 1993, with the diagonal prior of fast_align (Dyer, Chahuneau & Smith 2013): words at
similar positions of their sentences are likelier to translate each other. The data are arrays of
links; a link is one source token and one target token of the same pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
# fast_align's tension, near its optimum for German and English.
_TENSION = 4.0
_ROUNDS = 5
# Tokens. Longer sentences say little about single words, and their links grow with the square.
_LONGEST = 60


@dataclass(frozen=True)
class Translations:
    """Probabilities of translations, by the numbers of the two words.

    `forward` is p(target | source), `backward` p(source | target). All arrays have one entry for
    each pair of words that occur together.
    """

    source: Ids
    target: Ids
    forward: NDArray[np.float32]
    backward: NDArray[np.float32]

    @property
    def mutual(self) -> NDArray[np.float32]:
        """The product of both directions, high only for words that translate each other."""
        return self.forward * self.backward


def align(
    sources: Sequence[Sequence[int] | NDArray[np.int32]],
    targets: Sequence[Sequence[int] | NDArray[np.int32]],
    *,
    rounds: int = _ROUNDS,
) -> Translations:
    """Learn translations from pairs of sentences, given as numbers of words."""
    codes, prior, source_token, target_token, width = _links(sources, targets)
    unique, link = np.unique(codes, return_inverse=True)
    del codes
    source, target = unique // width, unique % width
    return Translations(
        source,
        target,
        _expectation_maximisation(link, prior, target_token, source, rounds),
        _expectation_maximisation(link, prior, source_token, target, rounds),
    )


def _expectation_maximisation(
    link: Ids,
    prior: NDArray[np.float32],
    explained: NDArray[np.int32],
    explaining: Ids,
    rounds: int,
) -> NDArray[np.float32]:
    """Return p(explained word | explaining word) for each pair of words."""
    likely = np.ones(len(explaining), dtype=np.float32)
    for _ in range(rounds):
        posterior = likely[link] * prior
        posterior /= np.bincount(explained, posterior).astype(np.float32)[explained]
        counts = np.bincount(link, posterior, minlength=len(explaining))
        likely = (counts / np.bincount(explaining, counts)[explaining]).astype(np.float32)
    return likely


def _links(
    sources: Sequence[Sequence[int] | NDArray[np.int32]],
    targets: Sequence[Sequence[int] | NDArray[np.int32]],
) -> tuple[Ids, NDArray[np.float32], NDArray[np.int32], NDArray[np.int32], int]:
    """Return the code and prior of each link, and its two tokens' numbers in the whole text."""
    width = 1 + max(max(target, default=0) for target in targets)
    codes, priors, source_tokens, target_tokens = [], [], [], []
    sources_before = targets_before = 0
    for source, target in zip(sources, targets, strict=True):
        m, n = len(source), len(target)
        if 0 < m <= _LONGEST and 0 < n <= _LONGEST:
            codes.append(
                np.add.outer(np.asarray(source, dtype=np.int64) * width, np.asarray(target)).ravel()
            )
            away = np.subtract.outer((np.arange(m) + 0.5) / m, (np.arange(n) + 0.5) / n)
            priors.append(np.exp(-_TENSION * np.abs(away), dtype=np.float32).ravel())
            source_tokens.append(np.repeat(np.arange(m, dtype=np.int32) + sources_before, n))
            target_tokens.append(np.tile(np.arange(n, dtype=np.int32) + targets_before, m))
            sources_before += m
            targets_before += n
    return (
        np.concatenate(codes),
        np.concatenate(priors),
        np.concatenate(source_tokens),
        np.concatenate(target_tokens),
        width,
    )
