"""The errors of the page and the commands.

UiError
├── PortInUse       another program listens on the port
├── BadSettings     the file of settings cannot be read, or holds something else than settings
└── CannotListen    the address is not of this machine, or the port may not be used
"""


class UiError(Exception):
    """Base of the errors below; the text is one line with the fault and the next step."""


class PortInUse(UiError):
    """Another program listens on the port."""


class BadSettings(UiError):
    """The file of settings cannot be read, or holds something else than settings."""


class CannotListen(UiError):
    """The address is not of this machine, or the port may not be used."""
