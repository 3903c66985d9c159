"""What the store holds, in SQLite: articles with their text, passages with span and vector.

The catalog alone decides what is visible. An article's version is written as PENDING before its
passages go into the two search indexes. It turns VISIBLE in the same transaction that turns the
version it replaces into DROPPED. DROPPED rows are deleted only after both indexes have deleted
their passages. So a process killed at any moment leaves rows that `hidden` lists, and never half
an article.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from vectorstore.catalog.passages import chunks, placeholders
from vectorstore.catalog.reader import PATIENCE, CatalogReader, connect_to_read
from vectorstore.catalog.schema import (
    ARTICLE,
    DROPPED,
    FLOATS,
    IS_PENDING,
    PENDING,
    SCHEMA,
    VISIBLE,
    WORDS,
    article_row,
)
from vectorstore.faults import named_errors
from vectorstore.records import Batch

# A row if the words of the articles are not indexed, and can be: some builds of SQLite lack FTS5.
_LACKS_WORDS = (
    "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"
    " AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'words')"
)


class Catalog(CatalogReader):
    """The articles and passages of one store; used by one thread at a time.

    Other threads read through `reading`, which waits neither for a writer nor for a reader.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        super().__init__(connection)
        self.folder = path.parent
        self._path = path
        self._idle: list[sqlite3.Connection] | None = []
        self._idle_lock = threading.Lock()

    def close(self) -> None:
        """Close the database file; connections that are being read with are closed after that."""
        with self._idle_lock:
            idle, self._idle = self._idle or [], None
        for connection in idle:
            connection.close()
        super().close()

    @contextmanager
    def reading(self) -> Iterator[CatalogReader]:
        """Give a connection of its own to read with; raises errors of the store."""
        with named_errors(self.folder):
            with self._idle_lock:
                connection = self._idle.pop() if self._idle else None
            connection = connection or connect_to_read(self._path)
            try:
                yield CatalogReader(connection)
            finally:
                with self._idle_lock:
                    kept = self._idle is not None
                    if self._idle is not None:
                        self._idle.append(connection)
                if not kept:
                    connection.close()

    def note(self, key: str, value: str) -> None:
        """Keep a fact about the store, replacing what was kept under the key."""
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def note_replaced(self) -> None:
        """Tell whoever has the store open that another one has taken its place."""
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('replaced', 'yes')")
            self._begin_edition()

    def note_repaired(self) -> None:
        """Tell whoever has the store open to read its indexes again."""
        with self._db:
            self._begin_edition()

    def write_pending(self, batch: Batch, vectors: np.ndarray) -> list[int]:
        """Write articles and passages, not yet visible; return the passages' keys in order.

        `vectors` has a row for each passage, in the same order.
        """
        keys: list[int] = []
        rows = iter(vectors)
        with self._db:
            for article, passages in batch:
                row = self._db.execute(
                    f"INSERT INTO articles (state, day, {ARTICLE})"
                    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                    (PENDING, article.day, *article_row(article)),
                )
                for passage in passages:
                    added = self._db.execute(
                        "INSERT INTO passages (article, id, start, end, sentences, vector)"
                        " VALUES (?,?,?,?,?,?)",
                        (
                            row.lastrowid,
                            passage.id,
                            passage.start,
                            passage.end,
                            json.dumps(passage.sentences),
                            next(rows).astype(FLOATS).tobytes(),
                        ),
                    )
                    keys.append(added.lastrowid or 0)
        return keys

    def publish_pending(self) -> None:
        """Make all pending articles visible in place of their earlier versions, at once."""
        with self._db:
            self._db.execute(
                f"UPDATE articles SET state = {DROPPED} WHERE state = {VISIBLE} AND id IN"
                f" (SELECT id FROM articles WHERE {IS_PENDING})"
            )
            self._db.execute(f"UPDATE articles SET state = {VISIBLE} WHERE {IS_PENDING}")
            self._begin_edition()

    def drop(self, ids: Sequence[str]) -> int:
        """Hide articles by id, all at once; return how many were visible."""
        with self._db:
            dropped = sum(
                self._db.execute(
                    f"UPDATE articles SET state = {DROPPED} WHERE state = {VISIBLE}"
                    f" AND id IN ({placeholders(some)})",
                    some,
                ).rowcount
                for some in chunks(ids)
            )
            if dropped:
                self._begin_edition()
        return dropped

    def forget_hidden(self) -> None:
        """Delete pending and dropped articles for good."""
        gone = f"SELECT key FROM articles WHERE state <> {VISIBLE}"
        with self._db:
            self._db.execute(f"DELETE FROM passages WHERE article IN ({gone})")
            if self._db.execute(f"DELETE FROM articles WHERE state <> {VISIBLE}").rowcount:
                self._begin_edition()

    def note_files(self, digests: Iterable[tuple[str, str]]) -> None:
        """Remember (path, digest) of files whose articles are all visible."""
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?)", digests)

    def forget_files(self, paths: Iterable[str]) -> None:
        """Forget the digests of files, so that they are read again."""
        with self._db:
            self._db.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    def _begin_edition(self) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('edition', ?)", (self.edition() + 1,))


def open_catalog(path: Path, *, to_write: bool = True) -> Catalog:
    """Open or make the catalog in a file; without `to_write`, one that is there, only to read."""
    if not to_write:
        return Catalog(connect_to_read(path), path)
    connection = sqlite3.connect(path, check_same_thread=False, timeout=PATIENCE)
    try:
        # WAL lets the chat read while an index run writes; FULL is SQLite's default durability.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)
        if connection.execute(_LACKS_WORDS).fetchone():
            connection.executescript(WORDS)
    except sqlite3.Error:
        connection.close()
        raise
    return Catalog(connection, path)
