"""Who may add and remove articles: not another site, and no stranger."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from ui.errors import NotTaken
from ui.listening import own_names

Editors = Literal["local", "all", "none"]
"""Whoever sits at this machine, whoever reaches the page, or nobody."""

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def choose_editors(host: str, editors: Editors) -> Editors:
    """Return who may add and remove on a page served on `host`: "local" is nobody off loopback."""
    return "none" if editors == "local" and own_names(host) is None else editors


def may_edit(headers: Headers, editors: Editors) -> bool:
    """Whether a request comes from somebody who may add and remove.

    A page on loopback gets requests of strangers from a proxy in front of it, which names them in
    a header.
    """
    if editors == "local":
        return not any(name in headers for name in _FORWARDED)
    return editors == "all"


def check_editor(headers: Headers, editors: Editors) -> None:
    """Raise NotTaken for a request of a stranger, or one that another site made a browser send."""
    if not may_edit(headers, editors):
        raise NotTaken("not_allowed")
    site = headers.get("sec-fetch-site")  # which browsers leave out over http to other machines
    origin = headers.get("origin")
    if site is not None:
        foreign = site != "same-origin"
    else:
        foreign = origin is not None and urlsplit(origin).netloc != headers.get("host", "")
    if foreign:
        raise NotTaken("foreign")
