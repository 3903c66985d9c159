"""Opening a source from a conversation, and the messages if it cannot be opened."""

from dataclasses import replace

import pytest
from pages import ARTICLES, BRIDGE, COST, FERRY, TICKET, pieces, refusal

from ui.app import open_source
from ui.html.source import NO_SOURCE, Opening
from ui.page_input import refuse_question
from ui.turns import Turn
from ui.visitors import read_store
from ui.words import ENGLISH, GERMAN, read_words
from vectorstore import StoreBusy

READ = ARTICLES.__getitem__


def turn_about(question, *quotes):
    first, *rest = pieces(question, "So:", *quotes)
    return Turn(question, "done", sum(rest, start=first))


def test_a_citation_opens_its_article_with_the_mark():
    turns = (turn_about("Was?", (BRIDGE, COST), (FERRY, TICKET)),)
    shown = open_source(READ, turns, Opening(0, 1, 1), ENGLISH)
    assert f">{TICKET}</mark>" in shown
    assert 'aria-label="Source 2"' in shown


def test_a_nearest_passage_opens_under_its_own_label():
    shown = open_source(READ, (Turn("?", "done", refusal("?")),), Opening(0, 1, 1), ENGLISH)
    assert f">{TICKET}</mark>" in shown
    assert 'aria-label="Nearest passage"' in shown


def test_a_citation_that_is_no_longer_on_the_page_opens_nothing():
    assert open_source(READ, (), Opening(0, 0, 1), ENGLISH) == NO_SOURCE


def test_an_article_is_opened_from_the_list_without_a_mark_or_the_reason_is_given():
    shown = open_source(READ, (), Opening(-1, -1, 1, article=FERRY.id), ENGLISH)
    assert f'<h2 lang="en" dir="auto">{FERRY.title}</h2>' in shown
    assert "<mark" not in shown
    assert f'href="/article/{FERRY.id}"' in shown
    gone = open_source(READ, (), Opening(-1, -1, 1, article="<b>"), GERMAN)
    assert GERMAN.unknown in gone
    busy = open_source(failing(StoreBusy("/secret")), (), Opening(-1, -1, 1, article="x"), ENGLISH)
    assert ENGLISH.faults["busy"] in busy and "/secret" not in busy


def failing(error):
    def read(article):
        raise error

    return read


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (failing(KeyError("gone")), ENGLISH.gone),
        (
            failing(StoreBusy("another process is writing to /secret detail")),
            ENGLISH.faults["busy"],
        ),
        (failing(ZeroDivisionError("secret detail")), ENGLISH.not_shown.replace("'", "&#x27;")),
        (lambda article: replace(BRIDGE, text="Neu. " + BRIDGE.text), ENGLISH.changed),
    ],
)
def test_the_panel_of_an_article_that_cannot_be_shown_gives_the_reason_and_no_mark(read, line):
    shown = open_source(read, (turn_about("Was?", (BRIDGE, COST)),), Opening(0, 0, 1), ENGLISH)
    assert line in shown
    assert "<mark" not in shown
    assert "secret detail" not in shown


def test_a_page_whose_store_cannot_be_read_is_shown_without_its_counts():
    assert read_store(lambda: "3 articles", "") == "3 articles"

    def busy():
        raise StoreBusy("The store is busy.")

    assert read_store(busy, "") == ""


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"accept-language": "de"}, GERMAN),
        ({"accept-language": "de", "cookie": "a=b; article-chat-language=en"}, ENGLISH),
        ({"accept-language": "de", "cookie": "x-article-chat-language=en"}, GERMAN),
        ({}, ENGLISH),
    ],
)
def test_the_language_chosen_earlier_comes_before_that_of_the_browser(headers, words):
    assert read_words(headers) is words


def test_a_question_that_is_too_long_or_empty_is_refused_in_the_readers_language():
    assert refuse_question("x" * 2_000 + "\n", ENGLISH) == ""
    assert refuse_question(" \n", GERMAN) == GERMAN.empty_question
    assert refuse_question("x" * 2_001, GERMAN) == (
        "Die Frage hat 2.001 Zeichen, erlaubt sind höchstens 2.000. Bitte kürzen Sie sie."
    )
