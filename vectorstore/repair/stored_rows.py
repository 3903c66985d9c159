"""The rows of a catalog as they are, each compared with what it says about itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vectorstore.catalog.schema import ARTICLE, DROPPED, FLOATS, VISIBLE, read_article, read_spans
from vectorstore.records import Article, Passage

_Row = tuple[int, str, int, int, str, bytes]
"""A passage: key, id, start, end, sentences, vector."""
_AT_ONCE = 100
_LENGTH_TOLERANCE = 0.01
"""How far from 1 the length of a stored vector may be."""


@dataclass(frozen=True)
class StoredArticle:
    """A visible article with its passages and a vector for each; `keys` and `ids` are theirs.

    With a `fault` there are neither passages nor vectors. It is "text" if the text is not the one
    that was stored, else it says in words what is wrong with the passages.
    """

    id: str
    path: str
    keys: tuple[int, ...]
    ids: tuple[str, ...]
    passages: tuple[Passage, ...] = ()
    vectors: tuple[np.ndarray, ...] = ()
    fault: str | None = None


def read_rows(db: sqlite3.Connection, dimensions: int) -> Iterator[StoredArticle]:
    """Yield the visible articles of a catalog, in the order in which they were added."""
    # Text that is no UTF-8 is another text, not an error.
    db.text_factory = lambda stored: stored.decode("utf-8", "replace")
    last = 0
    while rows := db.execute(
        f"SELECT key, {ARTICLE} FROM articles WHERE state = {VISIBLE} AND key > ?"
        f" ORDER BY key LIMIT {_AT_ONCE}",
        (last,),
    ).fetchall():
        last = rows[-1][0]
        for key, *fields in rows:
            passages = db.execute(
                'SELECT key, id, start, "end", sentences, vector FROM passages WHERE article = ?'
                " ORDER BY key",
                (key,),
            ).fetchall()
            yield _compare(tuple(fields), passages, dimensions)


def unfinished_articles(db: sqlite3.Connection) -> int:
    """Return how many articles a stopped run has left pending or dropped."""
    found = db.execute(f"SELECT count(*) FROM articles WHERE state <> {VISIBLE}").fetchone()
    return int(found[0])


def pending_keys(db: sqlite3.Connection) -> list[int]:
    """Return the keys of passages whose articles a stopped run has left pending."""
    rows = db.execute(
        "SELECT key FROM passages WHERE article IN (SELECT key FROM articles"
        f" WHERE state <> {VISIBLE} AND state <> {DROPPED})"
    )
    return [key for (key,) in rows]


def salvage(catalog: Path) -> Iterator[Article]:
    """Yield the visible articles that can still be read from a damaged catalog as they were.

    An article whose text no longer has the checksum it was stored with is left out.
    """
    if not catalog.is_file():
        return
    seen: set[str] = set()
    # Not `connect_to_read`, which looks whether the file can be read.
    with closing(sqlite3.connect(f"{catalog.absolute().as_uri()}?mode=ro", uri=True)) as db:
        db.text_factory = lambda stored: stored.decode("utf-8", "replace")
        # Otherwise SQLite refuses a file that was cut, whatever is asked of it.
        with suppress(sqlite3.Error):
            db.execute("PRAGMA writable_schema = ON")
        for key in range(1, _last_key(db) + 1):
            found = _salvage_one(db, key)
            if found is not None and found.id not in seen:
                seen.add(found.id)
                yield found


def _last_key(db: sqlite3.Connection) -> int:
    last = 0
    for query in (
        "SELECT seq FROM sqlite_sequence WHERE name = 'articles'",
        "SELECT max(key) FROM articles",
    ):
        try:
            row = db.execute(query).fetchone()
        except sqlite3.Error:
            continue
        last = max(last, int(row[0] or 0) if row else 0)
    return last


def _salvage_one(db: sqlite3.Connection, key: int) -> Article | None:
    try:
        row = db.execute(
            f"SELECT {ARTICLE} FROM articles NOT INDEXED WHERE key = ? AND state = {VISIBLE}",
            (key,),
        ).fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else _as_stored(row)


def _as_stored(fields: tuple[str, ...]) -> Article | None:
    """Return the article if it is the one that was stored, by its id and the hash of its parts."""
    try:
        article = read_article(fields)
    except (ValueError, TypeError):
        return None
    return article if (article.id, article.content_hash) == (fields[0], fields[1]) else None


def _compare(fields: tuple[str, ...], rows: list[_Row], dimensions: int) -> StoredArticle:
    keys, ids = tuple(row[0] for row in rows), tuple(row[1] for row in rows)
    id, path = fields[0], fields[2]
    article = _as_stored(fields)
    if article is None:
        return StoredArticle(id, path, keys, ids, fault="text")
    passages = tuple(found for row in rows if (found := _as_passage(article, row)))
    if wrong := len(rows) - len(passages):
        fault = f"{wrong:,} of its {len(rows):,} passages are not verbatim at their offsets"
        return StoredArticle(id, path, keys, ids, fault=fault)
    vectors = [_as_vector(row[-1], dimensions) for row in rows]
    sound = tuple(vector for vector in vectors if vector is not None)
    if wrong := len(rows) - len(sound):
        fault = f"{wrong:,} of its {len(rows):,} passages have damaged vectors"
        return StoredArticle(id, path, keys, ids, fault=fault)
    return StoredArticle(id, path, keys, ids, passages, sound)


def _as_passage(article: Article, row: _Row) -> Passage | None:
    _, id, start, end, sentences, _ = row
    try:
        passage = Passage(article, start, end, read_spans(sentences))
        ends = [0, start, *(place for span in passage.sentences for place in span), end]
        within = ends == sorted(ends) and end <= len(article.text)
    except (ValueError, TypeError):
        return None
    return passage if within and passage.id == id else None


def _as_vector(stored: bytes, dimensions: int) -> np.ndarray | None:
    if not isinstance(stored, bytes) or len(stored) != dimensions * np.dtype(FLOATS).itemsize:
        return None
    vector = np.frombuffer(stored, dtype=FLOATS)
    # A comparison with a number that is none is false.
    return vector if abs(np.linalg.norm(vector) - 1) < _LENGTH_TOLERANCE else None
