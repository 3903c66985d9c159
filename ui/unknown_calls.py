"""A sentence for programs that read the answer to a call that there is none of."""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

CALLS = "/gradio_api/call/"

UNKNOWN = "There is no such call, or its answer has been read already: make the call again."


class UnknownCalls:
    """Middleware that answers 404 where `knows` does not know the call whose answer is read.

    Gradio would begin an answer and break it off, with a traceback in the log, or send nothing
    for ever.
    """

    def __init__(self, app: ASGIApp, knows: Callable[[str], bool]) -> None:
        self.app = app
        self._knows = knows

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it reads the answer to an unknown call."""
        call = read_call(scope)
        if call and not self._knows(call):
            await JSONResponse({"error": UNKNOWN}, status_code=404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def read_call(scope: Scope) -> str:
    """Return the call whose answer a request reads, "" for any other request."""
    if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(CALLS):
        return ""
    _, slash, call = scope["path"].removeprefix(CALLS).rstrip("/").rpartition("/")
    return str(call) if slash else ""


def has_call(app: gr.Blocks, call: str) -> bool:
    """Whether a served page works at a call, or its answer has not been read yet."""
    line = app._queue
    unread = line.pending_event_ids_session.values()
    return call in line.event_ids_to_events or any(call in calls for calls in unread)
