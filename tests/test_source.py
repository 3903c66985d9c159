"""The source panel as HTML: the whole article with exactly the cited characters marked."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from pages import (
    BRIDGE,
    BRIDGE_BODY,
    BRIDGE_FRONT,
    CARS,
    COST,
    EVIL,
    EVIL_QUOTE,
    EVIL_TITLE,
    FERRY,
    OPENED,
    TICKET,
    answering_words,
    article,
    cited,
)

from rag.answer import cite
from ui.html.source import Opening, render_link, render_notice, render_source
from ui.words import ENGLISH, GERMAN


class Panel(HTMLParser):
    """The runs of text of a panel, each with the classes and tags around it."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.inside = []
        self.elements = []
        self.runs = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.elements.append((tag, given))
        if tag != "input":  # it has no end
            self.inside.append({tag, *given.get("class", "").split()})

    def handle_endtag(self, tag):
        assert tag in self.inside.pop()

    def handle_data(self, data):
        self.runs.append((data, set().union(*self.inside)))

    def text(self, kind, without="summary"):
        return "".join(data for data, tags in self.runs if kind in tags and without not in tags)


OPENED_FIRST = Opening(0, 0, 1)


def panel(made, citation, *also, words=ENGLISH):
    return Panel(render_source(made, citation, also, words, label="Source 1", opening=OPENED_FIRST))


@pytest.mark.parametrize(
    ("made", "quote"), [(BRIDGE, COST), (BRIDGE, OPENED), (FERRY, TICKET), (EVIL, EVIL_QUOTE)]
)
def test_the_mark_is_exactly_the_cited_span(made, quote):
    citation = cited(made, quote, 1)
    assert panel(made, citation).text("mark") == made.text[citation.start : citation.end]


def test_the_answering_words_are_strong_inside_the_mark():
    shown = panel(BRIDGE, answering_words(cited(BRIDGE, COST, 1), "4,2 Millionen Euro"))
    assert shown.text("mark") == COST
    assert shown.text("strong") == "4,2 Millionen Euro"
    assert shown.text("text") == BRIDGE.text


def test_a_mark_over_carriage_returns_keeps_them():
    quote = FERRY.text[20:90]
    assert "\r\n\r\n" in quote
    citation = cite(FERRY, 20, 90, number=1, quote=quote, score=1.0)
    assert panel(FERRY, citation).text("mark") == quote


@pytest.mark.parametrize(("made", "quote"), [(BRIDGE, COST), (FERRY, TICKET)])
def test_the_whole_text_is_shown_with_its_whitespace(made, quote):
    assert panel(made, cited(made, quote, 1)).text("text") == made.text


def test_nul_is_the_only_character_of_a_hostile_article_that_is_replaced():
    shown = panel(EVIL, cited(EVIL, EVIL_QUOTE, 1)).text("text")
    assert shown == EVIL.text.replace("\0", "\ufffd")


def test_front_matter_is_folded_and_other_clutter_dimmed():
    shown = panel(BRIDGE, cited(BRIDGE, COST, 1))
    assert shown.text("details") == BRIDGE_FRONT
    clutter = [data for data, tags in shown.runs if "clutter" in tags and "details" not in tags]
    assert clutter == ["Startseite | Lokales | Sport\n\n", "\nMehr zum Thema: Radwege\n"]
    prose = [data for data, tags in shown.runs if "text" in tags and not tags & {"clutter"}]
    assert "".join(prose).replace(ENGLISH.front_matter, "") == BRIDGE_BODY


def test_rules_inside_the_prose_are_no_front_matter():
    made = article("/a.md", "A", "---\nErster Satz.\n---\nZweiter Satz.\n")
    shown = panel(made, cited(made, "Zweiter Satz.", 1))
    assert "details" not in [tag for tag, _ in shown.elements]
    assert shown.text("text") == made.text


def test_other_sentences_of_the_answer_in_the_same_article_are_marked_lightly():
    others = (cited(BRIDGE, CARS, 2), cited(FERRY, TICKET, 3))
    shown = panel(BRIDGE, cited(BRIDGE, COST, 1), *others)
    assert shown.text("also") == CARS
    assert shown.text("mark") == COST
    assert shown.text("text") == BRIDGE.text


def test_another_citation_that_overlaps_the_mark_leaves_the_mark_whole():
    start = BRIDGE.text.index(COST)
    overlapping = cite(
        BRIDGE, start - 2, start + 5, number=2, quote=BRIDGE.text[start - 2 : start + 5], score=1.0
    )
    shown = panel(BRIDGE, cited(BRIDGE, COST, 1), overlapping)
    assert shown.text("mark") == COST
    assert shown.text("text") == BRIDGE.text


def test_a_changed_article_gets_a_line_and_no_mark():
    changed = replace(BRIDGE, text="Neu: " + BRIDGE.text)
    shown = panel(changed, cited(BRIDGE, COST, 1))
    assert shown.text("error") == ENGLISH.changed
    assert "mark" not in [tag for tag, _ in shown.elements]


def test_a_notice_names_the_article_it_is_about():
    shown = Panel(
        render_notice(GERMAN.gone, cited(EVIL, EVIL_QUOTE, 1), GERMAN, opening=OPENED_FIRST)
    )
    assert shown.text("h2") == EVIL_TITLE
    assert shown.text("error") == GERMAN.gone


def test_the_head_gives_the_known_fields_of_the_article():
    shown = panel(BRIDGE, cited(BRIDGE, COST, 1))
    assert shown.text("h2") == "Brücke wieder offen"
    assert shown.text("about") == "Lahntaler Bote · 18 March 2024 · German"
    link, address = [found for tag, found in shown.elements if tag == "a"]
    assert address["href"].startswith(f"/article/{BRIDGE.id}?start=")
    assert link == {
        "href": "https://bote.example/bruecke?seite=1&druck=ja",
        "target": "_blank",
        "rel": "noopener noreferrer nofollow",
    }
    assert ("div", {"class": "text", "lang": "de", "dir": "auto"}) in shown.elements


def test_opening_the_same_citation_again_is_another_panel():
    citation = cited(BRIDGE, COST, 1)
    first = render_source(BRIDGE, citation, (), ENGLISH, label="1", opening=Opening(0, 0, 1))
    again = render_source(BRIDGE, citation, (), ENGLISH, label="1", opening=Opening(0, 0, 2))
    assert first != again


def test_a_hostile_article_makes_no_element_attribute_or_link_of_its_own():
    shown = panel(EVIL, cited(EVIL, EVIL_QUOTE, 1))
    assert {tag for tag, _ in shown.elements} == {
        *("section", "div", "span", "button", "h2", "p", "mark", "a", "input", "output")
    }
    [address] = [found["href"] for _, found in shown.elements if "href" in found]
    assert address.startswith(f"/article/{EVIL.id}?start=")
    assert {name for _, found in shown.elements for name in found} == {
        *(
            "class",
            "data-opening",
            "data-turn",
            "data-citation",
            "data-article",
            "role",
            "aria-label",
            "aria-hidden",
            "type",
            "tabindex",
        ),
        *("lang", "dir", "id", "href", "target", "rel"),
        *("autocomplete", "placeholder", "data-found"),
        *("data-text", "data-address", "data-copied", "data-failed"),
    }


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "//bote.example/x",
        "https://",
        "https:///x",
        "http://[::1",
        "https://bote.example/x y",
        'https://bote.example/" onclick="alert(1)',
        "https://bote.example/<b>",
        "https://bote.example\\@evil.example/",
        "https://bote.example/\0",
    ],
)
def test_only_a_plain_web_address_is_a_link(url):
    assert render_link(url, ENGLISH) == ""


@pytest.mark.parametrize("url", ["http://bote.example", "https://bote.example:8443/ü?a=1&b=2#c"])
def test_a_web_address_is_a_link_to_exactly_it(url):
    (link,) = [found for tag, found in Panel(render_link(url, ENGLISH)).elements if tag == "a"]
    assert link["href"] == url
