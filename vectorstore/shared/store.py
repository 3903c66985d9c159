"""A store that several processes share: the dense index on a server, the rest a copy in a folder.

The copy is a catalog with all texts and vectors, and a lexical index. What is written goes to the
server first, and comes into the copy after that as the changes of others do. So a copy never has
what the server lacks, and can be thrown away at any time.

A search asks the server for the nearest passages and shows those that the copy has. While the
server cannot be reached, each passage of the copy is compared with the question.
"""

from __future__ import annotations

import json
import logging
import socket
import uuid
from collections.abc import Sequence

import numpy as np

from vectorstore.catalog.catalog import Catalog
from vectorstore.catalog.passages import chunks
from vectorstore.catalog.reader import CatalogReader
from vectorstore.lexical.index import LexicalIndex
from vectorstore.records import Article, Batch, Passage
from vectorstore.shared.changes import SharedChanges
from vectorstore.shared.dense import ServerIndex
from vectorstore.shared.follower import Follower
from vectorstore.shared.records import GONE, Record
from vectorstore.shared.server import StoreServer
from vectorstore.store import Store

logger = logging.getLogger(__name__)

_AT_ONCE = 64
_SEEN, _LACKING, _WRITER = "seen", "lacking", "writer"
"""What a copy notes: the last changes taken in, articles that could not be, its own name."""


class SharedStore(Store):
    """Articles on a server that other processes write to as well, and a copy of them.

    What others write is seen a few seconds later. `add` and `remove` raise StoreUnreachable while
    the server cannot be reached; calling them again then completes what was begun. With
    `owns_server` the connection is closed with the store.
    """

    def __init__(
        self,
        catalog: Catalog,
        dense: ServerIndex,
        lexical: LexicalIndex,
        server: StoreServer,
        changes: SharedChanges,
        *,
        owns_server: bool = True,
    ) -> None:
        super().__init__(catalog, dense, lexical)
        self._server = server
        self._owns_server = owns_server
        self._changes = changes
        self._follower: Follower | None = None

    @property
    def trouble(self) -> str:
        """One line that says why the server is not asked, "" if it is."""
        return super().trouble or (self._follower.trouble if self._follower else "")

    @property
    def is_shared(self) -> bool:
        """Whether other machines may have written articles, whose files are not here."""
        return True

    @property
    def is_cut_off(self) -> bool:
        """Whether what others write is not seen, as their server cannot be reached."""
        return bool(self.trouble)

    def add(self, batch: Batch) -> None:
        """Add articles with their passages, as Store does, for all processes.

        Each becomes visible to others by itself.
        """
        vectors = self._embed(batch)
        with self._writing():
            writer = self._writer()
            new = {passage.id for _, passages in batch for passage in passages}
            old = self._catalog.ids_of([article.id for article, _ in batch])
            last = self._changes.put(batch, vectors, writer, _seen(self._catalog).get(writer, 0))
            self._put(batch, vectors)
            self._note_seen(writer, last)
            self._changes.drop_passages([id for id in old if id not in new])

    def remove(self, ids: Sequence[str]) -> int:
        """Remove articles by id for all processes; return how many there were."""
        with self._writing():
            there = list(self._catalog.versions_of(ids))
            if not there:
                return 0
            writer, old = self._writer(), self._catalog.ids_of(there)
            last = self._changes.remove(there, writer, _seen(self._catalog).get(writer, 0))
            removed = self._catalog.drop(there)
            self._sweep()
            self._note_seen(writer, last)
            self._changes.drop_passages(old)
            return removed

    def put_again(self, articles: Sequence[str] | None = None) -> int:
        """Write articles of the copy, by default all, to the server again; return how many."""
        with self._writing():
            ids = [one.id for one in self._catalog.articles()] if articles is None else articles
            for some in chunks(ids, _AT_ONCE):
                self._put_again(some)
            return len(ids)

    def begin(self) -> None:
        """Tell others to look for the changes that this store is going to write."""
        with self._writing():
            writer = self._writer()
            self._changes.begin(writer, _seen(self._catalog).get(writer, 0))

    def is_behind(self) -> bool:
        """Whether others have written what the copy has not seen. Raises StoreUnreachable."""
        heads = self._changes.heads()
        with self._catalog.reading() as catalog:
            seen = _seen(catalog)
        return any(head > seen.get(writer, 0) for writer, head in heads.items())

    def take_in(self, *, thorough: bool = False) -> None:
        """Take what others have written into the copy; the store must be open to write.

        With `thorough`, also what a writer that was killed could not tell of.
        """
        with self._writing():
            self._sweep()
            lacking = json.loads(self._catalog.noted(_LACKING) or "[]")
            if lacking:
                self._take_in(self._changes.records(lacking))
            for changes in self._changes.after(_seen(self._catalog), thorough=thorough):
                self._take_in(changes.records)
                self._note_seen(changes.writer, changes.last)

    def follow(self, follower: Follower) -> None:
        """Keep what follows the server, to close it with the store."""
        self._follower = follower

    def ask_again(self) -> None:
        """Ask the server again if it could not be reached."""
        if super().trouble:
            self._indexes.read_graph()

    def close(self) -> None:
        """Wait until all is written and release the files, and what follows the server."""
        if self._follower:
            self._follower.close()
        super().close()
        if self._owns_server:
            self._server.close()

    def _put_again(self, ids: Sequence[str]) -> None:
        keys = self._catalog.keys_of(self._catalog.ids_of(ids))
        passages, vectors = self._catalog.passages(keys), self._catalog.vectors(keys)
        batch: dict[str, tuple[Article, list[Passage]]] = {
            id: (article, []) for id in ids if (article := self._catalog.article(id))
        }
        for passage in passages.values():
            batch[passage.article.id][1].append(passage)
        rows = {passage.id: vectors[key] for key, passage in passages.items()}
        put = list(batch.values())
        found = [rows[passage.id] for _, some in put for passage in some]
        writer = self._writer()
        last = self._changes.put(put, _stack(found), writer, _seen(self._catalog).get(writer, 0))
        self._note_seen(writer, last)

    def _take_in(self, records: Sequence[Record]) -> None:
        stored = self._catalog.versions_of([record.id for record in records])
        other = [
            record for record in records if stored.get(record.id, ("", GONE))[1] != record.version
        ]
        # What a folder notes of its files is no longer so if another process changes an article.
        self._catalog.forget_files({stored[one.id][0] for one in other if one.id in stored})
        vectors = self._changes.vectors([one.id for record in other for one in record.passages])
        lacking, rows = list[str](), list[np.ndarray]()
        batch: list[tuple[Article, Sequence[Passage]]] = []
        for record in other:
            if record.version == GONE:
                continue
            found = [vectors[one.id] for one in record.passages if one.id in vectors]
            if record.article is None or len(found) < len(record.passages):
                lacking.append(record.id)
                continue
            batch.append((record.article, record.passages))
            rows += found
        if batch:
            self._put(batch, _stack(rows))
        if self._catalog.drop([one.id for one in other if one.version == GONE]):
            self._sweep()
        self._note_lacking(lacking, {record.id for record in records})

    def _note_lacking(self, lacking: Sequence[str], looked_at: set[str]) -> None:
        before = set(json.loads(self._catalog.noted(_LACKING) or "[]"))
        now = before - looked_at | set(lacking)
        if now != before:
            self._catalog.note(_LACKING, json.dumps(sorted(now)))
        if now - before:
            logger.warning(
                "%s: %d articles on the server are incomplete and not shown: index them again",
                self._server.address.url,
                len(now),
            )

    def _note_seen(self, writer: str, last: int) -> None:
        self._catalog.note(_SEEN, json.dumps({**_seen(self._catalog), writer: last}))

    def _writer(self) -> str:
        """Return the name under which this folder writes; a copy of the folder gets another."""
        place = f"{socket.gethostname()}:{self._folder.resolve()}"
        name, noted = json.loads(self._catalog.noted(_WRITER) or '["", ""]')
        if noted != place:
            name = uuid.uuid4().hex
            self._catalog.note(_WRITER, json.dumps([name, place]))
        return str(name)


def _stack(vectors: Sequence[np.ndarray]) -> np.ndarray:
    return np.stack(vectors) if vectors else np.empty((0, 0), dtype=np.float32)


def _seen(catalog: CatalogReader) -> dict[str, int]:
    return dict(json.loads(catalog.noted(_SEEN) or "{}"))
