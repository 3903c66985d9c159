"""Put together what brings articles in while the page is served."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ui.bringing.arrivals import Arrivals, Runner
from ui.bringing.runs import Job, Report
from ui.bringing.uploads import find_unfinished
from ui.bringing.watching import watch_folder
from ui.commands.printing import count_line, report_lines
from vectorstore import NoStore, Skipped, Store, read_status

Say = Callable[[str], object]


def index_first(worker: Runner, data: Path, folder: Path, say: Say) -> None:
    """Index a watched folder before the page is served, if nothing is indexed yet.

    A folder without an article leaves the page empty; those who watch it say why.
    Raises StoreError or RunFailed.
    """
    try:
        if read_status(data).counts.articles:
            return
    except NoStore:
        pass
    say(f"Indexing {folder} …")
    for news in worker.run(Job((folder,))):
        if isinstance(news, Report) and news.counts.articles:
            for line in report_lines(news.changes, news.skipped, news.counts, shown=20):
                say(line)


@contextmanager
def bringing(
    worker: Runner, store: Store, uploads: Path, watched: Path | None, say: Say
) -> Iterator[Arrivals]:
    """Give what brings articles in until the block ends; first comes what was left undone.

    `say` gets a line for each change of the index, from another thread.
    """
    teller = Teller(say)
    arrivals = Arrivals(worker, teller.tell)
    stop = threading.Event()
    watcher = None
    try:
        new, gone = find_unfinished(store, uploads) if uploads.is_dir() else ([], [])
        if new or gone:
            arrivals.add(*new)
            # In a shared store, another machine may have the file under the same path.
            arrivals.remove(*(() if store.is_shared else gone))
        if watched is not None:
            say(f"Watching {watched}")
            watcher = threading.Thread(
                target=watch_folder, args=(watched, arrivals.update, say, stop), daemon=True
            )
            watcher.start()
        yield arrivals
    finally:
        stop.set()
        arrivals.close()
        if watcher is not None:
            watcher.join(timeout=10)


class Teller:
    """Tells the terminal of each run that changed something, and of each skipped file once."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._told: set[Skipped] = set()

    def tell(self, job: Job, said: Report | str) -> None:
        """Tell of the end of a run."""
        name = "the page" if job.uploads else str(job.paths[0])
        if isinstance(said, str):
            self._say(f"{name}: not indexed: {said}")
            return
        new = [one for one in said.skipped if one not in self._told]
        self._told.update(new)
        changed = {kind: n for kind, n in said.changes.items() if n and kind != "unchanged"}
        if said.nothing and not job.uploads and not changed:
            self._say(said.nothing)
        elif changed or new:
            counts = ", ".join(f"{n:,} {kind}" for kind, n in changed.items()) or "no change"
            self._say(f"{name}: {counts}; the index holds {count_line(said.counts)}")
        for one in new:
            row = f", row {one.row}" if one.row is not None else ""
            self._say(f"skipped {one.path}{row}: {one.reason}")
