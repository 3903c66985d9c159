"""Mending the faults of a store, as far as that is possible without the files of its articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from langchain_core.embeddings import Embeddings

from vectorstore.catalog.catalog import Catalog, open_catalog
from vectorstore.catalog.reader import connect_to_read
from vectorstore.data_folder import build_store, rebuilding, stored_articles
from vectorstore.deleting import delete_folder
from vectorstore.dense.index import DenseIndex, open_dense_index
from vectorstore.dense.unneeded import Unneeded
from vectorstore.errors import NoStore, StoreDamaged, StoreError
from vectorstore.faults import CATALOG, DENSE, LEXICAL, named_errors
from vectorstore.lexical.index import open_lexical_index
from vectorstore.records import Article, Passage
from vectorstore.repair.dense_comparison import stored_paths
from vectorstore.repair.inspection import Fault, find_faults, holding
from vectorstore.repair.stored_rows import pending_keys, salvage
from vectorstore.store import Store
from vectorstore.store_folders import (
    current_folder,
    filled_folders,
    forget_current,
    other_folders,
    set_aside,
    switch_to,
)

_AT_ONCE = 64
_MOST_ROUNDS = 4
"""A mended folder shows the faults of its catalog, a mended catalog those of its indexes."""

_T = TypeVar("_T")


class Embedder(NamedTuple):
    """What embeds articles again: a model, its name, and the function that makes passages."""

    embeddings: Embeddings
    name: str
    split: Callable[[Article], Sequence[Passage]]


@dataclass(frozen=True)
class Mended:
    """One thing that was done, in a line; `lost` are files whose articles must be indexed again."""

    text: str
    lost: tuple[str, ...] = ()


def repair_store(data: Path, load: Callable[[], Embedder]) -> Iterator[Mended]:
    """Mend the store in a data folder; yield what was done.

    `load` is called only if something has to be embedded. A repair that is stopped can be run
    again. Raises StoreError as `inspect_store` does.
    """
    with holding(data):
        for _ in range(_MOST_ROUNDS):
            try:
                faults = find_faults(data)
            except NoStore:  # a catalog of which nothing could be read was set aside
                return
            if not faults:
                return
            yield from _mend(data, faults, load)


def _mend(data: Path, faults: Sequence[Fault], load: Callable[[], Embedder]) -> Iterator[Mended]:
    kinds = {fault.kind for fault in faults}
    if "folder" in kinds:
        yield from _find_again(data)
    elif "catalog" in kinds:
        yield from _salvage(data, current_folder(data), load())
    elif "format" in kinds:
        yield _convert(data, load())
    else:
        folder = current_folder(data)
        if "leftovers" in kinds:
            switch_to(data, folder)
            yield Mended(f"deleted the remains of a stopped rebuild in {data}")
        with named_errors(folder):
            yield from _mend_contents(folder, faults, load)


def _find_again(data: Path) -> Iterator[Mended]:
    """Name the best of the stores that are there as the one in use."""
    if filled := filled_folders(data):
        switch_to(data, filled[0])
        yield Mended(f"found the index of {data} again, in {filled[0].name}")
        return
    yield _give_up(data, other_folders(data, data))


def _salvage(data: Path, folder: Path, embedder: Embedder) -> Iterator[Mended]:
    """Put the articles that can be read from a damaged catalog into a new store."""
    salvaged = salvage(folder / CATALOG)
    paths, number = _paths(folder), 0
    first = next(salvaged, None)
    if first is None:
        yield _give_up(data, [folder])
        return
    with rebuilding(data, embedder.embeddings, embedding_name=embedder.name) as store:
        for batch in _batches(chain([first], salvaged)):
            store.add([(article, embedder.split(article)) for article in batch])
            number += len(batch)
            paths -= {article.path for article in batch}
        kept = set_aside(folder)
    yield Mended(
        f"read {number:,} articles from the damaged catalog and embedded them again; the damaged"
        f" index is kept in {kept}: delete it when nothing is missing",
        tuple(sorted(paths)),
    )


def _give_up(data: Path, folders: Sequence[Path]) -> Mended:
    """Make room for a new index: nothing can be read from the stores in these folders."""
    lost = set[str]().union(*map(_paths, folders))
    forget_current(data)
    kept = [str(set_aside(folder)) for folder in folders]
    where = f"; what is left is kept in {', '.join(kept)}" if kept else ""
    return Mended(f"no article could be read from the index in {data}{where}", tuple(sorted(lost)))


def _convert(data: Path, embedder: Embedder) -> Mended:
    """Bring a store of an earlier format up to date, embedding its articles again if need be."""
    try:
        build_store(data, embedder.embeddings, embedding_name=embedder.name).close()
        return Mended(f"brought the index in {data} up to date")
    except StoreDamaged:
        raise
    except StoreError:  # a format of which only the articles can be read
        with (
            stored_articles(data) as catalog,
            rebuilding(data, embedder.embeddings, embedding_name=embedder.name) as store,
        ):
            for batch in _batches(catalog.articles()):
                store.add([(article, embedder.split(article)) for article in batch])
        return Mended(f"embedded the articles of the index in {data} again")


def _mend_contents(
    folder: Path, faults: Sequence[Fault], load: Callable[[], Embedder]
) -> Iterator[Mended]:
    data, kinds = folder.parent, {fault.kind for fault in faults}
    again = [fault for fault in faults if fault.kind == "passages"]
    gone = [fault for fault in faults if fault.kind == "text"]
    embedder = load() if again else None
    # A writer makes an index that is not there again from the catalog.
    if "dense" in kinds:
        delete_folder(folder / DENSE)
        yield Mended(f"making the dense index in {data} again from the catalog")
    # Its keys cannot show that an older catalog was put back, ids of passages can.
    if not kinds.isdisjoint(("lexical", "dense missing", "dense unknown")):
        delete_folder(folder / LEXICAL)
        yield Mended(f"making the lexical index in {data} again from the catalog")
    with ExitStack() as opened:
        catalog = opened.enter_context(closing(open_catalog(folder / CATALOG)))
        dense = open_dense_index(
            folder,
            embedder.embeddings if embedder else Unneeded(),
            is_whole=lambda count: True,
            stored=catalog.all_embedded,
        )
        store = Store(catalog, dense, open_lexical_index(folder, to_write=True))
        opened.enter_context(closing(store))
        if "unfinished" in kinds:
            yield _finish(folder, catalog, dense)
        for fault in faults:
            if fault.kind == "dense missing":
                _add_to(dense, catalog, catalog.keys_of(fault.ids))
                yield Mended(f"added {len(fault.ids):,} passages to the dense index in {data}")
            elif fault.kind == "dense unknown":
                dense.remove(fault.ids)
                yield Mended(f"dropped {len(fault.ids):,} passages from the dense index in {data}")
        store.repair()
        for fault in gone:
            store.forget_files([fault.path])
            store.remove(fault.ids)
            yield Mended(f"dropped an article of {fault.path} with a damaged text", (fault.path,))
        if embedder:
            for some in _batches(again):
                articles = [store.article(id) for fault in some for id in fault.ids]
                store.add([(article, embedder.split(article)) for article in articles if article])
            yield Mended(f"embedded {len(again):,} articles again")
        catalog.note_repaired()


def _finish(folder: Path, catalog: Catalog, dense: DenseIndex) -> Mended:
    """Publish what a stopped run has written; a whole batch is in the catalog, or none of it."""
    with closing(connect_to_read(folder / CATALOG)) as db:
        keys = pending_keys(db)
    catalog.publish_pending()
    _add_to(dense, catalog, keys)
    return Mended(f"finished the run in {folder.parent} that was stopped")


def _add_to(dense: DenseIndex, catalog: Catalog, keys: Sequence[int]) -> None:
    passages, vectors = catalog.passages(keys), catalog.vectors(keys)
    if passages:
        dense.add(list(passages.values()), np.stack([vectors[key] for key in passages]))


def _paths(folder: Path) -> set[str]:
    """Return the files that the dense index has passages of, as far as it can be read."""
    try:
        with named_errors(folder):
            return stored_paths(folder)
    except StoreError:
        return set()


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _AT_ONCE)):
        yield batch
