"""The address that the page listens on, looked at before anything large is loaded."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket

from ui.errors import CannotListen, PortInUse


def check_address(host: str, port: int) -> None:
    """Raise PortInUse or CannotListen if nothing can be served on `host` and `port`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":  # on Windows the option would let two programs share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(in_use(port)) from error
        raise CannotListen(
            f"Cannot serve on {host} port {port}: {error.strerror}; "
            "choose another --host or a --port above 1023."
        ) from error


def own_names(host: str) -> frozenset[str] | None:
    """Return the names that lead to a page on `host`, None if it is served beyond this machine."""
    addresses = {str(found[4][0]) for found in socket.getaddrinfo(host, None)}
    if not all(ipaddress.ip_address(one).is_loopback for one in addresses):
        return None
    return frozenset({"localhost", "127.0.0.1", "::1", host.lower(), *addresses})


def in_use(port: int) -> str:
    """Return the line on a port that another program listens on."""
    return f"Port {port} is in use by another program; choose another with --port."
