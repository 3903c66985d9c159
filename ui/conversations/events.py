"""The events of the page that lead from one conversation to another, and the history."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from ui.articles_panel import LimitsRow
from ui.asking import Run
from ui.assets import read_script
from ui.conversations.keeping import ReadArticle
from ui.conversations.limits import open_limits
from ui.conversations.render import read_now, render_history, render_place
from ui.conversations.store import ConversationStore, Entry
from ui.conversations.tab import (
    Tab,
    Turns,
    clear_tab,
    open_tab,
    read_person,
    undo_tab,
)
from ui.conversations.words import words_about
from ui.errors import NotKept
from ui.html.page import render_conversation
from ui.html.source import NO_SOURCE
from ui.limits import Limits
from ui.words import WORDS, Words

PAGE = 100
"""Conversations that the history shows at once, and that one press adds."""

logger = logging.getLogger(__name__)

Drawn = tuple[Any, ...]


@dataclass(frozen=True)
class Parts:
    """The parts of the page that change with the conversation."""

    conversation: gr.HTML
    turns: gr.State
    tab: gr.State
    place: gr.HTML
    hint: gr.HTML
    panel: gr.HTML
    row: LimitsRow
    run: gr.State
    language: gr.State


def draw_tab(
    tab: Tab, turns: Turns, person: str, words: Words, greeting: str, visit: int = 0
) -> Drawn:
    """Return what the first five parts show, in their order; `visit` as in `render_place`."""
    waits = any(turn.state == "asking" for turn in turns)
    return (
        render_conversation(turns, words, greeting),
        turns,
        tab,
        render_place(tab.id, tab.name, words, person=person, waits=waits, visit=visit),
        tab.hint,
    )


def add_events(
    parts: Parts,
    clear: gr.Button,
    store: ConversationStore,
    read_article: ReadArticle,
    greet: Callable[[Words], str],
) -> None:
    """Add the history to the page, and wire what leads to another conversation."""

    def draw(
        tab: Tab, turns: Turns, person: str, words: Words, limits: Limits, visit: int = 0
    ) -> Drawn:
        row = parts.row.draw(limits, words, tab.id)
        greeting = "" if turns else greet(words)
        return *draw_tab(tab, turns, person, words, greeting, visit), NO_SOURCE, limits, row

    def go(language: str, run: Run | None, event: gr.EventData, request: gr.Request) -> Drawn:
        """Show another conversation; or look again at one that another tab waits for."""
        words, person = WORDS[language], read_person(request)
        tab, turns = open_tab(store, person, str(event.conversation), read_article, words)
        visit = int(event.visit)
        if event.again and run is not None and not run.over.is_set():
            # This tab has asked meanwhile.
            place = render_place(tab.id, tab.name, words, person=person, visit=visit)
            return tuple(place if part is parts.place else gr.skip() for part in shown)
        if event.again:
            drawn = draw_tab(tab, turns, person, words, "", visit)
            return *drawn, gr.skip(), gr.skip(), gr.skip()
        if run is not None:
            run.leave()
        limits = open_limits(store, person, tab.id, event.query)
        return draw(tab, turns, person, words, limits, visit)

    def wipe(tab: Tab, turns: Turns, limits: Limits, language: str, request: gr.Request) -> Drawn:
        words, person = WORDS[language], read_person(request)
        return draw(*clear_tab(store, person, tab, turns, words), person, words, limits)

    def undo(tab: Tab, limits: Limits, language: str, request: gr.Request) -> Drawn:
        if tab.undo is None:
            return tuple(gr.skip() for _ in shown)
        words, person = WORDS[language], read_person(request)
        back = undo_tab(store, person, tab.undo, read_article, words)
        return draw(*back, person, words, limits)

    def manage(
        tab: Tab,
        turns: Turns,
        limits: Limits,
        run: Run | None,
        language: str,
        event: gr.EventData,
        request: gr.Request,
    ) -> Drawn:
        """List the conversations, after renaming, deleting or bringing back one of them."""
        words, person = WORDS[language], read_person(request)
        action, id, limit = event.action, str(event.id), max(PAGE, min(int(event.limit), 100_000))
        drawn: Drawn = tuple(gr.skip() for _ in shown)
        deleted: Entry | None = None
        try:
            if action == "rename":
                store.rename(person, id, str(event.name))
                if id == tab.id and (found := store.read(person, id)):
                    tab = replace(tab, name=found.name)
                    place = render_place(tab.id, tab.name, words, person=person)
                    drawn = (gr.skip(), gr.skip(), tab, place, *(gr.skip() for _ in shown[4:]))
            elif action == "remove" and (gone := store.read(person, id)):
                deleted = Entry(id, gone.name, 0)
                store.remove(person, id)
                if id == tab.id:
                    if run is not None:
                        run.leave()
                    tab = Tab()
                    drawn = draw(tab, (), person, words, limits)
            elif action == "restore":
                store.restore(person, id)
            entries = store.entries(person, limit + 1)
        except NotKept as error:
            logger.warning("%s", error)
            line = f'<p class="trouble">{words_about(words).unreadable}</p>'
            return line, *drawn
        listed = render_history(
            entries[:limit],
            words,
            now=read_now(event.offset),
            current=tab.id,
            deleted=deleted,
            trouble=store.trouble,
            more=len(entries) > limit,
            person=person,
        )
        return listed, *drawn

    history = gr.HTML(
        "",
        elem_id="history",
        apply_default_css=False,
        js_on_load=read_script("history.js"),
    )
    shown = [
        parts.conversation,
        parts.turns,
        parts.tab,
        parts.place,
        parts.hint,
        parts.panel,
        parts.row.state,
        parts.row.row,
    ]
    quick: dict[str, Any] = {
        "queue": False,
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    # Gradio's "always_last" would repeat the first of two quick events: the script sends one after
    # the other, and Gradio must leave out none.
    once = {**quick, "trigger_mode": "multiple"}
    parts.place.select(go, [parts.language, parts.run], shown, **once)
    limits = parts.row.state
    clear.click(wipe, [parts.tab, parts.turns, limits, parts.language], shown, **quick)
    parts.hint.click(undo, [parts.tab, limits, parts.language], shown, **quick)
    history.select(
        manage,
        [parts.tab, parts.turns, limits, parts.run, parts.language],
        [history, *shown],
        trigger_mode="multiple",
        **quick,
    )
