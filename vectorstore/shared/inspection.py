"""Faults of a shared store that can be seen from here, and their repair.

The copy is looked through as an index on disk is, and the server for the passages that the copy
has. What other processes keep, and the files of the server, cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from vectorstore.compatibility import COPY
from vectorstore.deleting import delete_folder
from vectorstore.errors import StoreDamaged, StoreError
from vectorstore.faults import named_errors
from vectorstore.repair.dense_comparison import Comparison, compare_collection
from vectorstore.repair.inspection import DensePart, Fault, find_faults
from vectorstore.repair.repair import Mended
from vectorstore.repair.stored_rows import StoredArticle
from vectorstore.shared.address import StoreAddress
from vectorstore.shared.folder import (
    bring_up_to_date,
    find_store,
    folder_of_copy,
    is_copy,
    open_copy,
    writing_copy,
)
from vectorstore.shared.server import SharedCollections, StoreServer, open_server
from vectorstore.store_folders import current_folder, forget_current, other_folders, set_aside

_ON_SERVER = frozenset({"dense", "dense missing"})
"""The faults that are the server's; all others are the copy's."""
_ARTICLES_AT_ONCE = 64


def inspect_shared(data: Path, address: StoreAddress) -> list[Fault]:
    """Return the faults of a shared store and of its copy in a data folder.

    Raises StoreError: StoreUnreachable, NoStore, StoreBusy.
    """
    with closing(open_server(address)) as server:
        there = find_store(server)
        try:
            bring_up_to_date(data, server, there)
        except StoreDamaged as error:
            return [Fault("catalog", str(error))]
        with writing_copy(data):
            return _find(data, server, there)


def repair_shared(data: Path, address: StoreAddress) -> Iterator[Mended]:
    """Write to the server what it lacks of the copy, then fetch a damaged copy again.

    Raises StoreError as `inspect_shared` does.
    """
    faults = inspect_shared(data, address)
    kinds = {fault.kind for fault in faults}
    with closing(open_server(address)) as server, writing_copy(data):
        there = find_store(server)
        if kinds & _ON_SERVER and "catalog" not in kinds:
            folder = current_folder(data)
            lacking = None if "dense" in kinds else _articles_of(faults)
            with named_errors(folder), open_copy(folder, server, there) as copy:
                number = copy.put_again(lacking)
            yield Mended(f"wrote {number:,} articles to the store at {address.url} again")
        if kinds - _ON_SERVER:
            forget_current(data)
            for folder in other_folders(data, data):
                _throw_away(folder, there)
            folder = folder_of_copy(data, server, there)
            with named_errors(folder), open_copy(folder, server, there) as copy:
                copy.take_in(thorough=True)
            yield Mended(f"fetched the copy in {data} again from the store at {address.url}")


def _throw_away(folder: Path, there: SharedCollections) -> None:
    try:
        known = is_copy(folder, there)
    except StoreError:
        known = False
    if known:
        delete_folder(folder)
    else:  # it may be an index that is no copy
        set_aside(folder)


def _find(data: Path, server: StoreServer, there: SharedCollections) -> list[Fault]:
    def compare(store: Path, articles: Iterable[StoredArticle], hidden: set[str]) -> Comparison:
        with server.named_errors():
            return compare_collection(there.passages, articles)

    return find_faults(data, DensePart(f"the store at {server.address.url}", compare, COPY))


def _articles_of(faults: Sequence[Fault]) -> list[str]:
    passages = [id for fault in faults if fault.kind == "dense missing" for id in fault.ids]
    return list(dict.fromkeys(id.split(":")[0] for id in passages))
