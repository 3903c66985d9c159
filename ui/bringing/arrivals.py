"""The order in which articles are brought in: one run at a time, with its progress and report."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from rag.errors import RagError
from ui.bringing.runs import Job, Report, Step
from ui.errors import RunFailed
from vectorstore import StoreBusy, StoreError

PATIENCE = 2.0
"""Seconds until a store that another process writes to is tried again."""
REST = 300.0
"""Seconds without a job until the process that indexes is let go."""

logger = logging.getLogger(__name__)


class Runner(Protocol):
    """Runs jobs: a process of our own, or a stand-in in tests."""

    def run(self, job: Job) -> Iterator[Step | Report]:
        """Run a job; the last thing yielded is its report."""

    def rest(self) -> None:
        """Free what is kept for the next job."""

    def close(self) -> None:
        """End the job that is run."""


@dataclass(frozen=True)
class State:
    """How the bringing in stands: `report` and `error` are of the runs since it last stood still.

    `step` is None while a run has not begun to read, `busy` is whether another program writes.
    """

    running: bool = False
    busy: bool = False
    step: Step | None = None
    report: Report | None = None
    error: str = ""


class Arrivals:
    """Files to index and to take out, worked off by a thread of its own.

    What comes in while a run is going on becomes one run after it. `on_report` is called in that
    thread with each job and its report, or the line that says why it has none.
    """

    def __init__(
        self, runner: Runner, on_report: Callable[[Job, Report | str], None] = lambda *_: None
    ) -> None:
        self._runner = runner
        self._on_report = on_report
        self._changed = threading.Condition()
        self._uploads: dict[Path, None] = {}
        self._gone: dict[Path, None] = {}
        self._folders: dict[Path, set[Path]] = {}
        self._state = State()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def add(self, *files: Path) -> None:
        """Index uploaded files."""
        with self._changed:
            self._uploads |= dict.fromkeys(files)
            self._begin()

    def remove(self, *files: Path) -> None:
        """Take the articles of uploaded files, which are deleted already, out of the index."""
        with self._changed:
            self._gone |= dict.fromkeys(files)
            self._begin()

    def update(self, folder: Path, gone: set[Path]) -> None:
        """Bring the index up to date with a folder, from which files in `gone` were deleted."""
        with self._changed:
            self._folders.setdefault(folder, set()).update(gone)
            self._begin(forget=False)

    def state(self) -> State:
        """Return how it stands."""
        with self._changed:
            return self._state

    def wait(self) -> None:
        """Return when everything is worked off."""
        with self._changed:
            self._changed.wait_for(lambda: not self._state.running)

    def close(self) -> None:
        """Stop; the rest is done after the next start."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
        self._runner.close()
        self._thread.join(timeout=10)

    def _begin(self, *, forget: bool = True) -> None:
        if self._waiting() and not self._state.running:
            kept = State() if forget else replace(self._state, step=None)
            self._state = replace(kept, running=True)
        self._changed.notify_all()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            said = self._run(job)
            if self._closed.is_set():
                return
            with self._changed:
                if not job.uploads:
                    pass
                elif isinstance(said, Report):
                    before = self._state.report
                    self._state = replace(self._state, report=before + said if before else said)
                else:
                    self._state = replace(self._state, error=said)
                self._state = replace(self._state, running=self._waiting(), busy=False, step=None)
                self._changed.notify_all()
            self._on_report(job, said)

    def _run(self, job: Job) -> Report | str:
        """Run a job to its end; return the report, or the line that says why there is none."""
        while not self._closed.is_set():
            try:
                for news in self._runner.run(job):
                    if isinstance(news, Report):
                        return news
                    with self._changed:
                        self._state = replace(self._state, step=news, busy=False)
            except StoreBusy:
                with self._changed:
                    self._state = replace(self._state, busy=True)
                self._closed.wait(PATIENCE)
            except (RagError, StoreError, RunFailed) as error:
                if not self._closed.is_set():
                    logger.warning("%s", error)
                return str(error)
        return ""

    def _next(self) -> Job | None:
        with self._changed:
            while not self._waiting() and not self._closed.is_set():
                if not self._changed.wait(REST):
                    self._runner.rest()
            if self._closed.is_set():
                return None
            if self._uploads or self._gone:
                job = Job(tuple(self._uploads), tuple(self._gone), uploads=True)
                self._uploads, self._gone = {}, {}
                return job
            folder = next(iter(self._folders))
            return Job((folder,), tuple(sorted(self._folders.pop(folder))))

    def _waiting(self) -> bool:
        return bool(self._uploads or self._gone or self._folders)
