"""One pipeline measured in this process: indexing, or asking. `benchmarks.speed` starts it.

Prints JSON, a line each. Asking prints `{"answered": true}` after the first answer, so that the one
who started the process can time it from there.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.support.pipelines import MODULES, Pipeline, Split, load_pipeline
from benchmarks.support.stage_times import StageTimes, disk_mb, peak_memory_mb

MISSING = 3
"""The exit code if a package of the pipeline is not installed."""


def main() -> None:
    """Measure one pipeline."""
    parser = argparse.ArgumentParser(description="One pipeline, measured in this process.")
    parser.add_argument("phase", choices=("index", "ask"))
    parser.add_argument("pipeline", choices=MODULES)
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("paths", type=Path, nargs="*")
    parser.add_argument("--articles", type=int, default=0)
    parser.add_argument("--dtype", help="index one split in this number format, like for like")
    options = parser.parse_args()
    try:
        pipeline = load_pipeline(options.pipeline, options.model, options.dtype)
    except ImportError as error:
        if (error.name or "").split(".")[0] in ("rag", "vectorstore", "benchmarks"):
            raise
        print(json.dumps({"missing": str(error)}))
        raise SystemExit(MISSING) from error
    if options.phase == "index":
        print(json.dumps(_index(pipeline, options)))
        return
    questions = json.loads(options.questions.read_text(encoding="utf-8"))
    pipeline.open(options.data)
    pipeline.first_answer(questions[0])
    print(json.dumps({"answered": True}), flush=True)
    times = StageTimes()
    pipeline.ask(questions, times)
    figures = {"ms": times.percentiles(), "memory_mb": peak_memory_mb()}
    print(json.dumps(figures | {"precision": pipeline.precision()}))


def _index(pipeline: Pipeline, options: argparse.Namespace) -> dict[str, Any]:
    # Imported here: asking must not pay for reading and splitting.
    from benchmarks.support.shelf import read_articles
    from rag.ingest.passages import build_splitter
    from rag.models.embedding import load_embedding

    articles = list(islice(read_articles(options.paths), options.articles))
    given: Split | None = None
    if options.dtype:
        counter = load_embedding(str(options.model), device="cpu")
        split = build_splitter(counter.count_tokens, counter.max_tokens)
        given = {article.id: split(article) for article in articles}
    # Whatever a pipeline makes once, at its first text, is no part of its rate.
    warm = options.data.with_name(options.data.name + "-warm")
    warm.mkdir()
    pipeline.index(articles[:1], given, warm)
    began = time.perf_counter()
    texts = pipeline.index(articles, given, options.data)
    seconds = time.perf_counter() - began
    memory = peak_memory_mb()
    return {
        "articles": len(articles),
        "passages": len(texts),
        "seconds": round(seconds, 3),
        "passages_per_second": round(len(texts) / seconds, 1),
        "articles_per_second": round(len(articles) / seconds, 2),
        "text_read": round(_share_read(texts, options.model), 3),
        "precision": pipeline.precision(),
        "memory_mb": memory,
        "disk_mb": disk_mb(options.data),
    }


def _share_read(texts: Sequence[str], model: Path) -> float:
    """Return the share of the tokens indexed that the model reads; it cuts off the others."""
    from rag.models.embedding import load_embedding

    embedding = load_embedding(str(model), device="cpu")
    counts = embedding.count_tokens(texts)
    read = sum(min(tokens, embedding.max_tokens) for tokens in counts)
    return read / max(1, sum(counts))


if __name__ == "__main__":
    main()
