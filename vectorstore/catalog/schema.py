"""The catalog's tables, and the conversion between articles and rows."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from vectorstore.errors import BadRow
from vectorstore.records import Article, Span, as_spans

PENDING, VISIBLE, DROPPED = 0, 1, 2
"""The states of an article's version, in this order."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS articles (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, state INTEGER NOT NULL, content_hash TEXT NOT NULL,
    path TEXT NOT NULL, row TEXT, title TEXT NOT NULL, language TEXT NOT NULL,
    source TEXT, date TEXT, day INTEGER, url TEXT, body TEXT NOT NULL, text TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_visible ON articles (id) WHERE state = 1;
CREATE INDEX IF NOT EXISTS by_path ON articles (path);
CREATE INDEX IF NOT EXISTS by_facts ON articles (language, source, day, id, state);
CREATE INDEX IF NOT EXISTS by_day ON articles (day, key, language, source, id, state)
    WHERE state = 1;
CREATE INDEX IF NOT EXISTS by_key ON articles (key, state, language, source, day, id);
CREATE INDEX IF NOT EXISTS by_content ON articles (content_hash);
CREATE INDEX IF NOT EXISTS not_visible ON articles (state) WHERE state <> 1;
CREATE TABLE IF NOT EXISTS passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (key), id TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, sentences TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS by_article ON passages (article);
DROP INDEX IF EXISTS by_id;
CREATE INDEX IF NOT EXISTS by_passage_id ON passages (id, article);
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, digest TEXT NOT NULL);
"""
"""Long columns come last in a row, as SQLite reads past all columns before the one it needs.

`by_facts`, `by_day` and `by_key` hold every column that a filter looks at, so that SQLite need not
read rows: for 650 passages found among 870,000 the rows took 280 ms from a disk.
"""

WORDS = """
BEGIN IMMEDIATE;
CREATE VIRTUAL TABLE words USING fts5 (
    title, text, content = '', detail = none, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER words_added AFTER INSERT ON articles BEGIN
    INSERT INTO words (rowid, title, text) VALUES (new.key, new.title, new.text);
END;
CREATE TRIGGER words_gone AFTER DELETE ON articles BEGIN
    INSERT INTO words (words, rowid, title, text) VALUES ('delete', old.key, old.title, old.text);
END;
INSERT INTO words (rowid, title, text) SELECT key, title, text FROM articles;
COMMIT;
"""
"""The words of the articles by key, for the list of articles; it holds no second copy of the text.

It is made once, for the articles that are there. Keys are never used again, so remains of an
article that is gone are never shown.
"""

ARTICLE = "id, content_hash, path, row, title, language, source, date, url, body, text"
"""The columns that `article_row` fills and `read_article` reads; every format so far has them."""

IS_PENDING = f"state <> {VISIBLE} AND state = {PENDING}"
"""The second half alone is the condition; SQLite uses the index `not_visible` only with both."""

FLOATS = "<f4"
"""The type of a vector's numbers, for numpy."""


def article_row(article: Article) -> tuple[str | None, ...]:
    """Return the values of an article's columns."""
    return (
        article.id,
        article.content_hash,
        article.path,
        article.row,
        article.title,
        article.language,
        article.source,
        article.date,
        article.url,
        json.dumps(article.body),
        article.text,
    )


def read_article(fields: Sequence[str]) -> Article:
    """Return the article with these values of its columns. Raises BadRow."""
    _, _, path, row, title, language, source, date, url, body, text = fields
    return Article(path, title, text, read_spans(body), language, source, date, url, row)


def read_spans(stored: str) -> tuple[Span, ...]:
    """Return spans that were stored as JSON. Raises BadRow."""
    try:
        return as_spans(json.loads(stored))
    except (ValueError, TypeError) as error:
        raise BadRow(f"a row of it has no places in a text: {error}") from error


def read_vectors(stored: Sequence[bytes]) -> np.ndarray:
    """Return a row of numbers for each of the stored vectors. Raises BadRow."""
    try:
        return np.frombuffer(b"".join(stored), dtype=FLOATS).reshape(len(stored), -1)
    except (ValueError, TypeError) as error:
        raise BadRow(f"a row of it has no vector: {error}") from error
