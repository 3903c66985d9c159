"""The errors of the page and the commands.

UiError
├── PortInUse       another program listens on the port
├── BadInput        a program called the API with something that it does not take
├── McpUnavailable  the package that serves MCP is missing, or does not fit
├── NotTaken        a file was brought to the page that is not taken
├── BadWatch        the folder to watch cannot be watched
├── RunFailed       indexing from the page came to no end
├── NotKept         conversations cannot be read from their file, or written to it
├── BadPasswords    the file of passwords cannot be read, or a line of it
├── BadSettings     the file of settings cannot be read, or holds something else than settings
├── LineFull        more questions are waiting than could be answered soon
└── CannotListen    the address is not of this machine, or the port may not be used
"""

from __future__ import annotations

from typing import Literal

NotTakenKind = Literal[
    "large", "format", "name", "full", "unwritable", "unknown", "not_allowed", "foreign"
]


class UiError(Exception):
    """Base of the errors below; the text is one line with the fault and the next step."""


class PortInUse(UiError):
    """Another program listens on the port."""


class BadSettings(UiError):
    """The file of settings cannot be read, or holds something else than settings."""


class CannotListen(UiError):
    """The address is not of this machine, or the port may not be used."""


class BadInput(UiError):
    """A program called the API with something that it does not take."""


class LineFull(UiError):
    """More questions are waiting than could be answered soon; `waiting` is how many."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"Busy: {waiting} questions are waiting; try again in a minute.")
        self.waiting = waiting


class McpUnavailable(UiError):
    """The package that serves MCP is missing, or does not fit."""


class NotKept(UiError):
    """Conversations cannot be read from their file, or written to it."""


class BadPasswords(UiError):
    """The file of passwords cannot be read, or a line of it."""


class NotTaken(UiError):
    """A file was brought to the page, or is to leave it, and that is not done; `kind` says why."""

    def __init__(self, kind: NotTakenKind) -> None:
        super().__init__(f"a file is not taken: {kind}")
        self.kind = kind


class RunFailed(UiError):
    """Indexing from the page came to no end."""


class BadWatch(UiError):
    """The folder to watch cannot be watched."""
