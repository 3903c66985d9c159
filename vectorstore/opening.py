"""Opening a store in a data folder, and making a new one beside it when the embedding changes.

A data folder holds `CURRENT`, which names the folder of the store in use, that folder with the
catalog and the two indexes, and `lock`, held by whoever writes. A rebuilt store grows in a
folder of its own and is named in `CURRENT` last, so a rebuild that is stopped changes nothing.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from langchain_core.embeddings import Embeddings

from vectorstore.catalog import Catalog, open_catalog, read_only
from vectorstore.dense import open_dense_index
from vectorstore.errors import NoStore, OtherEmbedding, StoreBusy, StoreUnreadable
from vectorstore.lexical import open_lexical_index
from vectorstore.store import Counts, Store

FORMAT = "1"
_CATALOG = "catalog.sqlite3"
_CURRENT = "CURRENT"
# What a model is, is what it makes of this text: a moved folder is the same model, other weights
# under the same name are not. bf16 and fp32 vectors of one model agree to .001.
_PROBE = "Der Vertrag sieht Hilfe vor. The treaty provides for help. 2024"
_SAME = 0.99


@dataclass(frozen=True)
class Status:
    """What `status` tells of a store without opening its indexes."""

    folder: Path
    embedding: str
    counts: Counts


def open_store(data: Path, embeddings: Embeddings, *, embedding_name: str) -> Store:
    """Open the store in a data folder to ask it.

    Raises NoStore, StoreUnreadable, or OtherEmbedding unless the embedding is the one that made
    the store.
    """
    return _open(current_folder(data), embeddings, embedding_name)


@contextmanager
def writing(data: Path) -> Iterator[None]:
    """Hold the right to write to the store in a data folder, which is made if it is missing.

    Raises StoreBusy if another process holds it.
    """
    data.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(data / "lock", timeout=0):
            yield
    except Timeout:
        raise StoreBusy(
            f"another article-chat is writing to {data}: wait until it is done, then try again"
        ) from None


def build_store(data: Path, embeddings: Embeddings, *, embedding_name: str) -> Store:
    """Open the store in a data folder to write to it, or make one; call inside `writing`."""
    try:
        store = open_store(data, embeddings, embedding_name=embedding_name)
    except NoStore:
        folder = _new_folder(data)
        store = _make(folder, embeddings, embedding_name)
        switch_to(data, folder)
    store.sweep()
    return store


@contextmanager
def rebuilding(data: Path, embeddings: Embeddings, *, embedding_name: str) -> Iterator[Store]:
    """Give an empty store that takes the place of the current one when the block ends well."""
    folder = _new_folder(data)
    store = _make(folder, embeddings, embedding_name)
    try:
        yield store
    except BaseException:
        store.close()
        shutil.rmtree(folder)
        raise
    store.close()
    switch_to(data, folder)


@contextmanager
def stored_articles(data: Path) -> Iterator[Catalog]:
    """Give the catalog of the current store, to read without its embedding model."""
    folder = current_folder(data)
    with read_only(folder / _CATALOG) as catalog:
        _check_format(folder, catalog)
        yield catalog


def read_status(data: Path) -> Status:
    """Tell what the store in a data folder holds. Raises NoStore or StoreUnreadable."""
    with stored_articles(data) as catalog:
        articles, passages = catalog.counts()
        return Status(
            folder=data,
            embedding=catalog.noted("embedding") or "",
            counts=Counts(articles, passages, catalog.languages()),
        )


def current_folder(data: Path) -> Path:
    """Return the folder of the store in use. Raises NoStore or StoreUnreadable."""
    try:
        name = (data / _CURRENT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise NoStore(f"no index in {data}: run `article-chat index FOLDER` first") from None
    if not (data / name / _CATALOG).is_file():
        raise StoreUnreadable(f"{data} has lost its folder {name!r}: delete it and index again")
    return data / name


def switch_to(data: Path, folder: Path) -> None:
    """Name a store's folder as the one in use, then delete the others."""
    draft = data / (_CURRENT + ".new")
    draft.write_text(folder.name + "\n", encoding="utf-8")
    os.replace(draft, data / _CURRENT)
    for other in data.glob("store-*"):
        if other != folder:
            shutil.rmtree(other)


def _new_folder(data: Path) -> Path:
    numbers = [int(found.name[6:]) for found in data.glob("store-*") if found.name[6:].isdigit()]
    folder = data / f"store-{max(numbers, default=0) + 1}"
    folder.mkdir()
    return folder


def _make(folder: Path, embeddings: Embeddings, name: str) -> Store:
    catalog = open_catalog(folder / _CATALOG)
    catalog.note("format", FORMAT)
    catalog.note("embedding", name)
    catalog.note("probe", json.dumps(embeddings.embed_query(_PROBE)))
    return _store(folder, catalog, embeddings)


def _open(folder: Path, embeddings: Embeddings, name: str) -> Store:
    catalog = open_catalog(folder / _CATALOG)
    _check_format(folder, catalog)
    made_by = np.asarray(json.loads(catalog.noted("probe") or "[]"))
    given = np.asarray(embeddings.embed_query(_PROBE))
    if made_by.shape != given.shape or _cosine(made_by, given) < _SAME:
        made_name = catalog.noted("embedding")
        catalog.close()
        raise OtherEmbedding(
            f"the index in {folder.parent} was made with the embedding {made_name!r}, not"
            f" {name!r}: give `--embedding {made_name}`, or run `article-chat index --rebuild"
            f" --embedding {name}` to embed its articles again"
        )
    return _store(folder, catalog, embeddings)


def _store(folder: Path, catalog: Catalog, embeddings: Embeddings) -> Store:
    return Store(
        catalog,
        open_dense_index(folder / "chroma", embeddings),
        open_lexical_index(folder / "lexical"),
    )


def _check_format(folder: Path, catalog: Catalog) -> None:
    found = catalog.noted("format")
    if found != FORMAT:
        raise StoreUnreadable(
            f"{folder.parent} was made by another version (format {found}, this one reads"
            f" {FORMAT}): index into another folder with --data"
        )


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
