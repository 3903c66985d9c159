"""Sentence pairs to learn from: reading them, and leaving out what may not be used."""

from __future__ import annotations

import gzip
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

NON_COMMERCIAL = frozenset({"multi30k", "ted_iwslt17"})
"""Sources whose licences forbid commercial use: never learnt from."""

RESEARCH_ONLY = frozenset(
    {"wmt_testsuite_mt", "wmt_testsuite_mt_extra", "newstest", "wmt_ref", "tatoeba_tc"}
)
"""Sources that are "free for research" or say nothing about other use."""


@dataclass(frozen=True)
class Pair:
    """A German sentence, its English translation, and the corpus that they come from."""

    german: str
    english: str
    source: str


def read_pairs(path: Path, *, without: Collection[str] = NON_COMMERCIAL) -> Iterator[Pair]:
    """Yield the pairs of a gzipped file, one a line: German, tab, English, tab, source."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            german, english, source = line.rstrip("\n").split("\t")
            if source not in without:
                yield Pair(german, english, source)


def without_repeats(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Yield the first pair of each English sentence; case and punctuation make no other."""
    seen: set[str] = set()
    for pair in pairs:
        key = " ".join(re.findall(r"\w+", pair.english.casefold()))
        if key not in seen:
            seen.add(key)
            yield pair
