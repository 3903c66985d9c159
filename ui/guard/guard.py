"""The guard: middleware that lets only people with a password reach anything of the server.

A browser gets a page to sign in, which sets a cookie. A program sends name and password with each
request (HTTP Basic), or signs in as Gradio's client does: `Client(url, auth=(name, password))`.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Mapping
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.article_page import STYLE
from ui.conversations.tab import PERSON
from ui.guard.passwords import SHORTEST, clean_name, make_hash_of_nothing, matches
from ui.guard.sessions import LASTS, Sessions
from ui.guard.sign_in_page import Fault, render_sign_in
from ui.words import read_words

SIGN_IN, SIGN_OUT = "/login", "/logout"
OPEN = frozenset({STYLE, "/gradio_api/startup-events"})
"""The style of the page to sign in, and what Gradio asks of its own server when it starts."""
COOKIE = "article-chat-session"
MOST_WAITING = 20
"""People whose passwords are looked at or wait for it; more are asked to try again."""
PAUSE = 1.0
"""Seconds until a wrong password is answered."""
_LONGEST_FORM = 10_000
_MOST_REMEMBERED = 1_000


class Guard:
    """Middleware that names the person of each request in its scope, or turns the request away."""

    def __init__(
        self, app: ASGIApp, passwords: Mapping[str, str], sessions: Sessions, pause: float = PAUSE
    ) -> None:
        self.app = app
        self._passwords = passwords
        self._sessions = sessions
        self._pause = pause
        self._looking = asyncio.Semaphore(1)  # each look takes 32 MiB and a core
        self._waiting = 0
        self._known: dict[bytes, str] = {}
        self._nobody = make_hash_of_nothing()  # for unknown names, to take as long

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request of a known person on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), scope["path"]
        if scope["type"] == "http" and path in (SIGN_IN, SIGN_OUT):
            await (await self._sign(Request(scope, receive)))(scope, receive, send)
        elif scope["type"] == "http" and path in OPEN:
            await self.app(scope, receive, send)
        elif (person := await self._find(headers)) is not None:
            await self.app({**scope, PERSON: person}, receive, send)
        elif scope["type"] == "http":
            await self._turn_away(scope, headers)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _find(self, headers: Headers) -> str | None:
        for part in headers.get("cookie", "").split(";"):
            name, _, token = part.strip().partition("=")
            if name == COOKIE and (person := self._sessions.read(token)):
                return person
        kind, _, sent = headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        seen = hashlib.sha256(sent.encode()).digest()
        if seen in self._known:
            return self._known[seen]
        try:
            name, _, password = base64.b64decode(sent, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        person = await self._check(name, password)
        if person and len(self._known) < _MOST_REMEMBERED:
            self._known[seen] = person
        return person or None

    async def _check(self, name: str, password: str) -> str | None:
        """Return the person of a name and password, "" if one is wrong, None if too many ask."""
        if len(password) < SHORTEST:
            return ""
        if self._waiting >= MOST_WAITING:
            return None
        self._waiting += 1
        try:
            cleaned = clean_name(name)
            hashed = self._passwords.get(cleaned, self._nobody)
            async with self._looking:
                good = await asyncio.to_thread(matches, password, hashed)
            if good and cleaned in self._passwords:
                return cleaned
            await asyncio.sleep(self._pause)
            return ""
        finally:
            self._waiting -= 1

    async def _sign(self, request: Request) -> Response:
        words = read_words(request.headers)
        secure = request.url.scheme == "https"
        if request.url.path == SIGN_OUT:
            if request.method != "POST":
                return PlainTextResponse("Method not allowed", 405, {"Allow": "POST"})
            left = Response(status_code=303, headers={"Location": SIGN_IN})
            left.delete_cookie(COOKIE, secure=secure, httponly=True, samesite="lax")
            return left
        target = read_target(request.query_params.get("next", ""))
        if request.method != "POST":
            return HTMLResponse(render_sign_in(words, target))
        form = await read_form(request)
        if form is None:
            return PlainTextResponse("Too long", 413)
        person = await self._check(form.get("username", ""), form.get("password", ""))
        browser = "text/html" in request.headers.get("accept", "")
        if not person:
            fault: Fault = "wrong" if person == "" else "busy"
            status = 401 if fault == "wrong" else 503
            if browser:
                name = form.get("username", "")
                page = render_sign_in(words, target, fault=fault, name=name)
                return HTMLResponse(page, status)
            return JSONResponse({"success": False}, status)
        entered: Response = JSONResponse({"success": True})
        if browser:
            entered = Response(status_code=303, headers={"Location": target})
        token = self._sessions.make(person)
        entered.set_cookie(
            COOKIE, token, max_age=LASTS, secure=secure, httponly=True, samesite="lax"
        )
        return entered

    def _turn_away(self, scope: Scope, headers: Headers) -> Response:
        if scope["method"] in ("GET", "HEAD") and "text/html" in headers.get("accept", ""):
            asked = scope["path"] + (
                f"?{query}" if (query := scope["query_string"].decode()) else ""
            )
            away = f"{SIGN_IN}?next={quote(asked, safe='')}"
            return Response(status_code=303, headers={"Location": away})
        # A browser would ask for name and password in a window of its own.
        told = {} if "accept-language" in headers else {"WWW-Authenticate": 'Basic charset="UTF-8"'}
        return PlainTextResponse("Name and password are needed.", 401, told)


def read_target(given: str) -> str:
    """Return the address to go to after signing in: one of this server, else the page."""
    plain = given.isprintable() and given.startswith("/") and given[1:2] not in ("/", "\\")
    return quote(given, safe="/?&=%-._~") if plain else "/"


async def read_form(request: Request) -> dict[str, str] | None:
    """Return the fields of a form, None if it is too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            return None
    read = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in read.items()}
