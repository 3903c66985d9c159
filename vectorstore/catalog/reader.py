"""Reading the catalog: its articles and files, and how much there is."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from vectorstore.catalog.listing import ListingReader
from vectorstore.catalog.passages import chunks, placeholders
from vectorstore.catalog.schema import ARTICLE, VISIBLE, read_article
from vectorstore.errors import BadRow
from vectorstore.records import Article

# Seconds to wait for another process's write, which takes milliseconds.
PATIENCE = 30


class CatalogReader(ListingReader):
    """The articles and passages of one store, to read; used by one thread at a time."""

    def close(self) -> None:
        """Close the database file."""
        self._db.close()

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Show the catalog in this block as it is at the first reading, whatever others write."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.rollback()

    def noted(self, key: str) -> str | None:
        """Return the value that `note` kept under the key."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def is_replaced(self) -> bool:
        """Whether `note_replaced` was called."""
        return self.noted("replaced") is not None

    def edition(self) -> int:
        """Return a number that grows with each change of visible articles or their indexes."""
        noted = self.noted("edition") or "0"
        if not noted.isdecimal():
            raise BadRow(f"its edition is {noted!r}")
        return int(noted)

    def article(self, id: str) -> Article | None:
        """Return the visible article with this id."""
        row = self._db.execute(
            f"SELECT {ARTICLE} FROM articles WHERE state = {VISIBLE} AND id = ?", (id,)
        ).fetchone()
        return None if row is None else read_article(row)

    def articles(self) -> Iterator[Article]:
        """Yield the visible articles, in the order in which they were added."""
        last = 0
        while rows := self._db.execute(
            f"SELECT key, {ARTICLE} FROM articles WHERE state = {VISIBLE} AND key > ?"
            " ORDER BY key LIMIT 100",
            (last,),
        ).fetchall():
            last = rows[-1][0]
            yield from (read_article(fields) for _, *fields in rows)

    def sample(self, n: int) -> list[Article]:
        """Return up to n visible articles, spread evenly over the order of adding."""
        rows = self._db.execute(f"SELECT key FROM articles WHERE state = {VISIBLE} ORDER BY key")
        keys = [key for (key,) in rows]
        chosen = keys[:: max(1, -(-len(keys) // n))]
        found = self._db.execute(
            f"SELECT {ARTICLE} FROM articles WHERE key IN ({placeholders(chosen)}) ORDER BY key",
            chosen,
        )
        return [read_article(fields) for fields in found]

    def hashes_under(self, path: str) -> dict[str, tuple[str, str]]:
        """Return {article id: (file path, content hash)} of a file or of all below a folder."""
        if not _is_storable(path):
            return {}
        below = path if path.endswith(os.sep) else path + os.sep
        rows = self._db.execute(
            f"SELECT id, path, content_hash FROM articles WHERE state = {VISIBLE}"
            " AND (path = ? OR path >= ? AND path < ?)",
            # Every path below "/a/" sorts before "/a0", as "0" is the character after "/".
            (path, below, below[:-1] + chr(ord(os.sep) + 1)),
        )
        return {id: (where, content_hash) for id, where, content_hash in rows}

    def versions_of(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return {article id: (file path, content hash)} of the visible ones of these articles."""
        return {
            id: (where, content_hash)
            for some in chunks(ids)
            for id, where, content_hash in self._db.execute(
                f"SELECT id, path, content_hash FROM articles WHERE state = {VISIBLE}"
                f" AND id IN ({placeholders(some)})",
                some,
            )
        }

    def with_content(self, content_hash: str) -> dict[str, str]:
        """Return {article id: file path} of the visible articles with this content."""
        rows = self._db.execute(
            f"SELECT id, path FROM articles WHERE content_hash = ? AND state = {VISIBLE}",
            (content_hash,),
        )
        return dict(rows.fetchall())

    def file_digest(self, path: str) -> str | None:
        """Return the digest under which a file was completely indexed."""
        if not _is_storable(path):
            return None
        row = self._db.execute("SELECT digest FROM files WHERE path = ?", (path,)).fetchone()
        return None if row is None else str(row[0])

    def counts(self) -> tuple[int, int]:
        """Return how many articles and passages are visible."""
        # Subtracting the hidden ones reads small indexes only; a join would read every row.
        articles, passages = self._db.execute(
            f"SELECT (SELECT count(*) FROM articles WHERE state = {VISIBLE}), (SELECT count(*)"
            " FROM passages) - (SELECT count(*) FROM passages WHERE article IN"
            f" (SELECT key FROM articles WHERE state <> {VISIBLE}))"
        ).fetchone()
        return articles, passages

    def days(self) -> tuple[int, int] | None:
        """Return the first and the last `Article.day` of the visible articles, None without any."""
        first, last = self._db.execute(
            f"SELECT min(day), max(day) FROM articles INDEXED BY by_facts WHERE state = {VISIBLE}"
        ).fetchone()
        return None if first is None else (first, last)

    def size(self) -> int:
        """Return how many passages there are, visible or not."""
        return int(self._db.execute("SELECT count(*) FROM passages").fetchone()[0])

    def holds_as_many(self, count: Callable[[], int]) -> bool:
        """Tell whether an index can hold the passages that it should, by their `count` in it.

        It holds every visible passage and no unknown one. Of pending and dropped passages it
        holds those that a writer has added already or not removed yet.
        """
        while True:
            edition = self.edition()
            _, visible = self.counts()
            # In this order: a writer adds to the catalog first, and deletes from it last.
            held = count()
            stored = self.size()
            if self.edition() == edition:
                return visible <= held <= stored

    def languages(self) -> dict[str, int]:
        """Return how many visible articles there are in each language, most frequent first."""
        rows = self._db.execute(
            f"SELECT language, count(*) FROM articles WHERE state = {VISIBLE}"
            " GROUP BY language ORDER BY count(*) DESC, language"
        )
        return dict(rows.fetchall())


@contextmanager
def read_only(path: Path) -> Iterator[CatalogReader]:
    """Open a catalog to look at, without its search indexes."""
    with closing(connect_to_read(path)) as connection:
        yield CatalogReader(connection)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Connect to a catalog that is there; the connection cannot write."""
    try:
        return _connect(path, "mode=ro")
    except sqlite3.OperationalError:
        # SQLite makes files beside a database to read it. Without the right to make them, it reads
        # one that nobody is writing to, which has no log or an empty one.
        log = path.with_name(path.name + "-wal")
        if os.access(path.parent, os.W_OK) or (log.exists() and log.stat().st_size):
            raise
        return _connect(path, "immutable=1")


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?{mode}"
    connection = sqlite3.connect(address, uri=True, timeout=PATIENCE, check_same_thread=False)
    try:
        connection.execute("SELECT 1 FROM sqlite_master")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _is_storable(path: str) -> bool:
    """Whether a path can be in the catalog, which takes only valid Unicode."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
