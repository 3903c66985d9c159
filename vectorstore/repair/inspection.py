"""Looking through a whole store for faults: the catalog, both indexes, and whether they agree.

Nothing is embedded, and no embedding model is needed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from vectorstore.catalog.reader import CatalogReader, connect_to_read
from vectorstore.compatibility import FORMAT, READABLE, check_format
from vectorstore.data_folder import writing
from vectorstore.errors import StoreDamaged, StoreUnreadable, StoreUnwritable
from vectorstore.faults import CATALOG, DENSE, LEXICAL, REPAIR, damaged, named_errors
from vectorstore.lexical.files import stored_keys
from vectorstore.lexical.index import open_lexical_index
from vectorstore.repair.dense_comparison import Comparison, compare_dense
from vectorstore.repair.stored_rows import StoredArticle, read_rows, unfinished_articles
from vectorstore.store_folders import current_folder, other_folders

Kind = Literal[
    "folder",
    "format",
    "catalog",
    "leftovers",
    "unfinished",
    "text",
    "passages",
    "dense",
    "dense missing",
    "dense unknown",
    "lexical",
]


@dataclass(frozen=True)
class Fault:
    """A fault of a store; `text` is one line that names the thing and the next step.

    `ids` are those of the articles that a fault of texts or passages is about, or of the passages
    that the dense index lacks or does not know. `path` is the file of the article.
    """

    kind: Kind
    text: str
    ids: tuple[str, ...] = ()
    path: str = ""


def inspect_store(data: Path) -> list[Fault]:
    """Return the faults of the store in a data folder.

    Raises StoreError: NoStore, StoreBusy if another process writes, StoreUnwritable if the folder
    cannot be locked, StoreUnreadable if another version made the store.
    """
    with holding(data):
        return find_faults(data)


@contextmanager
def holding(data: Path) -> Iterator[None]:
    """Keep others from writing to the store in a data folder while it is looked through.

    Raises StoreError as `inspect_store` does.
    """
    if not data.is_dir():
        current_folder(data)
    with ExitStack() as held:
        try:
            held.enter_context(writing(data))
        except StoreUnwritable as error:
            reason = getattr(error.__cause__, "strerror", None) or error.__cause__
            raise StoreUnwritable(
                f"the index in {data} cannot be locked, so it is not looked through ({reason}): get"
                " the right to write there, or check a copy of the folder"
            ) from error
        yield


@dataclass(frozen=True)
class DensePart:
    """The dense index of a store: what to call it, how to compare it, the format of the store."""

    name: str
    compare: Callable[[Path, Iterable[StoredArticle], set[str]], Comparison] = compare_dense
    format: str = FORMAT


def find_faults(data: Path, dense: DensePart | None = None) -> list[Fault]:
    """Return the faults of the store in a data folder; call inside `writing`."""
    dense = dense or DensePart(f"the {DENSE} index in {data}")
    try:
        folder = current_folder(data)
    except StoreDamaged as error:
        return [Fault("folder", str(error))]
    faults: list[Fault] = []
    if others := other_folders(data, folder):
        names = ", ".join(other.name for other in others)
        faults.append(
            Fault("leftovers", f"{data} holds {names} of a stopped rebuild: {REPAIR} deletes that")
        )
    try:
        with named_errors(folder), closing(connect_to_read(folder / CATALOG)) as db:
            catalog = CatalogReader(db)
            if fault := _find_other_format(folder, catalog, dense.format):
                return [*faults, fault]
            [(found,)] = db.execute("PRAGMA integrity_check(1)")
            if found != "ok":
                raise damaged(folder, CATALOG, str(found))
            return [*faults, *_find_in(folder, catalog, dense)]
    except StoreDamaged as error:
        return [*faults, Fault("catalog", str(error))]


def _find_other_format(folder: Path, catalog: CatalogReader, format: str) -> Fault | None:
    try:
        check_format(folder, catalog, {format})
    except StoreDamaged:
        raise
    except StoreUnreadable as error:
        if catalog.noted("format") not in READABLE:
            raise
        return Fault("format", f"{error}; {REPAIR} does so too")
    return None


@dataclass
class _Found:
    """What was met on the way through the catalog."""

    faults: list[Fault] = field(default_factory=list)
    keys: set[int] = field(default_factory=set)


def _find_in(folder: Path, catalog: CatalogReader, dense: DensePart) -> Iterator[Fault]:
    data, found = folder.parent, _Found()
    hidden = set(catalog.hidden())
    with closing(connect_to_read(folder / CATALOG)) as db:
        if unfinished := unfinished_articles(db):
            yield Fault(
                "unfinished",
                f"a run in {data} was stopped with {unfinished:,} articles unfinished: {REPAIR}"
                " finishes it",
            )
        try:
            dimensions = len(json.loads(catalog.noted("probe") or ""))
        except (ValueError, TypeError):
            raise damaged(folder, CATALOG, "the facts about its embedding are lost") from None
        rows = _note_faults(read_rows(db, dimensions), found)
        try:
            compared = dense.compare(folder, rows, set(catalog.hidden_ids()))
        except StoreDamaged as error:
            yield Fault("dense", str(error))
            for _ in rows:  # the catalog is looked through all the same
                pass
        else:
            yield from _of_dense(dense.name, compared)
    yield from found.faults
    try:
        open_lexical_index(folder, read_all=True).close()
        keys = stored_keys(folder)
    except StoreDamaged as error:
        yield Fault("lexical", str(error))
        return
    lacking, unknown = len(found.keys - keys), len(keys - found.keys - hidden)
    if lacking or unknown:
        yield Fault(
            "lexical",
            f"the {LEXICAL} index in {data} lacks {lacking:,} passages and holds {unknown:,}"
            f" unknown ones: {REPAIR} makes it again",
        )


def _note_faults(rows: Iterator[StoredArticle], found: _Found) -> Iterator[StoredArticle]:
    for row in rows:
        found.keys.update(row.keys)
        yield row
        if row.fault is None:
            continue
        if row.fault == "text":
            line = f"{row.path}: its stored text is damaged: {REPAIR} drops it, then index it again"
            found.faults.append(Fault("text", line, (row.id,), row.path))
        else:
            line = f"{row.path}: {row.fault}: {REPAIR} embeds it again"
            found.faults.append(Fault("passages", line, (row.id,), row.path))


def _of_dense(index: str, compared: Comparison) -> Iterator[Fault]:
    if missing := compared.missing:
        line = f"{index} lacks {len(missing):,} passages: {REPAIR} adds them"
        yield Fault("dense missing", line, tuple(missing))
    if unknown := compared.unknown:
        line = f"{index} holds {len(unknown):,} unknown passages: {REPAIR} drops them"
        yield Fault("dense unknown", line, tuple(unknown))
    if compared.other:
        yield Fault(
            "dense",
            f"{index} holds {compared.other:,} passages with another text, vector or facts than the"
            f" catalog: {REPAIR} makes it again",
        )
