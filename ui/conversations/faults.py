"""Errors of SQLite and the file system as one line on the file of conversations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from ui.errors import NotKept

DAMAGED = (
    "conversations are not kept: {path} is damaged ({reason}): move it away or put back a copy,"
    " then start again"
)
_UNUSABLE = (
    "conversations are not kept: {path} cannot be {done} ({reason}): {cure}, then start again"
)
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_CURES = {
    sqlite3.SQLITE_READONLY: ("written", "get the right to write it and its folder"),
    sqlite3.SQLITE_CANTOPEN: ("opened", "get the right to write it and its folder"),
    sqlite3.SQLITE_PERM: ("opened", "get the right to write it and its folder"),
    sqlite3.SQLITE_AUTH: ("opened", "get the right to write it and its folder"),
    sqlite3.SQLITE_FULL: ("written", "make room on its disk"),
    sqlite3.SQLITE_IOERR: ("read or written", "check its disk"),
    sqlite3.SQLITE_BUSY: ("written", "end the program that holds it"),
    sqlite3.SQLITE_LOCKED: ("written", "end the program that holds it"),
}


@contextmanager
def named_errors(path: str) -> Iterator[None]:
    """Turn errors of SQLite in the block that a bug of ours cannot cause into NotKept."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)  # missing if Python itself raised it
        primary = -1 if code is None else code & 0xFF
        if primary in _DAMAGE:
            raise NotKept(DAMAGED.format(path=path, reason=error)) from error
        if primary not in _CURES:
            raise
        done, cure = _CURES[primary]
        raise NotKept(_UNUSABLE.format(path=path, done=done, reason=error, cure=cure)) from error
    except OSError as error:
        done, cure = _CURES[sqlite3.SQLITE_CANTOPEN]
        reason = error.strerror or error
        raise NotKept(_UNUSABLE.format(path=path, done=done, reason=reason, cure=cure)) from error
