"""Code-switching: English words replaced by German ones, so that English examples teach German.

Qin et al., “CoSDA-ML”, IJCAI 2020. Word order and endings stay English; what is learnt is that the
words of both languages mean the same, in every layer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from rag.language.lexicon import Lexicon

Span = tuple[int, int]

# Share of the words with a translation that are replaced.
SWITCHED = 0.8
# Least probability of a translation that is used.
LIKELY = 0.12


class Switcher:
    """English words with their likely German translations and the weight of each."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.choices = lru_cache(maxsize=None)(self._choices)

    def _choices(self, word: str) -> tuple[tuple[str, ...], np.ndarray]:
        found = [(w, p) for w, p in self._lexicon.translate(word, "en") if p >= LIKELY]
        weights = np.array([p for _, p in found])
        return tuple(w for w, _ in found), weights.cumsum() / (weights.sum() or 1.0)


def switch(
    text: str, spans: Sequence[Span], switcher: Switcher, rng: np.random.Generator
) -> tuple[str, tuple[Span, ...]]:
    """Return `text` with most of its words translated, and where `spans` of it now are.

    Whether a word is switched is drawn for each word; capitals are kept.
    """
    parts: list[str] = []
    shifts: list[tuple[int, int]] = [(0, 0)]
    written = read = 0
    for match in re.finditer(r"[^\W\d_]+", text):
        words, weights = switcher.choices(match.group().casefold())
        if not words or rng.random() > SWITCHED:
            continue
        new = words[int(np.searchsorted(weights, rng.random()))]
        if match.group()[0].isupper():
            new = new[:1].upper() + new[1:]
        parts += [text[read : match.start()], new]
        written += match.start() - read
        shifts.append((match.start(), written))
        written += len(new)
        read = match.end()
        shifts.append((read, written))
    parts.append(text[read:])
    old = [one for one, _ in shifts]

    def moved(at: int) -> int:
        place = int(np.searchsorted(old, at, side="right")) - 1
        start, new_start = shifts[place]
        # Inside a word that was replaced: its start in the new text.
        inside = place + 1 < len(shifts) and place % 2 == 1
        return new_start if inside else new_start + at - start

    def moved_end(at: int) -> int:
        place = int(np.searchsorted(old, at, side="left")) - 1
        if place >= 0 and place % 2 == 1 and at <= shifts[place + 1][0]:
            return shifts[place + 1][1]
        return moved(at)

    return "".join(parts), tuple((moved(start), moved_end(end)) for start, end in spans)
