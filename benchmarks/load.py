"""Fifty readers at once, while articles are added and removed.

    python -m benchmarks.load ARTICLES… [--askers N] [--seconds N] [--articles N] [--out FILE]

Indexes the first N articles, serves the real page from a process of its own on loopback, and has
each asker ask one question after the other and press every citation of the answer. Meanwhile
`article-chat index` takes in five new articles and removes five, again and again. Questions and
changes are drawn with `--seed`. Prints one JSON object:

- `errors`: answers, citations or index runs that failed, by their text;
- `wrong_citations`: the marked text is verbatim in no article, or only in articles whose removal
  was reported before the question was asked;
- `gone_citations`: the article was removed between the answer and the press, as the page says;
- `seconds_to_answer`: from the question to the complete answer, waiting in the queue included;
- `memory_mb`: resident memory of the page's process, every second; `growth_per_minute` is the
  slope of a line through the last four fifths of the run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import numpy as np

from benchmarks.support.page_client import PageFault, citations_in, failure_in, open_tab
from benchmarks.support.served_page import PATIENCE, index, serve_page
from benchmarks.support.shelf import Shelf, read_articles


@dataclass
class Tally:
    """What the askers met; each adds to it from its own thread."""

    taken: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    citations: int = 0
    gone: int = 0
    index_runs: int = 0
    memory: list[tuple[float, float]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description="Many askers while articles come and go.")
    parser.add_argument("paths", type=Path, nargs="+", help="files and folders of articles")
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--articles", type=int, default=1000, help="index the first N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-reader", action="store_true", help="answer without the reader")
    parser.add_argument("--out", type=Path, help="write the JSON here too")
    options = parser.parse_args()

    # Half as many again are kept back, to be added during the run.
    articles = list(islice(read_articles(options.paths), options.articles + options.articles // 2))
    with TemporaryDirectory() as folder:
        shelf = Shelf(articles, Path(folder) / "articles")
        data = Path(folder) / "data"
        shelf.folder.mkdir()
        for number in range(min(options.articles, max(1, len(articles) * 2 // 3))):
            shelf.put(number)
        index(data, shelf.folder)
        with serve_page(data, [*(["--no-reader"] if options.no_reader else [])]) as (url, process):
            tally = _run(options, shelf, data, url, process)
    figures = _figures(options, shelf, tally)
    print(json.dumps(figures, indent=2))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _run(options: argparse.Namespace, shelf: Shelf, data: Path, url: str, process: int) -> Tally:
    tally, over = Tally(), threading.Event()
    threads = [
        threading.Thread(target=_ask, args=(url, shelf, tally, over, f"{options.seed}-{number}"))
        for number in range(options.askers)
    ]
    threads.append(threading.Thread(target=_change, args=(data, shelf, tally, over, options.seed)))
    began = time.monotonic()
    for thread in threads:
        thread.start()
    while time.monotonic() - began < options.seconds:
        tally.memory.append((time.monotonic() - began, _resident(process)))
        time.sleep(1)
    over.set()
    for thread in threads:
        thread.join()
    return tally


def _ask(url: str, shelf: Shelf, tally: Tally, over: threading.Event, seed: str) -> None:
    draw = random.Random(seed)
    while not over.is_set():
        article = draw.choice(shelf.articles)
        # A new tab each time, as by a new reader; a follow-up would be another question.
        with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
            asked = time.monotonic()
            try:
                with open_tab(url, client) as visitor:
                    conversation = visitor.ask(f"Was ist über „{article.title[:80]}“ bekannt?")
                    taken = time.monotonic() - asked
                    if failure := failure_in(conversation):
                        raise PageFault(failure)
                    opened = [visitor.open(*at) for at in citations_in(conversation)]
            except (PageFault, httpx.HTTPError) as error:
                with tally.lock:
                    tally.errors[f"{type(error).__name__}: {error}"[:200]] += 1
                continue
        with tally.lock:
            tally.taken.append(taken)
            tally.citations += len(opened)
            for found in opened:
                if found.notice and shelf.removed:
                    tally.gone += 1
                elif not shelf.may_be_cited(found.marked, asked):
                    tally.wrong.append(found.marked or found.notice)


def _change(data: Path, shelf: Shelf, tally: Tally, over: threading.Event, seed: int) -> None:
    draw = random.Random(seed)
    while not over.is_set():
        gone = shelf.change(draw)
        try:
            index(data, shelf.folder)
        except subprocess.CalledProcessError as error:
            with tally.lock:
                tally.errors[f"index: {error.stderr}"[:200]] += 1
        else:
            shelf.removed.update(dict.fromkeys(gone, time.monotonic()))
            tally.index_runs += 1
        over.wait(1)


def _resident(process: int) -> float:
    """Return the resident memory of a process in MB (Linux)."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _figures(options: argparse.Namespace, shelf: Shelf, tally: Tally) -> dict[str, Any]:
    settled = [(at, mb) for at, mb in tally.memory if at >= options.seconds / 5]
    slope = 0.0
    if len(settled) > 1:
        at, megabytes = np.transpose(settled)
        slope = np.polyfit(at, megabytes, 1)[0] * 60
    taken = np.array(tally.taken or [0.0])
    return {
        "askers": options.askers,
        "seconds": options.seconds,
        "articles": len(shelf.lying),
        "answers": len(tally.taken),
        "answers_per_second": round(len(tally.taken) / options.seconds, 2),
        "seconds_to_answer": {
            "p50": round(float(np.percentile(taken, 50)), 2),
            "p95": round(float(np.percentile(taken, 95)), 2),
        },
        "errors": dict(tally.errors),
        "citations": tally.citations,
        "wrong_citations": tally.wrong,
        "gone_citations": tally.gone,
        "index_runs": tally.index_runs,
        "memory_mb": {
            "start": round(tally.memory[0][1]),
            "end": round(tally.memory[-1][1]),
            "highest": round(max(mb for _, mb in tally.memory)),
            "growth_per_minute": round(float(slope), 1),
        },
        "load_average": os.getloadavg(),
    }


if __name__ == "__main__":
    main()
