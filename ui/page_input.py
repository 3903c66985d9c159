"""The question that a visitor asks, in the box or by a button, and why it cannot be asked."""

from __future__ import annotations

import gradio as gr

from rag.question.question import LONGEST_QUESTION
from ui.dates import write_number
from ui.turns import Turn
from ui.words import Words

Turns = tuple[Turn, ...]


def choose_question(typed: str, shown: Turns, turns: Turns, event: gr.EventData) -> tuple[str, int]:
    """Return the question that is asked, and how many of the turns stay before it.

    `shown` are the turns on the page, `turns` those there are, to which another tab may have added.
    """
    pressed = getattr(event.target, "elem_id", None)
    if pressed == "retry":
        stay = max(len(turns) - 1, 0)
        return turns[stay].question if turns else "", stay
    if pressed != "conversation":
        return typed, len(turns)
    edited = getattr(event, "turn", None)
    if edited is None or not 0 <= int(edited) < len(shown):
        return str(event.question), len(turns)
    keys = [turn.key for turn in turns]
    key = shown[int(edited)].key
    return str(event.question), keys.index(key) if key in keys else int(edited)


def refuse_question(question: str, words: Words, *, none_held: bool = False) -> str:
    """Return why a question cannot be asked, one line, "" if it can.

    `none_held` is whether there are no articles to ask.
    """
    if none_held:
        return f"{words.no_articles}."
    length = len(question.strip())
    if length > LONGEST_QUESTION:
        had, most = (write_number(number, words) for number in (length, LONGEST_QUESTION))
        return words.long_question.format(length=had, most=most)
    return "" if length else words.empty_question
