"""Watching a folder: what appears, changes or disappears in it is told to `Arrivals`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import Change, watch

from rag.ingest.files import absolute_path
from ui.errors import BadWatch

QUIET = 1_600
"""Milliseconds at most that changes are collected; a copy of many files is one run or a few."""
ABSENT = 5.0
"""Seconds until a folder that is gone is looked for again."""


def check_watched(folder: Path, data: Path) -> Path:
    """Return the folder to watch, from the root. Raises BadWatch if it cannot be watched.

    An index inside the folder would change it with each run.
    """
    if not folder.is_dir():
        raise BadWatch(f"{folder} is no folder: name one with --watch")
    folder, inside = absolute_path(folder), absolute_path(data)
    if inside.is_relative_to(folder) and not _is_hidden(inside, folder):
        raise BadWatch(
            f"the index {data} lies in {folder}, and would change it with each run: name another"
            " folder with --data or --watch"
        )
    return folder


def watch_folder(
    folder: Path,
    update: Callable[[Path, set[Path]], object],
    say: Callable[[str], object],
    stop: threading.Event,
) -> None:
    """Call `update` at once and after each change, with the files that were deleted, until `stop`.

    Names that begin with a dot are left out, as in indexing. While the folder itself is gone, as a
    disk that is not mounted, nothing is removed.
    """
    while not stop.is_set():
        if not folder.is_dir():
            say(
                f"{folder} is gone: its articles stay in the index, and are updated when it is back"
            )
            while not folder.is_dir():
                if stop.wait(ABSENT):
                    return
            say(f"{folder} is back")
        update(folder, set())
        try:
            for changes in watch(
                folder,
                watch_filter=lambda _, path: not _is_hidden(Path(path), folder),
                debounce=QUIET,
                stop_event=stop,
                raise_interrupt=False,
            ):
                if not folder.is_dir():
                    break
                update(folder, {Path(path) for kind, path in changes if kind == Change.deleted})
        except (FileNotFoundError, NotADirectoryError):  # it went away between two looks
            continue


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
