"""Embedding an archive on many machines with Ray Data, and loading it into one store.

    pip install -e ".[scale]"
    python -m benchmarks.ray_embedding ARTICLES… --out FOLDER [--actors N] [--data FOLDER]

Reads and splits articles with the functions of `article-chat index`, embeds their passages in N
actors, a process each, and writes Parquet files. With `--data`, puts them into the store of that
data folder without embedding again; `article-chat index` over the same articles then finds all of
them unchanged. Without ARTICLES, an `--out` of an earlier run is loaded.

Runs on this machine, or on the cluster that RAY_ADDRESS names: then all its machines need this
package, and see ARTICLES and `--out` under the same paths. With `--device cuda` each actor has a
GPU.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import ray

from benchmarks.support.embedded_rows import (
    ARTICLES_AT_ONCE,
    Row,
    load_row_embedder,
    read_rows,
    store_rows,
)
from rag.ingest.files import absolute_path, find_files
from rag.models.embedding import DEFAULT_EMBEDDING, load_embedding
from vectorstore import Skipped
from vectorstore.compatibility import PROBE

# Written last: a folder without it holds what a stopped run left.
_MADE_BY = "embedding.json"
_SCHEMA = pyarrow.schema(
    [
        ("article", pyarrow.string()),
        ("skipped", pyarrow.string()),
        ("passages", pyarrow.string()),
        ("vectors", pyarrow.binary()),
    ]
)


class _Actor:
    """A process that has the model loaded."""

    def __init__(self, name: str, device: str, probe: Sequence[float]) -> None:
        self._embedder = load_row_embedder(name, device, probe)

    def __call__(self, batch: pyarrow.Table) -> pyarrow.Table:
        return pyarrow.Table.from_pylist(self._embedder.embed(batch.to_pylist()), schema=_SCHEMA)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the example from the command line."""
    parser = argparse.ArgumentParser(description="Embed an archive with Ray Data.")
    parser.add_argument("paths", type=Path, nargs="*", help="files and folders of articles")
    parser.add_argument("--out", type=Path, required=True, help="new folder for Parquet files")
    parser.add_argument("--actors", type=int, default=2, help="processes that embed")
    parser.add_argument("--data", type=Path, help="then load into the store of this data folder")
    parser.add_argument("--embedding", default=DEFAULT_EMBEDDING)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--json", type=Path, help="write the seconds of each step here")
    options = parser.parse_args(arguments)
    out: Path = options.out.absolute()
    if not options.paths and not (out / _MADE_BY).exists():
        raise SystemExit(f"{out} holds no complete run: name the articles to embed")

    seconds: dict[str, float] = {}
    if options.paths:
        began = time.perf_counter()
        _embed(options, out)
        seconds["embed"] = time.perf_counter() - began
    if options.data:
        began = time.perf_counter()
        added = _load(out, options.data)
        seconds["load"] = time.perf_counter() - began
        print(f"added {added:,} articles to {options.data}")
    if options.json:
        options.json.write_text(json.dumps(seconds) + "\n", encoding="utf-8")


def _embed(options: argparse.Namespace, out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        raise SystemExit(f"{out} is not empty: name a new folder with --out")
    found = [file for path in options.paths for file in find_files(absolute_path(path)).files]
    probe = load_embedding(options.embedding, options.device).embed_query(PROBE)
    _start(options.actors)
    try:
        (
            ray.data.from_items([{"path": str(file)} for file in dict.fromkeys(found)])
            .flat_map(lambda row: read_rows(row["path"]))
            # All articles of one file would go to one actor.
            .repartition(target_num_rows_per_block=ARTICLES_AT_ONCE)
            .map_batches(
                _Actor,
                fn_constructor_args=(options.embedding, options.device, probe),
                batch_size=ARTICLES_AT_ONCE,
                batch_format="pyarrow",
                compute=ray.data.ActorPoolStrategy(size=options.actors),
                num_cpus=1,
                num_gpus=1 if options.device == "cuda" else 0,
            )
            .write_parquet(str(out))
        )
    finally:
        ray.shutdown()
    made_by = {"embedding": options.embedding, "probe": probe}
    (out / _MADE_BY).write_text(json.dumps(made_by) + "\n", encoding="utf-8")


def _start(actors: int) -> None:
    # Ray reports its use to its makers unless told otherwise.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if os.environ.get("RAY_ADDRESS"):
        ray.init()
    else:
        # Beside the actors there has to be room for reading, or they wait for ever.
        ray.init(num_cpus=actors + 1, include_dashboard=False)
    ray.data.DataContext.get_current().enable_progress_bars = sys.stderr.isatty()


def _load(out: Path, data: Path) -> int:
    made_by: dict[str, Any] = json.loads((out / _MADE_BY).read_text(encoding="utf-8"))
    added = 0
    for item in store_rows(
        data, _rows(out), embedding_name=made_by["embedding"], probe=made_by["probe"]
    ):
        if isinstance(item, Skipped):
            where = f"{item.path}, row {item.row}" if item.row else item.path
            print(f"skipped {where}: {item.reason}", file=sys.stderr)
        else:
            added += 1
    return added


def _rows(out: Path) -> Iterator[Row]:
    for file in sorted(out.glob("*.parquet")):
        with pyarrow.parquet.ParquetFile(file) as table:
            for batch in table.iter_batches(ARTICLES_AT_ONCE):
                yield from batch.to_pylist()


if __name__ == "__main__":
    main()
