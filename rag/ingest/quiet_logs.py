"""Keep a library's log messages about one bad file out of the user's terminal."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.RLock()


@contextmanager
def silenced(*names: str) -> Iterator[None]:
    """Silence the loggers of these names, and those below them, inside the block.

    A fault must reach the user another way, as an exception of the block. Log levels belong to the
    whole process, so only one thread at a time is in such a block.
    """
    loggers = [logging.getLogger(name) for name in names]
    with _LOCK:
        levels = [logger.level for logger in loggers]
        try:
            for logger in loggers:
                logger.setLevel(logging.CRITICAL + 1)
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
