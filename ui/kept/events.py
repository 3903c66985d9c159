"""The kept quotes on the page, and what can be done with them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import gradio as gr

from rag.errors import RagError
from ui.assets import read_script
from ui.conversations.tab import Turns, read_person
from ui.errors import NotKept
from ui.html.cards import make_place
from ui.html.page import find_citation
from ui.html.source import Opening, render_notice, render_source
from ui.kept.render import Shown, render_kept
from ui.kept.store import KeptStore
from ui.quote_words import words_about_quotes
from ui.words import WORDS, Words
from vectorstore import Article, StoreError

logger = logging.getLogger(__name__)

ReadArticle = Callable[[str], Article]


def add_kept(
    store: KeptStore,
    read_article: ReadArticle,
    turns: gr.State,
    language: gr.State,
    panel: gr.HTML,
    openings: Iterator[int],
) -> None:
    """Add the kept quotes to the page that is being built; a quote's article opens in the panel.

    `openings` counts the openings of articles.
    """
    kept = gr.HTML("", elem_id="kept", apply_default_css=False, js_on_load=read_script("kept.js"))
    drawings = count(1)

    def manage(turns: Turns, code: str, event: gr.EventData, request: gr.Request) -> Any:  # noqa: ANN401
        words, person = WORDS[code], read_person(request)
        action = str(event.action)
        removed: int | None = None
        trouble = ""
        try:
            if action == "keep":
                removed, trouble = _keep(store, person, turns, event, words)
            elif action == "note":
                store.note(person, int(event.key), str(event.note))
                return gr.skip()  # another note may be in the making
            elif action == "move":
                store.move(person, int(event.key), int(event.place))
            elif action == "remove":
                removed = int(event.key)
                store.remove(person, removed)
            elif action == "restore":
                store.restore(person, int(event.key))
            shown = _check(store, person, read_article)
        except NotKept as error:
            logger.warning("%s", error)
            shown, trouble = [], words_about_quotes(words).not_kept
        return render_kept(shown, words, removed=removed, trouble=trouble, drawn=next(drawings))

    def open_article(code: str, event: gr.EventData, request: gr.Request) -> Any:  # noqa: ANN401
        words, person = WORDS[code], read_person(request)
        opening = Opening(-1, -1, next(openings))
        try:
            found = [one for one in store.read(person) if one.key == int(event.key)]
        except NotKept as error:
            logger.warning("%s", error)
            found = []
        if not found:
            return gr.skip()
        citation = found[0].citation
        try:
            article = read_article(citation.article)
        except LookupError:
            return render_notice(words.gone, citation, words, opening=opening)
        except (RagError, StoreError) as error:
            logger.warning("%s", error)
            return render_notice(words.not_shown, citation, words, opening=opening)
        label = words_about_quotes(words).kept
        return render_source(article, citation, (), words, label=label, opening=opening)

    quick: dict[str, Any] = {
        "queue": False,
        "show_progress": "hidden",
        "api_visibility": "private",
        "trigger_mode": "multiple",
    }
    kept.select(manage, [turns, language], kept, **quick)
    kept.click(open_article, language, panel, **quick)


def _keep(
    store: KeptStore, person: str, turns: Turns, event: gr.EventData, words: Words
) -> tuple[int | None, str]:
    """Keep the quote of a citation, or take it out if it is kept; return that key and a fault."""
    place = str(event.place)
    for one in store.read(person):
        if make_place(one.citation) == place:
            store.remove(person, one.key)
            return one.key, ""
    turn = int(event.turn)
    citation = find_citation(turns, turn, int(event.citation))
    if citation is None or make_place(citation) != place:
        return None, words_about_quotes(words).full
    if not store.keep(person, turns[turn].question, citation):
        return None, words_about_quotes(words).full
    return None, ""


def _check(store: KeptStore, person: str, read_article: ReadArticle) -> list[Shown]:
    articles: dict[str, Article | None] = {}
    for one in (kept := store.read(person)):
        if (id := one.citation.article) not in articles:
            try:
                articles[id] = read_article(id)
            except LookupError:
                articles[id] = None
            except (RagError, StoreError) as error:
                logger.warning("%s", error)
                articles[id] = None
    return [Shown(one, articles[one.citation.article]) for one in kept]
