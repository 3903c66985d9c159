"""Opening the file of conversations, or conversations that last as long as the server."""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

from ui.conversations.faults import DAMAGED, named_errors
from ui.conversations.schema import LIMITS, SCHEMA, VERSION
from ui.conversations.store import KEPT_AFTER_REMOVAL, ConversationStore
from ui.errors import NotKept

NAME = "conversations.sqlite3"
_PATIENCE = 5.0
"""Seconds to wait for another process that writes."""


def open_conversations(data: Path) -> ConversationStore:
    """Open the file of conversations in a data folder; it is made if it is missing.

    Raises NotKept if it is damaged, of another version, or cannot be written.
    """
    path = data / NAME
    with named_errors(str(path)), ExitStack() as opened:
        # For nobody else on this machine: questions are private.
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, mode=0o600))
        connection = opened.enter_context(closing(connect(str(path))))
        [(sound,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
        if sound != "ok":
            raise NotKept(DAMAGED.format(path=path, reason=" ".join(sound.split())))
        _make_tables(connection, path)
        store = ConversationStore(connection, str(path))
        store.purge(KEPT_AFTER_REMOVAL)
        opened.pop_all()
    return store


def open_fleeting(*, trouble: bool = False) -> ConversationStore:
    """Open conversations that are kept in memory, and end with the server.

    `trouble` says that they were to be kept, for the page to tell.
    """
    connection = connect(":memory:")
    _make_tables(connection, Path(":memory:"))
    return ConversationStore(connection, ":memory:", trouble=trouble)


def connect(path: str) -> sqlite3.Connection:
    """Open a connection to the file at a path, ":memory:" for none."""
    connection = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten in the file.
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def _make_tables(connection: sqlite3.Connection, path: Path) -> None:
    [(version,)] = connection.execute("PRAGMA user_version").fetchall()
    if version > VERSION:
        raise NotKept(
            f"conversations are not kept: {path} was made by a newer version of article-chat (its"
            f" format is {version}, here {VERSION}): update article-chat"
        )
    if not version and connection.execute("SELECT 1 FROM sqlite_master").fetchall():
        raise NotKept(
            f"conversations are not kept: {path} is another program's file: move it away, then"
            " start again"
        )
    tables = "" if version else SCHEMA
    # The version is written each time, to know now whether the file can be written.
    connection.executescript(
        f"BEGIN IMMEDIATE; {tables} {LIMITS} PRAGMA user_version = {VERSION}; COMMIT;"
    )
