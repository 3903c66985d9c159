"""Kept quotes whose process is killed with SIGKILL at any statement of any step."""

import signal

import pytest
from fakes import make_article
from stores import die_at_statement, make_counter, run_elsewhere

from rag.answer import cite
from ui.kept.opening import open_kept

ARTICLE = make_article("/news/a.md", "Der Hafen ist zu. Die Brücke ist offen.")
HARBOUR = cite(ARTICLE, 0, 17, number=1, quote="Der Hafen ist zu.", score=0.9)
BRIDGE = cite(ARTICLE, 18, 39, number=2, quote="Die Brücke ist offen.", score=0.8)
STEPS = (
    lambda store: store.keep("", "Was?", HARBOUR),
    lambda store: store.note("", 1, "call her"),
    lambda store: store.keep("", "Was?", BRIDGE),
    lambda store: store.move("", 2, 0),
    lambda store: store.note("", 1, "called"),
    lambda store: store.remove("", 1),
)
STATES = (
    [],
    [(HARBOUR, "")],
    [(HARBOUR, "call her")],
    [(HARBOUR, "call her"), (BRIDGE, "")],
    [(BRIDGE, ""), (HARBOUR, "call her")],
    [(BRIDGE, ""), (HARBOUR, "called")],
    [(BRIDGE, "")],
)
"""What is kept after each step."""


def step_until_killed(data, left, report):
    """Take all steps; die at the n-th statement."""
    store = open_kept(data)
    die_at_statement(store._connection, left)
    for step in STEPS:
        step(store)
        report.value += 1


# A step has three to five statements, the first of which begins it and the last commits it.
@pytest.mark.parametrize("statement", [3, 4, 6, 7, 10, 11, 14, 16, 18, 21, 23, 100])
def test_sigkill_at_any_statement_loses_no_kept_quote_and_no_note(tmp_path, statement):
    reported = make_counter()
    code = run_elsewhere(step_until_killed, tmp_path, statement, reported)
    done = reported.value
    assert (code, done) == ((0, len(STEPS)) if statement == 100 else (-signal.SIGKILL, done))
    store = open_kept(tmp_path)
    kept = [(one.citation, one.note) for one in store.read("")]
    store.close()
    assert kept in STATES[done : done + 2]
