"""Characters that nobody sees: a model reads them, or loses them, and a reader is none the wiser.

Not among them are the joiners that emoji and several scripts are written with.
"""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f"  # hyphens, fillers and marks of direction
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"  # overrides, joiners, annotations
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"  # tags and selectors, which spell hidden text
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f]")


def is_unseen(char: str) -> bool:
    """Tell whether a character is one that nobody sees."""
    return _UNSEEN.fullmatch(char) is not None


def drop_unseen(text: str) -> str:
    """Return a text without the characters that nobody sees; controls stay."""
    return _UNSEEN.sub("", text)


def drop_controls(text: str) -> str:
    """Return a text without control characters other than tabs and line ends."""
    return _CONTROLS.sub("", text)
