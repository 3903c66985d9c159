"""Speed against what a user would pick instead: stock LangChain, LlamaIndex and Haystack.

    pip install -e ".[benchmarks]"
    python -m benchmarks.speed ARTICLES… [--articles N] [--questions N] [--json FILE]

All pipelines run one after the other, each in processes of its own, over the same articles, with
the weights of our bundled embedding, on the CPU. A pipeline whose package is missing is named and
left out. Each one

- indexes like for like: our passages with their titles, one number format, documents and facts
  stored;
- indexes as shipped: its own splitter and defaults. Passages then differ in size, so compare
  articles a second, and `text_read`: the share of the indexed tokens that the model does not cut
  off;
- starts anew and answers a question: seconds from the start of the process, imports included;
- answers questions: `question` is all from the text to eight passages; the stages follow. Our
  `answer` goes on to checked quotations, without and with the reader; our first answer has the
  reader. The others end with passages.

Questions are made from headlines drawn with `--seed`, or come from a file, one a line. A ratio is
how many times slower, larger or longer the other one is. Memory is the most that was resident in
the process.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.resources import as_file, files
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.support.measured_pipeline import MISSING
from benchmarks.support.pipelines import MODULES
from benchmarks.support.shelf import read_articles
from benchmarks.support.speed_table import add_ratios, speed_table
from rag.models.precision import native_precision

_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "ANONYMIZED_TELEMETRY": "False",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description="Speed against other pipelines.")
    parser.add_argument("paths", type=Path, nargs="+", help="files and folders of articles")
    parser.add_argument("--articles", type=int, default=200, help="take the first N")
    parser.add_argument("--questions", type=int, default=100, help="ask N made from headlines")
    parser.add_argument("--questions-file", type=Path, help="ask these instead, one a line")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=MODULES, default=list(MODULES))
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args(arguments)

    found: dict[str, dict[str, Any]] = {}
    with TemporaryDirectory() as folder, as_file(files("rag") / "bundled" / "embedding") as model:
        questions = Path(folder) / "questions.json"
        questions.write_text(json.dumps(_questions(options)), encoding="utf-8")
        for name in options.only:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            found[name] = _measure(name, model, Path(folder) / name, questions, options)
    missing = {name: one["missing"] for name, one in found.items() if "missing" in one}
    pipelines = {name: one for name, one in found.items() if "missing" not in one}
    figures = {
        "precision": native_precision("cpu"),
        "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
        "missing": missing,
        "pipelines": pipelines,
    }
    add_ratios(pipelines)
    print(speed_table(pipelines))
    for name, reason in missing.items():
        print(f"{name} was left out: {reason}; install the extra `benchmarks`")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _questions(options: argparse.Namespace) -> list[str]:
    if options.questions_file:
        lines = options.questions_file.read_text(encoding="utf-8").splitlines()
        asked = [line.strip() for line in lines if line.strip()]
    else:
        articles = list(islice(read_articles(options.paths), options.articles))
        draw = random.Random(options.seed)
        chosen = draw.sample(articles, min(options.questions, len(articles)))
        asked = [f"Was ist über „{article.title[:80]}“ bekannt?" for article in chosen]
    if not asked:
        raise SystemExit("there is nothing to ask: name a folder with articles, or other questions")
    return asked


def _measure(
    name: str, model: Path, data: Path, questions: Path, options: argparse.Namespace
) -> dict[str, Any]:
    """Return all figures of one pipeline, or {"missing": the package}."""
    paths = [str(path) for path in options.paths]
    indexing = [*paths, "--articles", str(options.articles)]
    alike = ["--dtype", native_precision("cpu")]
    figures: dict[str, Any] = {}
    for way, extra in (("like for like", alike), ("as shipped", [])):
        folder = data / way.replace(" ", "-")
        folder.mkdir(parents=True)
        said = list(_run("index", name, model, folder, questions, *indexing, *extra))[-1][1]
        if "missing" in said:
            return said
        figures[way] = said
    # Asked in the like-for-like index: the same passages for all.
    began = time.perf_counter()
    (answered, _), (_, said) = _run("ask", name, model, data / "like-for-like", questions)
    return figures | {"seconds_to_first_answer": round(answered - began, 2), "asking": said}


def _run(*arguments: object) -> Iterator[tuple[float, dict[str, Any]]]:
    """Run one measurement; yield each line that it prints, with the time when it came."""
    command = [sys.executable, "-m", "benchmarks.support.measured_pipeline"]
    with subprocess.Popen(
        [*command, *(str(argument) for argument in arguments)],
        stdout=subprocess.PIPE,
        text=True,
        # Nobody may ask a hub or send anything; the weights are in a folder.
        env=os.environ | _QUIET,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):  # libraries print too
                yield time.perf_counter(), json.loads(line)
    if process.returncode not in (0, MISSING):
        raise SystemExit(f"{arguments[1]} failed: see its error above")


if __name__ == "__main__":
    main()
