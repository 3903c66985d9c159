"""The paths of the web server that visitors can reach, and the sources that the page may load.

Gradio serves more than this page needs: uploads, files, a proxy for other addresses, saved links,
descriptions of the program. All of that is refused.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGES = frozenset(
    {"/", "/config", "/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt"}
    | {f"/gradio_api/{name}" for name in ("startup-events", "app_id", "cancel", "reset")}
    | {f"/gradio_api/{name}" for name in ("queue/join", "queue/data", "run/predict")}
)
FOLDERS = ("/assets/", "/static/", "/gradio_api/heartbeat/")

# Gradio's page starts with inline scripts and builds functions from text, so both are allowed.
# Handlers in attributes, by which text that got into HTML could run, are not.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "script-src-attr 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'none'; "
        "frame-ancestors 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Surface:
    """Middleware that lets the page's own requests through and adds the headers above."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404 for a path that the page does not use, else pass the request on."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["type"] == "lifespan" or reaches_page(scope["path"]):
            await self.app(scope, receive, send_with_headers)
        else:
            await PlainTextResponse("Not found", status_code=404)(scope, receive, send)


def reaches_page(path: str) -> bool:
    """Whether the page uses a path of the server."""
    return path in PAGES or path.startswith(FOLDERS)
