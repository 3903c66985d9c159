"""How cost grows with the number of passages, and how far each figure is from its floor.

    python -m benchmarks.growth ARTICLES… [--sizes 1000 10000 100000] [--json FILE] [--plot FILE]

Puts real articles into a store first, then articles of real sentences recombined with `--seed`, one
a file, up to each size in turn. No million texts are embedded: the vector of a passage is the mean
of its sentences' vectors, each of which the bundled model made (see `support/recombined.py`). So
rates are those of reading, splitting and storing alone. Each size is written by one process and
searched by another, which has no model in memory.

- `passages_per_second`: added since the size before, files that were there read again;
- `unchanged_s`, `one_changed_s`, `one_removed_s`: all files indexed again in an open store;
- `start_up_s`: from opening the store to the first search, without imports and model;
- `ms`: p50 and p95 of the dense, the lexical and the whole search, which also reads the passages
  and scores them, without a filter and with three;
- `recall_at_10`: of the graph against exact search over all vectors;
- `memory_mb`: the most that was resident in the process that searched.

`floors` has the least that each could be, by the bytes and sums that cannot be left out at the
rates of this machine, and `times_floor` how far away it is (see `support/floors.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.support.floors import Rates, Size, as_dict, floors, measure_rates
from benchmarks.support.recombined import (
    Real,
    file_of,
    learn,
    make_article,
    passages_in,
    real_of,
    write_row,
)
from benchmarks.support.shelf import read_articles
from rag.models.embedding import load_embedding
from vectorstore.compatibility import PROBE

_COMMAND = (sys.executable, "-m", "benchmarks.support.growth_steps")
_DRAWN = 50
_FEWEST = 3  # one is changed, one is removed


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description="How cost grows with the number of passages.")
    parser.add_argument("paths", type=Path, nargs="+", help="files and folders of articles")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--real", type=int, default=3000, help="take the first N real articles")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="keep all files in this new folder")
    parser.add_argument("--json", type=Path, help="write the figures here, after each size")
    parser.add_argument("--plot", type=Path, help="draw the figures into this file")
    options = parser.parse_args(arguments)
    if options.plot:
        # Before the hours of measuring: matplotlib may be missing.
        from benchmarks.support.growth_plot import draw

    real = real_of(islice(read_articles(options.paths), options.real))
    if not real:
        raise SystemExit("there is no article of three sentences: name a folder with articles")
    with TemporaryDirectory() as scratch:
        work: Path = options.work or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        if (work / "data").exists():
            raise SystemExit(f"{work} has an index already: name another folder with --work")
        _learn(work, real, options)
        rates = measure_rates(work)
        figures: dict[str, Any] = {"rates": as_dict(rates), "sizes": []}
        written = _Written(real, options.seed, work / "articles")
        for size in sorted(options.sizes):
            written.grow(size)
            figures["sizes"].append(_measure(work, written, rates))
            if options.json:
                text = json.dumps(figures, indent=2) + "\n"
                options.json.write_text(text, encoding="utf-8")
            print(_line(figures["sizes"][-1]), flush=True)
    if options.plot:
        draw(figures["sizes"], options.plot)
    if not options.json:
        print(json.dumps(figures, indent=2))


class _Written:
    """The articles that were written so far."""

    def __init__(self, real: Sequence[Real], seed: int, folder: Path) -> None:
        self.articles = self.passages = self.text_bytes = 0
        self.folder = folder
        self._real = real
        self._seed = seed

    def grow(self, passages: int) -> None:
        """Write articles until they have so many passages."""
        while self.passages < passages or self.articles < _FEWEST:
            row = make_article(self._real, self.articles, self._seed)
            write_row(self.folder, self.articles, row)
            self.articles += 1
            self.passages += passages_in(row)
            self.text_bytes += len(row["text"].encode())

    def two_there(self, draw: random.Random) -> list[int]:
        """Return the numbers of two articles that have not been removed."""
        drawn = draw.sample(range(self.articles), min(_DRAWN, self.articles))
        there = [number for number in drawn if file_of(self.folder, number).exists()]
        return there[:2]


def _learn(work: Path, real: Sequence[Real], options: argparse.Namespace) -> None:
    """Embed all sentences once, and the questions, and keep them for the processes."""
    draw = random.Random(options.seed)
    chosen = draw.sample(real, min(options.questions, len(real)))
    asked = [f"Was ist über „{one.title[:80]}“ bekannt?" for one in chosen]
    (work / "questions.json").write_text(json.dumps(asked), encoding="utf-8")
    lines = [line for one in real for line in (one.title, *one.sentences)]
    learn([PROBE, *asked, *lines], load_embedding(device="cpu")).save(work)


def _measure(work: Path, written: _Written, rates: Rates) -> dict[str, Any]:
    # Another pair of articles at each size, the same in each run.
    change, remove = written.two_there(random.Random(written.articles))
    found = _run("write", work, "--change", change, "--remove", remove)
    found |= _run("search", work)
    size = Size(
        passages=found["passages"],
        dimensions=found.pop("dimensions"),
        text_bytes=written.text_bytes / written.passages,
        file_bytes=sum(file.stat().st_size for file in written.folder.rglob("*.jsonl")),
        postings=found.pop("postings"),
    )
    found["floors"] = {name: round(least, 4) for name, least in floors(size, rates).items()}
    found["times_floor"] = {
        name: round(_distance(name, least, found), 1)
        for name, least in floors(size, rates).items()
        if least
    }
    found["load_average"] = os.getloadavg()
    return found


def _distance(name: str, least: float, found: dict[str, Any]) -> float:
    if name == "passages_per_second":
        return least / float(found[name])
    if name.endswith("_ms"):
        return float(found["ms"]["no filter"][name.removesuffix("_ms")]["p50"]) / least
    return float(found[name]) / least


def _run(step: str, work: Path, *arguments: object) -> dict[str, Any]:
    command = [*_COMMAND, step, str(work), *(str(argument) for argument in arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"the step {step} failed: see its error above")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _line(found: dict[str, Any]) -> str:
    search = found["ms"]["no filter"]["search"]
    return (
        f"{found['passages']:>9,} passages: {found['passages_per_second']:.0f} a second, search"
        f" {search['p50']} ms (p95 {search['p95']}), {found['memory_mb']:.0f} MB of memory,"
        f" {found['disk_mb']:.0f} MB on disk, start {found['start_up_s']} s, unchanged"
        f" {found['unchanged_s']} s, recall@10 {found['recall_at_10']}"
    )


if __name__ == "__main__":
    main()
