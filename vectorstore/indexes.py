"""Both search indexes of a store, kept up with its catalog while others write."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from vectorstore.candidates import Searchable
from vectorstore.catalog.catalog import Catalog
from vectorstore.catalog.reader import CatalogReader
from vectorstore.dense.index import DenseIndex
from vectorstore.dense.snapshot import DenseSnapshot
from vectorstore.errors import (
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreReplaced,
    StoreUnreachable,
    StoreUnwritable,
)
from vectorstore.faults import LEXICAL, incomplete
from vectorstore.lexical.index import LexicalIndex
from vectorstore.lexical.searcher import LexicalSearcher

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

# The graph is read again at most every so many seconds, and for at most a tenth of the time:
# a graph of 12,000 passages takes .2 to .5 s of one core, beside the searches.
_PAUSE = 5.0
_PAUSE_PER_SECOND_OF_READING = 10
# Seconds that reading the graph waits for a process that writes. A batch takes less, making the
# graph again takes minutes.
_PATIENCE = 5.0
# How often a search begins anew because another process published a batch just then.
_MOST_BEGINNINGS = 20


class SearchIndexes:
    """The dense and the lexical index of a store; any number of threads search them.

    `trouble` is one line that says why searches are slower than they could be, "" if they are not.
    """

    def __init__(self, catalog: Catalog, dense: DenseIndex, lexical: LexicalIndex) -> None:
        self.trouble = ""
        self._catalog = catalog
        self._dense = dense
        self._lexical = lexical
        self._lexical_edition = -1
        self._lexical_lock = threading.Lock()
        self._snapshot: DenseSnapshot | None = None
        self._snapshot_lock = threading.Lock()
        self._opening = threading.Lock()
        self._reading: threading.Thread | None = None
        self._due = 0.0

    def close(self) -> None:
        """Release the graph once the searches that use it are done; no search may begin after."""
        reading = self._reading
        if reading is not None:
            reading.join()
        with self._snapshot_lock:
            snapshot, self._snapshot = self._snapshot, None
        if snapshot:
            snapshot.release()

    @contextmanager
    def searchable(self) -> Iterator[Searchable]:
        """Give the last complete state to search; waits for no writer.

        Raises StoreReplaced, and StoreDamaged if the lexical index lacks passages.
        """
        with self._catalog.reading() as catalog, self._in_use() as dense:
            for beginning in range(_MOST_BEGINNINGS):
                edition = catalog.edition()
                lexical = self._searcher(catalog, edition)
                with catalog.at_one_moment():
                    # A writer adds to the indexes first and removes from them last. So they have
                    # all that the catalog shows, unless it has shown more since they were taken.
                    if catalog.edition() != edition and beginning + 1 < _MOST_BEGINNINGS:
                        continue
                    dense.recent.catch_up(catalog)
                    if dense.edition != edition:
                        self._read_in_background()
                    yield Searchable(catalog, dense, lexical)
                    return

    def search(self, find: Callable[[Searchable], _T]) -> _T:
        """Return what `find` finds; if a server with the graph is lost meanwhile, without it.

        Raises what `searchable` raises.
        """
        try:
            with self.searchable() as there:
                return find(there)
        except StoreUnreachable as error:
            self._go_on_without(error)
            with self.searchable() as there:
                return find(there)

    def check(self) -> None:
        """Raise StoreDamaged if the lexical index lacks passages.

        Without it every BM25 would be 0, and the weights of query terms, which refusing depends on,
        would be those of an empty index: no answer is better than one by other rules.
        """
        with self._catalog.reading() as catalog:
            self._searcher(catalog, catalog.edition())

    def read_graph(self) -> None:
        """Read the graph as it is now, and let later searches use it. Raises StoreError."""
        with self._catalog.reading() as catalog:
            edition, last = catalog.edition(), catalog.last_key()
            empty = not catalog.size()
        try:
            graph = self._dense.read(_PATIENCE)
            self._use(DenseSnapshot(graph, edition=edition, after=last), "", empty)
        except (StoreDamaged, StoreUnwritable, StoreBusy, StoreUnreachable) as error:
            # Nobody tells when a writer is done, or a server back.
            passing = isinstance(error, StoreBusy | StoreUnreachable)
            self._do_without(error, -1 if passing else edition, empty)

    def _go_on_without(self, error: StoreUnreachable) -> None:
        self._due = monotonic() + _PAUSE
        self._do_without(error, -1, empty=False)

    def _do_without(self, error: StoreError, edition: int, empty: bool) -> None:
        # The catalog has all vectors: comparing each with the question is slower, never wrong.
        trouble = f"{error}; until then each passage is compared with the question"
        self._use(DenseSnapshot(None, edition=edition, after=0), trouble, empty)

    def _use(self, fresh: DenseSnapshot, trouble: str, empty: bool) -> None:
        if trouble and trouble != self.trouble and not empty:
            logger.warning("%s", trouble)
        self.trouble = "" if empty else trouble
        with self._snapshot_lock:
            old = self._snapshot
            if old is not None and old.graph is None and fresh.graph is None:
                fresh.recent = old.recent  # which has all vectors already
            self._snapshot = fresh
        if old is not None:
            old.release()

    def _searcher(self, catalog: CatalogReader, edition: int) -> LexicalSearcher:
        with self._lexical_lock:
            if edition != self._lexical_edition:
                if catalog.is_replaced():
                    raise StoreReplaced("the index was rebuilt: start article-chat again")
                if not catalog.holds_as_many(self._count_lexical):
                    raise incomplete(self._catalog.folder, LEXICAL)
                self._lexical_edition = edition
            return self._lexical.searcher()

    def _count_lexical(self) -> int:
        self._lexical.reload()
        return self._lexical.count()

    @contextmanager
    def _in_use(self) -> Iterator[DenseSnapshot]:
        with self._opening:
            if self._snapshot is None:
                self._read_and_wait()
        with self._snapshot_lock:
            snapshot = self._snapshot
            assert snapshot is not None
            snapshot.use()
        try:
            yield snapshot
        finally:
            snapshot.release()

    def _read_and_wait(self) -> None:
        began = monotonic()
        try:
            self.read_graph()
        finally:
            took = monotonic() - began
            self._due = monotonic() + max(_PAUSE, _PAUSE_PER_SECOND_OF_READING * took)

    def _read_in_background(self) -> None:
        with self._snapshot_lock:
            if self._reading is not None or monotonic() < self._due:
                return
            self._reading = threading.Thread(target=self._read_again, daemon=True)
            self._reading.start()

    def _read_again(self) -> None:
        try:
            self._read_and_wait()
        except StoreError as error:
            logger.warning("%s; searches go on with the index as it was", error)
        except Exception:
            logger.exception("The graph could not be read; searches go on with the one before")
        finally:
            self._reading = None
