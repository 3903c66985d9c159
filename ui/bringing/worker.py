"""The process that indexes while the page is served.

In a process that both searches and writes, all threads wait while Chroma takes in passages, so that
questions would stand still. The process ends with ours, however ours ends.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from rag.errors import RagError
from ui.bringing.runs import Job, Report, Step, run_job
from ui.errors import RunFailed
from vectorstore import StoreAddress, StoreError

News = Step | Report | RagError | StoreError | RunFailed

logger = logging.getLogger(__name__)


class Worker:
    """A process of our own that runs jobs one after the other; it starts with the first.

    It keeps the embedding model loaded, a few seconds' work, until `rest`. Used by one thread at a
    time, but for `close`.
    """

    def __init__(
        self, data: Path, embedding: str | None, device: str, shared: StoreAddress | None = None
    ) -> None:
        self._about = (data, embedding, device, shared)
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def run(self, job: Job) -> Iterator[Step | Report]:
        """Run a job; the last thing yielded is its report.

        Raises StoreError, RagError, or RunFailed if the process ended or met a fault of our own.
        """
        try:
            line = self._connect()
            line.send(job)
            while True:
                news: News = line.recv()
                if isinstance(news, Exception):
                    raise news
                yield news
                if isinstance(news, Report):
                    return
        except (EOFError, OSError) as error:
            self.close()
            raise RunFailed("The process that indexes has ended: try again.") from error

    def rest(self) -> None:
        """Let the process end, and its memory go, until there is another job."""
        self.close()

    def close(self) -> None:
        """End the process; a run that is stopped so can be run again."""
        process, self._process = self._process, None
        line, self._line = self._line, None
        if line is not None:
            line.close()
        if process is not None:
            process.join(timeout=0.5)  # it ends by itself unless a run is going on
            if process.is_alive():
                process.terminate()
                process.join(timeout=10)
            if process.is_alive():
                process.kill()

    @property
    def process_id(self) -> int | None:
        """The number of the process, None while there is none."""
        return self._process.pid if self._process is not None else None

    def _connect(self) -> Connection:
        if self._line is None or self._process is None or not self._process.is_alive():
            context = multiprocessing.get_context("spawn")
            self._line, theirs = context.Pipe()
            self._process = context.Process(
                target=serve_jobs, args=(theirs, *self._about), daemon=True
            )
            self._process.start()
            theirs.close()
        return self._line


def serve_jobs(
    line: Connection,
    data: Path,
    embedding: str | None,
    device: str,
    shared: StoreAddress | None = None,
) -> None:
    """Run the jobs that come on a line until it is closed: the life of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the page, which then ends us
    # An orderly end, after which Python does not warn of semaphores that were left.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    if hasattr(os, "nice"):
        os.nice(5)  # questions first
    from rag.models.embedding import load_embedding
    from ui.wiring import load_embedding_for

    model = None
    with suppress(EOFError, OSError):
        while True:
            job: Job = line.recv()
            try:
                if model is None:
                    model = (
                        load_embedding(embedding, device)
                        if embedding
                        else load_embedding_for(data, device)
                    )
                for news in run_job(data, model, job, shared):
                    line.send(news)
            except (RagError, StoreError) as error:
                line.send(error)
            except OSError as error:
                if isinstance(error, BrokenPipeError):
                    return
                line.send(RunFailed(f"A file could not be written: {error.strerror or error}."))
            except Exception:
                logger.exception("A run of the index failed")
                line.send(RunFailed("Something went wrong. The cause is in the program's log."))
