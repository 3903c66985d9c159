"""The values that the store keeps and returns: articles, passages, hits."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field

# A headline is shorter; a title that is a paragraph would leave passages no room.
_HEADING = 160

Span = tuple[int, int]
"""A half-open range of characters, `text[start:end]`."""


@dataclass(frozen=True)
class Article:
    """One news article, its text exactly as it was read.

    `text` is never rewritten: for `.txt` and `.md` it is the decoded file itself, so every
    span can be checked against the file. `body` holds the spans of `text` that are article
    prose, in order and without overlap; whatever lies outside them (front matter, a repeated
    headline, navigation, teasers) is clutter that no passage may touch. `path` is absolute;
    `row` names the row for files that hold an article a row, else it is None. `date` is
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
        """Stable name of the article, made from its path and row."""
        return article_id(self.path, self.row)

    @property
    def heading(self) -> str:
        """The title as it is put before each passage for indexing, never part of a span."""
        return self.title[:_HEADING] + "\n"

    @property
    def content_hash(self) -> str:
        """SHA-256 over everything but the path: equal hashes need no new embedding."""
        fields = asdict(self)
        del fields["path"], fields["row"]
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def article_id(path: str, row: str | None) -> str:
    """Return the id of an article: 16 hex digits of the SHA-256 of its path and row."""
    key = path if row is None else f"{path}\0{row}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class Passage:
    """A run of whole sentences of one article, the unit that is embedded and found.

    `start` and `end` are character offsets in the article's text; `sentences` are the spans
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


@dataclass(frozen=True)
class Skipped:
    """A file or row that is not in the index, and why: one line a person can act on."""

    path: str
    reason: str
    row: str | None = None
