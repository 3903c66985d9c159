"""The files of a Chroma collection, kept whole though Chroma does not.

Chroma (1.5) keeps new vectors in a log. At every thousandth change it writes its graph over the old
one, file by file. Of 14 processes killed in that moment, 14 left an index that never opened again.
A process that opened the files while another saved them crashed, and left them broken too. So the
files are touched only under a lock, with a mark beside them. Their checksums are kept after that. A
mark, and files that have other checksums, are the sign of a torn index. If the files have not
changed, Chroma's own log holds all that was added. Files that were damaged at any other time have
other checksums too.

A writer makes a torn index again from the catalog, some eight hundred passages a second. A reader
does not: at a million passages its question would wait twenty minutes.

A collection that is open shows nothing that others write: the graph is in memory. It is read when
the collection is opened, with Python's lock released; Chroma holds that lock while it writes.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chromadb import Collection
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.api.rust import RustBindingsAPI
from chromadb.config import Settings, System
from chromadb.errors import ChromaError
from filelock import FileLock, Timeout

from vectorstore.dense.graph_files import GraphFiles
from vectorstore.errors import StoreDamaged
from vectorstore.faults import DENSE, busy, incomplete, name_error

logger = logging.getLogger(__name__)

COLLECTION = "passages"
# Share of the true 10 and 50 nearest that are found among 20,000 sentences (MiniLM):
#
#     construction  search    10    50    a search
#              100     100  .954  .906      2.4 ms  (Chroma's defaults)
#              200     400  .996  .992      4.3 ms
#              200     800  .999  .998      5.0 ms
CONFIGURATION: CreateCollectionConfiguration = {
    "hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 800}
}

_TOUCHED = b"touched"
"""The mark while the files are touched; any other one means that they are not whole."""


class ChromaFiles:
    """The collection of the store in a folder; nothing is opened before it is needed.

    `is_whole` tells whether the collection holds the passages that it should, given a function
    that counts them. `fill` puts all of them into an empty one. Without `fill`, for a reader, a
    torn or incomplete collection is StoreDamaged.
    """

    def __init__(
        self,
        store: Path,
        *,
        is_whole: Callable[[Callable[[], int]], bool],
        fill: Callable[[Collection], None] | None,
    ) -> None:
        self._store = store
        self._files = store / DENSE / "chroma"
        self._graph = GraphFiles(self._files, store / DENSE / "checksums")
        self._mark = store / DENSE / "unfinished"
        self._lock = FileLock(store / DENSE / "lock")
        self._is_whole = is_whole
        self._fill = fill
        self._opened: tuple[System, Collection] | None = None

    @property
    def collection(self) -> Collection | None:
        """The collection, None while it is closed."""
        return self._opened and self._opened[1]

    def close(self) -> None:
        """Release the files."""
        if self._opened:
            self._opened[0].stop()
            self._opened = None

    def repair(self) -> bool:
        """Make the collection again if it is torn, and tell whether it was."""
        self._mark.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            torn = self._is_torn()
            if torn:
                with self.touching():
                    pass
        return torn

    @contextmanager
    def touching(self, patience: float = -1) -> Iterator[Collection]:
        """Give the collection while nobody else touches its files.

        Raises StoreBusy after waiting for `patience` seconds; by default there is no limit.
        """
        self._mark.parent.mkdir(parents=True, exist_ok=True)
        try:
            held = self._lock.acquire(timeout=patience)
        except Timeout:
            raise busy(self._store) from None
        with held:
            try:
                if self._is_torn():
                    self._make_again()
                self._set_mark(_TOUCHED)
                collection = self._open_whole()
                self._graph.seal()  # opening writes the files of a graph that was never saved
                yield collection
            except BaseException:
                self.close()
                raise
            self._graph.seal()
            # Not in a `finally`: files whose change was interrupted stay marked.
            self._mark.unlink()

    def _is_torn(self) -> bool:
        if not self._files.exists():
            return True
        interrupted = self._mark.exists()
        if interrupted and not (self._graph.is_sealed() and self._mark.read_bytes() == _TOUCHED):
            return True
        # What this process has open was compared when it was opened.
        if self._opened and not interrupted:
            return False
        broken = self._graph.find_broken()
        if broken:
            logger.warning("%s is not as it was saved", self._files / broken)
        return broken is not None

    def _open_whole(self) -> Collection:
        if self._opened:
            return self._opened[1]
        try:
            collection = self._open()
            if self._is_whole(collection.count):
                return collection
            damage: Exception = incomplete(self._store, DENSE)
        except ChromaError as error:
            # After a power cut the files may be older than the log that Chroma has shortened.
            damage = name_error(error, self._store) or error
            if not isinstance(damage, StoreDamaged):
                raise
        self._make_again(damage)
        return self._open()

    def _make_again(self, damage: Exception | None = None) -> None:
        self.close()
        if self._fill is None:
            self._set_mark(b"found damaged")  # so that the next writer makes it again
            raise damage or incomplete(self._store, DENSE)
        # With this mark the index is torn, should this be stopped.
        self._set_mark(b"being made")
        if self._files.exists():
            logger.warning("%s is damaged: making it again from the catalog", self._files)
            shutil.rmtree(self._files)
        self._fill(self._open())
        self._graph.seal()
        self._set_mark(_TOUCHED)

    def _set_mark(self, content: bytes) -> None:
        draft = self._mark.with_suffix(".new")
        draft.write_bytes(content)
        os.replace(draft, self._mark)

    def _open(self) -> Collection:
        if self._opened is None:
            # A client would share what another client of these files has in memory.
            system = System(
                Settings(
                    is_persistent=True,
                    persist_directory=str(self._files),
                    anonymized_telemetry=False,
                )
            )
            server = system.instance(RustBindingsAPI)
            system.start()
            collection = Collection(
                client=server,
                model=server.get_or_create_collection(COLLECTION, configuration=CONFIGURATION),
                embedding_function=None,
            )
            self._opened = system, collection
            # Reads the graph and the log now, while nobody else writes. `count` would do so too,
            # and hold up all threads of this process meanwhile.
            collection.get(limit=1, include=[])
        return self._opened[1]
