"""The list of conversations as HTML, and what a tab shows and undoes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pages import ARTICLES, BRIDGE, COST, pieces

from ui.conversations.opening import open_fleeting
from ui.conversations.render import read_now, render_history, render_place
from ui.conversations.store import Entry
from ui.conversations.tab import (
    Tab,
    clear_tab,
    end_tab,
    make_id,
    name_tab,
    open_tab,
    undo_tab,
)
from ui.conversations.words import ENGLISH as SAID
from ui.turns import Turn
from ui.words import ENGLISH, GERMAN

READ = ARTICLES.__getitem__
NOON = datetime(2024, 6, 20, 12, tzinfo=UTC)


def entry(id, days, name="Was?"):
    return Entry(id, name, (NOON - timedelta(days=days)).timestamp())


def days_of(shown):
    return [part.split("</h3>")[0] for part in shown.split("<h3>")[1:]]


def test_conversations_stand_under_their_days():
    entries = [entry("a", 0), entry("b", 0.1), entry("c", 1), entry("d", 3)]
    assert days_of(render_history(entries, ENGLISH, now=NOON)) == [
        *("Today", "Yesterday", "17 June 2024")
    ]
    assert days_of(render_history(entries, GERMAN, now=NOON)) == [
        "Heute",
        "Gestern",
        "17. Juni 2024",
    ]


def test_a_day_is_that_of_the_visitors_clock():
    late = Entry("a", "Was?", datetime(2024, 6, 19, 23, 30, tzinfo=UTC).timestamp())
    berlin = NOON.astimezone(timezone(timedelta(hours=2)))
    shown = render_history([late], ENGLISH, now=berlin)
    assert days_of(shown) == ["Today"]
    assert "<time>01:30</time>" in shown


@pytest.mark.parametrize(("minutes", "hours"), [(-120, 2), (300, -5), (10**9, 0), ("x", 0)])
def test_the_browser_says_how_far_its_clock_is_ahead(minutes, hours):
    assert read_now(minutes).utcoffset() == timedelta(hours=hours)


def test_names_are_text_on_one_line_and_long_ones_are_cut():
    shown = render_history([entry("a", 0, "<b>x</b>\n" + "y" * 200)], ENGLISH, now=NOON)
    assert "&lt;b&gt;x&lt;/b&gt; yyy" in shown
    assert "<b>" not in shown
    assert "y" * 161 not in shown
    assert '<b>"' not in render_place("a", '<b>"', ENGLISH)


def test_without_a_conversation_the_list_says_when_there_will_be_one():
    assert SAID.nothing in render_history([], ENGLISH, now=NOON)


# What a tab shows -------------------------------------------------------------------------------


@pytest.fixture
def store():
    made = open_fleeting()
    yield made
    made.close()


def put(store, id, question):
    first, *rest = pieces(question, "So:", (BRIDGE, COST))
    key = store.ask("", id, Turn(question))
    turn = Turn(question, "done", sum(rest, start=first), key=key)
    store.finish(key, turn)
    return turn


def test_a_cleared_tab_is_empty_until_it_is_undone(store):
    turn = put(store, "a", "Was?")
    tab, turns = clear_tab(store, "", Tab("a", "Was?"), (turn,), ENGLISH)
    assert (tab.id, turns) == ("", ())
    assert store.read("", "a") is None
    assert undo_tab(store, "", tab.undo, READ, ENGLISH) == (Tab("a", "Was?"), (turn,))
    assert store.read("", "a").turns == (turn,)


def test_undo_shows_the_turns_before_even_if_the_file_fails(store):
    turn = put(store, "a", "Was?")
    tab, _ = clear_tab(store, "", Tab("a", "Was?"), (turn,), ENGLISH)
    store._connection.execute("PRAGMA query_only = ON")
    assert undo_tab(store, "", tab.undo, READ, ENGLISH) == (Tab("a", "Was?"), (turn,))


def test_an_end_that_replaces_turns_can_be_undone_and_one_that_is_not_kept_says_so(store):
    before = (put(store, "a", "Was?"), put(store, "a", "Und?"))
    new = put(store, "a", "Wann?")
    ended = end_tab(Tab("a", "Was?"), before, 1, new, ENGLISH)
    assert (ended.undo.added, ended.undo.removed) == ((new.key,), (before[1].key,))
    assert SAID.replaced in ended.hint
    assert end_tab(Tab("a"), before, 2, new, ENGLISH).hint == ""
    assert end_tab(Tab("a"), before, 2, Turn("?", "done"), ENGLISH).hint == SAID.unreadable


def test_the_name_follows_the_first_question_unless_it_was_given():
    first = (Turn("Was\nist?"),)
    assert name_tab(Tab(), (), 0, "Was\nist?") == "Was ist?"
    assert name_tab(Tab("a", "Was ist?"), first, 1, "Und?") == "Was ist?"
    assert name_tab(Tab("a", "Was ist?"), first, 0, "Wann?") == "Wann?"
    assert name_tab(Tab("a", "Die Brücke"), first, 0, "Wann?") == "Die Brücke"


@pytest.mark.parametrize("id", ["none", "../x", "<b>", "a" * 41, "ä"])
def test_an_address_that_leads_nowhere_is_an_empty_tab_that_says_so(store, id):
    assert open_tab(store, "", id, READ, ENGLISH) == (Tab(hint=SAID.unknown), ())
    assert open_tab(store, "", "", READ, ENGLISH) == (Tab(), ())


def test_ids_cannot_be_guessed():
    assert len({make_id() for _ in range(100)}) == 100
    assert len(make_id()) == 16
