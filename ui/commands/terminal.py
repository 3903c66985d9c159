"""Text on a terminal, without characters that would control the terminal.

Titles, quotes and the words of a model come from strangers. A terminal obeys control characters:
it changes colours, moves the cursor, sets its title, even types keys. Marks of direction change
the order in which text is read.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

import click

from vectorstore.records import Span

_CONTROLS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, C1: ESC, CSI, OSC, backspace
    "\u202a-\u202e\u2066-\u2069"  # direction, except the marks of right-to-left prose
    "\u2028\u2029\ufff9-\ufffb\U000e0000-\U000e007f"
)
_UNSAFE = re.compile(f"[{_CONTROLS}]")
_UNSAFE_OR_END = re.compile(f"[{_CONTROLS}\n]")


@dataclass(frozen=True)
class Line:
    """A line to print; the characters of the range `bold` are in bold on a terminal."""

    text: str
    bold: Span | None = None

    def indented(self, before: str) -> Line:
        """Return the line with other text before it."""
        bold = self.bold and (self.bold[0] + len(before), self.bold[1] + len(before))
        return Line(before + self.text, bold)


def safe_line(text: str) -> str:
    """Return a text as one line of the same length, with U+FFFD for each control character."""
    return _UNSAFE_OR_END.sub(
        lambda found: " " if found[0] in "\n\r\u2028\u2029" else "\ufffd", text
    )


def say(line: str | Line, *, escaped: bool = False) -> None:
    r"""Print one line, safe for a terminal; `escaped` writes \u001b, as in JSON's strings."""
    text, bold = (line.text, line.bold) if isinstance(line, Line) else (line, None)
    text = _UNSAFE.sub(_escape, text) if escaped else safe_line(text)
    if bold:
        start, end = bold
        text = f"{text[:start]}{click.style(text[start:end], bold=True)}{text[end:]}"
    click.echo(text)  # which drops the style where the output is no terminal


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def write_any_script() -> None:
    """Write UTF-8 in every locale: titles and quotes are in any script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
