"""The command that looks for faults of the index, and mends them."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.commands import options
from ui.commands.terminal import say
from vectorstore.errors import NoStore, StoreDamaged
from vectorstore.shared.address import StoreAddress

if TYPE_CHECKING:
    from vectorstore import Embedder, Fault, Mended

_MOST_SHOWN = 20
_MOST_NAMED = 3
"""Files that a command is given; for more it is given their folder."""


@click.command()
@options.data
@options.shared
@options.device
@click.option("--repair", is_flag=True, help="Mend what can be mended without the files.")
def check(data: Path, shared: StoreAddress | None, device: str, repair: bool) -> None:
    """Look for faults of the index, and for files that have changed since they were indexed.

    The exit code is 0 if there is no fault and 1 if there is one, or one is left after a repair. A
    changed file is no fault.
    """
    from rag.ingest.changes import find_changes
    from ui.commands.printing import count_line
    from vectorstore import read_status, stored_articles

    lost: list[str] = []
    if repair:
        for mended in _repair(data, shared, device):
            say(mended.text)
            lost += mended.lost
    try:
        faults = _inspect(data, shared)
    except NoStore:
        if not lost:
            raise
        faults = []
    for fault in faults:
        say(fault.text)
    for line in _lost_lines(lost):
        say(line)
    if faults or lost:
        sys.exit(1)
    counts = read_status(data).counts
    say(f"no fault in {data}: {count_line(counts)}, each passage verbatim and in both indexes")
    if shared:
        say(
            f"{data} is a copy of {shared.url}: what other processes keep, and the files of the"
            " server, cannot be checked from here"
        )
    with stored_articles(data) as catalog:
        changes = list(find_changes(catalog))
    # Files that are not here may be on the machine of another process.
    for kind in ("changed",) if shared else ("changed", "gone"):
        for line in _file_lines(kind, [found.path for found in changes if found.kind == kind]):
            say(line)


def _repair(data: Path, shared: StoreAddress | None, device: str) -> Iterator[Mended]:
    if shared:
        from vectorstore import repair_shared

        return repair_shared(data, shared)
    from vectorstore import repair_store

    return repair_store(data, lambda: _load(data, device))


def _inspect(data: Path, shared: StoreAddress | None) -> list[Fault]:
    if shared:
        from vectorstore import inspect_shared

        return inspect_shared(data, shared)
    from vectorstore import inspect_store

    return inspect_store(data)


def _load(data: Path, device: str) -> Embedder:
    from rag.ingest.passages import build_splitter
    from rag.models.embedding import DEFAULT_EMBEDDING, load_embedding
    from ui.wiring import load_embedding_for
    from vectorstore import Embedder

    try:
        model = load_embedding_for(data, device)
    except StoreDamaged:  # the name of its embedding is lost with the catalog
        model = load_embedding(DEFAULT_EMBEDDING, device)
    return Embedder(model, model.name, build_splitter(model.count_tokens, model.max_tokens))


def _lost_lines(lost: Sequence[str]) -> Iterator[str]:
    paths = sorted(set(lost))
    if paths:
        yield (
            f"articles of {len(paths):,} files are lost from the index: run `article-chat index"
            f" {_name(paths)}`"
        )


def _file_lines(kind: str, paths: Sequence[str]) -> Iterator[str]:
    for path in paths[:_MOST_SHOWN]:
        yield f"{kind} since it was indexed: {path}"
    if len(paths) > _MOST_SHOWN:
        yield f"… and {len(paths) - _MOST_SHOWN:,} more {kind}"
    if paths and kind == "changed":
        yield f"to index what has changed: `article-chat index {_name(paths)}`"
    elif paths:
        # Indexing a folder drops the articles of files that are gone from it.
        named = paths if len(paths) <= _MOST_NAMED else [os.path.commonpath(paths)]
        command = "index" if any(map(os.path.exists, named)) else "remove"
        yield f"to drop what is gone: `article-chat {command} {shlex.join(named)}`"


def _name(paths: Sequence[str]) -> str:
    """Return the files as arguments of a command, or the folder that holds them all."""
    if len(paths) <= _MOST_NAMED:
        return shlex.join(paths)
    return shlex.quote(os.path.commonpath(paths))
