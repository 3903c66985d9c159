"""Ray Data's actors against `article-chat index` over the same articles, in one run.

    pip install -e ".[scale]"
    python -m benchmarks.ray_speed ARTICLES… [--articles N] [--actors 1 2] [--json FILE]

Each way runs twice: over all articles, and over a few. The difference gives passages a
second without what every run costs once: starting Python, Ray and the models. For Ray, embedding
is also given apart from putting the Parquet files into a store. Passages a second of CPU time do
not depend on what else the machine does, seconds do. Memory is the most that all processes of a
run had together.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.support.measured_tree import TreeCost, python, run_measured
from benchmarks.support.shelf import Shelf, read_articles
from vectorstore import read_status

Run = Callable[[Sequence[str]], TreeCost]


def main(arguments: Sequence[str] | None = None, *, run: Run = run_measured) -> None:
    """Run the benchmark from the command line; `run` runs a command and measures it."""
    parser = argparse.ArgumentParser(description="Ray Data against `article-chat index`.")
    parser.add_argument("paths", type=Path, nargs="+", help="files and folders of articles")
    parser.add_argument("--articles", type=int, default=1000, help="take the first N")
    parser.add_argument("--few", type=int, default=64, help="articles of the small run")
    parser.add_argument("--actors", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args(arguments)

    articles = list(islice(read_articles(options.paths), options.articles))
    if len(articles) <= options.few:
        raise SystemExit(f"name more than {options.few} articles: there are {len(articles)}")
    figures: dict[str, Any] = {"articles": len(articles), "load_average": os.getloadavg()}
    with TemporaryDirectory() as scratch:
        work = Path(scratch)
        for name, number in (("few", options.few), ("all", len(articles))):
            (work / name).mkdir()
            shelf = Shelf(articles, work / name)
            for at in range(number):
                shelf.put(at)
        runs = {"index": _index(work, run)}
        for actors in options.actors:
            runs[f"{actors} actors"] = _with_ray(work, actors, run)
    figures["runs"] = runs
    for name, found in runs.items():
        print(name, json.dumps(found))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _index(work: Path, run: Run) -> dict[str, Any]:
    costs, passages = [], []
    for name in ("few", "all"):
        data = work / f"index-{name}"
        costs.append(run(python("ui.cli", "index", work / name, "--data", data)))
        passages.append(read_status(data).counts.passages)
    return _figures(passages, costs)


def _with_ray(work: Path, actors: int, run: Run) -> dict[str, Any]:
    costs, passages, steps = [], [], []
    for name in ("few", "all"):
        data, out = work / f"{actors}-{name}", work / f"{actors}-{name}-out"
        taken = work / "steps.json"
        command = python("benchmarks.ray_embedding", work / name, "--out", out, "--data", data)
        costs.append(run([*command, "--actors", str(actors), "--json", str(taken)]))
        steps.append(json.loads(taken.read_text(encoding="utf-8")))
        passages.append(read_status(data).counts.passages)
    apart = {step: rates(passages, [one[step] for one in steps]) for step in ("embed", "load")}
    return _figures(passages, costs) | apart


def _figures(passages: Sequence[int], costs: Sequence[TreeCost]) -> dict[str, Any]:
    return {
        "passages": passages[1],
        "elapsed": rates(passages, [cost.seconds for cost in costs]),
        "cpu": rates(passages, [cost.cpu_seconds for cost in costs]),
        "memory_mb": round(costs[1].memory_mb),
    }


def rates(passages: Sequence[int], seconds: Sequence[float]) -> dict[str, float]:
    """Return passages a second, and the seconds of a run over none, from a few and from all."""
    rate = (passages[1] - passages[0]) / (seconds[1] - seconds[0])
    return {
        "passages_per_second": round(rate, 1),
        "once_s": round(seconds[0] - passages[0] / rate, 1),
    }


if __name__ == "__main__":
    main()
