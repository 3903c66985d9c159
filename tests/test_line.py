"""The line that questions stand in: who is let in, and what those who wait are told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from pages import Script

from ui.asking import Run, ask
from ui.errors import LineFull
from ui.line import Line
from ui.turns import Turn
from ui.words import Fault


def stand(line, count):
    """Join a line several times; return what each was told and how each leaves."""
    told = [[] for _ in range(count)]
    places = [line.joined(one.append) for one in told]
    for place in places:
        place.__enter__()
    return told, [lambda place=place: place.__exit__(None, None, None) for place in places]


def test_so_many_are_let_in_and_the_others_are_told_how_many_are_before_them():
    told, _kept = stand(Line(2), 5)
    assert told == [[None], [None], [0], [1], [2]]


def test_whoever_leaves_lets_the_next_one_in_and_all_others_move_up():
    told, leave = stand(Line(1), 4)
    leave[0]()
    assert told == [[None], [0, None], [1, 0], [2, 1]]
    leave[1]()
    assert told == [[None], [0, None], [1, 0, None], [2, 1, 0]]


def test_those_behind_one_who_leaves_the_line_move_up_and_those_before_do_not():
    told, leave = stand(Line(1), 5)
    leave[2]()
    assert told == [[None], [0], [1], [2, 1], [3, 2]]
    leave[0]()
    assert told[1:] == [[0, None], [1], [2, 1, 0], [3, 2, 1]]


def test_a_place_that_nobody_waits_for_is_free_for_the_next_one():
    line = Line(1)
    for _ in range(3):
        told, leave = stand(line, 1)
        assert told == [[None]]
        leave[0]()


def test_a_line_that_is_full_refuses_the_next_one_and_keeps_those_in_it():
    line = Line(1, longest=2)
    told, leave = stand(line, 3)
    with pytest.raises(LineFull) as refused:
        stand(line, 1)
    assert refused.value.waiting == 2
    leave[0]()
    assert told == [[None], [0, None], [1, 0]]
    assert stand(line, 1)[0] == [[1]]


def test_never_more_than_allowed_are_in_at_once_whichever_threads_come_and_go():
    line, inside, most, lock = Line(3), [0], [0], threading.Lock()

    def work(_):
        let_in = threading.Event()
        with line.joined(lambda before: before is None and let_in.set()):
            assert let_in.wait(20)
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            with lock:
                inside[0] -= 1

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(work, range(200)))
    assert most[0] <= 3
    assert stand(line, 4)[0] == [[None], [None], [None], [0]]


# Questions in the line ----------------------------------------------------------------------------


def test_a_question_in_the_line_is_a_turn_that_says_how_many_are_before_it():
    line, script = Line(1), Script()
    _, leave = stand(line, 3)
    turns = ask(script.chain(), "Was kostete das?", (), Run(), line=line)
    assert next(turns) == Turn("Was kostete das?", before=2)
    leave[1]()
    assert next(turns) == Turn("Was kostete das?", before=1)
    leave[0]()
    leave[2]()
    rest = list(turns)
    assert [turn.before for turn in rest[:2]] == [0, None]
    assert script.calls != []
    assert rest[-1].state == "done"
    # Its place is free again.
    assert stand(line, 1)[0] == [[None]]


def test_a_question_that_is_stopped_in_the_line_never_reaches_the_chain():
    line, script, run = Line(1), Script(), Run()
    _, leave = stand(line, 1)
    turns = ask(script.chain(), "Was?", (), run, line=line)
    assert next(turns).before == 0
    run.stop()
    assert list(turns) == [Turn("Was?", state="stopped")]
    leave[0]()
    assert script.calls == []
    assert stand(line, 1)[0] == [[None]]


def test_a_stopped_answer_frees_its_place_though_its_chain_goes_on():
    line, script, run = Line(1), Script(), Run()
    turns = ask(script.chain(), "slow", (), run, line=line)
    while next(turns).answer is None:
        pass
    run.stop()
    assert list(turns)[-1].state == "stopped"
    assert stand(line, 1)[0] == [[None]]
    assert not script.abandoned.is_set()
    script.gate.set()


def test_a_question_that_finds_the_line_full_is_a_turn_that_failed():
    line = Line(1, longest=1)
    _kept = stand(line, 2)
    [turn] = ask(Script().chain(), "Was?", (), Run(), line=line)
    assert turn == Turn("Was?", "failed", error=Fault("crowded", "1"))
