"""Opening a source from a conversation, and the messages if it cannot be opened."""

from dataclasses import replace

import pytest
from pages import ARTICLES, BRIDGE, COST, FERRY, TICKET, pieces, refusal

from ui.app import NOT_SHOWN, open_source, read_store
from ui.source import CHANGED, GONE, NO_SOURCE
from ui.turns import Turn
from ui.visitors import BUSY
from vectorstore import StoreBusy

READ = ARTICLES.__getitem__


def turn_about(question, *quotes):
    first, *rest = pieces(question, "So:", *quotes)
    return Turn(question, "done", sum(rest, start=first))


def test_a_citation_opens_its_article_with_the_mark():
    turns = (turn_about("Was?", (BRIDGE, COST), (FERRY, TICKET)),)
    shown = open_source(READ, turns, 0, 1, opening=1)
    assert f">{TICKET}</mark>" in shown
    assert 'aria-label="Source 2"' in shown


def test_a_nearest_passage_opens_under_its_own_label():
    shown = open_source(READ, (Turn("?", "done", refusal("?")),), 0, 1, opening=1)
    assert f">{TICKET}</mark>" in shown
    assert 'aria-label="Nearest passage"' in shown


def test_a_citation_that_is_no_longer_on_the_page_opens_nothing():
    assert open_source(READ, (), 0, 0, opening=1) == NO_SOURCE


def failing(error):
    def read(article):
        raise error

    return read


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (failing(KeyError("gone")), GONE),
        (failing(StoreBusy("another process is writing to /secret detail")), BUSY),
        (failing(ZeroDivisionError("secret detail")), NOT_SHOWN.replace("'", "&#x27;")),
        (lambda article: replace(BRIDGE, text="Neu. " + BRIDGE.text), CHANGED),
    ],
)
def test_the_panel_of_an_article_that_cannot_be_shown_gives_the_reason_and_no_mark(read, line):
    shown = open_source(read, (turn_about("Was?", (BRIDGE, COST)),), 0, 0, opening=1)
    assert line in shown
    assert "<mark" not in shown
    assert "secret detail" not in shown


def test_a_page_whose_store_cannot_be_read_is_shown_without_its_counts():
    assert read_store(lambda: "3 articles", "") == "3 articles"

    def busy():
        raise StoreBusy("The store is busy.")

    assert read_store(busy, "") == ""
