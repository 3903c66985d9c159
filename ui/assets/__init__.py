"""The page's own styles and scripts, each a file in this folder."""

from __future__ import annotations

from pathlib import Path


def asset(name: str) -> Path:
    """Return the file of a style or a script."""
    return Path(__file__).with_name(name)


def read_script(name: str) -> str:
    """Return a script, for Gradio to run once in an element of the page."""
    return asset(name).read_text(encoding="utf-8")
