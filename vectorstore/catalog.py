"""What the store holds, in SQLite: articles with their text, passages with span and vector.

The catalog alone decides what is visible. An article version is written as PENDING before its
passages go into the two search indexes, turned VISIBLE in the same transaction that turns the
version it replaces into DROPPED, and DROPPED rows leave only after the indexes have let go of
them. So a process killed at any moment leaves rows that `hidden` lists, never half an article.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np

from vectorstore.records import Article, Passage
from vectorstore.schema import (
    ARTICLE,
    DROPPED,
    FLOATS,
    IS_PENDING,
    PENDING,
    SCHEMA,
    VISIBLE,
    article_row,
    read_article,
    read_spans,
)

# SQLite takes at most 32,766 parameters in a statement; a tenth of it keeps statements small.
_MANY = 3000
# Seconds to wait for another process's write, which takes milliseconds.
_PATIENCE = 30
_T = TypeVar("_T")


class Catalog:
    """The articles and passages of one store; used by one thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def close(self) -> None:
        """Close the database file."""
        self._db.close()

    def note(self, key: str, value: str) -> None:
        """Keep a fact about the store, replacing what was kept under the key."""
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def noted(self, key: str) -> str | None:
        """Return what `note` kept under the key."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def note_replaced(self) -> None:
        """Tell whoever has the store open that another one has taken its place."""
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('replaced', 'yes')")
            self._begin_edition()

    def is_replaced(self) -> bool:
        """Whether `note_replaced` was called."""
        return self.noted("replaced") is not None

    def write_pending(
        self, batch: Iterable[tuple[Article, Sequence[Passage]]], vectors: np.ndarray
    ) -> list[int]:
        """Write articles and passages, not yet visible; return the passages' keys in order.

        `vectors` has a row for each passage, in the same order.
        """
        keys: list[int] = []
        rows = iter(vectors)
        with self._db:
            for article, passages in batch:
                row = self._db.execute(
                    f"INSERT INTO articles (state, {ARTICLE}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                    (PENDING, *article_row(article)),
                )
                for passage in passages:
                    added = self._db.execute(
                        "INSERT INTO passages (article, start, end, sentences, vector)"
                        " VALUES (?,?,?,?,?)",
                        (
                            row.lastrowid,
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
                    f" AND id IN ({_marks(some)})",
                    some,
                ).rowcount
                for some in _chunks(ids)
            )
            if dropped:
                self._begin_edition()
        return dropped

    def hidden(self) -> list[int]:
        """Return the keys of the passages of articles that are pending or dropped."""
        rows = self._db.execute(
            "SELECT key FROM passages WHERE article IN"
            f" (SELECT key FROM articles WHERE state <> {VISIBLE})"
        )
        return [key for (key,) in rows]

    def forget_hidden(self) -> None:
        """Delete pending and dropped articles for good."""
        gone = f"SELECT key FROM articles WHERE state <> {VISIBLE}"
        with self._db:
            self._db.execute(f"DELETE FROM passages WHERE article IN ({gone})")
            if self._db.execute(f"DELETE FROM articles WHERE state <> {VISIBLE}").rowcount:
                self._begin_edition()

    def edition(self) -> int:
        """Return a number that grows when visible articles, or their indexes, have changed."""
        return int(self.noted("edition") or 0)

    def visible(self, keys: Sequence[int]) -> set[int]:
        """Return those of these passages' keys that are of visible articles."""
        return {
            key
            for some in _chunks(keys)
            for (key,) in self._db.execute(
                "SELECT p.key FROM passages p JOIN articles a ON a.key = p.article"
                f" WHERE a.state = {VISIBLE} AND p.key IN ({_marks(some)})",
                some,
            )
        }

    def vectors(self, keys: Sequence[int]) -> dict[int, np.ndarray]:
        """Return the vectors of the passages with these keys."""
        return {
            key: np.frombuffer(vector, dtype=FLOATS)
            for some in _chunks(keys)
            for key, vector in self._db.execute(
                f"SELECT key, vector FROM passages WHERE key IN ({_marks(some)})", some
            )
        }

    def all_vectors(self) -> Iterator[tuple[list[int], np.ndarray]]:
        """Yield the keys and vectors of the visible passages, a thousand at a time."""
        rows = self._db.execute(
            "SELECT p.key, p.vector FROM passages p JOIN articles a ON a.key = p.article"
            f" WHERE a.state = {VISIBLE} ORDER BY p.key"
        )
        while some := rows.fetchmany(1000):
            joined = b"".join(vector for _, vector in some)
            yield (
                [key for key, _ in some],
                np.frombuffer(joined, dtype=FLOATS).reshape(len(some), -1),
            )

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """Return the visible ones of the passages with these keys."""
        rows: list[tuple[int, int, int, int, str]] = []
        for some in _chunks(keys):
            rows += self._db.execute(
                "SELECT key, article, start, end, sentences FROM passages"
                f" WHERE key IN ({_marks(some)})",
                some,
            )
        articles: dict[int, Article] = {}
        for some in _chunks(list({row[1] for row in rows})):
            for key, *fields in self._db.execute(
                f"SELECT key, {ARTICLE} FROM articles"
                f" WHERE state = {VISIBLE} AND key IN ({_marks(some)})",
                some,
            ):
                articles[key] = read_article(fields)
        return {
            key: Passage(articles[article], start, end, read_spans(sentences))
            for key, article, start, end, sentences in rows
            if article in articles
        }

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
            f"SELECT {ARTICLE} FROM articles WHERE key IN ({_marks(chosen)}) ORDER BY key", chosen
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
            # All that begins with "/a/" comes before "/a0", as "0" is the sign behind "/".
            (path, below, below[:-1] + chr(ord(os.sep) + 1)),
        )
        return {id: (where, content_hash) for id, where, content_hash in rows}

    def file_digest(self, path: str) -> str | None:
        """Return the digest under which a file was completely indexed."""
        if not _is_storable(path):
            return None
        row = self._db.execute("SELECT digest FROM files WHERE path = ?", (path,)).fetchone()
        return None if row is None else str(row[0])

    def note_files(self, digests: Iterable[tuple[str, str]]) -> None:
        """Remember (path, digest) of files whose articles are all visible."""
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?)", digests)

    def forget_files(self, paths: Iterable[str]) -> None:
        """Forget the digests of files, so that they are read again."""
        with self._db:
            self._db.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    def counts(self) -> tuple[int, int]:
        """Return how many articles and passages are visible."""
        # Subtracting the hidden ones counts over small indexes; joining took a look at each row.
        articles, passages = self._db.execute(
            f"SELECT (SELECT count(*) FROM articles WHERE state = {VISIBLE}), (SELECT count(*)"
            " FROM passages) - (SELECT count(*) FROM passages WHERE article IN"
            f" (SELECT key FROM articles WHERE state <> {VISIBLE}))"
        ).fetchone()
        return articles, passages

    def size(self) -> int:
        """Return how many passages there are, visible or not."""
        return int(self._db.execute("SELECT count(*) FROM passages").fetchone()[0])

    def languages(self) -> dict[str, int]:
        """Return how many visible articles there are in each language, most frequent first."""
        rows = self._db.execute(
            f"SELECT language, count(*) FROM articles WHERE state = {VISIBLE}"
            " GROUP BY language ORDER BY count(*) DESC, language"
        )
        return dict(rows.fetchall())

    def _begin_edition(self) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('edition', ?)", (self.edition() + 1,))


@contextmanager
def read_only(path: Path) -> Iterator[Catalog]:
    """Open a catalog to look at, without its search indexes."""
    address = path.absolute().as_uri() + "?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as connection:
        yield Catalog(connection)


def open_catalog(path: Path) -> Catalog:
    """Open or make the catalog in a file."""
    connection = sqlite3.connect(path, check_same_thread=False, timeout=_PATIENCE)
    try:
        # WAL lets the chat read while an index run writes; FULL is SQLite's default durability.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return Catalog(connection)


def _is_storable(path: str) -> bool:
    """Whether a path can be in the catalog: one that is not valid Unicode never got there."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _chunks(values: Sequence[_T]) -> Iterator[list[_T]]:
    for first in range(0, len(values), _MANY):
        yield list(values[first : first + _MANY])
