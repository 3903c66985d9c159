"""The reader that a benchmark is run with: the bundled one, other weights, or none."""

from __future__ import annotations

import argparse
from pathlib import Path

from rag.models.reader import Reader, load_reader, load_reader_from


def add_reader_options(parser: argparse.ArgumentParser) -> None:
    """Add `--reader FOLDER` and `--no-reader`."""
    parser.add_argument("--reader", type=Path, help="folder of other weights")
    parser.add_argument("--no-reader", action="store_true")


def chosen_reader(options: argparse.Namespace) -> Reader | None:
    """Load the reader that the options ask for."""
    if options.no_reader:
        return None
    if options.reader:
        return load_reader_from(options.reader, Path("rag/bundled/embedding"))
    return load_reader()
