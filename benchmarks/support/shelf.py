"""A folder of articles that come and go, and what may be cited from it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.ingest.files import absolute_path, find_files, read_file
from vectorstore import Article

_CHANGED_AT_ONCE = 5


@dataclass
class Shelf:
    """The articles by number, those that lie in the folder, and when a removal was reported."""

    articles: Sequence[Article]
    folder: Path
    lying: set[int] = field(default_factory=set)
    removed: dict[int, float] = field(default_factory=dict)

    def put(self, number: int) -> None:
        """Write an article into the folder, as a file of one row."""
        article = self.articles[number]
        row = {"title": article.title, "text": article.text, "language": article.language}
        facts = {"source": article.source, "date": article.date}
        row |= {name: fact for name, fact in facts.items() if fact is not None}
        self._file(number).write_text(json.dumps(row) + "\n", encoding="utf-8")
        self.lying.add(number)

    def change(self, draw: random.Random) -> list[int]:
        """Remove some files and put others in their place; return the numbers removed."""
        gone = draw.sample(sorted(self.lying), min(_CHANGED_AT_ONCE, len(self.lying) - 1))
        for number in gone:
            self._file(number).unlink()
            self.lying.discard(number)
        fresh = set(range(len(self.articles))) - self.lying - self.removed.keys() - set(gone)
        for number in draw.sample(sorted(fresh), min(_CHANGED_AT_ONCE, len(fresh))):
            self.put(number)
        return gone

    def may_be_cited(self, quote: str, asked: float) -> bool:
        """Whether a quote is verbatim in an article that was not reported removed when asked."""
        return bool(quote) and any(
            quote in article.text and self.removed.get(number, asked) >= asked
            for number, article in enumerate(self.articles)
        )

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:06}.jsonl"


def read_articles(paths: Sequence[Path]) -> Iterator[Article]:
    """Yield the articles of files and folders, in order."""
    for path in paths:
        for file in find_files(absolute_path(path)).files:
            yield from (item for item in read_file(file) if isinstance(item, Article))
