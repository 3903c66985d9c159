"""Asking the chain: a turn grows, fails, or is stopped."""

import logging
import threading
from dataclasses import replace

import pytest
from pages import BRIDGE, COST, Script, cited, pieces, refusal
from scripted_server import pausing, serving, silent
from written import DEAR, NAME, QUESTION, TRUE, answerer_for, bridge_store, chat, load, retriever

from rag.answer import Answer
from rag.question.conversation import Earlier
from rag.question.rewriting import ModelRewriter
from ui.asking import Run, ask
from ui.turns import Turn, past
from ui.words import ENGLISH, Fault


def turn_about(question, *quotes):
    first, *rest = pieces(question, "So:", *quotes)
    return Turn(question, "done", sum(rest, start=first))


def test_a_turn_grows_with_each_piece_and_is_done_at_the_end():
    turns = list(ask(Script().chain(), "Was kostete das?", (), Run()))
    assert [turn.state for turn in turns] == ["asking"] * 5 + ["done"]
    sentences = [len(turn.answer.sentences) if turn.answer else None for turn in turns]
    assert sentences == [None, 0, 1, 2, 3, 3]
    assert turns[-1].answer.sentences[0].text == COST


def test_the_chain_gets_the_question_and_the_answered_turns():
    script = Script()
    earlier = (
        turn_about("Was?", (BRIDGE, COST)),
        Turn("Wie?", "failed", error=Fault("busy")),
        Turn("Wetter?", "done", refusal("Wetter?")),
    )
    list(ask(script.chain(), "Und wann?", earlier, Run()))
    assert script.calls == [
        {
            "question": "Und wann?",
            "chat_history": [
                Earlier("Was?", f"So:\n{COST} [1]", citations=(cited(BRIDGE, COST, 1),)),
                Earlier("Wetter?", "Die Artikel sagen dazu nichts."),
            ],
        }
    ]


def test_a_turn_that_was_stopped_counts_only_if_its_answer_said_something():
    whole = turn_about("Was?", (BRIDGE, COST))
    lead = replace(whole, state="stopped", answer=Answer("Und?", True, lead_in="So:"))
    meant = replace(lead, answer=Answer("Und?", False, standalone="Und? (Brücke)"))
    said = replace(whole, question="Wie?", state="stopped")
    assert [one.question for one in past((lead, meant, said, Turn("Wer?", "stopped")))] == ["Wie?"]


def test_every_turn_is_passed_on_with_its_understood_question():
    answer = replace(turn_about("Und?", (BRIDGE, COST)).answer, standalone="Und? (Brücke)")
    turns = (Turn("Und?", "done", answer),) * 30
    assert [(one.question, one.meant) for one in past(turns)] == [("Und?", "Und? (Brücke)")] * 30


def test_a_named_error_becomes_one_line_and_is_not_an_answer():
    turn = list(ask(Script().chain(), "broken", (), Run()))[-1]
    assert turn == Turn("broken", "failed", error=Fault("no_index"))


def test_a_question_over_the_limit_gets_the_error_line_of_the_chain():
    turn = list(ask(Script().chain(), "x" * 2001, (), Run()))[-1]
    assert turn.error == Fault("bad_question", "The question has 2001 characters; at most 2000.")


def test_an_error_half_way_removes_the_answer_so_far_and_is_logged(caplog):
    with caplog.at_level(logging.ERROR):
        turns = list(ask(Script().chain(), "crash", (), Run()))
    assert turns[-2].answer is not None
    assert turns[-1] == Turn("crash", "failed", error=Fault("unexpected"))
    assert "secret detail" in caplog.text
    assert "secret detail" not in ENGLISH.faults["unexpected"]


def test_a_chain_that_says_nothing_is_an_error_and_no_answer(caplog):
    assert list(ask(Script().chain(), "silent", (), Run()))[-1].error == Fault("unexpected")
    assert "without a single piece" in caplog.text


def test_a_stopped_run_ends_at_once_and_its_chain_at_its_next_piece():
    script, run = Script(), Run()
    turns = ask(script.chain(), "slow", (), run)
    shown = [next(turns) for _ in range(3)]  # the question, the lead-in, one sentence
    run.stop()
    assert list(turns) == [replace(shown[-1], state="stopped")]
    assert not script.abandoned.is_set()
    script.gate.set()
    assert script.abandoned.wait(timeout=10)


def test_the_chain_of_a_visitor_who_left_ends_at_its_next_piece():
    script = Script()
    turns = ask(script.chain(), "slow", (), Run())
    for _ in range(3):
        next(turns)
    turns.close()
    script.gate.set()
    assert script.abandoned.wait(timeout=10)


@pytest.fixture
def bridge(tmp_path):
    with bridge_store(tmp_path) as store:
        yield store


def chain_of(server, store, words):
    return chat(retriever(store, words), answerer_for(load(server), store, words))


def thinking(exchange):
    """Think aloud without end, a word every twentieth of a second."""
    while True:
        exchange.say("hmm ")
        pause = threading.Event()
        threading.Timer(0.05, pause.set).start()
        exchange.wait(pause)


@pytest.mark.parametrize("script", [silent, thinking], ids=["silent", "thinks aloud"])
def test_stop_closes_the_request_to_a_model_without_a_sentence(bridge, words, script):
    run = Run()
    with serving(script) as server:
        turns = ask(chain_of(server, bridge, words), QUESTION, (), run)
        asked = next(turns)
        threading.Thread(target=lambda: server.asked.wait(10) and run.stop()).start()
        assert list(turns) == [replace(asked, state="stopped")]
        # Long before the limit of 20 s.
        assert server.left.wait(10)


def test_stop_closes_the_request_that_rewrites_a_follow_up(bridge, words):
    run, earlier = Run(), turn_about("Was kostet die Brücke?", (BRIDGE, COST))
    with serving(silent) as server:
        rewriter = ModelRewriter(load(server), NAME)
        chain = chat(
            retriever(bridge, words),
            answerer_for(load(server), bridge, words),
            rewriter.understand,
        )
        turns = ask(chain, "Und wann?", (earlier,), run)
        asked = next(turns)
        threading.Thread(target=lambda: server.asked.wait(10) and run.stop()).start()
        assert list(turns) == [replace(asked, state="stopped")]
        assert server.left.wait(10)
        assert server.requests[0].follow_up == "Und wann?"


def test_stop_in_mid_answer_keeps_the_checked_sentences_and_closes_the_request(bridge, words):
    run = Run()
    with serving(pausing(threading.Event(), TRUE, DEAR)) as server:
        turns = ask(chain_of(server, bridge, words), QUESTION, (), run)
        _, shown = next(turns), next(turns)
        assert not server.left.is_set()
        run.stop()
        assert list(turns) == [replace(shown, state="stopped")]
        assert server.left.wait(10)
    assert [said.text for said in shown.answer.sentences] == [TRUE["text"]]


def test_the_request_to_a_model_is_closed_when_its_visitor_leaves(bridge, words):
    with serving(pausing(threading.Event(), TRUE, DEAR)) as server:
        turns = ask(chain_of(server, bridge, words), QUESTION, (), Run())
        assert [next(turns).answer is None, next(turns).answer is None] == [True, False]
        assert not server.left.is_set()
        turns.close()
        assert server.left.wait(10)
