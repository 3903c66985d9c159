"""Opening the guard from the file of passwords."""

from __future__ import annotations

from pathlib import Path

from starlette.middleware import Middleware

from ui.guard.guard import Guard
from ui.guard.passwords import read_passwords
from ui.guard.sessions import Sessions, load_key


def open_guard(path: Path, data: Path) -> Middleware:
    """Return the middleware that lets in the people of a file; `data` keeps the sessions' secret.

    Raises BadPasswords.
    """
    passwords = read_passwords(path)
    return Middleware(Guard, passwords=passwords, sessions=Sessions(passwords, load_key(data)))
