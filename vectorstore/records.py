"""The values that the store keeps: articles and their passages."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

# Headlines are shorter. A title as long as a paragraph would leave passages no room.
_HEADING = 160
_VERSION_DIGITS = 8

Span = tuple[int, int]
"""A half-open range of characters, `text[start:end]`."""


@dataclass(frozen=True)
class Article:
    """One news article, with its text exactly as it was read.

    `text` is never rewritten: for `.txt` and `.md` it is the decoded file itself, so every
    span can be checked against the file. `body` holds the spans of `text` that are article
    prose, in order and without overlap. Text outside them (front matter, a repeated headline,
    navigation, teasers) is clutter, and no passage contains it. `path` is absolute. `row` names
    the row in a file that holds an article a row, and is None for other files. `date` is
    ISO 8601, `language` an ISO 639-1 code or "und".
    """

    path: str
    title: str
    text: str
    body: tuple[Span, ...]
    language: str
    source: str | None = None
    date: str | None = None
    url: str | None = None
    row: str | None = None

    @property
    def id(self) -> str:
        """The article's stable name, made from its path and row."""
        return article_id(self.path, self.row)

    @property
    def heading(self) -> str:
        """The title as it precedes each passage for indexing; it is part of no span."""
        return self.title[:_HEADING] + "\n"

    @property
    def day(self) -> int | None:
        """The date as a number, 20240619, which can be compared; None without a whole date."""
        try:
            return day_number(datetime.date.fromisoformat((self.date or "")[:10]))
        except ValueError:
            return None

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over everything but path and row: equal hashes need no new embedding."""
        fields = asdict(self)
        del fields["path"], fields["row"]
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def article_id(path: str, row: str | None) -> str:
    """Return the id of an article: 16 hex digits of the SHA-256 of its path and row."""
    key = path if row is None else f"{path}\0{row}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def day_number(day: datetime.date) -> int:
    """Return a day as a number that can be compared: 20240619."""
    return day.year * 10_000 + day.month * 100 + day.day


def day_of(number: int) -> datetime.date:
    """Return the day of a `day_number`."""
    return datetime.date(number // 10_000, number // 100 % 100, number % 100)


@dataclass(frozen=True)
class Passage:
    """A run of whole sentences of one article: the unit that is embedded and found.

    `start` and `end` are character offsets in the article's text. `sentences` are the spans
    of its sentences in the same text, in order.
    """

    article: Article = field(repr=False)
    start: int
    end: int
    sentences: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The passage, verbatim from the article."""
        return self.article.text[self.start : self.end]

    @property
    def indexed_text(self) -> str:
        """Title and passage: the text that both indexes are made from."""
        return self.article.heading + self.text

    @property
    def id(self) -> str:
        """The passage's stable name: article, span, and the version of the article.

        With the version, an id never stands for two texts: a changed article has new ids.
        """
        version = self.article.content_hash[:_VERSION_DIGITS]
        return f"{self.article.id}:{self.start}-{self.end}:{version}"

    @property
    def metadata(self) -> dict[str, str | int]:
        """The passage's facts by name, as Chroma and LangChain keep them; None is left out."""
        facts = {
            "article": self.article.id,
            "path": self.article.path,
            "title": self.article.title,
            "source": self.article.source,
            "date": self.article.date,
            "day": self.article.day,
            "language": self.article.language,
            "start": self.start,
            "end": self.end,
        }
        return {name: fact for name, fact in facts.items() if fact is not None}


def spans_of(passages: Sequence[Passage]) -> list[tuple[int, int, tuple[Span, ...]]]:
    """Return an article's passages as places in its text, for JSON."""
    return [(passage.start, passage.end, passage.sentences) for passage in passages]


def passages_at(article: Article, spans: Sequence[Sequence[Any]]) -> tuple[Passage, ...]:
    """Return the passages of an article whose `spans_of` JSON gave.

    Raises ValueError or TypeError if they are none.
    """
    return tuple(Passage(article, start, end, as_spans(some)) for start, end, some in spans)


def as_spans(read: Sequence[Sequence[int]]) -> tuple[Span, ...]:
    """Return spans that JSON gave, as lists. Raises ValueError or TypeError if they are none."""
    return tuple((int(start), int(end)) for start, end in read)


Batch = Sequence[tuple[Article, Sequence[Passage]]]
"""Articles, each with its passages."""


@dataclass(frozen=True)
class Skipped:
    """A file or row that is not in the index, and the reason: one line a person can act on."""

    path: str
    reason: str
    row: str | None = None
