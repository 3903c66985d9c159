"""The catalog's tables, and how an article becomes a row and a row an article."""

from __future__ import annotations

import json
from collections.abc import Sequence

from vectorstore.records import Article, Span

PENDING, VISIBLE, DROPPED = 0, 1, 2
"""An article's states, in the order that it goes through."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS articles (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, state INTEGER NOT NULL, content_hash TEXT NOT NULL,
    path TEXT NOT NULL, row TEXT, title TEXT NOT NULL, language TEXT NOT NULL,
    source TEXT, date TEXT, url TEXT, body TEXT NOT NULL, text TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_visible ON articles (id) WHERE state = 1;
CREATE INDEX IF NOT EXISTS by_path ON articles (path);
CREATE INDEX IF NOT EXISTS by_language ON articles (language) WHERE state = 1;
CREATE INDEX IF NOT EXISTS not_visible ON articles (state) WHERE state <> 1;
CREATE TABLE IF NOT EXISTS passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (key),
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, sentences TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS by_article ON passages (article);
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, digest TEXT NOT NULL);
"""
"""What is long comes last in a row: SQLite reads past all that is before what it looks for."""

ARTICLE = "id, content_hash, path, row, title, language, source, date, url, body, text"
"""The columns that `article_row` fills and `read_article` reads."""

IS_PENDING = f"state <> {VISIBLE} AND state = {PENDING}"
"""The second half says it all, but SQLite takes the index `not_visible` only for both."""

FLOATS = "<f4"
"""The numbers of a vector."""


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
    """Return the article whose columns these are."""
    _, _, path, row, title, language, source, date, url, body, text = fields
    return Article(path, title, text, read_spans(body), language, source, date, url, row)


def read_spans(stored: str) -> tuple[Span, ...]:
    """Return spans that were stored as JSON."""
    return tuple((start, end) for start, end in json.loads(stored))
