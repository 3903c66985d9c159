"""Articles as records on the server of a shared store, and back.

A record has the article's id, its text as the document, and as metadata path, title, `version`
(the content hash), the data folder that wrote it last (`writer`) and its change there (`change`).
`facts` is JSON with the rest, and with the spans of all passages and sentences. A removed article
keeps a record without text, whose `version` is empty.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chromadb.api.types import GetResult

from vectorstore.records import Article, Passage, as_spans, passages_at, spans_of

GONE = ""
"""The version of an article that was removed."""


@dataclass(frozen=True)
class Record:
    """What a server says of an article; `article` is None if it was removed, or is damaged."""

    id: str
    version: str
    article: Article | None = None
    passages: tuple[Passage, ...] = ()

    @property
    def is_damaged(self) -> bool:
        """Whether the record is not what was written."""
        return self.version != GONE and self.article is None


def metadata_of(article: Article, passages: Sequence[Passage]) -> dict[str, str]:
    """Return the metadata of an article's record, without those of its change."""
    facts = {
        "row": article.row,
        "language": article.language,
        "source": article.source,
        "date": article.date,
        "url": article.url,
        "body": article.body,
        "passages": spans_of(passages),
    }
    # Chroma keeps a value that a later record leaves out: every record has all of them.
    return {
        "path": article.path,
        "title": article.title,
        "version": article.content_hash,
        "facts": json.dumps(facts),
    }


def metadata_of_gone() -> dict[str, str]:
    """Return the metadata of a removed article's record, without those of its change."""
    return {"path": "", "title": "", "version": GONE, "facts": ""}


def point_of(id: str) -> tuple[float, float]:
    """Return the point that stands for a record where an embedding would."""
    number = zlib.crc32(id.encode())
    return float(number & 0xFFFF), float(number >> 16)


def read_records(found: GetResult) -> list[Record]:
    """Return the records that a server gave, with documents and metadata."""
    documents, metadatas = found["documents"], found["metadatas"]
    assert documents is not None and metadatas is not None
    return [
        _read(id, document or "", metadata or {})
        for id, document, metadata in zip(found["ids"], documents, metadatas, strict=True)
    ]


def _read(id: str, text: str, metadata: Mapping[str, Any]) -> Record:
    version = str(metadata.get("version", "?"))
    if version == GONE:
        return Record(id, version)
    try:
        facts = json.loads(metadata["facts"])
        article = Article(
            metadata["path"],
            metadata["title"],
            text,
            as_spans(facts["body"]),
            facts["language"],
            facts["source"],
            facts["date"],
            facts["url"],
            facts["row"],
        )
        passages = passages_at(article, facts["passages"])
    except (ValueError, TypeError, KeyError):
        return Record(id, version)
    # What is quoted is compared with this text: it has to be the one that was indexed.
    if (article.id, article.content_hash) != (id, version) or not all(map(_is_within, passages)):
        return Record(id, version)
    return Record(id, version, article, passages)


def _is_within(passage: Passage) -> bool:
    ends = [0, passage.start, *(end for span in passage.sentences for end in span), passage.end]
    return ends == sorted(ends) and passage.end <= len(passage.article.text)
