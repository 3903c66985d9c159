"""What data folders have changed in a shared store: writing it to the server, and reading it.

Guaranteed: a record is written after its passages, so that no process sees half an article. All
processes come to the same articles, those whose records the server took last. A writer that is
killed leaves passages that no record names, which no search shows; running again mends that. The
folder of another process is never touched.

Not guaranteed: several articles of a batch at once, a moment at which all processes see a change,
and the order of changes of different folders. If two folders write different versions of one
article at the same moment, passages of the version that stays may be missing; `check --repair`
adds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vectorstore.catalog.passages import chunks
from vectorstore.dense.index import put_passages
from vectorstore.records import Batch, Passage
from vectorstore.shared.records import (
    GONE,
    Record,
    metadata_of,
    metadata_of_gone,
    point_of,
    read_records,
)
from vectorstore.shared.server import SharedCollections, StoreServer

_PASSAGES_AT_ONCE = 500
_ARTICLES_AT_ONCE = 200
_CHARACTERS_AT_ONCE = 4_000_000
"""Of the texts in one request; Chroma refuses more than 40 MB."""


@dataclass(frozen=True)
class Changes:
    """Records that a data folder has written, up to and with its change `last`."""

    writer: str
    last: int
    records: Sequence[Record]


class SharedChanges:
    """The changes of a store on its server."""

    def __init__(self, server: StoreServer, there: SharedCollections) -> None:
        self._server = server
        self._there = there

    def heads(self) -> dict[str, int]:
        """Return the last change of each data folder that has written."""
        with self._server.named_errors():
            found = self._there.writers.get(include=["metadatas"])
        metadatas = found["metadatas"] or []
        return {
            id: int(str(noted["change"])) for id, noted in zip(found["ids"], metadatas, strict=True)
        }

    def after(self, seen: Mapping[str, int], *, thorough: bool) -> Iterator[Changes]:
        """Yield the changes after those seen of each folder, a part at a time, in order.

        With `thorough`, also those of a writer that was killed before it could say so.
        """
        for writer, head in self.heads().items():
            last = seen.get(writer, 0)
            while last < head:
                until = min(head, last + _ARTICLES_AT_ONCE)
                found, _ = self._between(writer, {"$gt": last}, {"$lte": until})
                yield Changes(writer, until, found)
                last = until
            if thorough:
                found, highest = self._between(writer, {"$gt": last})
                if found:
                    yield Changes(writer, highest, found)

    def records(self, ids: Sequence[str]) -> list[Record]:
        """Return the records of articles as they are now."""
        with self._server.named_errors():
            return read_records(
                self._there.articles.get(ids=list(ids), include=["documents", "metadatas"])
            )

    def vectors(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """Return the vectors of those of the passages that are there."""
        found: dict[str, np.ndarray] = {}
        for some in chunks(ids, _PASSAGES_AT_ONCE):
            with self._server.named_errors():
                got = self._there.passages.get(ids=some, include=["embeddings"])
            embeddings = got["embeddings"]
            assert embeddings is not None
            for id, vector in zip(got["ids"], embeddings, strict=True):
                found[id] = np.asarray(vector, dtype=np.float32)
        return found

    def begin(self, writer: str, change: int) -> None:
        """Name a data folder among those that write, so that others look for its changes."""
        with self._server.named_errors():
            self._there.writers.upsert(
                ids=[writer],
                embeddings=np.array([point_of(writer)], dtype=np.float32),
                metadatas=[{"change": change}],
            )

    def put(
        self,
        batch: Batch,
        vectors: np.ndarray,
        writer: str,
        change: int,
    ) -> int:
        """Write articles, the first as the change after `change`; return the last one's."""
        self.put_passages([passage for _, some in batch for passage in some], vectors)
        rows = [
            (article.id, article.text, metadata_of(article, passages))
            for article, passages in batch
        ]
        return self._put_records(rows, writer, change)

    def put_passages(self, passages: Sequence[Passage], vectors: np.ndarray) -> None:
        """Write passages, a row of `vectors` for each; no process shows one without a record."""
        for first in range(0, len(passages), _PASSAGES_AT_ONCE):
            some = slice(first, first + _PASSAGES_AT_ONCE)
            with self._server.named_errors():
                put_passages(self._there.passages, passages[some], vectors[some])

    def remove(self, articles: Sequence[str], writer: str, change: int) -> int:
        """Note that articles were removed, as `put` does."""
        return self._put_records([(id, "", metadata_of_gone()) for id in articles], writer, change)

    def drop_passages(self, ids: Sequence[str]) -> None:
        """Delete passages of versions that were replaced, unless a record names them again."""
        articles = list(dict.fromkeys(id.split(":")[0] for id in ids))
        kept: set[tuple[str, str]] = set()
        for some in chunks(articles, _PASSAGES_AT_ONCE):
            with self._server.named_errors():
                found = self._there.articles.get(ids=some, include=["metadatas"])
            for id, noted in zip(found["ids"], found["metadatas"] or [], strict=True):
                kept.add((id, str(noted["version"])))
        versions = {(id, version[:8]) for id, version in kept if version != GONE}
        gone = [id for id in ids if (id.split(":")[0], id.split(":")[-1]) not in versions]
        for some in chunks(gone, _PASSAGES_AT_ONCE):
            with self._server.named_errors():
                self._there.passages.delete(ids=some)

    def _between(self, writer: str, *bounds: dict[str, int]) -> tuple[list[Record], int]:
        """Return the records of a writer's changes within bounds, and the highest change."""
        where: dict[str, Any] = {
            "$and": [{"writer": writer}, *({"change": bound} for bound in bounds)]
        }
        with self._server.named_errors():
            found = self._there.articles.get(where=where, include=["documents", "metadatas"])
        changes = [int(str(noted["change"])) for noted in found["metadatas"] or []]
        return read_records(found), max(changes, default=0)

    def _put_records(
        self, rows: Sequence[tuple[str, str, dict[str, str]]], writer: str, change: int
    ) -> int:
        for some in _in_requests(rows):
            with self._server.named_errors():
                self._there.articles.upsert(
                    ids=[id for id, _, _ in some],
                    embeddings=np.array([point_of(id) for id, _, _ in some], dtype=np.float32),
                    documents=[text for _, text, _ in some],
                    metadatas=[
                        {**metadata, "writer": writer, "change": change + place}
                        for place, (_, _, metadata) in enumerate(some, start=1)
                    ],
                )
            change += len(some)
        self.begin(writer, change)
        return change


def _in_requests(
    rows: Sequence[tuple[str, str, dict[str, str]]],
) -> Iterator[list[tuple[str, str, dict[str, str]]]]:
    some: list[tuple[str, str, dict[str, str]]] = []
    size = 0
    for row in rows:
        length = len(row[1]) + len(row[2]["facts"])
        if some and (size + length > _CHARACTERS_AT_ONCE or len(some) >= _ARTICLES_AT_ONCE):
            yield some
            some, size = [], 0
        some.append(row)
        size += length
    if some:
        yield some
