"""The history as HTML: conversations by day, what can be done with each, and undoing it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby

from ui.conversations.store import Entry
from ui.conversations.words import ConversationWords, words_about
from ui.dates import write_day
from ui.html.markup import escape
from ui.turns import one_line
from ui.words import Words

PARAMETER = "conversation"
"""The name of a conversation's id in the address of the page."""

SHOWN_NAME = 160
"""Characters of a name that the list shows."""


def make_place(id: str) -> str:
    """Return the address of a conversation, that of the empty page for ""."""
    return f"/?{PARAMETER}={id}" if id else "/"


def render_place(
    id: str, name: str, words: Words, *, person: str = "", waits: bool = False, visit: int = 0
) -> str:
    """Return the hidden element from which the page's script takes address and title.

    `waits` is whether another tab waits for an answer of this conversation: the page looks again.
    `visit` is the number of the request that this answers, as the script counts its own, else 0.
    The form for an edited question lies here too. The element is never the same twice, so that the
    script hears of each that is sent.
    """
    said = words_about(words)
    return (
        f'<div hidden data-conversation="{escape(id)}" data-title="{escape(name[:SHOWN_NAME])}" '
        f'data-person="{escape(person)}" data-visit="{visit}" data-drawn="{time.time_ns()}"'
        f"{' data-waits' if waits else ''}></div>"
        f'<template><form class="edit-form"><textarea aria-label="{said.edited}" rows="3" '
        f'dir="auto"></textarea><p>{said.replaces}</p><button type="submit" class="main">'
        f'{said.ask}</button><button type="button" class="cancel">{said.cancel}</button></form>'
        "</template>"
    )


def render_undo(done: str, words: Words) -> str:
    """Return one line on what was done, with a button that undoes it."""
    undo = f'<button type="button" class="undo">{words_about(words).undo}</button>'
    return f"{escape(done)} {undo}"


def render_history(
    entries: Sequence[Entry],
    words: Words,
    *,
    now: datetime,
    current: str = "",
    deleted: Entry | None = None,
    trouble: bool = False,
    more: bool = False,
    person: str = "",
) -> str:
    """Return the list of conversations by day, the latest first.

    `now` has the visitor's time zone. `current` is the one on the page, `deleted` the one that can
    be brought back, `more` whether there are earlier ones; `trouble` says that none will be kept.
    The list is never the same twice, so that the page's script hears of it.
    """
    said = words_about(words)
    days = groupby(entries, key=lambda entry: _day(entry, now))
    listed = "".join(
        f"<h3>{escape(_name_day(day, now, words))}</h3><ul>"
        + "".join(_render_entry(entry, said, now, current) for entry in group)
        + "</ul>"
        for day, group in days
    )
    undone = ""
    if deleted is not None:
        done = said.deleted.format(name=_shorten(deleted.name))
        undone = (
            f'{escape(done)} <button type="button" class="undo" data-id="{escape(deleted.id)}">'
            f"{said.undo}</button>"
        )
    signed = (
        f'<p class="person"><span dir="auto">{escape(said.signed_in.format(name=person))}</span>'
        f'<button type="button" class="sign-out">{said.sign_out}</button></p>'
        if person
        else ""
    )
    return (
        f'<section class="list" role="dialog" aria-label="{said.history}" tabindex="-1" '
        f'data-drawn="{now.timestamp()}">'
        f'<div class="bar"><h2>{said.history}</h2><button type="button" class="close" '
        f'aria-label="{said.close}"><span aria-hidden="true">✕</span></button></div>'
        f'<p class="undone" role="status">{undone}</p>'
        f'{f"""<p class="trouble">{said.not_kept}</p>""" if trouble else ""}'
        f'<div class="entries">{listed or f"<p>{said.nothing}</p>"}'
        f'{f"""<button type="button" class="more">{said.more}</button>""" if more else ""}'
        f"</div>{signed}"
        f'<template><form class="rename-form"><input aria-label="{said.name}" maxlength="200" '
        f'dir="auto" autocomplete="off"><button type="submit" class="main">{said.save}</button>'
        f'<button type="button" class="cancel">{said.cancel}</button></form></template></section>'
    )


def _render_entry(entry: Entry, said: ConversationWords, now: datetime, current: str) -> str:
    name, id = escape(_shorten(entry.name)), escape(entry.id)
    here = ' aria-current="page"' if entry.id == current else ""
    clock = datetime.fromtimestamp(entry.changed, now.tzinfo).strftime("%H:%M")
    return (
        f'<li data-id="{id}"><a href="{make_place(id)}"{here} dir="auto">{name}</a>'
        f'<span class="do"><time>{clock}</time>'
        f'<button type="button" class="rename" aria-label="{said.rename}: {name}">{said.rename}'
        f'</button><button type="button" class="delete" aria-label="{said.delete}: {name}">'
        f"{said.delete}</button></span></li>"
    )


def read_now(minutes: object) -> datetime:
    """Return the time for a visitor whose browser says that UTC is so many minutes ahead."""
    behind = minutes if isinstance(minutes, int) and abs(minutes) < 24 * 60 else 0
    return datetime.now(UTC).astimezone(timezone(timedelta(minutes=-behind)))


def _day(entry: Entry, now: datetime) -> str:
    return datetime.fromtimestamp(entry.changed, now.tzinfo).date().isoformat()


def _name_day(day: str, now: datetime, words: Words) -> str:
    said = words_about(words)
    named = {
        now.date().isoformat(): said.today,
        (now.date() - timedelta(days=1)).isoformat(): said.yesterday,
    }
    return named.get(day) or write_day(day, words)


def _shorten(name: str) -> str:
    line = one_line(name)
    return line if len(line) <= SHOWN_NAME else line[:SHOWN_NAME] + " …"
