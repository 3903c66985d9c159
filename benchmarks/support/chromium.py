"""A real browser for the page: the Chromium of the machine, which asks nothing of the network."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

_OFFLINE = [
    "--no-sandbox",  # Chromium does not start as root without it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def open_chromium(playwright: Playwright) -> Browser:
    """Start the Chromium of the machine, else that of playwright."""
    found = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(found).exists():
        found = playwright.chromium.executable_path
    if not Path(found).exists():
        raise FileNotFoundError(
            "No Chromium to test the page with; install the system's package `chromium` "
            "or run `playwright install chromium`."
        )
    return playwright.chromium.launch(executable_path=found, args=_OFFLINE)
