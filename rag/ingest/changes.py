"""Which of the files in a store have changed, or are gone, since they were indexed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.ingest.files import read_file
from rag.ingest.update import digest_file
from vectorstore import Article
from vectorstore.catalog.reader import CatalogReader

_SHA = 64
"""Hexadecimal digits of a file's hash; what is before them says how it was read."""


@dataclass(frozen=True)
class FileChange:
    """A file that is not as it was when it was indexed."""

    kind: Literal["changed", "gone"]
    path: str


def find_changes(catalog: CatalogReader) -> Iterator[FileChange]:
    """Yield the files of the stored articles that have other content now or are gone, by path.

    Times do not matter. Nothing is yielded for a file that is there and cannot be read now.
    """
    hashes: dict[str, dict[str, str]] = {}
    for id, (path, content_hash) in catalog.hashes_under(os.sep).items():
        hashes.setdefault(path, {})[id] = content_hash
    for path in sorted(hashes):
        file = Path(path)
        if not os.path.lexists(file):
            yield FileChange("gone", path)
        elif _has_changed(file, catalog.file_digest(path), hashes[path]):
            yield FileChange("changed", path)


def _has_changed(file: Path, noted: str | None, hashes: dict[str, str]) -> bool:
    if noted is not None:
        found = digest_file(file)
        return found is not None and found[-_SHA:] != noted[-_SHA:]
    # A file with skipped rows is never noted as complete: its articles are compared one by one.
    read = {item.id: item.content_hash for item in read_file(file) if isinstance(item, Article)}
    return bool(read) and any(read.get(id) != hashes[id] for id in hashes)
