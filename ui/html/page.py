"""The page as HTML: its head, the greeting, the conversation turn by turn."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.answer import Answer, Citation
from ui.bringing.words import bring_words
from ui.conversations.words import words_about
from ui.dates import write_days, write_number
from ui.html.answer import render_answer
from ui.html.markup import escape
from ui.plain_text import plain_text
from ui.quote_words import words_about_quotes
from ui.turns import Turn, limited, shown_citations, understood
from ui.words import WORDS, Fault, Words

SHOWN_QUESTION = 1_000
"""Characters of a question that are shown: a pasted article must not bury the conversation."""


@dataclass(frozen=True)
class Holdings:
    """How many articles the page answers from, with their first and last day if any has one."""

    articles: int
    days: tuple[date, date] | None = None


def render_header(
    title: str, holdings: Holdings | None, words: Words, *, bringing: bool = False
) -> str:
    """Return the head of the page: its title, a line on the articles, the switch of language.

    Then come a new conversation and the history. The switch is named in the language that it leads
    to. The page's script takes the language of the document from here. With
    `bringing`, there is a button for those who may add articles.
    """
    said = words_about(words)
    history = (
        f'<a class="new" href="/">{said.new}</a><button type="button" class="history" '
        f'aria-haspopup="dialog">{said.history}</button>'
        f'<button type="button" class="kept">{words_about_quotes(words).kept}</button>'
    )
    bring = (
        f'<button type="button" class="bring">{bring_words(words).open}</button>'
        if bringing
        else ""
    )
    held = escape(describe_holdings(holdings, words)) if holdings else ""
    line = f"<p>{held}{bring}</p>" if held or bring else ""
    switches = "".join(
        f'<button type="button" class="language" lang="{other.language}" '
        f'data-language="{other.language}"><span class="whole">{other.name}</span>'
        f'<span class="code" aria-hidden="true">{other.language.upper()}</span></button>'
        for other in WORDS.values()
        if other is not words
    )
    parts = f"<h1>{escape(title)}</h1>{line}<nav>{history}{switches}</nav>"
    return (
        f'<header data-language="{words.language}" data-divider="{said.divider}">{parts}</header>'
    )


def describe_holdings(holdings: Holdings, words: Words) -> str:
    """Return the line on the articles, such as "13 articles · 17–20 June 2024"."""
    count = words.articles.format(count=write_number(holdings.articles, words))
    counted = words.one_article if holdings.articles == 1 else count
    return f"{counted} · {write_days(*holdings.days, words)}" if holdings.days else counted


def render_conversation(turns: Sequence[Turn], words: Words, greeting: str = "") -> str:
    """Return all turns, or the greeting if there are none."""
    inner = "".join(render_turn(number, turn, words) for number, turn in enumerate(turns))
    return (
        '<div class="log" role="log" aria-live="polite" '
        f'aria-label="{words.conversation}">{inner or greeting}</div>'
    )


def render_change(number: int, turn: Turn, words: Words) -> str:
    """Return a turn for the page's script to put into the conversation.

    It is never the same twice, so that the script hears of each.
    """
    drawn = render_turn(number, turn, words)
    return f'<template data-number="{number}" data-drawn="{time.time_ns()}">{drawn}</template>'


def render_no_articles(words: Words, *, bringing: bool) -> str:
    """Return what stands on the page while there are no articles: how to add some.

    With `bringing`, those who may add articles on the page see how.
    """
    adding = bring_words(words).open
    here = (
        f'<div class="add-here"><p>{words.add_here}</p>'
        f'<button type="button" class="bring">{adding}</button></div>'
    )
    command = words.add_by_command.format(
        command="<code>article-chat index "
        f"{'ORDNER' if words.language == 'de' else 'FOLDER'}</code>"
    )
    return (
        f'<section class="greeting"><h2>{words.no_articles}</h2>{here if bringing else ""}'
        f'<p class="hint">{command}</p></section>'
    )


def render_greeting(
    words: Words, examples: Sequence[str], held: Holdings | None = None, *, bringing: bool = False
) -> str:
    """Return what stands on the page before the first question.

    While no articles are `held`, that is how to add some. They are None if nobody knows.
    """
    if held is not None and not held.articles:
        return render_no_articles(words, bringing=bringing)
    buttons = "".join(
        f'<li><button type="button" class="example" dir="auto">{escape(example)}</button></li>'
        for example in examples
    )
    offered = f'<p class="hint">{words.for_example}</p><ul class="examples">{buttons}</ul>'
    return (
        f'<section class="greeting"><h2>{words.greeting}</h2><p>{words.how}</p>'
        f"{offered if examples else ''}</section>"
    )


def render_turn(number: int, turn: Turn, words: Words) -> str:
    """Return a question with its answer or error, or a line that the answer is in the making."""
    asking = turn.state == "asking"
    if turn.error:
        below = (
            f'<p class="error"><strong>{words.error}</strong> {render_fault(turn.error, words)}</p>'
        )
    elif turn.answer is not None and turn.answer.text:
        below = render_answer(number, turn.answer, words, complete=not asking, lost=turn.lost)
        if turn.state == "done":
            copied = escape(plain_text(turn.answer, words, turn.lost))
            below += (
                '<p class="actions"><button type="button" class="copy" '
                f'data-text="{copied}" data-copied="{words.copied}" '
                f'data-failed="{words.not_copied}">{words_about_quotes(words).copy_answer}</button></p>'
            )
    else:
        below = ""
    if asking:
        below += f'<p class="working">{say_progress(turn, words)}</p>'
    if turn.state == "stopped":
        below += f'<p class="stopped">{words.stopped}</p>'
    return (
        f'<section class="turn" aria-busy="{"true" if asking else "false"}">'
        f"{render_question(number, turn, words)}{render_understood(turn.answer)}{below}</section>"
    )


def render_question(number: int, turn: Turn, words: Words) -> str:
    """Return a question, with the button that lets it be edited once it is answered."""
    asked, edit = escape(shorten(turn.question)), ""
    if turn.state != "asking":
        name = words_about(words).edit
        edit = (
            f'<button type="button" class="edit" data-turn="{number}" '
            f'data-question="{escape(turn.question)}" aria-label="{name}: {asked}">{name}</button>'
        )
    return (
        f'<div class="asked"><h2 class="question"{asked_in(turn.answer)} dir="auto">{asked}</h2>'
        f"{edit}</div>"
    )


def say_progress(turn: Turn, words: Words) -> str:
    """Return one line on a question that has no answer yet: its place in the line, or at work."""
    if turn.before is None:
        return words.working
    if turn.before < 2:
        return words.one_before if turn.before else words.next_in_line
    return words.before.format(count=write_number(turn.before, words))


def asked_in(answer: Answer | None) -> str:
    """Return the attribute with the language of a question, "" until it is known."""
    return f' lang="{answer.language}"' if answer is not None and answer.language else ""


def render_fault(fault: Fault, words: Words) -> str:
    """Return one line on a fault; what is wrong with a question is said in English."""
    said = escape(words.say(fault))
    return f'<span lang="en">{said}</span>' if fault.kind == "bad_question" else said


def shorten(question: str) -> str:
    """Return the beginning of a long question, which is all that the page shows of it."""
    return question if len(question) <= SHOWN_QUESTION else question[:SHOWN_QUESTION] + " …"


def render_understood(answer: Answer | None) -> str:
    """Return the question as it was understood, if not as typed, and the limits it was asked in."""
    if answer is None:
        return ""
    return "".join(
        f'<p class="understood" lang="{answer.spoken}" dir="auto">{escape(shorten(said))}</p>'
        for said in (understood(answer), limited(answer))
        if said
    )


def find_citation(turns: Sequence[Turn], turn: int, position: int) -> Citation | None:
    """Return the citation of an `address`, None if it is no longer on the page."""
    if not 0 <= turn < len(turns):
        return None
    answer = turns[turn].answer
    shown = () if answer is None else shown_citations(answer)
    return shown[position] if 0 <= position < len(shown) else None
