"""The folders of stores in a data folder, and the one in use.

`CURRENT` names the folder of the store in use. A store that is made anew grows in a folder of its
own and is named there last, so that stopping changes nothing.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from vectorstore.catalog.catalog import Catalog
from vectorstore.catalog.reader import read_only
from vectorstore.deleting import delete_folder, delete_remains
from vectorstore.errors import NoStore, StoreDamaged, StoreUnreadable
from vectorstore.faults import CATALOG, REPAIR, named_errors

_CURRENT = "CURRENT"
_FOLDER = re.compile(r"store-(\d+)")


def current_folder(data: Path) -> Path:
    """Return the folder of the store in use. Raises NoStore or StoreUnreadable."""
    try:
        name = (data / _CURRENT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        if filled_folders(data):
            raise _lost(data, f"the file {_CURRENT}, which names its index") from None
        raise NoStore(f"no index in {data}: run `article-chat index FOLDER` first") from None
    except UnicodeDecodeError:
        raise _lost(data, f"the text of {_CURRENT}, which names its index") from None
    except OSError as error:
        raise StoreUnreadable(
            f"{data / _CURRENT} cannot be read ({error.strerror or error}): get the right to read"
            " it, or name another folder with --data"
        ) from error
    if not _FOLDER.fullmatch(name) or not (data / name).is_dir():
        raise _lost(data, f"its folder {name[:40]!r}")
    if not (data / name / CATALOG).is_file():
        raise _lost(data, "the catalog of its index")
    return data / name


def set_aside(folder: Path) -> Path:
    """Rename a damaged store's folder, so that no other store takes its place; return the new."""
    number = 1
    while (kept := folder.with_name(f"damaged-{number}")).exists():
        number += 1
    folder.rename(kept)
    return kept


def forget_current(data: Path) -> None:
    """Name no store as the one in use."""
    (data / _CURRENT).unlink(missing_ok=True)


def filled_folders(data: Path) -> list[Path]:
    """Return the folders of stores that hold articles which can be read, the best one first.

    A store that another one has replaced is worse than any other, and one with more articles is
    better: of two, the one with fewer was not complete.
    """
    if not data.is_dir():
        return []
    found: list[tuple[bool, int, Path]] = []
    for folder in _folders(data):
        with suppress(sqlite3.Error), read_only(folder / CATALOG) as catalog:
            if articles := catalog.counts()[0]:
                found.append((catalog.is_replaced(), -articles, folder))
    return [folder for _, _, folder in sorted(found)]


def other_folders(data: Path, folder: Path) -> list[Path]:
    """Return the folders of stores that are not in use, given the one that is."""
    return [other for other in sorted(_folders(data)) if other != folder]


def _lost(data: Path, thing: str) -> StoreDamaged:
    return StoreDamaged(f"{data} has lost {thing}: run {REPAIR}")


def new_folder(data: Path) -> Path:
    """Make an empty folder for a store that is not in use yet."""
    numbers = [int(found.name.removeprefix("store-")) for found in _folders(data)]
    folder = data / f"store-{max(numbers, default=0) + 1}"
    with named_errors(folder):
        folder.mkdir()
    return folder


def switch_to(data: Path, folder: Path) -> None:
    """Name a store's folder as the one in use, then delete the others."""
    draft = data / (_CURRENT + ".new")
    draft.write_text(folder.name + "\n", encoding="utf-8")
    os.replace(draft, data / _CURRENT)
    delete_remains(data)
    _delete_others(data, folder)


def _delete_others(data: Path, folder: Path) -> None:
    for other in other_folders(data, folder):
        # A chat may have the store open, and would go on with files that are gone. A store whose
        # making was stopped has no such table, and nobody has it open.
        path = other / CATALOG
        with suppress(sqlite3.Error), closing(Catalog(sqlite3.connect(path), path)) as catalog:
            catalog.note_replaced()
        delete_folder(other)


def _folders(data: Path) -> list[Path]:
    return [path for path in data.iterdir() if _FOLDER.fullmatch(path.name) and path.is_dir()]
