"""The paths of the web server that visitors can reach, and the sources that the page may load.

Gradio serves more than this page needs: uploads of its own, files, a proxy for other addresses,
saved links, descriptions of the program. All of that is refused.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.addresses import FOLDER

ENDPOINTS = ("ask", "search", "article")
PAGES = frozenset(
    {"/", "/config", "/theme.css", "/article.css", "/favicon.ico", "/manifest.json", "/robots.txt"}
    | {f"/gradio_api/{name}" for name in ("startup-events", "app_id", "cancel", "reset")}
    | {f"/gradio_api/{name}" for name in ("queue/join", "queue/data", "run/predict")}
    # Bringing articles in, which checks for itself who asks.
    | {"/uploads", "/uploads/dialog"}
    # What programs call: the list of the three endpoints, themselves, and the MCP server.
    | {f"/gradio_api/{name}" for name in ("info", "mcp", "mcp/", "mcp/http", "mcp/http/")}
    | {f"/gradio_api/{call}/{name}" for call in ("call", "call/v2") for name in ENDPOINTS}
)
FOLDERS = ("/assets/", "/static/", "/gradio_api/heartbeat/", FOLDER) + tuple(
    f"/gradio_api/{call}/{name}/" for call in ("call", "call/v2") for name in ENDPOINTS
)

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

# The page of an article has no script, and nothing but its stylesheet to load.
ARTICLE_HEADERS = HEADERS | {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}

# The page to sign in is that of the guard, which lets nobody else in.
SIGN_IN = frozenset({"/login", "/logout"})
SIGN_IN_HEADERS = ARTICLE_HEADERS | {
    "Content-Security-Policy": ARTICLE_HEADERS["Content-Security-Policy"].replace(
        "form-action 'none'", "form-action 'self'"
    ),
    "Cache-Control": "no-store",
}

FOREIGN = (
    "This page answers only to localhost and its own address. Start it with another --host to let"
    " other machines in."
)

# What Gradio raises for a call by name that lacks a value, or has one that is none.
_BAD_CALL = re.compile(
    r"No value provided for required argument: \w+|Parameter `.*?` is not a valid key-word argument"
)
_HOST = re.compile(r"(?:\[([^\]]*)\]|([^:\[\]]*))(?::[0-9]+)?")


class Surface:
    """Middleware that lets the page's own requests through and adds the headers above.

    `hosts` are the names that the page may be called by, None for any. On loopback only our own
    are: another site's name could be made to lead here, and its scripts would read the articles.
    `guarded` is whether there is a page to sign in.
    """

    def __init__(
        self, app: ASGIApp, hosts: frozenset[str] | None = None, *, guarded: bool = False
    ) -> None:
        self.app = app
        self._hosts = hosts
        self._guarded = guarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 400 to a foreign host and 404 for a path not used."""
        article = scope.get("path", "").startswith(FOLDER)
        signing = self._guarded and scope.get("path", "") in SIGN_IN
        headers = SIGN_IN_HEADERS if signing else ARTICLE_HEADERS if article else HEADERS

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif self._hosts is not None and read_host(scope) not in self._hosts:
            await PlainTextResponse(FOREIGN, status_code=400)(scope, receive, send)
        elif signing or reaches_page(scope["path"]):
            try:
                await self.app(scope, receive, send_with_headers)
            except TypeError as error:
                found = _BAD_CALL.match(str(error))
                if found is None or not scope["path"].startswith("/gradio_api/call/v2/"):
                    raise
                wrong = JSONResponse({"error": f"{found[0]}."}, status_code=422)
                await wrong(scope, receive, send_with_headers)
        else:
            await PlainTextResponse("Not found", status_code=404)(scope, receive, send)


def read_host(scope: Scope) -> str:
    """Return the name that a request calls the server by, without port and brackets."""
    found = _HOST.fullmatch(Headers(scope=scope).get("host", ""))
    return (found[1] or found[2]).lower() if found else ""


def reaches_page(path: str) -> bool:
    """Whether the page uses a path of the server."""
    return path in PAGES or path.startswith(FOLDERS)
