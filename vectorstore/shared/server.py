"""The Chroma server of a shared store, and the three collections of the store on it.

`NAME-passages` is what an index on disk holds: each passage by its id, with its text, its facts and
its embedding. `NAME-articles` has a record of each article (see `records`), from which any
process makes its own catalog and lexical index. `NAME-writers` has the last change of each data
folder that has written.

Chroma has no transactions, and so no number that grows with each change, whoever makes it. Each
data folder therefore counts its own changes. One process at a time writes from it, and one request
after the other, so that whoever has seen its change 7 has seen, or can still see, all up to 7.

A server has no embeddings for records: they get a point of a plane, which nobody searches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from chromadb import Collection
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.api.fastapi import FastAPI
from chromadb.config import Settings, System
from chromadb.errors import (
    ChromaError,
    InternalError,
    NotFoundError,
    QuotaError,
    RateLimitError,
    error_types,
)

from vectorstore.dense.chroma_files import CONFIGURATION
from vectorstore.errors import NoStore, StoreReplaced, StoreUnreachable
from vectorstore.shared.address import StoreAddress

# Seconds. Chroma's client would wait for ever. Writing 500 passages takes about two.
_TIMEOUT = httpx.Timeout(20.0, connect=3.0)
_RECORDS: CreateCollectionConfiguration = {
    "hnsw": {"space": "l2", "ef_construction": 10, "max_neighbors": 4}
}
_NUMBER = re.compile(r"\[Errno -?\d+\] ")
_FACTS = "article-chat-"
"""The beginning of the names of our facts about a store, among the metadata of a collection."""


@dataclass(frozen=True)
class SharedCollections:
    """The collections of a store on its server, and what was noted when it was made."""

    passages: Collection
    articles: Collection
    writers: Collection
    facts: Mapping[str, str]

    @property
    def identity(self) -> str:
        """The name that no other store has, even one made later at the same address."""
        return str(self.articles.id)


class StoreServer:
    """A connection to the server of a shared store; used by any number of threads."""

    def __init__(self, address: StoreAddress, system: System, api: FastAPI) -> None:
        self.address = address
        self._system = system
        self._api = api

    def close(self) -> None:
        """Close the connections."""
        self._system.stop()
        self._api._session.close()

    @contextmanager
    def named_errors(self) -> Iterator[None]:
        """Turn errors of the connection and the server into StoreUnreachable or StoreReplaced."""
        url = self.address.url
        try:
            yield
        except httpx.TransportError as error:
            raise StoreUnreachable(
                f"the store at {url} cannot be reached ({_reason(error)}): start it, or correct"
                " --store"
            ) from error
        except NotFoundError as error:
            raise StoreReplaced(
                f"the store at {url} was made anew: start article-chat again"
            ) from error
        except ChromaError as error:
            # Other types are of arguments that Chroma refuses: a bug of ours.
            if type(error) not in (ChromaError, InternalError, RateLimitError, QuotaError):
                raise
            raise StoreUnreachable(
                f"the store at {url} fails ({_reason(error)}): look into the server's log"
            ) from error

    def find(self) -> SharedCollections:
        """Return the collections of the store. Raises NoStore, StoreUnreachable."""
        with self.named_errors():
            try:
                found = [self._collection(self._api.get_collection(name)) for name in self._names()]
            except NotFoundError:
                raise NoStore(
                    f"no index in the store at {self.address.url}: run `article-chat index FOLDER"
                    f" --store {self.address.url}` first"
                ) from None
        return _as_collections(found)

    def make(self, facts: Mapping[str, str]) -> SharedCollections:
        """Return the collections of the store, made with these facts unless they are there."""
        noted = {_FACTS + name: fact for name, fact in facts.items()}
        with self.named_errors():
            found = [
                self._collection(
                    self._api.get_or_create_collection(
                        name, configuration=_RECORDS if place else CONFIGURATION, metadata=noted
                    )
                )
                for place, name in enumerate(self._names())
            ]
        # The facts are those of whoever made it first.
        return _as_collections(found)

    def _names(self) -> list[str]:
        return [f"{self.address.name}-{part}" for part in ("passages", "articles", "writers")]

    def _collection(self, model: Any) -> Collection:  # noqa: ANN401 - Chroma's model
        return Collection(client=self._api, model=model, embedding_function=None)


def open_server(address: StoreAddress) -> StoreServer:
    """Connect to the server of a shared store. Raises StoreUnreachable."""
    token = address.token
    system = System(
        Settings(
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=address.host,
            chroma_server_http_port=address.port,
            chroma_server_ssl_enabled=address.tls,
            # The first is what proxies look at, the second what Chroma's own cloud does.
            chroma_server_headers=(
                {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else {}
            ),
            anonymized_telemetry=False,
        )
    )
    api = system.instance(FastAPI)
    # Chroma's settings have neither timeouts nor a way to look at an answer's status.
    api._session.timeout = _TIMEOUT
    api._session.event_hooks = {"response": [lambda response: _check(response, address)]}
    system.start()
    server = StoreServer(address, system, api)
    try:
        with server.named_errors():
            api.heartbeat()
    except (ValueError, KeyError, TypeError) as error:
        server.close()
        raise _no_chroma(address) from error
    except BaseException:
        server.close()
        raise
    return server


def _as_collections(found: list[Collection]) -> SharedCollections:
    passages, articles, writers = found
    noted = articles.metadata or {}
    facts = {
        name.removeprefix(_FACTS): str(fact)
        for name, fact in noted.items()
        if name.startswith(_FACTS)
    }
    return SharedCollections(passages, articles, writers, facts)


def _check(response: httpx.Response, address: StoreAddress) -> None:
    """Raise StoreUnreachable for an answer that is an error, and not one of Chroma's."""
    if response.status_code < 300:
        return
    if response.status_code in (401, 403):
        token = "another token in" if address.token else "a token in"
        raise StoreUnreachable(
            f"the store at {address.url} does not let us in ({response.status_code}): set {token}"
            " ARTICLE_CHAT_STORE_TOKEN"
        )
    response.read()
    try:
        is_known = response.json()["error"] in error_types
    except (ValueError, KeyError, TypeError):
        is_known = False
    if is_known:
        return
    if response.status_code >= 500:
        raise StoreUnreachable(
            f"the store at {address.url} cannot be reached ({response.status_code}"
            f" {response.reason_phrase}): start it, or correct --store"
        )
    raise _no_chroma(address)


def _no_chroma(address: StoreAddress) -> StoreUnreachable:
    return StoreUnreachable(f"what answers at {address.url} is no Chroma server: correct --store")


def _reason(error: Exception) -> str:
    line = " ".join(_NUMBER.sub("", str(error)).split()) or type(error).__name__
    return line if len(line) <= 120 else line[:119] + "…"
