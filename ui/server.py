"""Serve the page on one port: nothing but the page, and nothing that is loaded from elsewhere."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext, redirect_stdout
from functools import partial
from importlib import metadata

import gradio as gr
from starlette.middleware import Middleware
from starlette.routing import Route

from ui.assets import asset
from ui.errors import McpUnavailable, PortInUse
from ui.forgetting import GRACE, MOST_SESSIONS, Closings, forget_unused
from ui.leaving import Askers, Departures
from ui.listening import check_address, in_use, own_names
from ui.surface import Surface
from ui.unknown_calls import UnknownCalls, has_call

STYLES = (
    "page.css",
    "composer.css",
    "conversation.css",
    "cards.css",
    "panel.css",
    "divider.css",
    "kept.css",
    "history.css",
    "articles.css",
    "adding.css",
    "bring.css",
)
MCP_PATH = "gradio_api/mcp/"
THREADS = 256
"""Each answer in the making and each waiting question holds one of Gradio's; it has 40 else.

More than the longest lines of the page and of programs together, so that the page never waits.
"""
_PAUSE = 0.02
"""Seconds between two looks of Gradio's for a new question, which cost an idle page 1 % of a core.

Left to itself, Gradio looks a thousand times a second: 5 %. Fifty open tabs add a tenth of 1 %.
"""
FONT = ("system-ui", "sans-serif")
ICON = (
    "<link rel='icon' href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' "
    "viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%232f5d50'/%3E%3Cpath "
    "d='M4 5h8M4 8h8M4 11h5' stroke='white' stroke-width='1.5'/%3E%3C/svg%3E\">"
)
# On paper, the boxes that Gradio puts around the page would cut off its end. They cannot be named
# in an @media of STYLES, where Gradio puts the innermost before each selector.
PAPER = (
    "<style media='print'>html, body, gradio-app, .gradio-container, main, .wrap, .contain "
    "{ display: block !important; height: auto !important; overflow: visible !important; }</style>"
)


def serve(
    app: gr.Blocks,
    *,
    host: str,
    port: int,
    routes: Sequence[Route] = (),
    askers: Askers | None = None,
    mcp: bool = False,
    guard: Middleware | None = None,
    open_browser: bool = False,
    on_ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serve the page until Ctrl-C; `on_ready` is called with its URL when the page answers.

    `routes` are other pages that stand beside it. `askers` are told who closed a tab. With `mcp`,
    the app's API is served as tools at MCP_PATH too. `guard` is the middleware that lets only some
    people in.
    Raises PortInUse, CannotListen or McpUnavailable before anything is served.
    """
    url = start_server(
        app,
        host=host,
        port=port,
        routes=routes,
        askers=askers,
        mcp=mcp,
        guard=guard,
        open_browser=open_browser,
    )
    try:
        on_ready(url)
        # On Windows, Ctrl-C does not interrupt a join without a timeout.
        while app.server.thread.is_alive():
            app.server.thread.join(timeout=1)
    except KeyboardInterrupt:
        pass
    finally:
        app.close(verbose=False)


def start_server(
    app: gr.Blocks,
    *,
    host: str,
    port: int,
    routes: Sequence[Route] = (),
    askers: Askers | None = None,
    mcp: bool = False,
    guard: Middleware | None = None,
    open_browser: bool = False,
    grace: float = GRACE,
) -> str:
    """Serve the page from a thread and return its URL; `app.close()` ends it.

    What is kept of a tab that is closed and not used is freed after `grace` seconds.

    Raises PortInUse, CannotListen or McpUnavailable.
    """
    check_address(host, port)
    if mcp:
        check_mcp()
    pass_by_proxy(host)
    unknown = Middleware(UnknownCalls, knows=partial(has_call, app))
    departures = Middleware(Departures, askers=askers or Askers())
    forget = partial(forget_unused, app, seconds=grace)
    closings = Middleware(Closings, forget=forget, grace=grace)
    surface = Middleware(Surface, hosts=own_names(host), guarded=guard is not None)
    try:
        # Gradio prints a line on MCP that not every terminal can write.
        with redirect_stdout(io.StringIO()) if mcp else nullcontext():
            _, url, _ = app.launch(
                server_name=f"[{host}]" if ":" in host else host,
                server_port=port,
                inbrowser=open_browser,
                inline=False,
                quiet=True,
                prevent_thread_lock=True,
                share=False,
                ssr_mode=False,
                pwa=False,
                mcp_server=mcp,
                run_history=False,
                enable_monitoring=False,
                footer_links=[],
                max_threads=THREADS,
                state_session_capacity=MOST_SESSIONS,
                app_kwargs={
                    "middleware": [
                        surface,
                        *([guard] if guard else []),
                        unknown,
                        departures,
                        closings,
                    ],
                    "routes": list(routes),
                },
                theme=build_theme(),
                css_paths=[asset(name) for name in STYLES],
                head=ICON + PAPER,
            )
    except OSError as error:  # the port was taken between the check and now
        raise PortInUse(in_use(port)) from error
    if mcp and not app.mcp_server:
        app.close(verbose=False)
        raise McpUnavailable(f"MCP cannot be served: {app.mcp_error}")
    app._queue.sleep_when_free = app._queue.progress_update_sleep_when_free = _PAUSE
    return url


def build_theme() -> gr.themes.Base:
    """Return the fonts and the background, which must be known before the stylesheets load.

    The fonts are the system's: those of a theme would be loaded from elsewhere.
    """
    return gr.themes.Base(font=FONT, font_mono=("ui-monospace", "monospace")).set(
        body_background_fill="#f6f5f1",
        body_background_fill_dark="#14181a",
        body_text_color="#20262a",
        body_text_color_dark="#e7e5df",
    )


def check_mcp(find_version: Callable[[str], str] = metadata.version) -> None:
    """Raise McpUnavailable unless the package mcp is installed, in a version that Gradio takes."""
    try:
        version = find_version("mcp")
    except metadata.PackageNotFoundError:
        raise McpUnavailable(
            "The package mcp is not installed: run `.venv/bin/pip install 'mcp<2'`."
        ) from None
    if not version.startswith("1."):
        raise McpUnavailable(
            f"Gradio cannot use mcp {version}: run `.venv/bin/pip install 'mcp<2'`."
        )


def pass_by_proxy(host: str) -> None:
    """Add `host` to this process's no_proxy.

    When it starts, Gradio sends a request to its own server. With HTTP_PROXY set, the request would
    go to the proxy, and the page would not start.
    """
    listed = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    os.environ["no_proxy"] = ",".join(filter(None, (listed, host, "localhost")))
