"""What the dialog for bringing articles in asks of the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from anyio.to_thread import run_sync
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ui.bringing.access import Editors, check_editor, may_edit
from ui.bringing.arrivals import Arrivals
from ui.bringing.render import describe_state, render_dialog, render_files, render_report
from ui.bringing.uploads import (
    LARGEST,
    choose_name,
    delete_upload,
    keep,
    list_uploads,
    receiving,
)
from ui.bringing.words import bring_words
from ui.errors import NotTaken, NotTakenKind
from ui.words import Words, choose_words
from vectorstore import Store, StoreError

UPLOADS = "/uploads"
DIALOG = "/uploads/dialog"

_AT_ONCE = 1 << 20
"""Bytes that are written to the disk together."""
_STATUS: dict[NotTakenKind, int] = {
    "not_allowed": 403,
    "foreign": 403,
    "unknown": 404,
    "large": 413,
    "full": 507,
    "unwritable": 507,
}
_FRESH = {"Cache-Control": "no-store"}

Work = Callable[[Request], Awaitable[None]]


def build_upload_routes(
    arrivals: Arrivals, store: Store, folder: Path, editors: Editors
) -> list[Route]:
    """Build what serves the dialog; `ui.server.serve` takes it. `folder` keeps the files."""

    async def show(request: Request) -> Response:
        may = may_edit(request.headers, editors)
        read = partial(_describe, arrivals, store, folder if may else None, _words(request))
        return JSONResponse(await run_sync(read), headers=_FRESH)

    async def dialog(request: Request) -> Response:
        return HTMLResponse(render_dialog(_words(request)), headers=_FRESH)

    async def add(request: Request) -> None:
        name = choose_name(request.query_params.get("name", ""))
        arrivals.add(await _receive(request, folder, name))

    async def remove(request: Request) -> None:
        name = request.query_params.get("name", "")
        arrivals.remove(await run_sync(delete_upload, folder, name))

    def answering(work: Work) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                check_editor(request.headers, editors)
                await work(request)
            except NotTaken as error:
                if error.kind != "large":
                    await _read_rest(request)
                said = bring_words(_words(request)).refuse(error.kind)
                return JSONResponse({"error": said}, _STATUS.get(error.kind, 400), _FRESH)
            return JSONResponse({}, 202, _FRESH)

        return answer

    return [
        Route(UPLOADS, show, methods=["GET"]),
        Route(UPLOADS, answering(add), methods=["POST"]),
        Route(UPLOADS, answering(remove), methods=["DELETE"]),
        Route(DIALOG, dialog, methods=["GET"]),
    ]


def _describe(
    arrivals: Arrivals, store: Store, folder: Path | None, words: Words
) -> dict[str, object]:
    try:
        edition = store.edition()
        files = list_uploads(store, folder) if folder else []
    except StoreError:  # the page itself says what is wrong with the index
        edition, files = 0, []
    if folder is None:
        return {"editable": False, "edition": edition, "running": False}
    state = arrivals.state()
    return {
        "editable": True,
        "edition": edition,
        "running": state.running,
        "standing": describe_state(state, words),
        "done": [state.step.done, state.step.total] if state.step else None,
        "report": render_report(state, words),
        "files": render_files(files, words),
    }


async def _receive(request: Request, folder: Path, name: str) -> Path:
    """Write the body of a request to the disk, in pieces, and return its file."""
    if _length(request) > LARGEST:
        raise NotTaken("large")
    manager = receiving(folder)
    incoming = await run_sync(manager.__enter__)
    try:
        waiting = bytearray()
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= _AT_ONCE:
                await run_sync(incoming.write, bytes(waiting))
                waiting.clear()
        await run_sync(incoming.write, bytes(waiting))
        return await run_sync(keep, incoming, name)
    except ClientDisconnect:
        raise NotTaken("unknown") from None
    finally:
        await run_sync(manager.__exit__, None, None, None)


async def _read_rest(request: Request) -> None:
    """Read what a browser still sends: before that it does not read our answer."""
    read = 0
    try:
        async for chunk in request.stream():
            read += len(chunk)
            if read > LARGEST:
                return
    except (ClientDisconnect, RuntimeError):  # gone, or read to the end before
        return


def _length(request: Request) -> int:
    given = request.headers.get("content-length", "")
    return int(given) if given.isascii() and given.isdigit() else 0


def _words(request: Request) -> Words:
    accepted = request.headers.get("accept-language", "")
    return choose_words(request.query_params.get("language"), accepted)
