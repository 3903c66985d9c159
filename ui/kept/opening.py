"""Opening the kept quotes, or kept quotes that last as long as the server."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path

from ui.conversations.faults import named_errors
from ui.conversations.opening import NAME, connect
from ui.kept.store import SCHEMA, KeptStore


def open_kept(data: Path) -> KeptStore:
    """Open the kept quotes in the file of conversations, which `open_conversations` has checked.

    Raises NotKept if the file cannot be written.
    """
    return _open(str(data / NAME))


def open_fleeting_kept() -> KeptStore:
    """Open kept quotes that are in memory, and end with the server."""
    return _open(":memory:")


def _open(path: str) -> KeptStore:
    with named_errors(path), ExitStack() as opened:
        connection = opened.enter_context(closing(connect(path)))
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
        store = KeptStore(connection, path)
        opened.pop_all()
    return store
