"""How long each stage of a question took, and what a process used."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

_T = TypeVar("_T")


class StageTimes:
    """Milliseconds by stage, one for each question."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}

    def time(self, stage: str, work: Callable[[], _T]) -> _T:
        """Do some work, and note the time it took under a stage."""
        began = time.perf_counter()
        done = work()
        self.note(stage, 1000 * (time.perf_counter() - began))
        return done

    def note(self, stage: str, milliseconds: float) -> None:
        """Note a time under a stage."""
        self.taken.setdefault(stage, []).append(milliseconds)

    def percentiles(self) -> dict[str, dict[str, float]]:
        """Return p50 and p95 of each stage, in milliseconds."""
        return {stage: percentiles(taken) for stage, taken in self.taken.items()}


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Return p50 and p95 of some values."""
    return {
        "p50": round(float(np.percentile(values, 50)), 2),
        "p95": round(float(np.percentile(values, 95)), 2),
    }


def peak_memory_mb() -> float:
    """Return the most resident memory that this process has used (Linux)."""
    # Not getrusage: a new program begins there with the memory of the process that started it.
    status = Path("/proc/self/status").read_text()
    [kibibytes] = re.findall(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return round(int(kibibytes) * 1024 / 1e6, 1)


def disk_mb(folder: Path) -> float:
    """Return the size of all files below a folder."""
    files = (file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return round(sum(files) / 1e6, 3)
