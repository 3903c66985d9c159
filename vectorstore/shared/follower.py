"""A thread that keeps a copy of a shared store up to date while it is searched."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from vectorstore.errors import StoreBusy, StoreError, StoreReplaced

logger = logging.getLogger(__name__)

PAUSE = 3.0
"""Seconds between two looks; one that finds no change takes a few milliseconds."""


class Follower:
    """Calls a function again and again, until it is closed.

    `trouble` is the error of the last call in one line, "" if there was none. A StoreBusy is none:
    another process on this copy writes, and keeps it up to date meanwhile.
    """

    def __init__(self, catch_up: Callable[[], None], pause: float = PAUSE) -> None:
        self.trouble = ""
        self._catch_up = catch_up
        self._pause = pause
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait until a call that has begun is done; there is none after."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._pause):
            try:
                self._catch_up()
            except StoreBusy:
                continue
            except StoreError as error:
                if str(error) != self.trouble:
                    logger.warning("%s; until then answers come from the copy here", error)
                self.trouble = str(error)
                if isinstance(error, StoreReplaced):
                    return
            except Exception:
                logger.exception("The shared store could not be followed")
                self.trouble = "the shared store could not be followed: see the log"
            else:
                self.trouble = ""
