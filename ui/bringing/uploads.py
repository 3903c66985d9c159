"""The folder of files that were brought to the page: names, saving, listing, deleting."""

from __future__ import annotations

import errno
import filecmp
import logging
import os
import re
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from rag.errors import NothingToIndex
from rag.ingest.files import FORMATS, absolute_path, find_files
from rag.ingest.update import digest_file
from ui.commands.terminal import safe_line
from ui.errors import NotTaken
from vectorstore import Store

LARGEST = 100_000_000
"""Bytes of a file: the most that is read of a PDF."""

_INCOMING = ".incoming-"
_FORGOTTEN = 3600
"""Seconds after which a file that is still incoming is the remains of a server that was killed."""
_LONGEST = 180
"""Bytes of a name without its suffix; file systems take 255 in all, and a number may come to it."""
logger = logging.getLogger(__name__)

_NOT_IN_NAMES = re.compile(r'[<>:"|?*\ufffd]')
"""What Windows takes in no name, and what stands for a control character."""


@dataclass(frozen=True)
class Upload:
    """A file that was brought, with the number of its articles in the index."""

    path: Path
    articles: int


@dataclass
class Incoming:
    """A file on its way in, not yet under its name."""

    path: Path
    file: IO[bytes]
    size: int = field(default=0)

    def write(self, data: bytes) -> None:
        """Add bytes. Raises NotTaken when there are too many, or the disk is full."""
        self.size += len(data)
        if self.size > LARGEST:
            raise NotTaken("large")
        with _named_faults():
            self.file.write(data)


def choose_name(given: str) -> str:
    """Return the name under which a file is kept: one that stays in the folder and is read.

    Raises NotTaken if nothing is left of the name, or no format has its suffix.
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    name = _NOT_IN_NAMES.sub("_", safe_line(name)).strip().lstrip(". ")
    stem, suffix = os.path.splitext(name)
    if suffix.lower() not in FORMATS:
        raise NotTaken("format")
    if not stem.strip("_ "):
        raise NotTaken("name")
    short = stem.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")
    return short.rstrip(". ") + suffix


@contextmanager
def receiving(folder: Path) -> Iterator[Incoming]:
    """Give a file to write to; what `keep` has not named at the end is deleted."""
    with _named_faults():
        folder.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix=_INCOMING, dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            yield Incoming(Path(path), file)
    finally:
        with suppress(OSError):
            os.unlink(path)


def keep(incoming: Incoming, name: str) -> Path:
    """Put a received file under its name, beside it, and return the path.

    Another file of that name stays, and the new one gets a number. Where the same bytes lie there
    already, nothing is added. The file is on the disk, whole, before it has the name.
    """
    folder = absolute_path(incoming.path.parent)
    with _named_faults():
        incoming.file.flush()
        os.fsync(incoming.file.fileno())
        for number in range(1, 10_000):
            path = folder / _number(name, number)
            if not os.path.lexists(path):
                with suppress(FileExistsError):  # another visitor's file took the name just now
                    _link(incoming.path, path)
                    return path
            if path.is_file() and filecmp.cmp(incoming.path, path, shallow=False):
                return path
    raise NotTaken("name")


def list_uploads(store: Store, folder: Path) -> list[Upload]:
    """Return the files that were brought, the newest first."""
    articles = Counter(path for path, _ in store.hashes_under(str(absolute_path(folder))).values())
    files = sorted(_files(folder), key=lambda file: (-file.stat().st_mtime, file.name))
    return [Upload(file, articles[str(file)]) for file in files]


def delete_upload(folder: Path, name: str) -> Path:
    """Delete the file of that name and return its path. Raises NotTaken if there is none."""
    found = next((file for file in _files(folder) if file.name == name), None)
    if found is None:
        raise NotTaken("unknown")
    with _named_faults():
        found.unlink(missing_ok=True)
    return found


def find_unfinished(store: Store, folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the files that a stopped server left to index, and those left to take out.

    Deletes the remains of files that never came in whole.
    """
    for remains in folder.glob(f"{_INCOMING}*"):
        with suppress(OSError):
            if time.time() - remains.stat().st_mtime > _FORGOTTEN:
                remains.unlink()
    stored = {path for path, _ in store.hashes_under(str(absolute_path(folder))).values()}
    there = _files(folder)
    # A file with a row that cannot be read is never noted as complete, and is read at each start.
    new = [
        file
        for file in there
        if str(file) not in stored or digest_file(file) != store.file_digest(str(file))
    ]
    return new, sorted(map(Path, stored - set(map(str, there))))


def _files(folder: Path) -> list[Path]:
    try:
        found = find_files(folder).files
        return [file for file in found if file.parent == absolute_path(folder) and file.is_file()]
    except NothingToIndex:
        return []


def _number(name: str, number: int) -> str:
    stem, suffix = os.path.splitext(name)
    return name if number == 1 else f"{stem} ({number}){suffix}"


def _link(file: Path, path: Path) -> None:
    """Give a file a second name, which is not taken from another file."""
    try:
        os.link(file, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without such links, as on memory sticks
        os.rename(file, path)


@contextmanager
def _named_faults() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        logger.warning("An upload is not kept: %s", error)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise NotTaken("full" if full else "unwritable") from error
