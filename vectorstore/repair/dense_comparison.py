"""Comparing the Chroma collection with the catalog, passage by passage."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from chromadb import Collection

from vectorstore.catalog.reader import connect_to_read
from vectorstore.dense.chroma_files import ChromaFiles
from vectorstore.faults import DENSE, damaged
from vectorstore.repair.stored_rows import StoredArticle

_AT_ONCE = 500
_TOLERANCE = 1e-3
"""How far a number may be from the catalog's: Chroma makes vectors of length 1 again."""


@dataclass
class Comparison:
    """The ids that the collection lacks or does not know, and how many passages differ in it.

    `matched` is how many of the passages it has.
    """

    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    other: int = 0
    matched: int = 0


def compare_dense(store: Path, articles: Iterable[StoredArticle], hidden: set[str]) -> Comparison:
    """Compare the collection of the store in a folder with the articles of its catalog.

    `hidden` are the ids of passages that may be in the collection or not. Raises StoreDamaged if
    the collection cannot be read; the articles may then be used up in part.
    """
    known = set(hidden)

    def noted() -> Iterator[StoredArticle]:
        for article in articles:
            known.update(article.ids)
            yield article

    _check_sqlite(store)
    with _opened(store) as collection:
        compared = compare_collection(collection, noted())
        if collection.count() != compared.matched:
            compared.unknown += [id for id in _all_ids(collection) if id not in known]
    return compared


def compare_collection(collection: Collection, articles: Iterable[StoredArticle]) -> Comparison:
    """Compare a collection with the articles; passages that are of none of them are left out."""
    compared = Comparison()
    for some in _batches(articles):
        compared.matched += _compare(collection, some, compared)
    return compared


def stored_paths(store: Path) -> set[str]:
    """Return the files that the collection has passages of. Raises StoreDamaged."""
    paths: set[str] = set()
    with _opened(store) as collection:
        for first in range(0, collection.count(), _AT_ONCE):
            some = collection.get(limit=_AT_ONCE, offset=first, include=["metadatas"])
            paths.update(str(facts["path"]) for facts in some["metadatas"] or ())
    return paths


@contextmanager
def _opened(store: Path) -> Iterator[Collection]:
    files = ChromaFiles(store, is_whole=lambda count: True, fill=None)
    with closing(files), files.touching() as collection:
        yield collection


def _check_sqlite(store: Path) -> None:
    """Raise StoreDamaged if the SQLite file of Chroma is damaged."""
    path = store / DENSE / "chroma" / "chroma.sqlite3"
    if not path.exists():
        return
    try:
        with closing(connect_to_read(path)) as db:
            [(found,)] = db.execute("PRAGMA integrity_check(1)")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise damaged(store, DENSE, str(error)) from error
    if found != "ok":
        raise damaged(store, DENSE, str(found))


def _batches(articles: Iterable[StoredArticle]) -> Iterator[list[StoredArticle]]:
    batch: list[StoredArticle] = []
    for article in articles:
        batch.append(article)
        if sum(len(some.ids) for some in batch) >= _AT_ONCE:
            yield batch
            batch = []
    yield batch


def _compare(
    collection: Collection, articles: Sequence[StoredArticle], compared: Comparison
) -> int:
    """Note the differences of some articles; return how many of their passages are there."""
    passages = [passage for article in articles for passage in article.passages]
    if not passages:
        return 0
    vectors = [vector for article in articles for vector in article.vectors]
    stored = collection.get(
        ids=[passage.id for passage in passages], include=["embeddings", "documents", "metadatas"]
    )
    embeddings, documents = stored["embeddings"], stored["documents"]
    metadatas = stored["metadatas"]
    assert embeddings is not None and documents is not None and metadatas is not None
    places = {id: place for place, id in enumerate(stored["ids"])}
    for passage, vector in zip(passages, vectors, strict=True):
        place = places.get(passage.id)
        if place is None:
            compared.missing.append(passage.id)
            continue
        embedded = np.asarray(embeddings[place])
        same = (
            documents[place] == passage.text
            and metadatas[place] == passage.metadata
            and embedded.shape == vector.shape
            and bool(np.all(np.abs(embedded - vector) < _TOLERANCE))
        )
        compared.other += not same
    return len(places)


def _all_ids(collection: Collection) -> Iterator[str]:
    for first in range(0, collection.count(), _AT_ONCE):
        yield from collection.get(limit=_AT_ONCE, offset=first, include=[])["ids"]
