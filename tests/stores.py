"""Stores made for the tests, looked into behind their backs, and written to by other processes."""

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import chromadb
import tantivy
from chromadb.config import Settings
from fakes import WordEmbeddings, make_article
from langchain_core.embeddings import Embeddings

from vectorstore import (
    Store,
    StoreAddress,
    build_shared_store,
    build_store,
    open_shared_store,
    open_store,
    read_address,
    writing,
)
from vectorstore.shared.server import open_server

NAME = "fake"
HARBOUR = make_article("/a/hafen.txt", "Der Hafen wächst. Am Hafen ist Markt.", "Ausbau")
ELECTION = make_article("/a/wahl.txt", "Die Wahl war knapp.", "Ergebnis")
# Processes are forked from one that has only imported: forking this one would copy Chroma's
# locks without the threads that hold them.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["stores", "rag.ingest.update"])


_SHARED = "store.txt"
"""Beside a data folder that is a copy: the address of its shared store."""


def share(data: Path, url: str) -> Path:
    """Make a data folder, not made yet, a copy of the store at an address; return it."""
    data.with_name(data.name + _SHARED).write_text(url)
    return data


def address_of(data: Path) -> StoreAddress | None:
    noted = data.with_name(data.name + _SHARED)
    return read_address(noted.read_text()) if noted.exists() else None


@contextmanager
def written(data: Path, embeddings: Embeddings | None = None) -> Iterator[Store]:
    embeddings, address = embeddings or WordEmbeddings(), address_of(data)
    with (
        writing(data, 60),
        closing(
            build_shared_store(data, address, embeddings, embedding_name=NAME)
            if address
            else build_store(data, embeddings, embedding_name=NAME)
        ) as store,
    ):
        yield store


@contextmanager
def opened(data: Path, embeddings: Embeddings | None = None) -> Iterator[Store]:
    embeddings, address = embeddings or WordEmbeddings(), address_of(data)
    with closing(
        open_shared_store(data, address, embeddings, embedding_name=NAME)
        if address
        else open_store(data, embeddings, embedding_name=NAME)
    ) as store:
        yield store


def run_elsewhere(job: Callable[..., None], *values: Any) -> int:
    """Run a function in a process of its own; return its exit code, -9 if it was killed."""
    process = _PROCESSES.Process(target=job, args=values)
    process.start()
    process.join()
    return process.exitcode


def start_elsewhere(job: Callable[..., None], *values: Any) -> Any:
    process = _PROCESSES.Process(target=job, args=values)
    process.start()
    return process


def make_event() -> Any:
    """Make an event that can be handed to another process."""
    return _PROCESSES.Event()


def die_at_statement(connection: sqlite3.Connection, left: int) -> None:
    """Kill this process at the n-th statement from now."""

    def count(statement: str) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    connection.set_trace_callback(count)


def make_counter() -> Any:
    """Make a number, `value`, that can be handed to another process."""
    return _PROCESSES.Value("i", 0)


def folder_of(data: Path) -> Path:
    return data / (data / "CURRENT").read_text().strip()


def catalog_rows(data: Path, columns: str, table: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder_of(data) / "catalog.sqlite3")) as connection:
        return connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall()


@contextmanager
def chroma_collection(data: Path) -> Iterator[Any]:
    """The collection as anybody finds it who opens Chroma's files, or asks its server."""
    if address := address_of(data):
        with closing(open_server(address)) as server:
            yield server.find().passages
        return
    client = chromadb.PersistentClient(
        path=str(folder_of(data) / "dense" / "chroma"),
        settings=Settings(anonymized_telemetry=False),
    )
    try:
        yield client.get_collection("passages")
    finally:
        client.close()


def dense_keys(data: Path) -> set[int]:
    """The catalog's keys of the passages in Chroma; asserts that it knows all of them."""
    with chroma_collection(data) as collection:
        ids = set(collection.get(include=[])["ids"])
    known = catalog_rows(data, "key, id", "passages")
    assert ids <= {id for _, id in known}
    return {key for key, id in known if id in ids}


def lexical_keys(data: Path) -> set[int]:
    searcher = tantivy.Index.open(str(folder_of(data) / "lexical")).searcher()
    hits = searcher.search(tantivy.Query.all_query(), limit=100_000).hits
    keys = searcher.fast_field_values("key", [address for _, address in hits])
    assert len(set(keys)) == len(keys)
    return set(keys)


def passage_keys(data: Path) -> set[int]:
    """The keys that the catalog has; asserts that all are visible and in both indexes."""
    keys = {key for (key,) in catalog_rows(data, "key", "passages")}
    assert {state for (state,) in catalog_rows(data, "state", "articles")} <= {1}
    assert dense_keys(data) == keys
    assert lexical_keys(data) == keys
    return keys


def content(data: Path) -> list[tuple[Any, ...]]:
    """All that is visible, keys left out: they depend on the order of things."""
    passage_keys(data)
    return catalog_rows(
        data,
        "a.path, a.row, a.content_hash, a.text, p.start, p.end, p.sentences, p.vector",
        "articles a LEFT JOIN passages p ON p.article = a.key",
    )
