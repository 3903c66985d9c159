"""The checksums that tantivy keeps at the end of each of its files, compared with the files.

tantivy (0.27) itself compares nothing on opening. A file with wrong bytes in its middle gave wrong
scores, an error without a name, or a panic of its Rust code.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import tantivy

from vectorstore.faults import LEXICAL, named_tantivy_errors

_BLOCK = 1 << 20
_RECORD = "lexical-whole.json"
"""Beside the index: size and time of each file that was found whole, by name."""
_TAIL = 8
"""Bytes after the footer: its length and a constant, four bytes each."""


def find_broken(folder: Path, *, read_all: bool = False) -> str | None:
    """Return the name of a file of the committed index that is not as it was written, or None.

    Files are read, three seconds' worth at a million passages, unless they were found whole before
    and neither size nor time has changed since; with `read_all`, all are. A missing file is left to
    tantivy.
    """
    record = folder.with_name(_RECORD)
    known = {} if read_all else _read_record(record)
    found = {}
    for path in _committed(folder):
        try:
            status = path.stat()
            state = [status.st_size, status.st_mtime_ns]
            if known.get(path.name) != state and not _is_whole(path):
                return path.name
        except FileNotFoundError:  # merged by another process since the list was read
            continue
        found[path.name] = state
    if found != known and os.access(folder.parent, os.W_OK):
        # Without a record the files are read again, which is no reason to fail.
        with suppress(OSError):
            draft = record.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(found), encoding="utf-8")
            os.replace(draft, record)
    return None


def stored_keys(store: Path) -> set[int]:
    """Return the keys of all passages in the lexical index of the store in a folder."""
    with named_tantivy_errors(store):
        searcher = tantivy.Index.open(str(store / LEXICAL)).searcher()
        if not searcher.num_docs:
            return set()
        hits = searcher.search(tantivy.Query.all_query(), limit=searcher.num_docs, count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
    return {int(key or 0) for key in keys}


def _read_record(path: Path) -> dict[str, list[int]]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _committed(folder: Path) -> Iterator[Path]:
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        segments = [(segment["segment_id"], segment["deletes"]) for segment in meta["segments"]]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return  # tantivy reports a list that is damaged
    for id, deletes in segments:
        name = id.replace("-", "")
        for path in sorted(folder.glob(f"{name}.*")):
            if path.suffix != ".del" or (deletes and f".{deletes['opstamp']}." in path.name):
                yield path


def _is_whole(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < _TAIL:
            return False
        file.seek(size - _TAIL)
        length = int.from_bytes(file.read(4), "little")
        end = size - _TAIL - length
        if end < 0:
            return False
        file.seek(end)
        try:
            kept = json.loads(file.read(length))["crc"]
        except (ValueError, KeyError, TypeError):
            return False
        file.seek(0)
        total = 0
        for first in range(0, end, _BLOCK):
            total = zlib.crc32(file.read(min(_BLOCK, end - first)), total)
    return bool(total == kept)
