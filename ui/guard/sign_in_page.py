"""The page to sign in: plain HTML, without any script."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from ui.article_page import STYLE
from ui.conversations.words import words_about
from ui.html.markup import escape
from ui.words import Words

Fault = Literal["", "wrong", "busy"]


def render_sign_in(words: Words, target: str, *, fault: Fault = "", name: str = "") -> str:
    """Return the page; `target` is the address that it leads to."""
    said = words_about(words)
    line = {"": "", "wrong": said.wrong, "busy": said.busy}[fault]
    told = f'<p class="missing" role="alert">{line}</p>' if line else ""
    first, second = ("", " autofocus") if name else (" autofocus", "")
    return (
        f'<!DOCTYPE html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{said.sign_in} – Article Chat</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{STYLE}"></head><body><main class="sign-in">'
        f'<h1>Article Chat</h1>{told}<form method="post" '
        f'action="/login?next={escape(quote(target, safe=""))}">'
        f'<label>{said.person}<input name="username" autocomplete="username" required '
        f'autocapitalize="none" spellcheck="false" value="{escape(name)}"{first}></label>'
        f'<label>{said.password}<input name="password" type="password" '
        f'autocomplete="current-password" required{second}></label>'
        f"<button>{said.sign_in}</button></form></main></body></html>"
    )
