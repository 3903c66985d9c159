"""Free what Gradio keeps of a tab once it has been closed, and not used, for an hour.

Gradio (6.31) holds some 85 KB for each tab with one answer, and lets go of none before there are
`state_session_capacity` others; of its 10,000 that is a gigabyte. A tab whose line broke off for a
moment looks closed and goes on, so only time tells.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

import gradio as gr
from starlette.types import ASGIApp, Receive, Scope, Send

# A tab holds this stream open as long as it is there.
_OF_TAB = re.compile(r"/gradio_api/heartbeat/(\w+)")
GRACE = 3600.0
"""Seconds, after which Gradio itself drops the values of a closed tab."""

MOST_SESSIONS = 1000
"""Sessions that are kept, also of programs, which open no such stream; the longest unused goes."""


class Closings:
    """Middleware that calls `forget` with the session of a tab that was closed `grace` ago.

    If that returns False, the tab is in use: it is asked again `grace` later. It looks whenever a
    tab is opened or closed.
    """

    def __init__(self, app: ASGIApp, forget: Callable[[str], bool], grace: float = GRACE) -> None:
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
        used = [session for session in gone if not self._forget(session)]
        with self._lock:
            self._closed |= dict.fromkeys(used, monotonic())


def forget_unused(app: gr.Blocks, session: str, seconds: float = GRACE) -> bool:
    """Free what a served page keeps of a session, unless it was used in the last seconds.

    Return whether nothing is kept of it now.
    """
    kept = app.state_holder
    with kept.lock:
        used = kept.time_last_used.get(session)
        if used is not None and datetime.now() - used < timedelta(seconds=seconds):
            return False
        kept.session_data.pop(session, None)
        kept.time_last_used.pop(session, None)
        return True
