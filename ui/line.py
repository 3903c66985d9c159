"""The line that questions stand in: a few are answered at once, the others see how many are before.

Answers share the cores of one machine. With more at once, each takes longer and none ends sooner.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ui.errors import LineFull

Tell = Callable[[int | None], None]
"""Told how many stand before in the line, each time it changes, and None when the turn has come."""

ANSWERS_AT_ONCE = 4
"""Answers in the making at the same time, for all visitors together; other questions wait."""
ANSWERS_AT_ONCE_BY_A_MODEL = 16
"""The same where a chat model writes: its answers take long and, on its own server, few cores."""

LONGEST_LINE = 100
"""A question beyond so many waiting ones is refused: its turn would come after minutes."""


class Line:
    """Lets `at_once` in at the same time, the others in the order in which they came.

    Any thread may join. `Tell` is called by whichever thread moves the line, and must not block.
    """

    def __init__(self, at_once: int, longest: int = LONGEST_LINE) -> None:
        self._free = at_once
        self._longest = longest
        self._waiting: list[Tell] = []
        self._lock = threading.Lock()

    @contextmanager
    def joined(self, tell: Tell) -> Iterator[None]:
        """Stand in the line during the block, and be let in; leaving lets the next one in.

        Raises LineFull.
        """
        with self._lock:
            waits = not self._free
            if len(self._waiting) >= self._longest:
                raise LineFull(len(self._waiting))
            if waits:
                self._waiting.append(tell)
                tell(len(self._waiting) - 1)
            else:
                self._free -= 1
                tell(None)
        try:
            yield
        finally:
            with self._lock:
                self._leave(tell)

    def _leave(self, tell: Tell) -> None:
        if tell in self._waiting:
            moved = self._waiting.index(tell)
            self._waiting.remove(tell)
        elif self._waiting:
            moved = 0
            self._waiting.pop(0)(None)
        else:
            self._free += 1
            return
        for before, one in enumerate(self._waiting[moved:], start=moved):
            one(before)
