"""What the store holds, in SQLite: articles with their text, the spans of their passages.

The catalog alone decides what is visible. An article version is written as PENDING before its
passages go into the two search indexes, turned VISIBLE in the same transaction that turns the
version it replaces into DROPPED, and DROPPED rows leave only after the indexes have let go of
them. So a process killed at any moment leaves rows that `hidden` lists, never half an article.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from vectorstore.records import Article, Passage, Span

PENDING, VISIBLE, DROPPED = 0, 1, 2

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS articles (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, state INTEGER NOT NULL, content_hash TEXT NOT NULL,
    path TEXT NOT NULL, row TEXT, title TEXT NOT NULL, text TEXT NOT NULL, body TEXT NOT NULL,
    language TEXT NOT NULL, source TEXT, date TEXT, url TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS one_visible ON articles (id) WHERE state = 1;
CREATE INDEX IF NOT EXISTS by_path ON articles (path);
CREATE INDEX IF NOT EXISTS not_visible ON articles (state) WHERE state <> 1;
CREATE TABLE IF NOT EXISTS passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (key),
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, sentences TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_article ON passages (article);
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, digest TEXT NOT NULL);
"""
_ARTICLE = "id, content_hash, path, row, title, text, body, language, source, date, url"
# SQLite takes at most 32,766 parameters in a statement; a tenth of it keeps statements small.
_MANY = 3000
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

    def write_pending(self, batch: Iterable[tuple[Article, Sequence[Passage]]]) -> list[int]:
        """Write articles and passages, not yet visible; return the passages' keys in order."""
        keys: list[int] = []
        with self._db:
            for article, passages in batch:
                row = self._db.execute(
                    f"INSERT INTO articles (state, {_ARTICLE}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                    (PENDING, *_article_row(article)),
                )
                for passage in passages:
                    added = self._db.execute(
                        "INSERT INTO passages (article, start, end, sentences) VALUES (?,?,?,?)",
                        (row.lastrowid, passage.start, passage.end, json.dumps(passage.sentences)),
                    )
                    keys.append(added.lastrowid or 0)
        return keys

    def publish_pending(self) -> None:
        """Make all pending articles visible in place of their earlier versions, at once."""
        with self._db:
            self._db.execute(
                f"UPDATE articles SET state = {DROPPED} WHERE state = {VISIBLE} AND id IN"
                f" (SELECT id FROM articles WHERE state = {PENDING})"
            )
            self._db.execute(f"UPDATE articles SET state = {VISIBLE} WHERE state = {PENDING}")

    def drop(self, ids: Sequence[str]) -> int:
        """Hide articles by id, all at once; return how many were visible."""
        with self._db:
            return sum(
                self._db.execute(
                    f"UPDATE articles SET state = {DROPPED} WHERE state = {VISIBLE}"
                    f" AND id IN ({_marks(some)})",
                    some,
                ).rowcount
                for some in _chunks(ids)
            )

    def hidden(self) -> list[int]:
        """Return the keys of the passages of articles that are pending or dropped."""
        rows = self._db.execute(
            "SELECT key FROM passages WHERE article IN"
            f" (SELECT key FROM articles WHERE state <> {VISIBLE})"
        )
        return [key for (key,) in rows]

    def forget_hidden(self) -> int:
        """Delete pending and dropped articles for good; return the new edition's number."""
        gone = f"SELECT key FROM articles WHERE state <> {VISIBLE}"
        with self._db:
            self._db.execute(f"DELETE FROM passages WHERE article IN ({gone})")
            self._db.execute(f"DELETE FROM articles WHERE state <> {VISIBLE}")
            edition = self.edition() + 1
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('edition', ?)", (edition,))
        return edition

    def edition(self) -> int:
        """Return a number that grows whenever the visible articles have changed."""
        return int(self.noted("edition") or 0)

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
                f"SELECT key, {_ARTICLE} FROM articles"
                f" WHERE state = {VISIBLE} AND key IN ({_marks(some)})",
                some,
            ):
                articles[key] = _article(fields)
        return {
            key: Passage(articles[article], start, end, _spans(sentences))
            for key, article, start, end, sentences in rows
            if article in articles
        }

    def article(self, id: str) -> Article | None:
        """Return the visible article with this id."""
        row = self._db.execute(
            f"SELECT {_ARTICLE} FROM articles WHERE state = {VISIBLE} AND id = ?", (id,)
        ).fetchone()
        return None if row is None else _article(row)

    def articles(self) -> Iterator[Article]:
        """Yield the visible articles, in the order in which they were added."""
        last = 0
        while rows := self._db.execute(
            f"SELECT key, {_ARTICLE} FROM articles WHERE state = {VISIBLE} AND key > ?"
            " ORDER BY key LIMIT 100",
            (last,),
        ).fetchall():
            last = rows[-1][0]
            yield from (_article(fields) for _, *fields in rows)

    def sample(self, n: int) -> list[Article]:
        """Return up to n visible articles, spread evenly over the order of adding."""
        rows = self._db.execute(f"SELECT key FROM articles WHERE state = {VISIBLE} ORDER BY key")
        keys = [key for (key,) in rows]
        chosen = keys[:: max(1, -(-len(keys) // n))]
        found = self._db.execute(
            f"SELECT {_ARTICLE} FROM articles WHERE key IN ({_marks(chosen)}) ORDER BY key", chosen
        )
        return [_article(fields) for fields in found]

    def hashes_under(self, path: str) -> dict[str, tuple[str, str]]:
        """Return {article id: (file path, content hash)} of a file or of all below a folder."""
        below = path.rstrip("/\\")
        rows = self._db.execute(
            f"SELECT id, path, content_hash FROM articles WHERE state = {VISIBLE}"
            " AND (path = ? OR substr(path, 1, ?) IN (?, ?))",
            (path, len(below) + 1, below + "/", below + "\\"),
        )
        return {id: (where, content_hash) for id, where, content_hash in rows}

    def file_digest(self, path: str) -> str | None:
        """Return the digest under which a file was completely indexed."""
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
        articles, passages = self._db.execute(
            f"SELECT (SELECT count(*) FROM articles WHERE state = {VISIBLE}), (SELECT count(*)"
            f" FROM passages p JOIN articles a ON a.key = p.article WHERE a.state = {VISIBLE})"
        ).fetchone()
        return articles, passages

    def languages(self) -> dict[str, int]:
        """Return how many visible articles there are in each language, most frequent first."""
        rows = self._db.execute(
            f"SELECT language, count(*) FROM articles WHERE state = {VISIBLE}"
            " GROUP BY language ORDER BY count(*) DESC, language"
        )
        return dict(rows.fetchall())


@contextmanager
def read_only(path: Path) -> Iterator[Catalog]:
    """Open a catalog to look at, without its search indexes."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        yield Catalog(connection)


def open_catalog(path: Path) -> Catalog:
    """Open or make the catalog in a file."""
    connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
    # WAL lets the chat read while an index run writes; FULL is SQLite's default durability.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(_SCHEMA)
    return Catalog(connection)


def _article_row(article: Article) -> tuple[str | None, ...]:
    return (
        article.id,
        article.content_hash,
        article.path,
        article.row,
        article.title,
        article.text,
        json.dumps(article.body),
        article.language,
        article.source,
        article.date,
        article.url,
    )


def _article(fields: Sequence[str]) -> Article:
    _, _, path, row, title, text, body, language, source, date, url = fields
    return Article(path, title, text, _spans(body), language, source, date, url, row)


def _spans(stored: str) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in json.loads(stored))


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _chunks(values: Sequence[_T]) -> Iterator[list[_T]]:
    for first in range(0, len(values), _MANY):
        yield list(values[first : first + _MANY])
