"""The least that a figure could be: the bytes to move and the sums to do, at this machine's rates.

A floor counts what cannot be left out, and none of what a program does around it. So no program
reaches it; the distance says where there is something to gain.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

# As the store asks Chroma for its graph, and hnswlib's links: 16 a node, 32 in the lowest layer.
_EF_CONSTRUCTION, _EF_SEARCH, _LINKS = 200, 800, 32
_NUMBER = 4
"""Bytes of a float32, and of a link."""
_POSTING = 2
"""Bytes of a posting: the distance to the one before, and how often the n-gram occurs."""
_MB = 1e6


@dataclass(frozen=True)
class Rates:
    """What this machine does in a second."""

    scan: float
    """Bytes of rows that lie side by side, multiplied with a vector."""
    gather: float
    """Bytes of rows at random places, multiplied with a vector."""
    write: float
    """Bytes written to the disk, until they are there."""
    hash: float
    """Bytes that SHA-256 takes in."""
    multiply: float
    """Floating-point operations of a product of matrices."""


@dataclass(frozen=True)
class Size:
    """How much there is to move."""

    passages: int
    dimensions: int
    text_bytes: float
    """Of one passage, on average."""
    file_bytes: int
    postings: float
    """Of the n-grams of a question, on average."""


def measure_rates(folder: Path) -> Rates:
    """Measure the rates, the best of a few; writes a file of 32 MB into the folder."""
    rng = np.random.default_rng(1)
    rows = rng.random((100_000, 384), dtype=np.float32)
    vector = rows[0]
    places = rng.integers(0, len(rows), 5000)
    square = rng.random((768, 768), dtype=np.float32)
    block = rng.bytes(32 << 20)
    scratch = folder / "scratch"

    def write() -> None:
        with scratch.open("wb") as stream:
            stream.write(block)
            stream.flush()
            os.fsync(stream.fileno())

    try:
        return Rates(
            scan=rows.nbytes / _best(lambda: rows @ vector),
            gather=places.size * rows[0].nbytes / _best(lambda: rows[places] @ vector),
            write=len(block) / _best(write),
            hash=len(block) / _best(lambda: hashlib.sha256(block)),
            multiply=2 * len(square) ** 3 / _best(lambda: square @ square),
        )
    finally:
        scratch.unlink(missing_ok=True)


def floors(size: Size, rates: Rates) -> dict[str, float]:
    """Return the floor of each figure, by its name in the output of `benchmarks.growth`."""
    vector = size.dimensions * _NUMBER
    node = vector + _LINKS * _NUMBER
    kept = size.text_bytes + node
    # Each passage is compared with the candidates for its neighbours, and written once.
    distances = min(size.passages, _EF_CONSTRUCTION) * 2 * size.dimensions
    adding = max(distances / rates.multiply, kept / rates.write)
    reading_files = size.file_bytes / rates.hash
    dense = 1000 * min(size.passages, _EF_SEARCH) * node / rates.gather
    # Read in full: tantivy may skip some that cannot be among the best.
    lexical = 1000 * size.postings * _POSTING / rates.scan
    return {
        "passages_per_second": 1 / adding,
        "dense_ms": dense,
        "lexical_ms": lexical,
        "search_ms": dense + lexical,
        "memory_mb": size.passages * node / _MB,
        "disk_mb": size.passages * kept / _MB,
        "start_up_s": size.passages * node / rates.scan,
        "unchanged_s": reading_files,
        "one_changed_s": reading_files,
        "one_removed_s": reading_files,
    }


def as_dict(rates: Rates) -> dict[str, float]:
    """Return the rates in millions a second."""
    return {name: round(rate / _MB, 1) for name, rate in asdict(rates).items()}


def _best(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)
