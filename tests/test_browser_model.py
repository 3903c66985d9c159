"""The page in a real browser with answers of a scripted chat model over loopback."""

from __future__ import annotations

import threading

import pytest
from browsers import BOTH, CONTRAST, DESKTOP, visit
from conftest import UnitWords
from pages import bare_app, free_port
from playwright.sync_api import expect
from scripted_server import failing, pausing, rewriting, saying, sentence, serving, typing
from written import (
    COSTS,
    DEAR,
    LOOSE,
    NAME,
    OPENS,
    QUESTION,
    TRUE,
    WEAK,
    answerer_for,
    bridge_store,
    chat,
    load,
    retriever,
)

from rag.models.chat_stream import Bounds
from rag.question.rewriting import ModelRewriter
from ui.server import start_server

COST = "Was kostet die neue Brücke über die Lahn?"
OPENS_ENGLISH = sentence("It opens in October.", (1, OPENS))
PIXEL = "![x](https://evil.example/p.png) <img src=https://evil.example/q.png> [a](//evil.example)"


class Order:
    """The next behaviour of the model, and whether the articles are gone."""

    script = staticmethod(failing(500))
    gone = False


@pytest.fixture(scope="module")
def server():
    with serving(lambda exchange: Order.script(exchange)) as server:
        yield server


@pytest.fixture(scope="module")
def url(server, tmp_path_factory):
    words = UnitWords()
    with bridge_store(tmp_path_factory.mktemp("bridge")) as store:
        answerer = answerer_for(
            load(server),
            store,
            words,
            read_article=lambda id: None if Order.gone else store.article(id),
        )
        understand = ModelRewriter(load(server), NAME, bounds=Bounds(20, 20)).understand
        chain = chat(retriever(store, words), answerer, understand)
        app = bare_app(chain, store.article, articles=1)
        yield start_server(app, host="127.0.0.1", port=free_port())
        app.close(verbose=False)


@pytest.fixture(params=[DESKTOP], ids=["1280"])
def here(request, browser, url):
    with visit(browser, url, color_scheme="dark", **request.param) as made:
        yield made


@BOTH
def test_each_sentence_shows_its_status(here, monkeypatch):
    said = saying(OPENS_ENGLISH, WEAK, LOOSE, sentence(PIXEL, (1, COSTS)))
    monkeypatch.setattr(Order, "script", said)
    turn = here.ask(QUESTION)
    supported, weak, loose, hostile = turn.locator(".sentence").all()
    expect(supported).to_contain_text("It opens in October. [1]")
    expect(supported.locator("blockquote[lang=de]")).to_have_text(OPENS)
    expect(weak).to_contain_text("Nur schwach belegt: Sie öffnet vielleicht. [1]")
    expect(weak.locator(".reason")).to_be_visible()
    expect(loose).to_contain_text("Nicht belegt: Alle freuen sich.")
    expect(loose.locator("button")).to_have_count(0)
    expect(hostile).to_contain_text(PIXEL)
    expect(here.page.locator("#conversation").locator("img, a")).to_have_count(0)
    assert not here.scrolls_sideways()
    shown = here.page.evaluate(CONTRAST)
    assert [pair for pair in shown if pair[1] < 4.5] == []
    assert any(text.startswith("Nicht belegt") for text, _ in shown)
    supported.locator(".quotes button").click()
    expect(here.page.locator("#panel mark")).to_have_text(OPENS)


def test_a_checked_sentence_is_there_before_the_next_and_stop_closes_the_request(
    here, server, monkeypatch
):
    monkeypatch.setattr(Order, "script", pausing(threading.Event(), TRUE, DEAR))
    server.left.clear()
    here.box.fill(QUESTION)
    here.box.press("Enter")
    turn = here.turns.first
    expect(turn.locator(".sentence")).to_have_count(1)
    expect(turn.locator(".quotes blockquote")).to_have_text("öffnet im Oktober")
    expect(turn).to_have_attribute("aria-busy", "true")
    assert not server.left.is_set()
    with here.answered():
        here.press("Stop")
    expect(turn.locator(".stopped")).to_be_visible()
    expect(turn.locator(".sentence")).to_have_count(1)
    assert server.left.wait(10)


@BOTH
def test_a_fault_of_the_model_is_a_notice_and_a_fault_of_the_articles_an_error(here, monkeypatch):
    monkeypatch.setattr(Order, "script", failing(401))
    quoted = here.ask(QUESTION)
    expect(quoted.locator(".notice")).to_contain_text("(HTTP 401)")
    expect(quoted.locator(".notice")).to_contain_text("the articles are quoted instead.")
    expect(quoted.locator("blockquote").first).to_have_text(OPENS)
    expect(quoted.locator(".error")).to_have_count(0)
    monkeypatch.setattr(Order, "script", saying(TRUE))
    monkeypatch.setattr(Order, "gone", True)
    broken = here.ask(QUESTION)
    expect(broken.locator(".error")).to_contain_text("was changed or removed")
    expect(broken.locator(".answer, .notice")).to_have_count(0)


def test_a_follow_up_shows_the_understood_question_and_keeps_the_numbers(here, monkeypatch):
    monkeypatch.setattr(Order, "script", saying(sentence(OPENS, (1, OPENS))))
    first = here.ask(QUESTION)
    expect(first.locator(".understood")).to_have_count(0)
    expect(first.locator("button.number").first).to_have_text("[1]")
    gate = threading.Event()
    said = pausing(gate, DEAR, sentence("Sie öffnet bald.", (1, OPENS)))
    monkeypatch.setattr(Order, "script", rewriting(typing(COST), said))
    here.box.fill("Und was kostet sie?")
    turn = here.turns.nth(1)
    with here.answered():
        here.box.press("Enter")
        expect(turn.locator(".sentence")).to_have_count(1)
        expect(turn.locator(".understood")).to_have_text(f"Gesucht wurde: {COST}")
        expect(turn).to_have_attribute("aria-busy", "true")
        gate.set()
    expect(turn.locator(".question")).to_have_text("Und was kostet sie?")
    expect(turn.locator(".sentence .number").first).to_have_text("[1]")
    expect(turn.locator(".sentence").nth(1)).to_contain_text("Sie öffnet bald. [1]")
    expect(turn.locator(".sources .number")).to_have_text(["[1]"])
    turn.locator(".sentence").nth(1).locator("button.number").first.click()
    expect(here.page.locator("#panel mark")).to_have_text(OPENS)
    expect(here.page.locator("#panel .bar")).to_contain_text("Source 1")
    assert [pair for pair in here.page.evaluate(CONTRAST) if pair[1] < 4.5] == []
    # “Ask again” understands the question anew after the same first turn; “Clear” restarts numbers.
    again = rewriting(typing("Was kostet die Brücke über die Lahn?"), saying(DEAR))
    monkeypatch.setattr(Order, "script", again)
    with here.answered():
        here.press("Ask again")
    expect(turn.locator(".understood")).to_have_text(
        "Gesucht wurde: Was kostet die Brücke über die Lahn?"
    )
    expect(turn.locator(".sentence .number").first).to_have_text("[1]")
    here.press("Clear")
    expect(here.page.locator(".greeting")).to_be_visible()
    alone = here.ask(QUESTION)
    expect(alone.locator(".understood")).to_have_count(0)
    expect(alone.locator(".sentence .number").first).to_have_text("[1]")
