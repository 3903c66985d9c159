"""Kept quotes: in the file of conversations, each person's own, shown only while verbatim."""

from dataclasses import replace

import pytest
from pages import BRIDGE, CARS, COST, EVIL, EVIL_QUOTE, FERRY, TICKET, cited
from test_render import Page

from ui.conversations.opening import open_conversations
from ui.kept.markdown import escape_markdown, write_markdown
from ui.kept.opening import open_fleeting_kept, open_kept
from ui.kept.render import Shown, render_kept
from ui.kept.store import KeptQuote
from ui.words import ENGLISH

FIRST, SECOND, THIRD = cited(BRIDGE, COST, 1), cited(BRIDGE, CARS, 2), cited(FERRY, TICKET, 3)


@pytest.fixture
def store():
    made = open_fleeting_kept()
    yield made
    made.close()


def quotes(store, person="ute"):
    return [one.citation.quote for one in store.read(person)]


def keep_three(store):
    for citation in (FIRST, SECOND, THIRD):
        assert store.keep("ute", "Was?", citation)
    return [one.key for one in store.read("ute")]


def test_a_quote_is_kept_once_with_its_question_and_only_for_its_person(store):
    store.keep("ute", "Was?", FIRST)
    store.keep("ute", "Und?", replace(FIRST, number=7))
    [one] = store.read("ute")
    assert (one.question, one.note, one.citation) == ("Was?", "", FIRST)
    assert store.read("") == []
    store.remove("", one.key)
    store.note("", one.key, "not mine")
    assert store.read("ute") == [one]


def test_kept_quotes_are_there_after_a_restart_beside_the_conversations(tmp_path):
    open_conversations(tmp_path).close()
    store = open_kept(tmp_path)
    store.keep("", "Was?", FIRST)
    [one] = store.read("")
    store.note("", one.key, "call her")
    store.close()
    open_conversations(tmp_path).close()
    store = open_kept(tmp_path)
    assert store.read("") == [replace(one, note="call her")]
    store.close()


def test_a_quote_moves_to_its_place_and_a_place_beyond_the_end_is_the_end(store):
    first, _, third = keep_three(store)
    store.move("ute", third, 0)
    assert quotes(store) == [TICKET, COST, CARS]
    store.move("ute", first, 99)
    assert quotes(store) == [TICKET, CARS, COST]
    store.move("other", first, 0)
    assert quotes(store) == [TICKET, CARS, COST]


def test_a_removed_quote_comes_back_to_its_place_unless_it_was_kept_again(store):
    _, second, _ = keep_three(store)
    store.remove("ute", second)
    assert quotes(store) == [COST, TICKET]
    store.restore("ute", second)
    assert quotes(store) == [COST, CARS, TICKET]
    store.remove("ute", second)
    store.keep("ute", "Was?", SECOND)
    store.restore("ute", second)
    assert quotes(store) == [COST, TICKET, CARS]


def test_a_quote_that_is_no_longer_in_its_article_is_named_as_lost_and_not_exported():
    kept = [KeptQuote(1, "Was?", "", FIRST), KeptQuote(2, "Was?", "", THIRD)]
    changed = replace(BRIDGE, text=BRIDGE.text.replace("4,2", "4,3"))
    page = Page(render_kept([Shown(kept[0], changed), Shown(kept[1], None)], ENGLISH))
    assert page.text.count(ENGLISH.lost) == 2
    assert "blockquote" not in [tag for tag, _ in page.elements]
    assert not any("data-markdown" in found for _, found in page.elements)
    page = Page(render_kept([Shown(kept[0], BRIDGE)], ENGLISH))
    [quote] = [found for tag, found in page.elements if tag == "li"]
    assert quote["data-address"] == f"/article/{BRIDGE.id}?start={FIRST.start}&end={FIRST.end}"


def test_markdown_has_question_quote_title_outlet_day_and_original():
    assert write_markdown(KeptQuote(1, "Was?", "", FIRST), BRIDGE.url, ENGLISH) == (
        f"## Was?\n\n> „{COST}“\n\n"
        f"Brücke wieder offen, Lahntaler Bote, 18 March 2024, <{BRIDGE.url}>"
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<img src=x> [a](javascript:b)", r"\<img src=x\> \[a\]\(javascript:b\)"),
        ("1. no list", r"1\. no list"),
        ("- none", r"\- none"),
        ("two\nlines # *x*", r"two lines \# \*x\*"),
    ],
)
def test_nothing_in_a_text_is_markdown(text, escaped):
    assert escape_markdown(text) == escaped


def test_hostile_text_in_kept_quotes_makes_no_element():
    evil = cited(EVIL, EVIL_QUOTE, 1)
    hostile = KeptQuote(1, EVIL_QUOTE, "</textarea><img src=x onerror=alert(1)>", evil)
    page = Page(render_kept([Shown(hostile, EVIL)], ENGLISH))
    assert {tag for tag, _ in page.elements} == {
        *("section", "div", "h2", "button", "span", "ol", "li", "p", "blockquote", "textarea")
    }
    assert "javascript:alert(document.domain)" not in str(page.elements)
