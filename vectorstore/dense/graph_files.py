"""The files of Chroma's graph, under a seal that tells when one of them is not what was saved.

Chroma (1.5) maps these files into memory and believes what they say. Of 25 ways to cut, empty,
delete or overwrite one of them, some end the process with a segmentation fault and others lose
passages without a word. So their checksums are kept beside them, and are compared before a process
opens the files.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

_Status = tuple[int, int]
_State = dict[str, _Status]
"""Size and time of each file by name."""

_BLOCK = 1 << 20


class GraphFiles:
    """The files of the graph in the folder `chroma`, whose checksums are in the file `seal`.

    Chroma's SQLite file is not among them: SQLite keeps it whole and notices damage.
    """

    def __init__(self, chroma: Path, seal: Path) -> None:
        self._chroma = chroma
        self._seal = seal
        self._sound: _State | None = None
        self._sums: dict[str, tuple[_Status, int]] = {}

    def is_sealed(self) -> bool:
        """Whether checksums are kept; those of an earlier version of the program are not."""
        return self._seal.exists()

    def seal(self) -> None:
        """Keep the checksums of the files as they are, unless they are known to be kept."""
        state = self._state()
        if state == self._sound and self.is_sealed():
            return
        sums = {name: self._sum(name, status) for name, status in state.items()}
        draft = self._seal.with_suffix(".new")
        draft.write_text(json.dumps(sums), encoding="utf-8")
        os.replace(draft, self._seal)
        self._sound = state

    def find_broken(self) -> str | None:
        """Return the name of a file that is not as it was sealed; None without such, or a seal.

        Files are read, 1.5 GB at a million passages, unless this process has found them as they
        should be and neither size nor time has changed since.
        """
        state = self._state()
        if state == self._sound:
            return None
        try:
            sealed = dict(json.loads(self._seal.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            return self._seal.name
        for name in sorted(sealed.keys() | state.keys()):
            if name not in state or sealed.get(name) != self._sum(name, state[name]):
                return name
        self._sound = state
        return None

    def _state(self) -> _State:
        found = {path: path.stat() for path in self._chroma.glob("*/*")}
        return {
            path.relative_to(self._chroma).as_posix(): (status.st_size, status.st_mtime_ns)
            for path, status in found.items()
        }

    def _sum(self, name: str, status: _Status) -> int:
        known = self._sums.get(name)
        if known and known[0] == status:
            return known[1]
        total = 0
        for block in _blocks(self._chroma / name):
            total = zlib.crc32(block, total)
        self._sums[name] = status, total
        return total


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block
