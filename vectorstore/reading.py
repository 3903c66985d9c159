"""The articles of a store: read, listed and counted, without its search indexes."""

from __future__ import annotations

from datetime import date

from vectorstore.catalog.catalog import Catalog
from vectorstore.catalog.listing import ArticlePage
from vectorstore.filters import Filter
from vectorstore.records import Article, day_of
from vectorstore.results import Counts


class StoredArticles:
    """What a store's catalog shows; methods may be called from any thread and raise StoreError."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._languages: tuple[int, frozenset[str]] = (-1, frozenset())

    def languages(self) -> frozenset[str]:
        """Return the codes of the languages that there are articles in."""
        with self._catalog.reading() as catalog:
            edition = catalog.edition()
            if edition != self._languages[0]:
                self._languages = edition, frozenset(catalog.languages())
            return self._languages[1]

    def sources(self) -> dict[str, int]:
        """Return how many articles each outlet has, those with the most first."""
        with self._catalog.reading() as catalog:
            return catalog.sources()

    def page(
        self,
        words: str = "",
        filter: Filter | None = None,
        *,
        newest_first: bool = True,
        skip: int = 0,
        most: int = 50,
    ) -> ArticlePage:
        """Return a page of the articles that match and have all words, sorted by day.

        A word stands for all that begin with it. Articles without a day come last.
        """
        with self._catalog.reading() as catalog:
            return catalog.page(words, filter, newest_first=newest_first, skip=skip, most=most)

    def count(self) -> Counts:
        """Count the visible articles and passages."""
        with self._catalog.reading() as catalog:
            articles, passages = catalog.counts()
            return Counts(articles, passages, catalog.languages())

    def edition(self) -> int:
        """Return a number that grows with each change of the visible articles or their indexes."""
        with self._catalog.reading() as catalog:
            return catalog.edition()

    def days(self) -> tuple[date, date] | None:
        """Return the first and the last day of the articles, None if none has a date."""
        with self._catalog.reading() as catalog:
            days = catalog.days()
        return days and (day_of(days[0]), day_of(days[1]))

    def article(self, id: str) -> Article | None:
        """Return the article with this id."""
        with self._catalog.reading() as catalog:
            return catalog.article(id)

    def sample(self, n: int) -> list[Article]:
        """Return up to n articles, spread evenly over the order in which they were added."""
        with self._catalog.reading() as catalog:
            return catalog.sample(n)

    def with_content(self, content_hash: str) -> dict[str, str]:
        """Return {article id: file path} of the articles that have this content."""
        with self._catalog.reading() as catalog:
            return catalog.with_content(content_hash)

    def hashes_under(self, path: str) -> dict[str, tuple[str, str]]:
        """Return {article id: (file path, content hash)} of a file or of all below a folder."""
        with self._catalog.reading() as catalog:
            return catalog.hashes_under(path)

    def file_digest(self, path: str) -> str | None:
        """Return the digest that `note_files` kept for a file."""
        with self._catalog.reading() as catalog:
            return catalog.file_digest(path)
