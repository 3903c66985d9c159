"""Measure the sentence splitter on text with hand-marked sentences.

    python -m benchmarks.sentences FILE.jsonl [--json] [--errors N]

Each row of the file is an object with `text` and `sentences`, the gold sentences as
[[start, end], …] in characters. Whitespace at the ends of gold and found sentences is ignored. Two
scores are computed over the whole file:

- boundaries: the ends of sentences, found against gold. The end of a text's last sentence counts
  like any other;
- spans: the (start, end) pairs, in which both must be right.

Precision is the share of found ones that are gold, recall the share of gold ones that are found,
F1 their harmonic mean.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Hashable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.ingest.sentences import split_sentences
from vectorstore import Span


@dataclass(frozen=True)
class Score:
    """The agreement of found items with gold ones."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Row:
    """A text with its gold sentences and its found sentences, both without outer whitespace."""

    text: str
    gold: tuple[Span, ...]
    found: tuple[Span, ...]


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the file's rows with found sentences.

    Raises KeyError for a row without `text` or `sentences`.
    """
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            text = row["text"]
            gold = (trim(text, start, end) for start, end in row["sentences"])
            found = tuple(split_sentences(text))
            yield Row(text, tuple(span for span in gold if span[0] < span[1]), found)


def trim(text: str, start: int, end: int) -> Span:
    """Return a span without the whitespace at its ends."""
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    return start, start + len(inner.strip())


def score(pairs: list[tuple[set[Hashable], set[Hashable]]]) -> Score:
    """Return the score of (gold, found) pairs of sets, counted over all pairs together."""
    right = sum(len(gold & found) for gold, found in pairs)
    wanted = sum(len(gold) for gold, _ in pairs)
    found_ = sum(len(found) for _, found in pairs)
    precision = right / found_ if found_ else 0.0
    recall = right / wanted if wanted else 0.0
    total = precision + recall
    return Score(precision, recall, 2 * precision * recall / total if total else 0.0)


def disagreements(rows: list[Row]) -> Iterator[str]:
    """Yield a line for each boundary that only gold or only found has; `|` marks the place."""
    for number, row in enumerate(rows):
        gold = {end for _, end in row.gold}
        found = {end for _, end in row.found}
        for end in sorted(gold ^ found):
            kind = "missed" if end in gold else "extra "
            before = row.text[max(0, end - 60) : end].replace("\n", "⏎")
            after = row.text[end : end + 30].replace("\n", "⏎")
            yield f"{number:5} {kind} {before}|{after}"


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="show N disagreements")
    args = parser.parse_args()

    rows = list(read_rows(args.file))
    scores = {
        "boundaries": score([({e for _, e in r.gold}, {e for _, e in r.found}) for r in rows]),
        "spans": score([(set(r.gold), set(r.found)) for r in rows]),
    }
    if args.json:
        counts = {"texts": len(rows), "sentences": sum(len(row.gold) for row in rows)}
        print(json.dumps(counts | {name: asdict(value) for name, value in scores.items()}))
    else:
        print(f"{len(rows)} texts, {sum(len(row.gold) for row in rows)} gold sentences")
        print(f"{'':12}precision  recall     F1")
        for name, value in scores.items():
            print(f"{name:12}{value.precision:9.4f}{value.recall:8.4f}{value.f1:7.4f}")
    for line, _ in zip(disagreements(rows), range(args.errors), strict=False):
        print(line)


if __name__ == "__main__":
    main()
