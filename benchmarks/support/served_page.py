"""The real page in a process of its own, as a user starts it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

COMMAND = (sys.executable, "-m", "ui.cli")
PATIENCE = 600
"""Seconds that a start, an index run or a request may take; a queue of fifty is served in less."""


def index(data: Path, *paths: Path) -> None:
    """Index files and folders. Raises CalledProcessError, whose `stderr` says why it failed."""
    command = [*COMMAND, "index", "--data", str(data), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE)


@contextmanager
def serve_page(data: Path, options: Sequence[str] = ()) -> Iterator[tuple[str, int]]:
    """Serve the page until the block ends; give its address and the number of the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [*COMMAND, "chat", "--data", str(data), "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as page:
        try:
            began = time.monotonic()
            while not _answers(url):
                if page.poll() is not None or time.monotonic() - began > PATIENCE:
                    raise SystemExit("the page did not start")
                time.sleep(0.2)
            yield url, page.pid
        finally:
            page.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/config", trust_env=False).is_success
    except httpx.HTTPError:
        return False
