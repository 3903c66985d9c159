"""The cards of quotes: further passages, reprints, days, text to paste."""

from dataclasses import replace

from pages import BRIDGE, CARS, COST, FERRY, TICKET, cited, pieces
from test_render import Page

from rag.answer import Copy
from ui.html.page import find_citation, render_turn
from ui.quotation import quote_text
from ui.turns import Turn
from ui.words import ENGLISH, GERMAN


def quoted(*quotes, **fields):
    first, *rest = pieces("Was?", "", *quotes)
    return Turn("Was?", "done", replace(sum(rest, start=first), **fields))


def test_further_passages_are_hidden_counted_and_can_be_opened():
    turn = quoted((BRIDGE, COST), further=(cited(FERRY, TICKET, 2),))
    source = render_turn(0, turn, ENGLISH)
    page = Page(source)
    assert "1 of 2 passages – show all" in page.text
    assert TICKET not in page.text
    assert TICKET in source
    assert [one["aria-label"][:8] for one in page.buttons("number")] == ["Source 1", "Source 2"]
    assert find_citation((turn,), 0, 1).quote == TICKET
    assert find_citation((turn,), 0, 2) is None
    assert "passages" not in Page(render_turn(0, quoted((BRIDGE, COST)), ENGLISH)).text


def test_articles_of_different_days_are_named_in_order_and_the_answer_is_as_of_the_last():
    page = Page(render_turn(0, quoted((FERRY, TICKET), (BRIDGE, COST)), GERMAN))
    assert "Artikel vom 18. März 2024, 2. Mai 2024 · Stand 2. Mai 2024" in page.text
    assert [found["data-order"] for found in page.buttons("order")] == ["relevance", "newest"]
    same = Page(render_turn(0, quoted((BRIDGE, COST), (BRIDGE, CARS)), GERMAN))
    assert "Stand" not in same.text
    assert same.buttons("order") == []


def test_the_outlets_that_have_the_same_text_are_named_on_the_card_and_linked():
    turn = quoted((BRIDGE, COST))
    copy = Copy("0123456789abcdef", "/a.txt", "Offen", "<b>Blatt</b>", "2024-03-19", 5, 9)
    [citation] = turn.answer.citations
    answer = replace(turn.answer, citations=(replace(citation, copies=(copy,)),))
    page = Page(render_turn(0, replace(turn, answer=answer), ENGLISH))
    assert "also in: <b>Blatt</b>, 19 March 2024" in page.text
    [link] = [found for tag, found in page.elements if tag == "a"]
    assert link["href"] == "/article/0123456789abcdef?start=5&end=9"


def test_a_copied_quote_has_quotation_marks_outlet_date_and_title():
    assert quote_text(cited(BRIDGE, COST, 1), GERMAN) == (
        f"„{COST}“\nLahntaler Bote, 18. März 2024, Brücke wieder offen"
    )
    assert quote_text(cited(FERRY, TICKET, 1), ENGLISH).startswith(f"“{TICKET}”\nLakeside")
