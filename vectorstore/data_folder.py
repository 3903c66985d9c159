"""Opening the store in a data folder, and making a new one when the embedding changes.

A data folder holds the folder of the store in use, with the catalog and the two indexes, and
`lock`, held by the process that writes. See `store_folders` for the folders of stores.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from langchain_core.embeddings import Embeddings

from vectorstore.catalog.catalog import Catalog, open_catalog
from vectorstore.catalog.reader import CatalogReader, read_only
from vectorstore.catalog.upgrade import copy_upgraded
from vectorstore.compatibility import (
    COPY,
    FORMAT,
    PROBE,
    READABLE,
    UPGRADABLE,
    check_embedding,
    check_format,
)
from vectorstore.deleting import delete_folder
from vectorstore.dense.index import open_dense_index
from vectorstore.errors import BadRow, NoStore, StoreBusy, StoreUnwritable
from vectorstore.faults import CATALOG, named_errors
from vectorstore.lexical.index import open_lexical_index
from vectorstore.results import Counts
from vectorstore.store import Store
from vectorstore.store_folders import current_folder, new_folder, switch_to


@dataclass(frozen=True)
class StoreStatus:
    """The facts about a store that are known without opening its indexes."""

    folder: Path
    embedding: str
    counts: Counts


def open_store(data: Path, embeddings: Embeddings, *, embedding_name: str) -> Store:
    """Open the store in a data folder to ask it.

    Raises StoreError: NoStore, or OtherEmbedding unless the embedding is the one that made the
    store.
    """
    folder = current_folder(data)
    probe = embeddings.embed_query(PROBE)
    with named_errors(folder), ExitStack() as opened:
        store = opened.enter_context(closing(_open(folder, embeddings, probe, embedding_name)))
        store.check()
        opened.pop_all()
    return store


@contextmanager
def writing(data: Path, patience: float = 0) -> Iterator[None]:
    """Hold the right to write to the store in a data folder, which is made if it is missing.

    Raises StoreBusy if another process holds it for more than `patience` seconds, StoreUnwritable
    if there can be no folder.
    """
    lock = FileLock(data / "lock", timeout=patience)
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise StoreBusy(
            f"another article-chat is writing to {data}: wait until it is done, then try again"
        ) from None
    except OSError as error:
        raise StoreUnwritable(
            f"no index can be kept in {data} ({error.strerror or error}): name another folder with"
            " --data"
        ) from error
    try:
        yield
    finally:
        lock.release()


def build_store(data: Path, embeddings: Embeddings, *, embedding_name: str) -> Store:
    """Open the store in a data folder to write to it, or make one; call inside `writing`.

    The store takes on the name that is given for its embedding. Raises StoreError.
    """
    try:
        folder, is_new = current_folder(data), False
    except NoStore:
        folder, is_new = new_folder(data), True
    probe = embeddings.embed_query(PROBE)
    with named_errors(folder):
        if is_new:
            store = _make(folder, embeddings, probe, embedding_name)
        else:
            folder = _up_to_date(folder, probe, embedding_name)
            store = _open(folder, embeddings, probe, embedding_name, to_write=True)
            with closing(open_catalog(folder / CATALOG)) as catalog:
                catalog.note("embedding", embedding_name)
        store.repair()
        switch_to(data, folder)
    return store


@contextmanager
def rebuilding(data: Path, embeddings: Embeddings, *, embedding_name: str) -> Iterator[Store]:
    """Give an empty store that takes the place of the current one when the block ends well."""
    folder = new_folder(data)
    probe = embeddings.embed_query(PROBE)
    with named_errors(folder):
        store = _make(folder, embeddings, probe, embedding_name)
    try:
        yield store
    except BaseException:
        store.close()
        delete_folder(folder)
        raise
    store.close()
    with named_errors(folder):
        switch_to(data, folder)


@contextmanager
def stored_articles(data: Path) -> Iterator[CatalogReader]:
    """Give the catalog of the current store, to read without its embedding model.

    Raises StoreError.
    """
    folder = current_folder(data)
    # Errors of the catalog only: the block may write other files, which are not the store's.
    with named_errors(folder, (sqlite3.Error, BadRow)), read_only(folder / CATALOG) as catalog:
        check_format(folder, catalog, READABLE | {COPY})
        yield catalog


def read_status(data: Path) -> StoreStatus:
    """Return what the store in a data folder holds. Raises StoreError."""
    with stored_articles(data) as catalog:
        articles, passages = catalog.counts()
        return StoreStatus(
            folder=data,
            embedding=catalog.noted("embedding") or "",
            counts=Counts(articles, passages, catalog.languages()),
        )


def _make(folder: Path, embeddings: Embeddings, probe: Sequence[float], name: str) -> Store:
    with ExitStack() as opened:
        catalog = opened.enter_context(closing(open_catalog(folder / CATALOG)))
        catalog.note("format", FORMAT)
        catalog.note("embedding", name)
        catalog.note("probe", json.dumps(probe))
        store = _store(folder, catalog, embeddings, to_write=True)
        opened.pop_all()
    return store


def _up_to_date(folder: Path, probe: Sequence[float], name: str) -> Path:
    """Return the folder of a store in this format; a new one for a store of an earlier format."""
    with read_only(folder / CATALOG) as catalog:
        check_format(folder, catalog, {FORMAT, UPGRADABLE})
        if catalog.noted("format") == FORMAT:
            return folder
        check_embedding(folder, catalog, probe, name)
    upgraded = new_folder(folder.parent)
    copy_upgraded(folder / CATALOG, upgraded / CATALOG, FORMAT)
    return upgraded


def _open(
    folder: Path,
    embeddings: Embeddings,
    probe: Sequence[float],
    name: str,
    *,
    to_write: bool = False,
) -> Store:
    # Checked before opening, which would add missing tables to a catalog of another format.
    with read_only(folder / CATALOG) as looked_at:
        check_format(folder, looked_at, {FORMAT})
        check_embedding(folder, looked_at, probe, name)
    with ExitStack() as opened:
        catalog = opened.enter_context(closing(open_catalog(folder / CATALOG, to_write=to_write)))
        store = _store(folder, catalog, embeddings, to_write=to_write)
        opened.pop_all()
    return store


def _store(folder: Path, catalog: Catalog, embeddings: Embeddings, *, to_write: bool) -> Store:
    def is_whole(count: Callable[[], int]) -> bool:
        with catalog.reading() as reader:
            return reader.holds_as_many(count)

    return Store(
        catalog,
        open_dense_index(folder, embeddings, is_whole=is_whole, stored=catalog.all_embedded),
        open_lexical_index(folder, to_write=to_write),
    )
