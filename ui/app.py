"""The chat page: a conversation whose citations open in their articles."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr
from langchain_core.runnables import Runnable

from rag.answer import Answer
from rag.errors import RagError
from ui.asking import Run, ask
from ui.render import find_citation, render_conversation, render_header
from ui.source import GONE, NO_SOURCE, render_notice, render_source
from ui.turns import Turn, shown_citations
from ui.visitors import describe_error
from vectorstore import Article, StoreError

TITLE = "Article Chat"
EMPTY_QUESTION = "Type a question first."
NOT_SHOWN = "The article cannot be read. The cause is in the program's log."

ANSWERS_AT_ONCE = 4
"""Answers in the making at the same time, for all visitors together; other questions wait."""

Turns = tuple[Turn, ...]

logger = logging.getLogger(__name__)

_Read = TypeVar("_Read")


def build_app(
    chain: Runnable[dict[str, Any], Answer],
    read_article: Callable[[str], Article],
    *,
    examples: Callable[[], Sequence[str]],
    about: Callable[[], str],
) -> gr.Blocks:
    """Build the page; `ui.server.serve` shows it to a browser.

    `chain` streams pieces of an Answer to `{"question": ..., "chat_history": ...}`, as
    `build_chain` has it. `read_article` returns the stored article of an id and raises
    LookupError if there is none. `examples` are questions to begin with, `about` is one line on
    the articles: both are called at each visit, because the index may have changed, and `about`
    also after each answer. Each browser tab has a conversation of its own, which ends with the
    tab.
    """
    openings = count(1)

    def greet() -> tuple[str, str]:
        return render_header(TITLE, read_store(about, "")), render_conversation(
            (), read_store(examples, ())
        )

    def answer(
        typed: str, turns: Turns, event: gr.EventData
    ) -> Iterator[tuple[Any, Any, Any, Any, str, Any]]:
        pressed = getattr(event.target, "elem_id", None)
        # Only a typed question is taken out of the box, and only once: while the answer streams,
        # the next question may be typed already.
        box: Any = gr.skip()
        if pressed == "retry":
            turns, question = turns[:-1], turns[-1].question if turns else ""
        elif pressed == "conversation":
            question = str(event.question)
        else:
            question, box = typed, ""
        if not question.strip():
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip(), EMPTY_QUESTION, gr.skip()
            return
        run = Run()
        for turn in ask(chain, question, turns, run):
            now = (*turns, turn)
            ended = turn.state != "asking"
            header = render_header(TITLE, read_store(about, "")) if ended else gr.skip()
            yield render_conversation(now), now, run, box, "", header
            box = gr.skip()

    def clear() -> tuple[str, Turns, str, str]:
        return render_conversation((), read_store(examples, ())), (), NO_SOURCE, ""

    def show(turns: Turns, event: gr.EventData) -> str:
        return open_source(
            read_article, turns, int(event.turn), int(event.citation), opening=next(openings)
        )

    # Redrawing needs no queue: a press is answered while answers are in the making.
    quick: dict[str, Any] = {"queue": False, "api_visibility": "private"}
    app = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with app:
        turns = gr.State(())
        run = gr.State(None)
        header = gr.HTML(
            render_header(TITLE, ""),
            elem_id="header",
            apply_default_css=False,
            js_on_load=None,
        )
        with gr.Row(elem_id="page"):
            with gr.Column(elem_id="chat"):
                conversation = gr.HTML(
                    "",
                    elem_id="conversation",
                    apply_default_css=False,
                    js_on_load=read_script("conversation.js"),
                )
                with gr.Row(elem_id="composer"):
                    box = gr.Textbox(
                        label="Question",
                        placeholder="Ask about the articles",
                        elem_id="question",
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
                    )
                    send = gr.Button("Ask", elem_id="send", variant="primary")
                    halt = gr.Button("Stop", elem_id="stop")
                with gr.Row(elem_id="tools"):
                    retry = gr.Button("Ask again", elem_id="retry")
                    wipe = gr.Button("Clear", elem_id="clear")
                    hint = gr.HTML(
                        "",
                        html_template='<p role="status">${value}</p>',
                        elem_id="hint",
                        apply_default_css=False,
                        js_on_load=None,
                    )
            panel = gr.HTML(
                NO_SOURCE,
                elem_id="panel",
                apply_default_css=False,
                js_on_load=read_script("panel.js"),
            )
        app.load(greet, None, [header, conversation], show_progress="hidden", **quick)
        gr.on(
            [box.submit, send.click, retry.click, conversation.click],
            answer,
            [box, turns],
            [conversation, turns, run, box, hint, header],
            show_progress="hidden",
            api_visibility="private",
            concurrency_limit=ANSWERS_AT_ONCE,
        )
        halt.click(lambda current: current.stop(), run, None, **quick)
        wipe.click(clear, None, [conversation, turns, panel, hint], **quick)
        conversation.select(show, turns, panel, show_progress="hidden", **quick)
    return app


def read_store(read: Callable[[], _Read], otherwise: _Read) -> _Read:
    """Return what `read` reads from the store, `otherwise` if the store cannot be read."""
    try:
        return read()
    except StoreError as error:
        logger.warning("The page is shown without what the store holds: %s", error)
        return otherwise


def open_source(
    read_article: Callable[[str], Article],
    turns: Turns,
    turn: int,
    position: int,
    *,
    opening: int,
) -> str:
    """Return the panel of a pressed citation, or the reason why its article cannot be shown."""
    citation = find_citation(turns, turn, position)
    answer = turns[turn].answer if citation is not None else None
    if citation is None or answer is None:
        return NO_SOURCE
    try:
        article = read_article(citation.article)
    except LookupError:
        return render_notice(GONE, citation, opening=opening)
    except (RagError, StoreError) as error:
        return render_notice(describe_error(error), citation, opening=opening)
    except Exception:
        logger.exception("No article %s to show", citation.article)
        return render_notice(NOT_SHOWN, citation, opening=opening)
    label = f"Source {citation.number}" if answer.found else "Nearest passage"
    return render_source(article, citation, shown_citations(answer), label=label, opening=opening)


def read_script(name: str) -> str:
    """Return one of the page's scripts, which lie beside this file."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
