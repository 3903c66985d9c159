"""Stop the work for those who closed their tab or hung up, at once.

Gradio notices a closed connection with the next piece of an answer. A chat model may take minutes
for it, and would be paid for an answer that nobody reads.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The streams in which Gradio sends answers: to a session of the page or of its Python client, and
# to a program that calls an endpoint by HTTP, whose session has the name of its call.
_OF_SESSION = "/gradio_api/queue/data"
_OF_CALL = re.compile(r"/gradio_api/call/(?:v2/)?(?!v2/)\w+/(\w+)/?")


class Askers:
    """Those who wait for an answer, by session, with the way to stop the work for each."""

    def __init__(self) -> None:
        self._stops: dict[str, list[Callable[[], None]]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def asking(self, session: str | None, stop: Callable[[], None]) -> Iterator[None]:
        """Have `stop` called if the session leaves during the block."""
        name = session or ""
        with self._lock:
            self._stops.setdefault(name, []).append(stop)
        try:
            yield
        finally:
            with self._lock:
                self._stops[name].remove(stop)
                if not self._stops[name]:
                    del self._stops[name]

    def leave(self, session: str) -> None:
        """Stop all work for a session."""
        with self._lock:
            stops = list(self._stops.get(session, ()))
        for stop in stops:
            stop()


class Departures:
    """Middleware that tells `askers` when a stream of answers is closed before its end."""

    def __init__(self, app: ASGIApp, askers: Askers) -> None:
        self.app = app
        self._askers = askers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and watch for its end if it is such a stream."""
        session = read_session(scope)
        if not session:
            await self.app(scope, receive, send)
            return
        ended = False

        async def watch() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect" and not ended:
                self._askers.leave(session)
            return message

        async def note_end(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.body" and not message.get("more_body"):
                ended = True
            await send(message)

        await self.app(scope, watch, note_end)


def read_session(scope: Scope) -> str:
    """Return the session that a stream of answers belongs to, "" for any other request."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return ""
    path: str = scope["path"]
    if path == _OF_SESSION:
        query: str = scope["query_string"].decode("latin-1")
        return parse_qs(query).get("session_hash", [""])[0]
    called = _OF_CALL.fullmatch(path)
    return str(called[1]) if called else ""
