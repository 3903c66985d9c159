"""The dense index: passage embeddings in Chroma (through LangChain) on disk.

Chroma (1.5) keeps new vectors in a log and writes its graph over the old one at every thousandth
change, file by file. Of 14 processes killed in that moment, 14 left an index that never opened
again; one that opened the files while another saved them crashed and left them broken too. So
the files are touched only under a lock, with a mark beside them that says what they were before.
Who finds a mark whose files have changed since makes the index anew from the catalog's vectors,
some eight hundred a second; where they have not, Chroma's own log holds whatever was going on.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError
from filelock import FileLock
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

from vectorstore.errors import StoreDamaged
from vectorstore.faults import DENSE, name_error

logger = logging.getLogger(__name__)

Vectors = tuple[Sequence[int], np.ndarray]
"""Keys of passages, and a row of length 1 for each."""

_COLLECTION = "passages"
# Share of the true 10 / 50 nearest that are found among 20,000 sentences (MiniLM), milliseconds a
# search: Chroma's defaults (construction 100, search 100) .954 / .906, 2.4 ms; 200 and 400
# .996 / .992, 4.3 ms; 200 and 800 .999 / .998, 5.0 ms.
_CONFIGURATION: CreateCollectionConfiguration = {
    "hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 800}
}
# Chroma takes at most 5,461 at once; fewer let another process in between.
_MOST_VECTORS_AT_ONCE = 1000


class DenseIndex:
    """The passages nearest to a question by key; additions and removals count at once.

    Nothing is opened before it is needed. `stored` gives all vectors that belong in the index,
    for when it has to be made anew.
    """

    def __init__(
        self, store: Path, embeddings: Embeddings, stored: Callable[[], Iterable[Vectors]]
    ) -> None:
        self._store = store
        folder = store / DENSE
        self._files = folder / "chroma"
        self._mark = folder / "unfinished"
        self._lock = FileLock(folder / "lock")
        self._embeddings = embeddings
        self._stored = stored
        self._opened: tuple[Client, Chroma] | None = None

    def close(self) -> None:
        """Release the files."""
        if self._opened:
            self._opened[0].close()
            self._opened = None

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return a vector of length 1 for each text, as rows."""
        if not texts:
            return np.empty((0, 0), dtype=np.float32)
        return _unit(np.asarray(self._embeddings.embed_documents(list(texts))))

    def embed_question(self, question: str) -> np.ndarray:
        """Return the question's vector, of length 1."""
        return np.asarray(_unit(np.asarray([self._embeddings.embed_query(question)]))[0])

    def add(self, keys: Sequence[int], vectors: np.ndarray) -> None:
        """Add passages by key, a row of `vectors` for each."""
        for first in range(0, len(keys), _MOST_VECTORS_AT_ONCE):
            some = slice(first, first + _MOST_VECTORS_AT_ONCE)
            with self._touching() as chroma:
                _insert(chroma, keys[some], vectors[some])

    def remove(self, keys: Sequence[int]) -> None:
        """Remove passages; unknown keys are no error."""
        for first in range(0, len(keys), _MOST_VECTORS_AT_ONCE):
            with self._touching() as chroma:
                chroma.delete(ids=[str(key) for key in keys[first : first + _MOST_VECTORS_AT_ONCE]])

    def search(self, vector: np.ndarray, k: int) -> list[int]:
        """Return the keys of about the k nearest passages, best first."""
        if self._opened is None:
            self.reopen()
        assert self._opened is not None
        found = self._opened[1].similarity_search_by_vector(vector.tolist(), k)
        return [int(document.page_content) for document in found]

    def reopen(self) -> None:
        """See what another process has written: Chroma itself keeps the old graph in memory."""
        self.close()
        with self._touching():
            pass

    @contextmanager
    def _touching(self) -> Iterator[Chroma]:
        """Give the collection while no other process has its files in hand."""
        with self._lock:
            try:
                if self._is_torn():
                    self._make_anew()
                self._set_mark(self._state())
                yield self._open_or_make()
            except BaseException:
                self.close()
                raise
            # Not in a `finally`: what was interrupted stays marked.
            self._mark.unlink()

    def _is_torn(self) -> bool:
        if not self._files.exists():
            return True
        if not self._mark.exists():
            return False
        return bool(json.loads(self._mark.read_text(encoding="utf-8")) != self._state())

    def _open_or_make(self) -> Chroma:
        try:
            return self._open()
        except ChromaError as error:
            # After a power cut the files may be older than the log that Chroma has shortened.
            if not isinstance(name_error(error, self._store), StoreDamaged):
                raise
            logger.warning("%s cannot be opened: %s", self._files, error)
            if self._opened is None:
                # Chroma keeps a client that failed to start, to give it to whoever asks next.
                SharedSystemClient._identifier_to_system.pop(str(self._files), None)
            self._make_anew()
            return self._open()

    def _make_anew(self) -> None:
        # No state of files is this one, so that stopping here leaves the index torn.
        self._set_mark("being made")
        self.close()
        if self._files.exists():
            logger.warning("%s is damaged: making it anew from the catalog", self._files)
            shutil.rmtree(self._files)
        chroma = self._open()
        for keys, vectors in self._stored():
            _insert(chroma, keys, vectors)

    def _state(self) -> dict[str, list[int]]:
        """Return size and time of the files of the graph; SQLite sees to its own."""
        found = {path: path.stat() for path in self._files.glob("*/*")}
        return {
            path.relative_to(self._files).as_posix(): [status.st_size, status.st_mtime_ns]
            for path, status in found.items()
        }

    def _set_mark(self, content: object) -> None:
        draft = self._mark.with_suffix(".new")
        draft.write_text(json.dumps(content), encoding="utf-8")
        os.replace(draft, self._mark)

    def _open(self) -> Chroma:
        if self._opened is None:
            # Chroma counts the openings of a path; `close` on the last one frees it.
            client = chromadb.PersistentClient(
                path=str(self._files), settings=Settings(anonymized_telemetry=False)
            )
            collection = client.get_or_create_collection(
                _COLLECTION, configuration=_CONFIGURATION, embedding_function=None
            )
            chroma = Chroma(_COLLECTION, _Ready(), client=client)
            self._opened = cast(Client, client), chroma
            collection.count()  # reads the graph and the log now, while nobody else writes
        return self._opened[1]


def open_dense_index(
    store: Path, embeddings: Embeddings, stored: Callable[[], Iterable[Vectors]]
) -> DenseIndex:
    """Open or make the index of the store in a folder; nothing is reported to anyone."""
    (store / DENSE).mkdir(parents=True, exist_ok=True)
    return DenseIndex(store, embeddings, stored)


class _Ready(Embeddings):
    """Gives LangChain's Chroma vectors that were made before: it embeds whatever it is to add."""

    def __init__(self) -> None:
        self.vectors: Mapping[str, list[float]] = {}

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.vectors[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.vectors[text]


def _insert(chroma: Chroma, keys: Sequence[int], vectors: np.ndarray) -> None:
    ready = cast(_Ready, chroma.embeddings)
    names = [str(key) for key in keys]
    ready.vectors = dict(zip(names, vectors.tolist(), strict=True))
    # A passage's document is its key alone: its text is the catalog's to give.
    chroma.add_texts(names, ids=names)
    ready.vectors = {}


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
