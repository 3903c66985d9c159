"""Processes that index a folder, and that are killed at a moment of one's choice."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic

from langchain_core.embeddings import Embeddings

from rag.ingest.update import Split, index_paths
from vectorstore import Article, Passage, Store, build_store, writing

NAME = "benchmark"
"""The name under which stores keep the embedding."""

Model = tuple[Embeddings, Split]
Load = Callable[[], Model]


@dataclass(frozen=True)
class Moment:
    """When to kill: so many seconds after the n-th batch was embedded, or after the start for 0."""

    seconds: float
    batch: int


class Child:
    """A process that indexes, and what it has reported as indexed: hashes by article."""

    def __init__(self, articles: Path, data: Path, load: Load) -> None:
        # A process that was forked would share this one's threads' locks without the threads.
        processes = multiprocessing.get_context("forkserver")
        # What each process would import anew takes longer than indexing a few articles.
        processes.set_forkserver_preload([__name__, "vectorstore", load.__module__])
        self.reported: dict[str, str] = {}
        self.batches = 0
        self._pipe, there = processes.Pipe(duplex=False)
        self._process = processes.Process(target=_index, args=(articles, data, load, there))
        self._process.start()
        there.close()

    def wait(self, moment: Moment | None) -> int | None:
        """Kill the process at a moment if it runs that long; return its exit code."""
        due = None if moment is None or moment.batch else monotonic() + moment.seconds
        while not self._over(due):
            try:
                said = self._pipe.recv()
            except EOFError:
                break
            if said is not None:
                self.reported |= said
                continue
            self.batches += 1
            if moment is not None and moment.batch == self.batches:
                due = monotonic() + moment.seconds
        else:
            self._process.kill()
        self._process.join()
        self._drain()
        return self._process.exitcode

    def _over(self, due: float | None) -> bool:
        """Wait until the process says something, and tell whether the time is over instead."""
        return not self._pipe.poll(None if due is None else max(0.0, due - monotonic()))

    def _drain(self) -> None:
        """Take in what was said before the process ended."""
        try:
            while self._pipe.poll(0):
                self.reported |= self._pipe.recv() or {}
        except (EOFError, OSError):
            pass
        self._pipe.close()


class _Announcing(Embeddings):
    """Says when a batch has been embedded."""

    def __init__(self, embeddings: Embeddings, pipe: Connection) -> None:
        self._embeddings = embeddings
        self._pipe = pipe

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors = self._embeddings.embed_documents(texts)
        self._pipe.send(None)
        return vectors

    def embed_query(self, text: str) -> list[float]:
        return self._embeddings.embed_query(text)


class _Reporting:
    """A store that reports each batch of articles once it is there."""

    def __init__(self, store: Store, pipe: Connection) -> None:
        self._store = store
        self._pipe = pipe

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def add(self, batch: Sequence[tuple[Article, Sequence[Passage]]]) -> None:
        self._store.add(batch)
        self._pipe.send({article.id: article.content_hash for article, _ in batch})


def _index(articles: Path, data: Path, load: Load, pipe: Connection) -> None:
    embeddings, split = load()
    with (
        writing(data),
        closing(build_store(data, _Announcing(embeddings, pipe), embedding_name=NAME)) as store,
    ):
        for _ in index_paths(_Reporting(store, pipe), [articles], split):  # type: ignore[arg-type]
            pass
