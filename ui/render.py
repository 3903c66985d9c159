"""The page as HTML: its head, the greeting, the conversation turn by turn."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer import Answer, Citation
from ui.markup import escape
from ui.render_answer import render_answer
from ui.turns import Turn, plain_text, shown_citations, understood

SHOWN_QUESTION = 1_000
"""Characters of a question that are shown: a pasted article must not bury the conversation."""


def render_header(title: str, about: str) -> str:
    """Return the head of the page: its title and a line on the articles."""
    line = f"<p>{escape(about)}</p>" if about else ""
    return f"<header><h1>{escape(title)}</h1>{line}</header>"


def render_conversation(turns: Sequence[Turn], examples: Sequence[str] = ()) -> str:
    """Return all turns, or the greeting with the example questions if there are none."""
    inner = "".join(render_turn(number, turn) for number, turn in enumerate(turns))
    return (
        '<div class="log" role="log" aria-live="polite" aria-label="Conversation">'
        f"{inner or render_greeting(examples)}</div>"
    )


def render_greeting(examples: Sequence[str]) -> str:
    """Return the greeting, which stands on the page before the first question."""
    buttons = "".join(
        f'<li><button type="button" class="example" dir="auto">{escape(example)}</button></li>'
        for example in examples
    )
    offered = f'<p class="hint">For example</p><ul class="examples">{buttons}</ul>'
    return (
        '<section class="greeting"><h2>What would you like to know?</h2>'
        "<p>Each sentence of an answer ends with the number of its source. "
        "Press the number to read the cited sentence in its article.</p>"
        f"{offered if examples else ''}</section>"
    )


def render_turn(number: int, turn: Turn) -> str:
    """Return a question with its answer or error, or a line that the answer is in the making."""
    asking = turn.state == "asking"
    if turn.error:
        below = f'<p class="error"><strong>Error.</strong> {escape(turn.error)}</p>'
    elif turn.answer is not None and turn.answer.text:
        below = render_answer(number, turn.answer, complete=not asking)
        if turn.state == "done":
            below += (
                '<p class="actions"><button type="button" class="copy" '
                f'data-text="{escape(plain_text(turn.answer))}">Copy</button></p>'
            )
    else:
        below = ""
    if asking:
        below += '<p class="working">Reading the articles …</p>'
    if turn.state == "stopped":
        below += '<p class="stopped">Stopped before the answer was complete.</p>'
    return (
        f'<section class="turn" aria-busy="{"true" if asking else "false"}">'
        f'<h2 class="question" dir="auto">{escape(shorten(turn.question))}</h2>'
        f"{render_understood(turn.answer)}{below}</section>"
    )


def shorten(question: str) -> str:
    """Return the beginning of a long question, which is all that the page shows of it."""
    return question if len(question) <= SHOWN_QUESTION else question[:SHOWN_QUESTION] + " …"


def render_understood(answer: Answer | None) -> str:
    """Return the question as it was understood, if it depends on earlier ones."""
    if answer is None or not answer.standalone:
        return ""
    said = escape(shorten(understood(answer)))
    return f'<p class="understood" lang="{answer.spoken}" dir="auto">{said}</p>'


def find_citation(turns: Sequence[Turn], turn: int, position: int) -> Citation | None:
    """Return the citation of an `address`, None if it is no longer on the page."""
    if not 0 <= turn < len(turns):
        return None
    answer = turns[turn].answer
    shown = () if answer is None else shown_citations(answer)
    return shown[position] if 0 <= position < len(shown) else None
