"""Errors of SQLite, Chroma, tantivy and the file system, as errors of the store.

Only faults of the disk and of other processes are turned into a StoreError. An error that a bug
of ours causes, such as a statement that SQLite cannot parse, keeps its type and traceback.
"""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chromadb.errors import ChromaError, InternalError

from vectorstore.errors import (
    BadRow,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreUnreadable,
    StoreUnwritable,
)

CATALOG, DENSE, LEXICAL = "catalog.sqlite3", "dense", "lexical"
"""The parts of a store, by the names of their files."""

REPAIR = "`article-chat check --repair`"
"""The command that mends a store."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
# SQLite's codes, primary ones in the low byte. Chroma gives them in the text of its errors.
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_READONLY = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_SQLITE_CODE = re.compile(r"\(code: (\d+)\)")
# Rust prints an error of the system as "(os error 28)" or "Os { code: 28, kind: …".
_SYSTEM_CODE = re.compile(r"os error (\d+)|\bOs \{ code: (\d+)")
# tantivy raises ValueError for everything; these texts are of files that are lost or damaged.
_TANTIVY_DAMAGE = re.compile(
    r"corrupt|FileDoesNotExist|Footer|Incompatible|schema does not match", re.IGNORECASE
)
# Raised by Python for a column of text that is no UTF-8.
_NO_TEXT = re.compile("Could not decode to UTF-8")
_LONGEST_REASON = 120
"""Characters of a library's message that are repeated; those of Rust hold whole structures."""


@contextmanager
def named_errors(
    folder: Path, kinds: tuple[type[Exception], ...] = (sqlite3.Error, BadRow, ChromaError, OSError)
) -> Iterator[None]:
    """Turn errors of these kinds in the block into errors of the store in a folder.

    Errors of sqlite3 are the catalog's: Chroma reports those of its own database.
    """
    try:
        yield
    except kinds as error:
        named = name_error(error, folder)
        if named is None:
            raise
        raise named from error


@contextmanager
def named_tantivy_errors(folder: Path) -> Iterator[None]:
    """Turn errors of tantivy in the block into errors of the store in a folder.

    The block must call nothing but tantivy, which raises ValueError for nearly everything.
    """
    try:
        yield
    except BaseException as error:
        # The type of a panic of Rust code cannot be imported; it is no Exception.
        if type(error).__name__ == "PanicException":
            raise damaged(folder, LEXICAL, str(error)) from error
        named = _of_tantivy(str(error), folder) if isinstance(error, ValueError | OSError) else None
        if named is None:
            raise
        raise named from error


def busy(folder: Path) -> StoreBusy:
    """Return the error for a store in a folder that another process is writing to."""
    return StoreBusy(f"another process is writing to {folder.parent}: try again in a moment")


def incomplete(folder: Path, part: str) -> StoreDamaged:
    """Return the error for an index that lacks passages; a writer makes it again on opening."""
    return StoreDamaged(
        f"the {part} index in {folder.parent} is lost or incomplete: run {REPAIR}, which makes it"
        " again from the catalog"
    )


def damaged(folder: Path, part: str, reason: str) -> StoreDamaged:
    """Return the error for a part of the store in a folder that cannot be read as it is."""
    keeps = "keeps what can be read of it" if part == CATALOG else "makes it again from the catalog"
    thing = "catalog of the index" if part == CATALOG else f"{part} index"
    return StoreDamaged(
        f"the {thing} in {folder.parent} is damaged ({_short(reason)}): run {REPAIR}, which {keeps}"
    )


def forbidden(folder: Path, reason: str) -> StoreUnwritable:
    """Return the error for a store in a folder that may only be read."""
    return StoreUnwritable(
        f"the index in {folder.parent} may not be written to ({_short(reason)}): get the right to"
        " write there, or name another folder with --data"
    )


def name_error(error: Exception, folder: Path) -> StoreError | None:
    """Return the store's error for one of SQLite, Chroma or the system; None for a bug of ours."""
    if isinstance(error, OSError):
        return _of_system(error.errno, folder)
    if isinstance(error, BadRow):
        return damaged(folder, CATALOG, str(error))
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)  # missing if Python itself raised it
        if code is None and _NO_TEXT.match(str(error)):
            return damaged(folder, CATALOG, str(error))
        return _of_sqlite(code, str(error), folder, CATALOG) if code else None
    # Other types are of arguments that Chroma refuses: a bug of ours.
    if type(error) in (ChromaError, InternalError):
        return _of_chroma(str(error), folder)
    return None


def _of_sqlite(code: int, text: str, folder: Path, part: str) -> StoreError | None:
    primary = code & 0xFF
    if primary in _BUSY:
        return busy(folder)
    if primary in _READONLY:
        return forbidden(folder, text)
    if primary == sqlite3.SQLITE_FULL:
        return _full(folder, text)
    if primary in _DAMAGED:
        return damaged(folder, part, text)
    if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR):
        return StoreUnreadable(
            f"the index in {folder.parent} cannot be read or written ({_short(text)}): check the"
            " rights to the folder and the room on its disk, then try again"
        )
    return None


def _of_chroma(text: str, folder: Path) -> StoreError:
    sqlite = _SQLITE_CODE.search(text)
    named = _of_sqlite(int(sqlite[1]), text, folder, DENSE) if sqlite else None
    return named or _of_system(_system_code(text), folder) or damaged(folder, DENSE, text)


def _of_tantivy(text: str, folder: Path) -> StoreError | None:
    if named := _of_system(_system_code(text), folder):
        return named
    if "LockBusy" in text:
        return busy(folder)
    if _TANTIVY_DAMAGE.search(text) or _system_code(text) == errno.ENOENT:
        return damaged(folder, LEXICAL, text)
    return None


def _of_system(code: int | None, folder: Path) -> StoreError | None:
    if code in _FULL:
        return _full(folder, errno.errorcode[code])
    if code in _FORBIDDEN:
        return forbidden(folder, errno.errorcode[code])
    return None


def _system_code(text: str) -> int | None:
    found = _SYSTEM_CODE.search(text)
    return int(found[1] or found[2]) if found else None


def _full(folder: Path, reason: str) -> StoreUnwritable:
    return StoreUnwritable(
        f"no room for the index in {folder.parent} ({_short(reason)}): make room on its disk and"
        " run the same command again; what was indexed is kept"
    )


def _short(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"
