"""Sessions: tokens that show who signed in, and hold through a restart of the server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import os
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

NAME = "sessions.key"
LASTS = 30 * 24 * 3600
"""Seconds until a person has to sign in again."""

logger = logging.getLogger(__name__)


class Sessions:
    """Makes and reads tokens, without keeping any.

    A token is bound to the hash of the person's password: a new password, or a person's line taken
    out of the file, ends all of the person's sessions.
    """

    def __init__(self, passwords: Mapping[str, str], key: bytes) -> None:
        self._passwords = passwords
        self._key = key

    def make(self, name: str) -> str:
        """Return a token for a person who is in the file of passwords."""
        ends = int(time.time()) + LASTS
        # Without "=", for which a cookie would put quotation marks around its value.
        shown = base64.urlsafe_b64encode(name.encode()).rstrip(b"=").decode()
        return f"{shown}.{ends}.{self._sign(name, ends)}"

    def read(self, token: str) -> str | None:
        """Return the person of a token, None if it is not ours or has ended."""
        with suppress(ValueError):
            shown, written, signature = token.split(".")
            padded = shown + "=" * (-len(shown) % 4)
            name, ends = base64.urlsafe_b64decode(padded).decode(), int(written)
            good = name in self._passwords and ends > time.time()
            if good and hmac.compare_digest(signature.encode(), self._sign(name, ends).encode()):
                return name
        return None

    def _sign(self, name: str, ends: int) -> str:
        signed = "\n".join((name, str(ends), self._passwords[name]))
        return hmac.new(self._key, signed.encode(), hashlib.sha256).hexdigest()


def load_key(data: Path) -> bytes:
    """Return the secret of a data folder, made at the first call.

    If it cannot be kept there, people have to sign in again after a restart.
    """
    path = data / NAME
    key = secrets.token_bytes(32)
    try:
        with suppress(FileExistsError):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(key)
            return key
        kept = path.read_bytes()
        if len(kept) == len(key):
            return kept
        logger.warning("%s is damaged: delete it; until then a restart signs everybody out", path)
    except OSError as error:
        logger.warning("%s cannot be kept (%s): a restart signs everybody out", path, error)
    return key
