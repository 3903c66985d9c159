"""Back, Escape and an article that is still on its way, in a real browser."""

import threading

import pytest
from browsers import SIZES, visit
from pages import ARTICLES, BRIDGE, COST, Script, bare_app, free_port
from playwright.sync_api import expect

from ui.server import start_server


@pytest.fixture(scope="module")
def gate():
    """Open, or articles are on their way until it is."""
    return threading.Event()


@pytest.fixture(scope="module")
def url(gate):
    def read(name):
        gate.wait(timeout=20)
        return ARTICLES[name]

    app = bare_app(Script().chain(), read)
    yield start_server(app, host="127.0.0.1", port=free_port())
    gate.set()
    app.close(verbose=False)


@pytest.mark.parametrize("go_back", ["Back", "Escape"])
@SIZES
def test_an_article_that_the_person_went_back_from_does_not_open_when_it_comes(
    browser, url, gate, size, go_back
):
    gate.set()
    with visit(browser, url, **size) as here:
        turn = here.ask("Was kostete die Brücke?")
        address = here.page.url
        gate.clear()
        with here.page.expect_response(lambda got: BRIDGE.title in got.text()):
            turn.locator("button.number").first.click()
            if go_back == "Back":
                here.page.go_back()
            else:
                here.page.keyboard.press("Escape")
            gate.set()
        here.page.wait_for_timeout(300)  # nothing is to come, so there is nothing to wait for
        expect(here.page.locator("#panel .source")).to_have_count(0)
        expect(turn).to_be_visible()
        assert here.page.url == address
        expect(here.page.locator("#chat[inert]")).to_have_count(0)
        # Asked for again, it opens; Back closes it, and the conversation stays.
        expect(here.open_first_source(turn)).to_have_text(COST)
        here.page.go_back()
        expect(here.page.locator("#panel .source")).to_have_count(0)
        assert here.page.url == address


@SIZES
def test_another_article_asked_for_right_after_closing_one_opens(browser, url, gate, size):
    gate.set()
    with visit(browser, url, **size) as here:
        turn = here.ask("Was kostete die Brücke?")
        here.open_first_source(turn)
        here.page.evaluate(
            """() => {
                 document.querySelector("#panel .close").click();
                 document.querySelectorAll(".turn button.number")[1].click();
               }"""
        )
        expect(here.page.locator("#panel mark")).to_be_visible()
        here.page.go_back()
        expect(here.page.locator("#panel .source")).to_have_count(0)
        expect(turn).to_be_visible()
