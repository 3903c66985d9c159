"""Opening a shared store: the connection to its server, and the copy in a data folder.

A copy is a store's folder like any other (see `store_folders`), of a format of its own. One of
another server, or of a store that was made anew since, is thrown away and fetched again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from langchain_core.embeddings import Embeddings

from vectorstore.catalog.catalog import open_catalog
from vectorstore.catalog.reader import read_only
from vectorstore.compatibility import COPY, PROBE, check_embedding, check_format
from vectorstore.data_folder import writing
from vectorstore.dense.unneeded import Unneeded
from vectorstore.errors import NoStore, StoreBusy, StoreUnreadable
from vectorstore.faults import CATALOG, named_errors
from vectorstore.lexical.index import open_lexical_index
from vectorstore.shared.address import StoreAddress
from vectorstore.shared.changes import SharedChanges
from vectorstore.shared.dense import ServerIndex
from vectorstore.shared.follower import PAUSE, Follower
from vectorstore.shared.server import SharedCollections, StoreServer, open_server
from vectorstore.shared.store import SharedStore
from vectorstore.store_folders import current_folder, new_folder, switch_to

_FORMAT = "1"
"""Of what is on the server."""
_PATIENCE = 5.0
"""Seconds to wait for another process on this copy, which takes in changes; one that indexes takes
longer, and keeps the copy up to date itself."""


def open_shared_store(
    data: Path,
    address: StoreAddress,
    embeddings: Embeddings,
    *,
    embedding_name: str,
    pause: float = PAUSE,
) -> SharedStore:
    """Open a shared store to ask it; its copy in the data folder follows until it is closed.

    `pause` is the number of seconds between two looks at what others have written. Raises
    StoreError: StoreUnreachable, NoStore, OtherEmbedding.
    """
    probe = embeddings.embed_query(PROBE)
    with ExitStack() as opened:
        server = opened.enter_context(closing(open_server(address)))
        there = find_store(server)
        folder = bring_up_to_date(data, server, there)
        with named_errors(folder):
            _check(folder, probe, embedding_name)
            store = opened.enter_context(closing(_open(folder, server, there, embeddings)))
            store.check()

        def catch_up() -> None:
            if store.is_behind():
                with writing(data), open_copy(folder, server, there) as copy:
                    copy.take_in()
            store.ask_again()

        store.follow(Follower(catch_up, pause))
        opened.pop_all()
    return store


def build_shared_store(
    data: Path, address: StoreAddress, embeddings: Embeddings, *, embedding_name: str
) -> SharedStore:
    """Open a shared store to write to it, or make one; call inside `writing`. Raises StoreError."""
    probe = embeddings.embed_query(PROBE)
    with ExitStack() as opened:
        server = opened.enter_context(closing(open_server(address)))
        try:
            there = find_store(server)
        except NoStore:
            made_by = {"embedding": embedding_name, "probe": json.dumps(list(probe))}
            there = server.make({"format": _FORMAT, **made_by})
        folder = folder_of_copy(data, server, there)
        with named_errors(folder):
            _check(folder, probe, embedding_name)
            store = opened.enter_context(
                closing(_open(folder, server, there, embeddings, to_write=True))
            )
            store.repair()
            store.take_in(thorough=True)
            store.begin()
        opened.pop_all()
    return store


def follow_store(data: Path, address: StoreAddress) -> None:
    """Bring the copy of a shared store in a data folder up to date, or make it.

    No embedding model is needed. Raises StoreError: StoreUnreachable, NoStore.
    """
    with closing(open_server(address)) as server:
        bring_up_to_date(data, server, find_store(server))


@contextmanager
def writing_copy(data: Path) -> Iterator[None]:
    """Hold the right to write to a copy, after waiting a little; raises as `writing` does."""
    with writing(data, _PATIENCE):
        yield


def find_store(server: StoreServer) -> SharedCollections:
    """Return what is on the server. Raises NoStore, StoreUnreadable, StoreUnreachable."""
    there = server.find()
    found = there.facts.get("format")
    if found != _FORMAT:
        raise StoreUnreadable(
            f"the store at {server.address.url} was made by another program or version (format"
            f" {found}): name another store, such as {server.address.url}/NAME"
        )
    return there


def bring_up_to_date(data: Path, server: StoreServer, there: SharedCollections) -> Path:
    """Take all changes into the copy in a data folder, or make it; return the copy's folder.

    Where another process holds it, that one does so.
    """
    try:
        with writing_copy(data):
            folder = folder_of_copy(data, server, there)
            with named_errors(folder), open_copy(folder, server, there) as copy:
                copy.repair()
                copy.take_in(thorough=True)
            return folder
    except StoreBusy:
        folder = current_folder(data)
        if not is_copy(folder, there):
            raise
        return folder


def folder_of_copy(data: Path, server: StoreServer, there: SharedCollections) -> Path:
    """Return the folder of the copy in a data folder; an empty one unless it is of this store."""
    try:
        folder = current_folder(data)
    except NoStore:
        pass
    else:
        if is_copy(folder, there):
            return folder
        with named_errors(folder), read_only(folder / CATALOG) as catalog:
            if catalog.noted("format") != COPY and catalog.counts()[0]:
                raise StoreUnreadable(
                    f"the index in {data} is no copy of a shared store: name another folder with"
                    " --data, or leave out --store"
                )
    folder = new_folder(data)
    with named_errors(folder):
        with closing(open_catalog(folder / CATALOG)) as catalog:
            noted = {"embedding": "", "probe": "[]", **there.facts, "format": COPY}
            for name, fact in {**noted, "identity": there.identity}.items():
                catalog.note(name, fact)
            catalog.note("address", server.address.url)
        switch_to(data, folder)
    return folder


def is_copy(folder: Path, there: SharedCollections) -> bool:
    """Whether a folder holds a copy of this store, and not of one made before or elsewhere."""
    with named_errors(folder), read_only(folder / CATALOG) as catalog:
        return catalog.noted("format") == COPY and catalog.noted("identity") == there.identity


def _check(folder: Path, probe: Sequence[float], name: str) -> None:
    with read_only(folder / CATALOG) as catalog:
        check_format(folder, catalog, {COPY})
        check_embedding(folder, catalog, probe, name)


@contextmanager
def open_copy(folder: Path, server: StoreServer, there: SharedCollections) -> Iterator[SharedStore]:
    """Give the copy in a folder to take changes in; the connection stays open."""
    store = _open(folder, server, there, Unneeded(), to_write=True, owns_server=False)
    try:
        yield store
    finally:
        store.close()


def _open(
    folder: Path,
    server: StoreServer,
    there: SharedCollections,
    embeddings: Embeddings,
    *,
    to_write: bool = False,
    owns_server: bool = True,
) -> SharedStore:
    with ExitStack() as opened:
        catalog = opened.enter_context(closing(open_catalog(folder / CATALOG, to_write=to_write)))
        lexical = open_lexical_index(folder, to_write=to_write)
        dense = ServerIndex(server, there.passages, embeddings)
        changes = SharedChanges(server, there)
        store = SharedStore(catalog, dense, lexical, server, changes, owns_server=owns_server)
        opened.pop_all()
    return store
