"""The file of conversations: one SQLite file in the data folder, beside the index.

A question is written when it is asked, its turn as soon as it is finished. What is removed or
replaced stays in the file for an hour, so that it can be brought back.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ui.conversations.faults import DAMAGED, named_errors
from ui.conversations.schema import ROW, read_turn, storable, turn_row
from ui.errors import NotKept
from ui.turns import Turn, one_line

KEPT_AFTER_REMOVAL = 3_600.0
"""Seconds in which what was removed can be brought back."""

LONGEST_NAME = 200
"""Characters of a conversation's name that are kept."""

# A question, its turn, and the first turn's question as the name, where nobody gave one.
_NAME = (
    "coalesce(name, (SELECT question FROM turns WHERE conversation = id AND removed IS NULL"
    " ORDER BY key LIMIT 1))"
)


@dataclass(frozen=True)
class Entry:
    """A conversation in the list: its address, its name, and when it was last changed.

    `changed` is in seconds since 1970.
    """

    id: str
    name: str
    changed: float


@dataclass(frozen=True)
class Conversation:
    """A conversation as it is kept: its name and its turns, the oldest first."""

    id: str
    name: str
    turns: tuple[Turn, ...]


class ConversationStore:
    """The conversations of all persons; each person reaches only their own.

    A person is a name; "" is the one person of a page without passwords. All methods can be called
    from several threads, and raise NotKept if the file cannot be read or written. `trouble`
    says that they were to be kept on disk and are not.
    """

    def __init__(self, connection: sqlite3.Connection, path: str, *, trouble: bool = False) -> None:
        self.trouble = trouble
        self._connection = connection
        self._path = path
        self._lock = threading.Lock()
        self._answering: dict[int, Turn] = {}

    def entries(self, person: str, limit: int) -> list[Entry]:
        """Return the conversations last changed, the latest first."""
        rows = self._read(
            f"SELECT id, {_NAME} AS shown, changed FROM conversations"
            " WHERE person = ? AND removed IS NULL AND shown IS NOT NULL"
            " ORDER BY changed DESC, id LIMIT ?",
            (person, limit),
        )
        return [Entry(id, name, changed) for id, name, changed in rows]

    def read(self, person: str, id: str) -> Conversation | None:
        """Return a conversation, None if the person has none of this id.

        A turn that another tab waits for is "asking", one that was cut off is "stopped".
        """
        found = self._read(
            f"SELECT {_NAME} FROM conversations WHERE id = ? AND person = ? AND removed IS NULL",
            (id, person),
        )
        if not found:
            return None
        rows = self._read(
            f"SELECT {ROW} FROM turns WHERE conversation = ? AND removed IS NULL ORDER BY key",
            (id,),
        )
        try:
            turns = tuple(self._answering.get(row[0]) or read_turn(*row) for row in rows)
        except ValueError as error:
            raise NotKept(DAMAGED.format(path=self._path, reason="a turn in it")) from error
        return Conversation(id, one_line(found[0][0] or ""), turns)

    def ask(self, person: str, id: str, turn: Turn) -> int:
        """Keep the question of a turn that is being answered, and return the turn's key.

        The conversation begins with its first question. A removed one comes back with the next.
        Raises NotKept also if the id is another person's.
        """
        now = time.time()
        with self._writing() as write:
            taken = write(
                "INSERT INTO conversations (id, person, changed) VALUES (?, ?, ?) ON CONFLICT (id)"
                " DO UPDATE SET changed = excluded.changed, removed = NULL"
                " WHERE person = excluded.person",
                (id, person, now),
            )
            if not taken.rowcount:
                raise NotKept(f"the conversation {id[:40]!r} is not this person's")
            added = write(
                "INSERT INTO turns (conversation, state, question, answer, error)"
                " VALUES (?, ?, ?, ?, ?)",
                (id, *turn_row(turn)),
            )
            key = int(added.lastrowid or 0)
        self._answering[key] = replace(turn, key=key)
        return key

    def grow(self, key: int, turn: Turn) -> None:
        """Note how far the answer of a turn has come; nothing is written."""
        self._answering[key] = replace(turn, key=key)

    def finish(self, key: int, turn: Turn, replaced: Sequence[int] = ()) -> None:
        """Write a finished turn, and in the same step remove the turns that it replaces."""
        self._answering.pop(key, None)
        with self._writing() as write:
            write(
                "UPDATE turns SET state = ?, question = ?, answer = ?, error = ? WHERE key = ?",
                (*turn_row(turn), key),
            )
            _mark(write, replaced, time.time())

    def limit(self, person: str, id: str, written: str) -> None:
        """Keep the limits of a conversation, as `write_limits` writes them."""
        with self._writing() as write:
            write(
                "INSERT INTO limits (conversation, written)"
                " SELECT id, ? FROM conversations WHERE id = ? AND person = ?"
                " ON CONFLICT (conversation) DO UPDATE SET written = excluded.written",
                (written, id, person),
            )

    def limits(self, person: str, id: str) -> str:
        """Return what `limit` kept, "" for none."""
        found = self._read(
            "SELECT written FROM limits JOIN conversations ON conversation = id"
            " WHERE id = ? AND person = ? AND removed IS NULL",
            (id, person),
        )
        return str(found[0][0]) if found else ""

    def rename(self, person: str, id: str, name: str) -> None:
        """Give a conversation a name; an empty one makes it that of its first question again."""
        given = one_line(storable(name))[:LONGEST_NAME] or None
        with self._writing() as write:
            write(
                "UPDATE conversations SET name = ? WHERE id = ? AND person = ?", (given, id, person)
            )

    def remove(self, person: str, id: str) -> None:
        """Remove a conversation; `restore` brings it back within an hour."""
        self._set_removed(person, id, time.time())
        self.purge(KEPT_AFTER_REMOVAL)

    def restore(self, person: str, id: str) -> None:
        """Bring a removed conversation back."""
        self._set_removed(person, id, None)

    def swap(self, person: str, id: str, removed: Sequence[int], restored: Sequence[int]) -> None:
        """Remove turns of a conversation, by their keys, and bring others back."""
        rows = self._read(
            "SELECT key FROM turns JOIN conversations ON conversation = id"
            " WHERE id = ? AND person = ?",
            (id, person),
        )
        own = {key for (key,) in rows}
        with self._writing() as write:
            _mark(write, [key for key in removed if key in own], time.time())
            _mark(write, [key for key in restored if key in own], None)

    def purge(self, seconds: float) -> None:
        """Delete for good what was removed more than so many seconds ago."""
        before = time.time() - seconds
        with self._writing() as write:
            write("DELETE FROM conversations WHERE removed < ?", (before,))
            write("DELETE FROM turns WHERE removed < ?", (before,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _set_removed(self, person: str, id: str, when: float | None) -> None:
        with self._writing() as write:
            write(
                "UPDATE conversations SET removed = ? WHERE id = ? AND person = ?",
                (when, id, person),
            )

    def _read(self, statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._lock, named_errors(self._path):
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        with self._lock, named_errors(self._path), self._connection:
            yield self._connection.execute


def _mark(write: Callable[..., sqlite3.Cursor], keys: Sequence[int], when: float | None) -> None:
    for key in keys:
        write("UPDATE turns SET removed = ? WHERE key = ?", (when, key))
