"""What one browser tab shows, and what can be undone in it."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

import gradio as gr

from ui.conversations.keeping import ReadArticle, read_conversation
from ui.conversations.render import render_undo
from ui.conversations.store import ConversationStore
from ui.conversations.words import words_about
from ui.errors import NotKept
from ui.turns import Turn, one_line
from ui.words import Words

PERSON = "article_chat.person"
"""The key in a request's scope under which the guard names the person; "" without passwords."""

Turns = tuple[Turn, ...]

_ID = re.compile(r"[\w-]{1,40}", re.ASCII)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Undo:
    """How to go back to the turns that a conversation had before the last step.

    `added` and `removed` are the keys of the turns that the step brought and took away. A step
    without either took the whole conversation away.
    """

    id: str
    name: str
    turns: Turns
    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Tab:
    """The conversation that a tab shows, and one line (HTML) on what happened to it.

    `id` is "" before the first question. The turns are beside it: they change more often.
    """

    id: str = ""
    name: str = ""
    hint: str = ""
    undo: Undo | None = None


def make_id() -> str:
    """Return a new conversation's id, which nobody can guess."""
    return secrets.token_urlsafe(12)


def read_person(request: gr.Request) -> str:
    """Return the person of a request, "" without passwords."""
    asked = request.request
    return str(asked.scope.get(PERSON, "")) if asked is not None else ""


def open_tab(
    store: ConversationStore, person: str, id: str, read_article: ReadArticle, words: Words
) -> tuple[Tab, Turns]:
    """Return the conversation at an address and its turns; without one there the tab says so."""
    said = words_about(words)
    if not id:
        return Tab(), ()
    try:
        found = None
        if _ID.fullmatch(id):
            found = read_conversation(store, person, id, read_article)
    except NotKept as error:
        logger.warning("%s", error)
        return Tab(hint=said.unreadable), ()
    return (Tab(id, found.name), found.turns) if found else (Tab(hint=said.unknown), ())


def clear_tab(
    store: ConversationStore, person: str, tab: Tab, turns: Turns, words: Words
) -> tuple[Tab, Turns]:
    """Remove the conversation of a tab."""
    _try(lambda: store.remove(person, tab.id))
    hint = render_undo(words_about(words).cleared, words)
    return Tab(hint=hint, undo=Undo(tab.id, tab.name, turns)), ()


def undo_tab(
    store: ConversationStore, person: str, undo: Undo, read_article: ReadArticle, words: Words
) -> tuple[Tab, Turns]:
    """Return the conversation as it was before a step."""
    back = Tab(undo.id, undo.name), undo.turns

    def restore() -> None:
        if undo.added or undo.removed:
            store.swap(person, undo.id, undo.added, undo.removed)
        else:
            store.restore(person, undo.id)

    if not _try(restore):
        return back
    found = open_tab(store, person, undo.id, read_article, words)
    return found if found[0].id else back


def end_tab(tab: Tab, before: Turns, kept: int, turn: Turn, words: Words) -> Tab:
    """Return the tab of a finished turn that follows the first `kept` turns there were before.

    The turns after these are replaced, which can be undone.
    """
    if turn.key is None:
        return replace(tab, hint=words_about(words).unreadable, undo=None)
    removed = tuple(one.key for one in before[kept:] if one.key is not None)
    if not removed:
        return replace(tab, hint="", undo=None)
    undo = Undo(tab.id, tab.name, before, (turn.key,), removed)
    return replace(tab, hint=render_undo(words_about(words).replaced, words), undo=undo)


def name_tab(tab: Tab, before: Turns, kept: int, question: str) -> str:
    """Return the name of a conversation whose next question follows the first `kept` turns."""
    given = before and tab.name != one_line(before[0].question)
    return tab.name if kept or given else one_line(question)


def _try(step: Callable[[], None]) -> bool:
    """Take a step, if the file of conversations lets us; the turns in memory are there anyway."""
    try:
        step()
    except NotKept as error:
        logger.warning("%s", error)
        return False
    return True
