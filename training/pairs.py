"""Read sentence pairs, without the corpora that may not be used."""

from __future__ import annotations

import gzip
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

NON_COMMERCIAL = frozenset({"multi30k", "ted_iwslt17"})
"""Sources whose licences forbid commercial use; they are never used."""

RESEARCH_ONLY = frozenset(
    {"wmt_testsuite_mt", "wmt_testsuite_mt_extra", "newstest", "wmt_ref", "tatoeba_tc"}
)
"""Sources that are "free for research", or whose release is non-commercial."""


@dataclass(frozen=True)
class Pair:
    """A German sentence, its English translation, and their corpus."""

    german: str
    english: str
    source: str


def read_pairs(path: Path, *, without: Collection[str] = NON_COMMERCIAL) -> Iterator[Pair]:
    """Yield the pairs of a gzipped file with lines of German, tab, English, tab, source."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            german, english, source = line.rstrip("\n").split("\t")
            if source not in without:
                yield Pair(german, english, source)


def without_repeats(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Yield the first pair of each English sentence, compared without case and punctuation."""
    seen: set[str] = set()
    for pair in pairs:
        key = " ".join(re.findall(r"\w+", pair.english.casefold()))
        if key not in seen:
            seen.add(key)
            yield pair
