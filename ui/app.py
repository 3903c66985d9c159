"""The chat page: a conversation whose citations open in their articles."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr
from langchain_core.runnables import Runnable

from rag.answer import Answer
from rag.errors import RagError
from rag.question.question import LONGEST_QUESTION
from ui.asking import Run, ask
from ui.dates import write_number
from ui.render import Holdings, find_citation, render_conversation, render_header
from ui.source import Opening, render_no_source, render_notice, render_source
from ui.turns import Turn, shown_citations
from ui.visitors import find_fault
from ui.words import ENGLISH, WORDS, Words, choose_words
from vectorstore import Article, StoreError

TITLE = "Article Chat"

ANSWERS_AT_ONCE = 4
"""Answers in the making at the same time, for all visitors together; other questions wait."""

Turns = tuple[Turn, ...]

logger = logging.getLogger(__name__)

_Read = TypeVar("_Read")


def build_app(
    chain: Runnable[dict[str, Any], Answer],
    read_article: Callable[[str], Article],
    *,
    examples: Callable[[str], Sequence[str]],
    holdings: Callable[[], Holdings],
) -> gr.Blocks:
    """Build the page; `ui.server.serve` shows it to a browser.

    `chain` streams pieces of an Answer to `{"question": ..., "chat_history": ...}`, as
    `build_chain` has it. `read_article` returns the stored article of an id and raises
    LookupError if there is none. `examples` are questions to begin with, in the language of a
    code, `holdings` is what the articles are: both are called at each visit, because the index
    may have changed, and `holdings` also after each answer. Each browser tab has a conversation
    and a language of its own, which end with the tab.
    """
    openings = count(1)

    def offer(words: Words) -> Sequence[str]:
        nothing: Sequence[str] = ()
        return read_store(lambda: examples(words.language), nothing)

    def draw(words: Words, turns: Turns) -> tuple[Any, ...]:
        """Return all that has words: header, conversation, hint, box and buttons."""
        asked = () if turns else offer(words)
        return (
            words.language,
            render_header(TITLE, read_store(holdings, None), words),
            render_conversation(turns, words, asked),
            "",
            gr.Textbox(label=words.question, placeholder=words.placeholder),
            *(gr.Button(said) for said in (words.ask, words.stop, words.ask_again, words.clear)),
        )

    def greet(request: gr.Request) -> tuple[Any, ...]:
        words = read_words(request.headers)
        return *draw(words, ()), render_no_source(words)

    def switch(turns: Turns, event: gr.EventData) -> tuple[Any, ...]:
        words = choose_words(event.language, "")
        opened = Opening(int(event.turn), int(event.citation), int(event.opening))
        return *draw(words, turns), open_source(read_article, turns, opened, words)

    def answer(
        typed: str, turns: Turns, language: str, event: gr.EventData
    ) -> Iterator[tuple[Any, Any, Any, Any, str, Any]]:
        words = WORDS[language]
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
        refused = refuse_question(question, words)
        if refused:  # it stays in the box
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip(), refused, gr.skip()
            return
        run = Run()
        for turn in ask(chain, question, turns, run):
            now = (*turns, turn)
            ended = turn.state != "asking"
            header = render_header(TITLE, read_store(holdings, None), words) if ended else gr.skip()
            yield render_conversation(now, words), now, run, box, "", header
            box = gr.skip()

    def clear(language: str) -> tuple[Any, ...]:
        words = WORDS[language]
        return render_conversation((), words, offer(words)), (), render_no_source(words), ""

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
        language = gr.State(ENGLISH.language)
        header = gr.HTML(
            render_header(TITLE, None, ENGLISH),
            elem_id="header",
            apply_default_css=False,
            js_on_load=read_script("header.js"),
        )
        with gr.Row(elem_id="page"):
            with gr.Column(elem_id="chat"):
                conversation = gr.HTML(
                    "",
                    elem_id="conversation",
                    apply_default_css=False,
                    js_on_load=read_script("conversation.js") + read_script("card.js"),
                )
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
                        js_on_load=None,
                    )
            panel = gr.HTML(
                render_no_source(ENGLISH),
                elem_id="panel",
                apply_default_css=False,
                js_on_load=read_script("panel.js"),
            )
        worded = [language, header, conversation, hint, box, send, halt, retry, wipe, panel]
        app.load(greet, None, worded, **quiet)
        header.select(switch, turns, worded, **quiet)
        gr.on(
            [box.submit, send.click, retry.click, conversation.click],
            answer,
            [box, turns, language],
            [conversation, turns, run, box, hint, header],
            show_progress="hidden",
            api_visibility="private",
            concurrency_limit=ANSWERS_AT_ONCE,
        )
        halt.click(lambda current: current.stop(), run, None, **quick)
        wipe.click(clear, language, [conversation, turns, panel, hint], **quick)
        conversation.select(show, [turns, language], panel, **quiet)
    return app


def read_store(read: Callable[[], _Read], otherwise: _Read) -> _Read:
    """Return what `read` reads from the store, `otherwise` if the store cannot be read."""
    try:
        return read()
    except StoreError as error:
        logger.warning("The page is shown without what the store holds: %s", error)
        return otherwise


def open_source(
    read_article: Callable[[str], Article], turns: Turns, opening: Opening, words: Words
) -> str:
    """Return the panel of a pressed citation, or the reason why its article cannot be shown."""
    citation = find_citation(turns, opening.turn, opening.citation)
    answer = turns[opening.turn].answer if citation is not None else None
    if citation is None or answer is None:
        return render_no_source(words)
    try:
        article = read_article(citation.article)
    except LookupError:
        return render_notice(words.gone, citation, words, opening=opening)
    except (RagError, StoreError) as error:
        said = words.say(find_fault(error))
        return render_notice(said, citation, words, opening=opening)
    except Exception:
        logger.exception("No article %s to show", citation.article)
        return render_notice(words.not_shown, citation, words, opening=opening)
    label = words.source.format(number=citation.number) if answer.found else words.nearest
    also = shown_citations(answer)
    return render_source(article, citation, also, words, label=label, opening=opening)


def refuse_question(question: str, words: Words) -> str:
    """Return why a question cannot be asked, one line, "" if it can."""
    length = len(question.strip())
    if length > LONGEST_QUESTION:
        had, most = (write_number(number, words) for number in (length, LONGEST_QUESTION))
        return words.long_question.format(length=had, most=most)
    return "" if length else words.empty_question


def read_words(headers: Mapping[str, str]) -> Words:
    """Return the words in the language that a visitor chose earlier, else in the browser's."""
    chosen = re.search(r"(?:^|;\s*)article-chat-language=(\w+)", headers.get("cookie", ""))
    return choose_words(chosen and chosen[1], headers.get("accept-language", ""))


def read_script(name: str) -> str:
    """Return one of the page's scripts, which lie beside this file."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
