"""A command run to its end: its seconds, and what all processes below it used (Linux)."""

from __future__ import annotations

import os
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
    """What a command took; memory shared by processes counts once, cores add up."""

    seconds: float
    cpu_seconds: float
    memory_mb: float


def run_measured(command: Sequence[str]) -> TreeCost:
    """Run a command. Raises SystemExit with the end of what it printed if it fails."""
    began = time.perf_counter()
    most = 0
    # By process, as it was seen last: a process that ends takes its count with it.
    ticks: dict[int, int] = {}
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    while True:
        try:
            said = process.communicate(timeout=_EVERY)[1]
            break
        except subprocess.TimeoutExpired:
            below = _processes_below(process.pid)
            most = max(most, sum(_resident_kb(one) for one in below))
            ticks |= {one: _ticks(one) or ticks.get(one, 0) for one in below}
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{said[-2000:]}")
    cpu_seconds = sum(ticks.values()) / os.sysconf("SC_CLK_TCK")
    return TreeCost(time.perf_counter() - began, cpu_seconds, most / 1000)


def descendants(root: int, parents: Mapping[int, int]) -> set[int]:
    """Return a process and all below it, given the parent of each process."""
    found = {root}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _processes_below(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):  # it ended meanwhile
            [parent] = re.findall(r"^PPid:\s+(\d+)$", status.read_text(), re.MULTILINE)
            parents[int(status.parent.name)] = int(parent)
    return descendants(root, parents)


def _resident_kb(process: int) -> int:
    with suppress(OSError):
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
        return sum(int(size) for size in re.findall(r"^Pss:\s+(\d+) kB", text, re.MULTILINE))
    return 0


def _ticks(process: int) -> int:
    with suppress(OSError):
        # After the name, which may have spaces: the 12th and 13th field are user and system time.
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


def python(module: str, *arguments: object) -> list[str]:
    """Return the command that runs a module with this Python."""
    return [sys.executable, "-m", module, *(str(argument) for argument in arguments)]
