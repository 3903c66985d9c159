"""A command run to its end: its seconds, and the memory of all processes below it (Linux)."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.5


@dataclass(frozen=True)
class TreeCost:
    """What a command took; memory shared by processes counts once."""

    seconds: float
    memory_mb: float


def run_measured(command: Sequence[str]) -> TreeCost:
    """Run a command. Raises SystemExit with the end of what it printed if it fails."""
    began = time.perf_counter()
    most = 0
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    while True:
        try:
            said = process.communicate(timeout=_EVERY)[1]
            break
        except subprocess.TimeoutExpired:
            most = max(most, _resident_kb(process.pid))
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{said[-2000:]}")
    return TreeCost(time.perf_counter() - began, most / 1000)


def descendants(root: int, parents: Mapping[int, int]) -> set[int]:
    """Return a process and all below it, given the parent of each process."""
    found = {root}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _resident_kb(root: int) -> int:
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):  # it ended meanwhile
            [parent] = re.findall(r"^PPid:\s+(\d+)$", status.read_text(), re.MULTILINE)
            parents[int(status.parent.name)] = int(parent)
    total = 0
    for process in descendants(root, parents):
        with suppress(OSError):
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
            total += sum(int(size) for size in re.findall(r"^Pss:\s+(\d+) kB", text, re.MULTILINE))
    return total


def python(module: str, *arguments: object) -> list[str]:
    """Return the command that runs a module with this Python."""
    return [sys.executable, "-m", module, *(str(argument) for argument in arguments)]
