"""Learn the lexicon: for each word of one language, its translations into the other."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.alignment import Translations, align
from training.pairs import Pair

_WORD = re.compile(r"\w+")
_RAREST = 2
# The product of both directions' probabilities. Lexical R@1 on XQuAD (development part, English
# questions, German paragraphs) by this threshold: .02 .830, .005 .837, .002 .853, .0003 .856.
_LEAST = 0.002
_MOST = 6


def write_lexicon(pairs: Sequence[Pair], path: Path) -> None:
    """Learn a lexicon from pairs and write it, gzipped, one word a line.

    A line holds the word's language, the word, and its translations with p(translation | word), the
    most probable first. Tabs separate the three, spaces the translations.
    """
    german, german_words = _numbered(pair.german for pair in pairs)
    english, english_words = _numbered(pair.english for pair in pairs)
    found = align(german, english)
    lines = [
        *_lines(
            "de", german_words, english_words, found.source, found.target, found.forward, found
        ),
        *_lines(
            "en", english_words, german_words, found.target, found.source, found.backward, found
        ),
    ]
    # Without a time stamp, so that the same pairs make the same file.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as out:
        out.write("".join(lines).encode())


def _numbered(texts: Iterable[str]) -> tuple[list[list[int]], list[str]]:
    cut = [_WORD.findall(text.casefold()) for text in texts]
    counts = Counter(word for words in cut for word in words)
    known = [word for word, count in counts.most_common() if count >= _RAREST]
    numbers = {word: number for number, word in enumerate(known)}
    return [[numbers[word] for word in words if word in numbers] for words in cut], known


def _lines(
    language: str,
    words: Sequence[str],
    others: Sequence[str],
    word: NDArray[np.int64],
    other: NDArray[np.int64],
    likely: NDArray[np.float32],
    found: Translations,
) -> Iterator[str]:
    sure = np.flatnonzero(found.mutual > _LEAST)
    sure = sure[np.lexsort((-found.mutual[sure], word[sure]))]
    bounds = np.flatnonzero(np.diff(word[sure], prepend=-1, append=-1))
    lines = []
    for first, last in zip(bounds[:-1], bounds[1:], strict=True):
        best = sure[first:last][:_MOST]
        shown = " ".join(f"{others[other[i]]} {likely[i]:.2g}" for i in best)
        lines.append(f"{language}\t{words[word[best[0]]]}\t{shown}\n")
    yield from sorted(lines)
