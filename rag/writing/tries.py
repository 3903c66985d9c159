"""How often a request to a chat model is made again, and how long is waited before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from rag.writing.faults import Fault

LONGEST_WAIT = 20.0
"""Seconds waited for a provider that is busy, each time; asked for more, we say so instead."""
_TRIES = {"busy": 2, "server": 1, "context": 1, "format": 1, "temperature": 1, "final": 0}
"""How often a request is made again after each kind of fault."""


class Tries:
    """Counts the tries of one request; `sleep` waits between two."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._tried: Counter[str] = Counter()

    def give_up(self, fault: Fault) -> str:
        """Return why there is no further try, in half a sentence; if "", it is time for one."""
        tried = self._tried[fault.kind]
        if tried == _TRIES[fault.kind]:
            return f"{fault.said}, {tried + 1} times" if fault.kind == "busy" else fault.said
        if fault.kind == "busy":
            wait = 2.0**tried if fault.wait is None else fault.wait
            if wait > LONGEST_WAIT:
                return f"{fault.said} and asks to wait {wait:.0f} s"
            self._sleep(wait)
        self._tried[fault.kind] += 1
        return ""
