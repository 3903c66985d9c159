"""Free what Gradio keeps of a tab once it has been closed for a while.

Gradio (6.31) holds some 85 KB for each tab with one answer, and lets go of none before there are
`state_session_capacity` others. Fifty readers who come and go cost 13 MB a minute that way. A tab
whose line broke off, as on a laptop that was asleep, is restored from its address.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable
from time import monotonic

import gradio as gr
from starlette.types import ASGIApp, Receive, Scope, Send

# A tab holds this stream open as long as it is there.
_OF_TAB = re.compile(r"/gradio_api/heartbeat/(\w+)")
GRACE = 60.0
"""Seconds in which a tab may come back: a network that changes, a page that is loaded again."""

MOST_SESSIONS = 1000
"""Sessions that are kept of programs, which open no such stream; the oldest go first."""


class Closings:
    """Middleware that calls `forget` with the session of a tab that was closed `grace` ago.

    It looks whenever a tab is opened or closed: in between nothing can grow.
    """

    def __init__(self, app: ASGIApp, forget: Callable[[str], None], grace: float = GRACE) -> None:
        self.app = app
        self._forget = forget
        self._grace = grace
        self._open: Counter[str] = Counter()
        self._closed: dict[str, float] = {}
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and watch for its end if it is a tab's stream."""
        found = _OF_TAB.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        session = found[1]
        with self._lock:
            self._open[session] += 1
            self._closed.pop(session, None)
        self._forget_closed()
        try:
            await self.app(scope, receive, send)
        finally:
            with self._lock:
                self._open[session] -= 1
                if not self._open[session]:
                    del self._open[session]
                    self._closed[session] = monotonic()
            self._forget_closed()

    def _forget_closed(self) -> None:
        with self._lock:
            long_ago = monotonic() - self._grace
            gone = [session for session, at in self._closed.items() if at <= long_ago]
            for session in gone:
                del self._closed[session]
        for session in gone:
            self._forget(session)


def forget_session(app: gr.Blocks, session: str) -> None:
    """Free what a served page keeps of a session; an unknown one is no error."""
    kept = app.state_holder
    with kept.lock:
        kept.session_data.pop(session, None)
        kept.time_last_used.pop(session, None)
