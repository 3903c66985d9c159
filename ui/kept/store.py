"""The kept quotes of all persons: a table in the file of conversations."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rag.answer import Citation
from ui.conversations.faults import DAMAGED, named_errors
from ui.conversations.schema import storable
from ui.conversations.store import KEPT_AFTER_REMOVAL
from ui.errors import NotKept

MOST_KEPT = 1_000
"""Quotes that a person can keep: the page shows all of them at once."""

LONGEST_NOTE = 10_000
"""Characters of a note that are kept."""

# Older versions of the program, which know no such table, leave it alone: the file's format stays.
SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
    key INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL, place REAL NOT NULL, removed REAL,
    article TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    question TEXT NOT NULL, note TEXT NOT NULL, citation TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS kept_once ON kept (person, article, start, end)
    WHERE removed IS NULL;
"""
"""`place` orders the quotes of a person. `removed` is in seconds since 1970."""


@dataclass(frozen=True)
class KeptQuote:
    """A quote that a person keeps, with the question that it answered and a note."""

    key: int
    question: str
    note: str
    citation: Citation


class KeptStore:
    """The kept quotes of all persons; each person reaches only their own.

    A person is a name; "" is the one person of a page without passwords. All methods can be called
    from several threads, and raise NotKept if the file cannot be read or written.
    """

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self._connection = connection
        self._path = path
        self._lock = threading.Lock()

    def read(self, person: str) -> list[KeptQuote]:
        """Return the quotes of a person in their order."""
        with self._lock, named_errors(self._path):
            rows = self._connection.execute(
                "SELECT key, question, note, citation FROM kept"
                " WHERE person = ? AND removed IS NULL ORDER BY place, key",
                (person,),
            ).fetchall()
        try:
            return [
                KeptQuote(key, question, note, _citations().validate_json(citation))
                for key, question, note, citation in rows
            ]
        except ValidationError as error:
            raise NotKept(DAMAGED.format(path=self._path, reason="a quote in it")) from error

    def keep(self, person: str, question: str, citation: Citation) -> bool:
        """Keep a quote, behind all others; return whether there is room for it.

        One that is kept already stays as it is.
        """
        with self._writing() as write:
            [(count, last)] = write(
                "SELECT count(*), max(place) FROM kept WHERE person = ? AND removed IS NULL",
                (person,),
            )
            if count >= MOST_KEPT:
                return False
            write(
                "INSERT INTO kept (person, place, article, start, end, question, note, citation)"
                " VALUES (?, ?, ?, ?, ?, ?, '', ?) ON CONFLICT DO NOTHING",
                (
                    person,
                    (last or 0) + 1,
                    citation.article,
                    citation.start,
                    citation.end,
                    storable(question),
                    storable(json.dumps(asdict(citation), ensure_ascii=False)),
                ),
            )
        return True

    def note(self, person: str, key: int, note: str) -> None:
        """Write the note of a quote."""
        with self._writing() as write:
            write(
                "UPDATE kept SET note = ? WHERE key = ? AND person = ?",
                (storable(note)[:LONGEST_NOTE], key, person),
            )

    def move(self, person: str, key: int, place: int) -> None:
        """Put a quote at a place among the person's, counted from 0."""
        with self._writing() as write:
            rows = write(
                "SELECT key FROM kept WHERE person = ? AND removed IS NULL ORDER BY place, key",
                (person,),
            ).fetchall()
            keys = [found for (found,) in rows]
            if key not in keys:
                return
            keys.remove(key)
            keys.insert(max(0, place), key)
            for at, one in enumerate(keys):
                write("UPDATE kept SET place = ? WHERE key = ?", (at, one))

    def remove(self, person: str, key: int) -> None:
        """Remove a quote; `restore` brings it back within an hour."""
        now = time.time()
        with self._writing() as write:
            write("UPDATE kept SET removed = ? WHERE key = ? AND person = ?", (now, key, person))
            write("DELETE FROM kept WHERE removed < ?", (now - KEPT_AFTER_REMOVAL,))

    def restore(self, person: str, key: int) -> None:
        """Bring a removed quote back to its place, unless it was kept again meanwhile."""
        with self._writing() as write:
            write(
                "UPDATE OR IGNORE kept SET removed = NULL WHERE key = ? AND person = ?",
                (key, person),
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[Callable[[str, Sequence[object]], sqlite3.Cursor]]:
        # The write lock comes first: what is read inside is still true when it is written.
        with self._lock, named_errors(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection.execute


# Made when first needed: importing does nothing.
@cache
def _citations() -> TypeAdapter[Any]:
    return TypeAdapter(Citation)
