"""Bringing the catalog of an earlier format up to date, without embedding anything."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from vectorstore.catalog.reader import connect_to_read
from vectorstore.catalog.schema import ARTICLE, read_article
from vectorstore.records import Passage

# Format 3 had neither the ids of passages nor the days of articles.
_COLUMNS = """
ALTER TABLE articles ADD COLUMN day INTEGER;
ALTER TABLE passages ADD COLUMN id TEXT NOT NULL DEFAULT '';
DROP INDEX IF EXISTS by_language;
"""


def copy_upgraded(old: Path, new: Path, format: str) -> None:
    """Copy a catalog of format 3 to a new file, as one of this `format`.

    The indexes are not copied: a store without them makes them again from its catalog.
    """
    with closing(connect_to_read(old)) as source, closing(sqlite3.connect(new)) as copy, copy:
        source.backup(copy)
        copy.executescript(_COLUMNS)
        rows = copy.execute(f"SELECT key, {ARTICLE} FROM articles")
        for key, *fields in rows:
            article = read_article(fields)
            copy.execute("UPDATE articles SET day = ? WHERE key = ?", (article.day, key))
            spans = copy.execute("SELECT key, start, end FROM passages WHERE article = ?", (key,))
            copy.executemany(
                "UPDATE passages SET id = ? WHERE key = ?",
                [
                    (Passage(article, start, end, ()).id, passage)
                    for passage, start, end in spans.fetchall()
                ],
            )
        copy.execute("UPDATE meta SET value = ? WHERE key = 'format'", (format,))
