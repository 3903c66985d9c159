"""The address of a shared store: a Chroma server, and the store's name on it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from vectorstore.errors import BadAddress

_NAME = "article-chat"
_PORT = 8000
"""Chroma's own."""
_TLS_PORT = 443
# Chroma takes longer ones, but adds "-passages" in our case.
_NAMES = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_FORM = "write it as http://HOST:PORT or https://HOST:PORT, with /NAME for a store of that name"


@dataclass(frozen=True)
class StoreAddress:
    """Where a shared store is; the token is sent to its server only, and never printed."""

    host: str
    port: int
    tls: bool = False
    name: str = _NAME
    token: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """The address as it is written, without the token."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{self.host}:{self.port}" + f"/{self.name}" * (self.name != _NAME)


def read_address(url: str, token: str = "") -> StoreAddress:
    """Return the address that was written: scheme, host, perhaps port and name. Raises BadAddress.

    The message does not repeat the address, which may hold a password.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadAddress(f"the address of the store is none: {_FORM}") from None
    if "@" in parts.netloc:
        raise BadAddress(
            "the address of the store holds a password: a token is read from the environment only,"
            " from ARTICLE_CHAT_STORE_TOKEN"
        )
    name = parts.path.strip("/") or _NAME
    fits = parts.scheme in ("http", "https") and host and _NAMES.fullmatch(name)
    if not fits or parts.query or parts.fragment:
        raise BadAddress(f"the address of the store is none: {_FORM}")
    if not token.isascii() or not token.isprintable():
        raise BadAddress("ARTICLE_CHAT_STORE_TOKEN holds characters that no token has")
    tls = parts.scheme == "https"
    host = f"[{host}]" if ":" in (host or "") else str(host)
    return StoreAddress(host, port or (_TLS_PORT if tls else _PORT), tls, name, token)
