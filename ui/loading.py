"""The page while the program loads: it says which part, and goes on by itself.

Libraries and models take seconds to load. The port is open before them, so that a browser finds a
page, and a program an answer that it understands: 503 and when to try again.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

from ui.errors import PortInUse
from ui.listening import check_address, in_use, own_names
from ui.words import Words, read_words

Step = Literal["program", "models", "index"]
"""What is loaded before the first question can be asked, in this order."""

_SAID: dict[str, dict[Step, str]] = {
    "en": {
        "program": "Loading the program …",
        "models": "Loading the models …",
        "index": "Opening the index …",
    },
    "de": {
        "program": "Das Programm wird geladen …",
        "models": "Die Modelle werden geladen …",
        "index": "Der Index wird geöffnet …",
    },
}

STATE = "/loading.json"
"""Says which part is loading. The page itself has no such path, by which a browser knows it."""

_HEADERS = {
    "Retry-After": "1",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline';"
    " style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# While the server changes, nothing listens for a moment: a request that fails is tried again.
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Article Chat</title>
<style>
body {{ margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 1rem;
  background: #f6f5f1; color: #20262a; font: 1.0625rem/1.5 system-ui, sans-serif; }}
h1 {{ margin: 0 0 .5rem; font-size: 1.25rem; }}
p {{ margin: 0; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #14181a; color: #e7e5df; }} }}
</style>
</head>
<body>
<main><h1>Article Chat</h1><p role="status">{step}</p></main>
<script>
const said = document.querySelector("p");
async function look() {{
  try {{
    const found = await fetch("{state}", {{ cache: "no-store" }});
    if (found.status !== 503) return location.reload();
    const step = (await found.json()).step;
    if (said.textContent !== step) said.textContent = step;
  }} catch {{}}
  setTimeout(look, 300);
}}
look();
</script>
</body>
</html>
"""


class LoadingPage:
    """Tells whoever visits the port which part of the program is loading."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._step: Step = "program"

    def say(self, step: Step) -> None:
        """Name the part that is loading from now on."""
        self._step = step

    def respond(self, path: str, words: Words) -> tuple[str, str]:
        """Return the type and the text of a response."""
        step = say_step(self._step, words)
        if path == STATE:
            return "application/json", json.dumps({"step": step}, ensure_ascii=False)
        page = _PAGE.format(language=words.language, step=step, state=STATE)
        return "text/html", page


def say_step(step: Step, words: Words) -> str:
    """Return one line on the part of the program that is loading."""
    return _SAID[words.language][step]


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


@contextmanager
def loading_page(host: str, port: int) -> Iterator[LoadingPage]:
    """Serve the loading page during the block; then the port is free for the page itself.

    Raises PortInUse or CannotListen.
    """
    check_address(host, port)
    page = LoadingPage(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
    names = own_names(host)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = (self.headers.get("Host") or "").rsplit(":", 1)[0].strip("[]").lower()
            if names is not None and name not in names:
                self.send_error(400)
                return
            kind, text = page.respond(self.path, read_words(_lower(self.headers.items())))
            body = text.encode()
            self.send_response(503)
            for header, value in _HEADERS.items():
                self.send_header(header, value)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_GET  # noqa: N815 - the names of http.server

        def log_message(self, format: str, *values: object) -> None:
            pass  # the terminal is for the person who started the program

    class Server(ThreadingHTTPServer):
        address_family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]

    try:
        server = Server((host, port), Handler)
    except OSError as error:  # the port was taken between the check and now
        raise PortInUse(in_use(port)) from error
    serving = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    serving.start()
    try:
        yield page
    finally:
        server.shutdown()
        server.server_close()
