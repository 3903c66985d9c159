"""Text on a terminal, without what would drive the terminal instead of being read.

Titles, quotes and what a model writes come from strangers. A terminal acts on control
characters: it recolours, moves the cursor, sets its title, answers with keys of its own; and
marks of direction turn around what is read.
"""

from __future__ import annotations

import re
import sys

import click

_CONTROLS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and line feed, C1: ESC, CSI, OSC, backspace
    "\u202a-\u202e\u2066-\u2069"  # direction, but for the marks that right-to-left prose has
    "\u2028\u2029\ufff9-\ufffb\U000e0000-\U000e007f"
)
_UNSAFE = re.compile(f"[{_CONTROLS}]")
_UNSAFE_OR_END = re.compile(f"[{_CONTROLS}\n]")


def safe_line(text: str) -> str:
    """Return a text as one line in which what drives a terminal is shown as U+FFFD."""
    return _UNSAFE_OR_END.sub(
        lambda found: " " if found[0] in "\n\r\u2028\u2029" else "\ufffd", text
    )


def say(line: str, *, escaped: bool = False) -> None:
    r"""Print one line, safe for a terminal; `escaped` writes \u001b, as in JSON's strings."""
    if escaped:
        click.echo(_UNSAFE.sub(_escape, line))
    else:
        click.echo(safe_line(line))


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def write_any_script() -> None:
    """Write UTF-8 whatever the terminal's locale says: titles and quotes are in any script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
