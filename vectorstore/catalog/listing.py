"""The articles as a list: found by their words, filtered, sorted by day, a page at a time.

Milliseconds for a page and its count among 100,000 articles (two busy cores, best of 3):

    all of them                             9    the last page of them        19
    a language that two thirds have        31    an outlet                    45
    a word that 141 of them have           67    a word that all have        227
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from vectorstore.catalog.passages import PassageReader
from vectorstore.catalog.schema import VISIBLE
from vectorstore.filters import Filter, filter_conditions

# Words of one or two letters would match a large part of all words by their beginning.
_SHORTEST_BEGINNING = 3
_MOST_WORDS = 20
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class ListedArticle:
    """An article without its text."""

    id: str
    title: str
    source: str | None
    date: str | None
    language: str
    path: str


@dataclass(frozen=True)
class ArticlePage:
    """Some of the articles that match, in order, and how many match in all."""

    articles: tuple[ListedArticle, ...]
    total: int


class ListingReader(PassageReader):
    """The articles of one store as a list; used by one thread at a time."""

    def page(
        self, words: str, filter: Filter | None, *, newest_first: bool, skip: int, most: int
    ) -> ArticlePage:
        """Return a page of the visible articles that match a filter and have all words.

        A word stands for all that begin with it. Articles without a day come last.
        """
        conditions, values = filter_conditions(filter)
        found, sought = self._with_words(words)
        # The plus keeps SQLite from reading a row, with a part of its text, for each that is found.
        matching = f"FROM articles a WHERE a.state = {VISIBLE}{conditions}{found}"
        values += sought
        order = "a.day DESC, a.key DESC" if newest_first else "a.day NULLS LAST, a.key"
        [total] = self._db.execute(f"SELECT count(*) {matching}", values).fetchone()
        rows = self._db.execute(
            "SELECT b.id, b.title, b.source, b.date, b.language, b.path FROM"
            f" (SELECT a.key, a.day {matching} ORDER BY {order} LIMIT ? OFFSET ?) a"
            f" CROSS JOIN articles b ON b.key = a.key ORDER BY {order}",
            [*values, most, skip],
        )
        return ArticlePage(tuple(ListedArticle(*row) for row in rows), int(total))

    def sources(self) -> dict[str, int]:
        """Return how many visible articles each outlet has, those with the most first."""
        rows = self._db.execute(
            f"SELECT source, count(*) FROM articles WHERE state = {VISIBLE} AND source IS NOT NULL"
            " GROUP BY source ORDER BY count(*) DESC, source"
        )
        return dict(rows.fetchall())

    def _with_words(self, words: str) -> tuple[str, list[str | int]]:
        """Return the condition that an article has all words, after an AND, with its values."""
        found = _WORD.findall(unicodedata.normalize("NFC", words))[:_MOST_WORDS]
        if not found:
            # Signs alone are no words, and no article has them as such.
            return (" AND 0", []) if words.strip() else ("", [])
        if self._has_words():
            query = " ".join(
                f'"{word}"*' if len(word) >= _SHORTEST_BEGINNING else f'"{word}"' for word in found
            )
            return " AND +a.key IN (SELECT rowid FROM words WHERE words MATCH ?)", [query]
        # The catalog of an earlier version, which the next run of `index` brings up to date.
        condition = " AND instr(lower(a.title || ' ' || a.text), lower(?))" * len(found)
        return condition, list(found)

    def _has_words(self) -> bool:
        return bool(self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'words'").fetchone())
