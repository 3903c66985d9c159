"""The limits of a conversation: kept with it, and only for the person whose it is."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest

from rag.question.times import FoundTime
from ui.conversations.limits import keep_limits, open_limits, read_limits, write_limits
from ui.conversations.opening import NAME, open_conversations
from ui.limits import Limits
from ui.turns import Turn
from vectorstore import Filter

ID = "0123456789abcdef"
JUNE = FoundTime("im Juni 2024", date(2024, 6, 1), date(2024, 6, 30))
LIMITS = Limits(
    Filter([ID], ["Lahntaler & Söhne"], ["de"], JUNE.first, JUNE.last),
    JUNE,
    frozenset({"last week"}),
)


def test_limits_are_read_as_they_were_written():
    assert read_limits(write_limits(LIMITS)) == LIMITS
    assert read_limits(write_limits(Limits())) == Limits()


@pytest.mark.parametrize("written", ["", "[]", "{}", '{"query": 1, "time": null, "declined": []}'])
def test_other_text_is_no_limits(written):
    with pytest.raises(ValueError):
        read_limits(written)


def test_limits_are_there_again_after_a_restart_for_their_person_alone(tmp_path):
    with closing(open_conversations(tmp_path)) as store:
        store.ask("anna", "talk", Turn("Wann?"))
        keep_limits(store, "anna", "talk", Limits(Filter(["f" * 16])))
        keep_limits(store, "anna", "talk", LIMITS)
        keep_limits(store, "bert", "talk", Limits())
    with closing(open_conversations(tmp_path)) as store:
        assert open_limits(store, "anna", "talk") == LIMITS
        assert open_limits(store, "bert", "talk") == Limits()
        assert open_limits(store, "anna", "other") == Limits()


def test_kept_limits_win_over_an_address_also_if_they_are_none(tmp_path):
    of_address = Limits(Filter(sources=["dpa"]))
    with closing(open_conversations(tmp_path)) as store:
        store.ask("", "talk", Turn("Wann?"))
        assert open_limits(store, "", "talk", "?source=dpa") == of_address
        keep_limits(store, "", "talk", Limits())
        assert open_limits(store, "", "talk", "?source=dpa") == Limits()
        assert open_limits(store, "", "", "?source=dpa") == of_address


def test_limits_go_for_good_with_their_conversation_and_come_back_with_it(tmp_path):
    with closing(open_conversations(tmp_path)) as store:
        store.ask("", "talk", Turn("Wann?"))
        keep_limits(store, "", "talk", LIMITS)
        store.remove("", "talk")
        assert open_limits(store, "", "talk") == Limits()
        store.restore("", "talk")
        assert open_limits(store, "", "talk") == LIMITS
        store.remove("", "talk")
        store.purge(-1)
        with closing(sqlite3.connect(tmp_path / NAME)) as file:
            assert file.execute("SELECT count(*) FROM limits").fetchone() == (0,)


def test_a_file_of_the_version_before_is_given_a_place_for_limits(tmp_path):
    with closing(open_conversations(tmp_path)) as store:
        store.ask("", "talk", Turn("Wann?"))
    with closing(sqlite3.connect(tmp_path / NAME)) as file:
        file.execute("DROP TABLE limits")
    with closing(open_conversations(tmp_path)) as store:
        keep_limits(store, "", "talk", LIMITS)
        assert open_limits(store, "", "talk") == LIMITS


def test_damaged_limits_are_logged_and_those_of_the_address_hold(tmp_path, caplog):
    with closing(open_conversations(tmp_path)) as store:
        store.ask("", "talk", Turn("Wann?"))
        store.limit("", "talk", "{")
        assert open_limits(store, "", "talk", "source=dpa") == Limits(Filter(sources=["dpa"]))
    assert "The limits of the conversation talk cannot be read" in caplog.text
