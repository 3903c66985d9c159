"""What can go wrong between the page and the person.

UiError
├── PortInUse       another program listens on the port
├── BadSettings     the file of settings cannot be read, or holds what it should not
└── CannotListen    the address does not belong to this machine, or may not be used
"""


class UiError(Exception):
    """Base of the errors below; its text is one line that names the thing and the next step."""


class PortInUse(UiError):
    """Another program listens on the port."""


class BadSettings(UiError):
    """The file of settings cannot be read, or holds what it should not."""


class CannotListen(UiError):
    """The address does not belong to this machine, or the port may not be used."""
