"""The list of articles and the limits of the conversation, as parts of the page."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from rag.language.detect import detect_language
from rag.question.times import find_time
from ui.assets import read_script
from ui.conversations.tab import Tab, read_person
from ui.html.articles import ON_A_PAGE, Search, read_search, render_finder, render_listing
from ui.html.limits import render_limits
from ui.html.source import Opening
from ui.limits import Limits
from ui.source_panel import open_reading
from ui.words import Words
from vectorstore import Article, ArticlePage, Filter, Store, StoreError

logger = logging.getLogger(__name__)

ReadWords = Callable[[Mapping[str, str]], Words]
"""Returns the words of the page from the headers of a request."""

KeepLimits = Callable[[str, str, Limits], None]
"""Keeps the limits of a person's conversation."""

Days = tuple[datetime.date, datetime.date] | None


@dataclass(frozen=True)
class Archive:
    """All the articles, for the page to list: see the methods of `Store` of the same names."""

    page: Callable[..., ArticlePage]
    sources: Callable[[], Collection[str]]
    languages: Callable[[], Collection[str]]


def archive_of(store: Store) -> Archive:
    """Return the articles of a store."""
    return Archive(store.page, store.sources, store.languages)


EMPTY = Archive(lambda *_, **__: ArticlePage((), 0), tuple, tuple)


@dataclass(frozen=True)
class LimitsRow:
    """The row of the limits above the question box, and the state that holds them."""

    archive: Archive
    row: gr.HTML
    state: gr.State

    def draw(self, limits: Limits, words: Words, conversation: str, count: int = 0) -> str:
        """Return the row as HTML; without the titles of chosen articles if they cannot be read.

        `count` is the number of the change that it is drawn for, 0 for none.
        """
        titles: dict[str, str] = {}
        if chosen := limits.filter.articles:
            try:
                found = self.archive.page("", Filter(articles=chosen), most=len(chosen))
                titles = {one.id: one.title for one in found.articles}
            except StoreError as error:
                logger.warning("The limits are shown without titles: %s", error)
        return render_limits(limits, words, titles, conversation, count)

    def with_time(self, limits: Limits, question: str, days: Days) -> Limits:
        """Return the limits with the time that a question is about, if that is sure.

        `days` are the first and the last day of the articles.
        """
        language = detect_language(question, among=("de", "en"))
        found = find_time(question, language, today=datetime.date.today(), days=days)
        return limits.with_time(found)


def add_limits(
    archive: Archive, read_words: ReadWords, tab: gr.State, keep: KeepLimits
) -> LimitsRow:
    """Add the row of the limits to the page that is being built; a change of them is kept."""
    state = gr.State(Limits())
    row = gr.HTML(
        "", elem_id="limits", apply_default_css=False, js_on_load=read_script("limits.js")
    )
    made = LimitsRow(archive, row, state)

    def change(
        limits: Limits, tab: Tab, event: gr.EventData, request: gr.Request
    ) -> tuple[Limits, str]:
        limits = limits.changed(str(event.query))
        if tab.id:
            keep(read_person(request), tab.id, limits)
        words, count = read_words(request.headers), int(event._data.get("count", 0))
        return limits, made.draw(limits, words, tab.id, count)

    row.select(change, [state, tab], [state, row], **_EACH)
    return made


def add_articles(
    archive: Archive,
    limits: LimitsRow,
    read_words: ReadWords,
    read_article: Callable[[str], Article],
    panel: gr.HTML,
    openings: Iterator[int],
) -> None:
    """Add the list of articles to the page that is being built; a title opens in the panel.

    `openings` counts the openings of articles.
    """
    finder = gr.HTML("", elem_id="finder", apply_default_css=False, js_on_load=None)
    listing = gr.HTML(
        "", elem_id="listing", apply_default_css=False, js_on_load=read_script("articles.js")
    )

    def list_articles(limited: Limits, event: gr.EventData, request: gr.Request) -> tuple[Any, str]:
        words, search = read_words(request.headers), read_search(event._data)
        form = (
            render_finder(search, *_facts(archive), words) if event._data.get("form") else gr.skip()
        )
        asked = int(event._data.get("asked", 0))
        chosen = limited.filter.articles or ()
        return form, render_listing(_find(archive, search), search, words, chosen, asked)

    def open_listed(event: gr.EventData, request: gr.Request) -> str:
        opening = Opening(-1, -1, next(openings), article=str(event.article))
        return open_reading(read_article, opening, read_words(request.headers))

    listing.select(list_articles, limits.state, [finder, listing], **_EACH)
    listing.click(open_listed, None, panel, **_QUICK)


def _find(archive: Archive, search: Search) -> ArticlePage:
    try:
        return archive.page(
            search.words,
            search.filter,
            newest_first=search.newest_first,
            skip=search.page * ON_A_PAGE,
            most=ON_A_PAGE,
        )
    except StoreError as error:
        logger.warning("The articles are not listed: %s", error)
        return ArticlePage((), 0)


def _facts(archive: Archive) -> tuple[Collection[str], Collection[str]]:
    try:
        return archive.sources(), archive.languages()
    except StoreError as error:
        logger.warning("The articles are listed without their outlets: %s", error)
        return (), ()


_QUICK: dict[str, Any] = {
    "show_progress": "hidden",
    "queue": False,
    "api_visibility": "private",
}
# The scripts send one event after the other. Gradio forgets one that comes before the other is
# over; its "always_last" then sends the first one again.
_EACH: dict[str, Any] = {**_QUICK, "trigger_mode": "multiple"}
