"""Conversations on disk: nothing finished is lost, nobody reads another person's."""

import os
import signal
import sqlite3
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from pages import ARTICLES, BRIDGE, CARS, COST, FERRY, TICKET, Script, pieces, refusal
from stores import die_at_statement, make_counter, run_elsewhere

from rag.answer import Context
from ui.asking import Run, ask
from ui.conversations import store as store_module
from ui.conversations.keeping import keep_turns, read_conversation, refresh
from ui.conversations.opening import NAME, open_conversations, open_fleeting
from ui.errors import NotKept
from ui.turns import Turn
from ui.words import Fault

READ = ARTICLES.__getitem__


@pytest.fixture
def store(tmp_path):
    made = open_conversations(tmp_path)
    yield made
    made.close()


def answered(question="Was?", *quotes):
    first, *rest = pieces(question, "So:", *(quotes or ((BRIDGE, COST), (FERRY, TICKET))))
    return Turn(question, "done", sum(rest, start=first))


def put(store, id, *turns, person=""):
    """Keep finished turns; return them with their keys."""
    kept = []
    for turn in turns:
        key = store.ask(person, id, Turn(turn.question))
        store.finish(key, turn)
        kept.append(replace(turn, key=key))
    return tuple(kept)


def questions(store, id, person=""):
    return [turn.question for turn in store.read(person, id).turns]


# What is kept -----------------------------------------------------------------------------------


def test_every_kind_of_turn_is_read_as_it_was_written(store, tmp_path):
    context = Context(0, len(CARS), CARS)
    said = answered()
    first = replace(said.answer.citations[0], phrase=(1, 2), context=context)
    turns = put(
        store,
        "a",
        replace(said, answer=replace(said.answer, citations=(first,), notice="n", language="de")),
        Turn("Und?", "stopped", refusal("Und?")),
        Turn("Wann?", "stopped"),
        Turn("Wo?", "failed", error=Fault("bad_question", "…")),
    )
    assert store.read("", "a").turns == turns
    again = open_conversations(tmp_path)
    assert again.read("", "a").turns == turns
    again.close()


@pytest.mark.parametrize("question", ["\0 \ud800 x", "'; DROP TABLE turns; --", "<b>\u202e"])
def test_any_text_can_be_asked_and_be_a_name(store, question):
    put(store, "a", Turn(question, "failed", error=Fault("unexpected")))
    [kept] = store.read("", "a").turns
    assert kept.question == question.replace("\ud800", "?")
    store.rename("", "a", question)
    assert [entry.id for entry in store.entries("", 10)] == ["a"]


def test_the_file_is_for_its_owner_only(store, tmp_path):
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


def test_a_question_is_on_disk_before_its_answer_and_comes_back_as_stopped(store, tmp_path):
    store.ask("", "a", Turn("Was?"))
    other = open_conversations(tmp_path)
    assert [(turn.question, turn.state) for turn in other.read("", "a").turns] == [
        ("Was?", "stopped")
    ]
    other.close()


def test_an_answer_in_the_making_is_seen_from_another_tab(store):
    key = store.ask("", "a", Turn("Was?"))
    half = Turn("Was?", answer=pieces("Was?", "So:")[0])
    store.grow(key, half)
    assert store.read("", "a").turns == (replace(half, key=key),)
    store.finish(key, replace(half, state="stopped"))
    assert store.read("", "a").turns == (replace(half, state="stopped", key=key),)


# The list ---------------------------------------------------------------------------------------


def test_conversations_are_listed_by_their_last_question_and_named_by_the_first(store, monkeypatch):
    clock = iter(range(100, 200))
    monkeypatch.setattr(store_module.time, "time", lambda: float(next(clock)))
    put(store, "a", answered("Erste\nFrage?"))
    put(store, "b", answered("Andere?"))
    put(store, "a", answered("Zweite?"))
    assert [(entry.id, entry.name) for entry in store.entries("", 10)] == [
        ("a", "Erste\nFrage?"),
        ("b", "Andere?"),
    ]
    assert store.read("", "a").name == "Erste Frage?"
    assert [entry.id for entry in store.entries("", 1)] == ["a"]


def test_a_name_holds_until_it_is_taken_away(store):
    put(store, "a", answered("Was?"))
    store.rename("", "a", "  Die\n Brücke " + "x" * 300)
    assert store.read("", "a").name == ("Die Brücke " + "x" * 300)[:200]
    store.rename("", "a", " ")
    assert store.read("", "a").name == "Was?"


def test_a_removed_conversation_is_gone_and_can_be_brought_back_for_an_hour(store, monkeypatch):
    put(store, "a", answered())
    store.remove("", "a")
    assert store.read("", "a") is None
    assert store.entries("", 10) == []
    store.restore("", "a")
    assert questions(store, "a") == ["Was?"]
    store.remove("", "a")
    now = store_module.time.time()
    monkeypatch.setattr(store_module.time, "time", lambda: now + 3_601)
    put(store, "b", answered("Andere?"))
    store.remove("", "b")
    store.restore("", "a")
    store.restore("", "b")
    assert store.read("", "a") is None
    assert questions(store, "b") == ["Andere?"]


def test_what_is_purged_is_no_longer_in_the_file(store, tmp_path):
    put(store, "a", answered("Geheimnisvolle Frage?"))
    store.remove("", "a")
    store.purge(-1)
    assert b"Geheimnisvolle" not in (tmp_path / NAME).read_bytes()


def test_a_person_reaches_no_conversation_of_another(store):
    [kept] = put(store, "a", answered(), person="anna")
    assert store.read("bert", "a") is None
    assert store.entries("bert", 10) == []
    store.rename("bert", "a", "Meins")
    store.remove("bert", "a")
    store.swap("bert", "a", [kept.key], [])
    with pytest.raises(NotKept, match="not this person's"):
        store.ask("bert", "a", Turn("Was?"))
    put(store, "b", answered("Andere?"), person="bert")
    store.swap("bert", "b", [kept.key], [])
    assert questions(store, "a", "anna") == ["Was?"]
    assert store.read("anna", "a").name == "Was?"


# Keeping while it is answered -------------------------------------------------------------------


def run_through(store, question, earlier=(), replaced=()):
    return list(
        keep_turns(ask(Script().chain(), question, earlier, Run()), store, "", "a", replaced)
    )


def test_a_finished_turn_is_on_disk_before_it_is_shown(store, tmp_path):
    other = open_conversations(tmp_path)
    states = []
    turns = ask(Script().chain(), "ticket", (), Run())
    for shown in keep_turns(turns, store, "", "a"):
        [kept] = other.read("", "a").turns
        states.append((shown.state, kept.state, kept.answer == shown.answer))
    other.close()
    assert states[0] == ("asking", "stopped", True)
    assert states[-1] == ("done", "done", True)
    assert shown.key == kept.key


def test_an_answer_that_nobody_reads_on_is_kept_as_far_as_it_came(store):
    turns = keep_turns(ask(Script().chain(), "ticket", (), Run()), store, "", "a")
    next(turns)
    next(turns)
    turns.close()
    [kept] = store.read("", "a").turns
    assert (kept.state, kept.answer.lead_in) == ("stopped", "The articles say:")


def test_a_replaced_turn_goes_only_when_the_new_one_is_finished(store):
    first = run_through(store, "Was kostete die Brücke?")[-1]
    turns = keep_turns(ask(Script().chain(), "ticket", (), Run()), store, "", "a", [first])
    next(turns)
    turns.close()
    assert questions(store, "a") == ["Was kostete die Brücke?", "ticket"]
    new = run_through(store, "weather", replaced=store.read("", "a").turns)[-1]
    assert questions(store, "a") == ["weather"]
    store.swap("", "a", [new.key], [first.key])
    assert questions(store, "a") == ["Was kostete die Brücke?"]


def test_a_chat_whose_file_fails_goes_on_without_keeping(store, caplog):
    store._connection.execute("PRAGMA query_only = ON")
    shown = run_through(store, "ticket")[-1]
    assert (shown.state, shown.key) == ("done", None)
    assert "conversations are not kept: " in caplog.text
    assert refresh(store, "", "a", (shown,), READ) == (shown,)


QUESTIONS = ("ticket", "weather", "Was kostete die Brücke?")


def ask_until_killed(data, left, report):
    """Ask, each question in place of the one before, and remove all; die at the n-th statement."""
    store = open_conversations(data)
    die_at_statement(store._connection, left)
    replaced = ()
    for question in QUESTIONS:
        replaced = (run_through(store, question, replaced=replaced)[-1],)
        report.value += 1
    store.remove("", "a")
    report.value += 1


@pytest.mark.parametrize("statement", [2, 4, 6, 8, 11, 14, 17, 19, 100])
def test_sigkill_at_any_statement_loses_no_finished_turn(tmp_path, statement):
    reported = make_counter()
    code = run_elsewhere(ask_until_killed, tmp_path, statement, reported)
    finished = reported.value
    assert (code, finished) == ((0, 4) if statement == 100 else (-signal.SIGKILL, finished))
    store = open_conversations(tmp_path)
    found = store.read("", "a")
    store.close()
    if finished == 4:
        assert found is None
    elif finished:
        kept = [turn.question for turn in found.turns if turn.state == "done"]
        assert kept in ([QUESTIONS[finished - 1]], [QUESTIONS[min(finished, 2)]])


# Read back --------------------------------------------------------------------------------------


def test_citations_of_articles_that_changed_or_are_gone_are_lost(store):
    said = answered("Was?", (BRIDGE, COST), (FERRY, TICKET), (BRIDGE, CARS))
    put(store, "a", said)

    def read(id):
        if id == FERRY.id:
            raise LookupError(id)
        return replace(BRIDGE, text=BRIDGE.text.replace("Ute Kranz", "Ute Kranx"))

    [turn] = read_conversation(store, "", "a", read).turns
    assert turn.lost == {1, 2}
    [turn] = read_conversation(store, "", "a", READ).turns
    assert turn.lost == frozenset()


def test_a_context_that_is_no_longer_before_its_quote_is_left_out(store):
    said = answered("Was?", (BRIDGE, COST))
    [citation] = said.answer.citations
    wrong = replace(citation, context=Context(0, 3, "???"))
    put(store, "a", replace(said, answer=replace(said.answer, citations=(wrong,))))
    [turn] = read_conversation(store, "", "a", READ).turns
    assert turn.answer.citations[0].context is None
    assert turn.lost == frozenset()


def test_turns_that_another_device_added_are_seen_with_the_next_question(store):
    shown = put(store, "a", answered())
    put(store, "a", answered("Und?"))
    assert [turn.question for turn in refresh(store, "", "a", shown, READ)] == ["Was?", "Und?"]


# Files that cannot be used ----------------------------------------------------------------------


def line_for(data):
    with pytest.raises(NotKept) as error:
        open_conversations(data)
    assert "\n" not in str(error.value)
    return str(error.value).replace(str(data / NAME), "FILE")


def test_a_damaged_file_is_one_line_and_stays_as_it_is(tmp_path):
    (tmp_path / NAME).write_bytes(b"no database " * 1000)
    assert line_for(tmp_path) == (
        "conversations are not kept: FILE is damaged (file is not a database): move it away or put"
        " back a copy, then start again"
    )
    assert (tmp_path / NAME).read_bytes() == b"no database " * 1000


def test_a_half_overwritten_file_is_damaged(tmp_path):
    store = open_conversations(tmp_path)
    for number in range(30):
        put(store, f"c{number}", answered())
    store.close()
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:8192] + b"\xff" * 8192 + path.read_bytes()[16384:])
    assert line_for(tmp_path).startswith("conversations are not kept: FILE is damaged (")


def test_a_file_of_a_newer_version_or_another_program_is_left_alone(tmp_path):
    connection = sqlite3.connect(tmp_path / NAME)
    connection.execute("PRAGMA user_version = 2")
    assert line_for(tmp_path) == (
        "conversations are not kept: FILE was made by a newer version of article-chat (its format"
        " is 2, here 1): update article-chat"
    )
    connection.executescript("PRAGMA user_version = 0; CREATE TABLE other (x)")
    connection.close()
    assert "is another program's file" in line_for(tmp_path)


def open_without_rights(data):
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        open_conversations(data)
    except NotKept as error:
        assert "get the right to write it and its folder" in str(error), error
        os._exit(0)
    os._exit(1)


@pytest.mark.parametrize("there", [False, True])
def test_a_folder_that_may_only_be_read_is_one_line(there):
    with TemporaryDirectory() as folder:  # not below pytest's own, which only its owner may enter
        data = Path(folder)
        if there:
            open_conversations(data).close()
            (data / NAME).chmod(0o444)
        data.chmod(0o555)
        assert run_elsewhere(open_without_rights, data) == 0
        data.chmod(0o755)


def test_fleeting_conversations_do_the_same_in_memory():
    store = open_fleeting()
    put(store, "a", answered())
    assert questions(store, "a") == ["Was?"]
    store.close()
