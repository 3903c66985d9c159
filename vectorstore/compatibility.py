"""Whether a store can be read by this version, and was made with the embedding at hand."""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from vectorstore.catalog.reader import CatalogReader
from vectorstore.errors import OtherEmbedding, StoreUnreadable
from vectorstore.faults import CATALOG, damaged

FORMAT = "4"
# A writer brings this format up to date. It had neither texts nor metadata in Chroma.
UPGRADABLE = "3"
# The articles of these formats can be read, to embed them again. Format 2 had no languages in the
# lexical index.
READABLE = frozenset({"2", UPGRADABLE, FORMAT})
# A copy of a shared store has the tables of FORMAT, and its dense index on a server.
COPY = f"{FORMAT} shared"
# An embedding model is identified by its vector for this text, not by its name. A model in a moved
# folder still matches; other weights under the same name do not. bf16 and fp32 vectors of one model
# agree to .001.
PROBE = "Der Vertrag sieht Hilfe vor. The treaty provides for help. 2024"
_SAME_MODEL_COSINE = 0.99


def check_format(folder: Path, catalog: CatalogReader, formats: Collection[str]) -> None:
    """Raise StoreUnreadable unless a store is of one of these formats."""
    try:
        found = catalog.noted("format")
    except sqlite3.OperationalError as error:
        # SQLite opens an empty file, and a database without our tables, without complaint.
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        raise damaged(folder, CATALOG, str(error)) from error
    if found in formats:
        return
    if found == COPY:
        address = catalog.noted("address")
        raise StoreUnreadable(
            f"the index in {folder.parent} is a copy of the store at {address}: give `--store"
            f" {address}`, or name another folder with --data"
        )
    if found == UPGRADABLE:
        raise StoreUnreadable(
            f"the index in {folder.parent} was made by an earlier version: run `article-chat index"
            " FOLDER` to bring it up to date; its articles need not be embedded again"
        )
    if found in READABLE:
        raise StoreUnreadable(
            f"the index in {folder.parent} was made by an earlier version: run `article-chat index"
            " --rebuild` to embed its articles again"
        )
    raise StoreUnreadable(
        f"{folder.parent} was made by another version (format {found}, this one reads"
        f" {FORMAT}): index into another folder with --data"
    )


def check_embedding(
    folder: Path, catalog: CatalogReader, probe: Sequence[float], name: str
) -> None:
    """Raise OtherEmbedding unless a store was made with the embedding that gives this `probe`."""
    try:
        made_by = np.asarray(json.loads(catalog.noted("probe") or "[]"), dtype=float)
    except (ValueError, TypeError):
        raise damaged(folder, CATALOG, "the facts about its embedding are lost") from None
    if is_same_model(made_by, np.asarray(probe)):
        return
    made_name = catalog.noted("embedding") or ""
    rebuild = f"`article-chat index --rebuild --embedding {shlex.quote(name)}`"
    if made_name == name:
        raise OtherEmbedding(
            f"the embedding {name!r} is no longer the one that made the index in {folder.parent}:"
            f" run {rebuild} to embed its articles again"
        )
    raise OtherEmbedding(
        f"the index in {folder.parent} was made with the embedding {made_name!r}, not {name!r}:"
        f" give `--embedding {shlex.quote(made_name)}`, or run {rebuild} to embed its articles"
        " again"
    )


def is_same_model(one: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether two vectors for PROBE come from one embedding model, in any number format."""
    if one.shape != other.shape:
        return False
    cosine = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
    return cosine >= _SAME_MODEL_COSINE
