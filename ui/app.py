"""The chat page: a conversation whose citations open in their articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import urlencode

import gradio as gr
from langchain_core.runnables import Runnable

from rag.answer import Answer
from ui.articles_panel import EMPTY, Archive, add_articles, add_limits
from ui.asking import Run, ask
from ui.assets import read_script
from ui.conversations.events import Parts, add_events, draw_tab
from ui.conversations.keeping import keep_turns, refresh
from ui.conversations.limits import keep_limits, open_limits
from ui.conversations.opening import open_fleeting
from ui.conversations.render import PARAMETER, render_place
from ui.conversations.store import ConversationStore
from ui.conversations.tab import Tab, Turns, end_tab, make_id, name_tab, open_tab, read_person
from ui.conversations.words import words_about
from ui.html.page import (
    Holdings,
    render_change,
    render_conversation,
    render_greeting,
    render_header,
)
from ui.html.source import NO_SOURCE, Opening
from ui.kept.events import add_kept
from ui.kept.opening import open_fleeting_kept
from ui.kept.store import KeptStore
from ui.leaving import Askers
from ui.limits import Limits
from ui.line import ANSWERS_AT_ONCE, Line
from ui.page_input import choose_question, refuse_question
from ui.source_panel import open_source
from ui.visitors import read_store
from ui.words import ENGLISH, WORDS, Words, choose_words, read_words
from vectorstore import Article

TITLE = "Article Chat"

CONVERSATION_SCRIPTS = ("conversation.js", "card.js", "cards.js", "editing.js", "draft.js")
PANEL_SCRIPTS = ("panel.js", "tools.js", "divider.js")


def build_app(
    chain: Runnable[dict[str, Any], Answer],
    read_article: Callable[[str], Article],
    *,
    examples: Callable[[str], Sequence[str]],
    holdings: Callable[[], Holdings],
    conversations: ConversationStore | None = None,
    archive: Archive = EMPTY,
    at_once: int = ANSWERS_AT_ONCE,
    askers: Askers | None = None,
    bringing: bool = False,
    kept: KeptStore | None = None,
) -> gr.Blocks:
    """Build the page; `ui.server.serve` shows it to a browser.

    `chain` streams pieces of an Answer to `{"question": ..., "chat_history": ...}`, as
    `build_chain` has it. `read_article` returns the stored article of an id and raises
    LookupError if there is none. `examples` are questions to begin with, in the language of a
    code, `holdings` is what the articles are: both are called at each visit, because the index
    may have changed, and `holdings` also after each answer. `archive` are the articles to list.
    Each browser tab has a language of its own, and shows one of the `conversations`: that of its
    address, or a new one. Without `conversations` they end with the server, and so do quotes that
    are kept without `kept`. `at_once` is the number of answers in the making, for all visitors;
    other questions stand in a line. `askers` are told to `serve` too, which says who has left. With
    `bringing`, articles can be added and removed, by the routes of `build_upload_routes`.
    """
    line, present = Line(at_once), askers or Askers()
    openings = count(1)
    shelf = conversations or open_fleeting()

    def offer(words: Words) -> str:
        nothing: Sequence[str] = ()
        offered = read_store(lambda: examples(words.language), nothing)
        return render_greeting(words, offered, read_store(holdings, None), bringing=bringing)

    def head(words: Words) -> str:
        return render_header(TITLE, read_store(holdings, None), words, bringing=bringing)

    def draw(words: Words, tab: Tab, turns: Turns, person: str) -> tuple[Any, ...]:
        """Return all that has words: header, conversation, hint, box and buttons."""
        return (
            words.language,
            head(words),
            *draw_tab(tab, turns, person, words, "" if turns else offer(words)),
            gr.Textbox(label=words.question, placeholder=words.placeholder),
            *(gr.Button(said) for said in (words.ask, words.stop, words.ask_again, words.clear)),
        )

    def greet(request: gr.Request) -> tuple[Any, ...]:
        words, person = read_words(request.headers), read_person(request)
        asked = dict(request.query_params).get(PARAMETER, "")
        tab, turns = open_tab(shelf, person, asked, read_article, words)
        if shelf.trouble and not tab.hint:
            tab = replace(tab, hint=words_about(words).not_kept)
        limits = open_limits(shelf, person, tab.id, urlencode(request.query_params.multi_items()))
        chips = row.draw(limits, words, tab.id)
        return *draw(words, tab, turns, person), NO_SOURCE, limits, chips

    def renew(turns: Turns, language: str) -> tuple[str, Any]:
        """Draw anew what tells of the articles, which have changed."""
        words = WORDS[language]
        return head(words), gr.skip() if turns else render_conversation((), words, offer(words))

    def switch(turns: Turns, tab: Tab, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        words = choose_words(event.language, "")
        place = int(event.turn), int(event.citation), int(event.opening)
        opened = Opening(*place, article=str(event.article))
        drawn = draw(words, replace(tab, hint="", undo=None), turns, read_person(request))
        return *drawn, open_source(read_article, turns, opened, words)

    def answer(
        typed: str,
        turns: Turns,
        tab: Tab,
        language: str,
        limits: Limits,
        event: gr.EventData,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        words, person = WORDS[language], read_person(request)
        shown, turns = turns, refresh(shelf, person, tab.id, turns, read_article)
        question, stay = choose_question(typed, shown, turns, event)
        # Only a typed question is taken out of the box, and only once: while the answer streams,
        # the next question may be typed already.
        box: Any = "" if question is typed else gr.skip()
        held = read_store(holdings, None)
        refused = refuse_question(question, words, none_held=held is not None and not held.articles)
        if refused:  # it stays in the box
            yield *(gr.skip() for _ in range(10)), refused
            return
        run, before, turns = Run(), turns, turns[:stay]
        tab = Tab(tab.id or make_id(), name_tab(tab, before, stay, question))
        place: Any = render_place(tab.id, tab.name, words, person=person)
        # The page has the turns before, unless another device has added some.
        whole = turns != shown[:stay]
        limits = row.with_time(limits, question, held.days if held else None)
        chips: Any = row.draw(limits, words, tab.id)
        said = ask(chain, question, turns, run, limits.asked, line)
        with present.asking(request.session_hash, run.stop):
            for number, turn in enumerate(keep_turns(said, shelf, person, tab.id, before[stay:])):
                if not number:
                    keep_limits(shelf, person, tab.id, limits)
                if run.left.is_set():
                    # The tab shows another conversation. Gradio repeats what is yielded last.
                    yield tuple(gr.skip() for _ in range(11))
                    continue
                now, header = (*turns, turn), gr.skip()
                if turn.state != "asking":
                    header = head(words)
                    tab = end_tab(tab, before, stay, turn, words)
                drawn = render_change(stay, turn, words), now, run, box, header, tab, place
                conversed = render_conversation(now, words) if whole else gr.skip()
                yield *drawn, limits, chips, conversed, tab.hint
                box = place = limits = chips = gr.skip()
                whole = False

    def show(turns: Turns, language: str, event: gr.EventData) -> str:
        opening = Opening(int(event.turn), int(event.citation), next(openings))
        return open_source(read_article, turns, opening, WORDS[language])

    # Redrawing needs no queue: a press is answered while answers are in the making.
    quick: dict[str, Any] = {"queue": False, "api_visibility": "private"}
    quiet: dict[str, Any] = {"show_progress": "hidden", **quick}
    app = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with app:
        turns = gr.State(())
        run = gr.State(None)
        tab = gr.State(Tab())
        language = gr.State(ENGLISH.language)
        header = gr.HTML(
            render_header(TITLE, None, ENGLISH),
            elem_id="header",
            apply_default_css=False,
            js_on_load=read_script("header.js") + (read_script("bring.js") if bringing else ""),
        )
        place = gr.HTML("", elem_id="place", js_on_load=read_script("place.js"))
        piece = gr.HTML("", elem_id="piece", js_on_load=read_script("turn.js"))
        with gr.Row(elem_id="page"):
            with gr.Column(elem_id="chat"):
                conversation = gr.HTML(
                    "",
                    elem_id="conversation",
                    apply_default_css=False,
                    js_on_load="".join(map(read_script, CONVERSATION_SCRIPTS)),
                )
                row = add_limits(archive, read_words, tab, partial(keep_limits, shelf))
                with gr.Row(elem_id="composer"):
                    box = gr.Textbox(
                        label=ENGLISH.question,
                        placeholder=ENGLISH.placeholder,
                        elem_id="question",
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
                    )
                    send = gr.Button(ENGLISH.ask, elem_id="send", variant="primary")
                    halt = gr.Button(ENGLISH.stop, elem_id="stop")
                with gr.Row(elem_id="tools"):
                    retry = gr.Button(ENGLISH.ask_again, elem_id="retry")
                    wipe = gr.Button(ENGLISH.clear, elem_id="clear")
                    hint = gr.HTML(
                        "",
                        html_template='<p role="status">${value}</p>',
                        elem_id="hint",
                        apply_default_css=False,
                        js_on_load=read_script("hint.js"),
                    )
            with gr.Column(elem_id="side"):
                panel = gr.HTML(
                    NO_SOURCE,
                    elem_id="panel",
                    apply_default_css=False,
                    js_on_load="".join(map(read_script, PANEL_SCRIPTS)),
                )
                add_articles(archive, row, read_words, read_article, panel, openings)
            add_kept(kept or open_fleeting_kept(), read_article, turns, language, panel, openings)
        told = [conversation, turns, tab, place, hint]
        worded = [language, header, *told, box, send, halt, retry, wipe, panel]
        app.load(greet, None, [*worded, row.state, row.row], **quiet)
        header.select(switch, [turns, tab], worded, **quiet)
        header.input(renew, [turns, language], [header, conversation], **quiet)
        gr.on(
            [box.submit, send.click, retry.click, conversation.click],
            answer,
            [box, turns, tab, language, row.state],
            [piece, turns, run, box, header, tab, place, row.state, row.row, conversation, hint],
            show_progress="hidden",
            api_visibility="private",
            concurrency_limit=None,  # Gradio's own line shows nothing to those in it
        )
        halt.click(lambda current: current and current.stop(), run, None, **quick)
        parts = Parts(conversation, turns, tab, place, hint, panel, row, run, language)
        add_events(parts, wipe, shelf, read_article, offer)
        conversation.select(show, [turns, language], panel, **quiet)
    return app
