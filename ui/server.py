"""Serve the page on one port: nothing but the page, and nothing that is loaded from elsewhere."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import gradio as gr
from starlette.middleware import Middleware

from ui.errors import CannotListen, PortInUse
from ui.surface import Surface

STYLES = ("page.css", "composer.css", "conversation.css", "panel.css")
FONT = ("system-ui", "sans-serif")
ICON = (
    "<link rel='icon' href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' "
    "viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%232f5d50'/%3E%3Cpath "
    "d='M4 5h8M4 8h8M4 11h5' stroke='white' stroke-width='1.5'/%3E%3C/svg%3E\">"
)


def serve(
    app: gr.Blocks,
    *,
    host: str,
    port: int,
    open_browser: bool = False,
    on_ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serve the page until Ctrl-C; `on_ready` is called with its URL when the page answers.

    Raises PortInUse or CannotListen before anything is served.
    """
    url = start_server(app, host=host, port=port, open_browser=open_browser)
    try:
        on_ready(url)
        # On Windows, Ctrl-C does not interrupt a join without a timeout.
        while app.server.thread.is_alive():
            app.server.thread.join(timeout=1)
    except KeyboardInterrupt:
        pass
    finally:
        app.close(verbose=False)


def start_server(app: gr.Blocks, *, host: str, port: int, open_browser: bool = False) -> str:
    """Serve the page from a thread and return its URL; `app.close()` ends it.

    Raises PortInUse or CannotListen.
    """
    check_address(host, port)
    pass_by_proxy(host)
    here = Path(__file__).parent
    try:
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
            mcp_server=False,
            run_history=False,
            enable_monitoring=False,
            footer_links=[],
            app_kwargs={"middleware": [Middleware(Surface)]},
            theme=build_theme(),
            css_paths=[here / name for name in STYLES],
            head=ICON,
        )
    except OSError as error:  # the port was taken between the check and now
        raise PortInUse(_in_use(port)) from error
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


def check_address(host: str, port: int) -> None:
    """Raise PortInUse or CannotListen if nothing can be served on `host` and `port`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":  # on Windows the option would let two programs share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(_in_use(port)) from error
        raise CannotListen(
            f"Cannot serve on {host} port {port}: {error.strerror}; "
            "choose another --host or a --port above 1023."
        ) from error


def pass_by_proxy(host: str) -> None:
    """Add `host` to this process's no_proxy.

    When it starts, Gradio sends a request to its own server. With HTTP_PROXY set, the request would
    go to the proxy, and the page would not start.
    """
    listed = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    os.environ["no_proxy"] = ",".join(filter(None, (listed, host, "localhost")))


def _in_use(port: int) -> str:
    return f"Port {port} is in use by another program; choose another with --port."
