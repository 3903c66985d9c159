"""Quote cards, kept quotes and the tools of an article, in a real browser."""

from dataclasses import replace

import pytest
from browsers import SIZES, visit
from langchain_core.runnables import RunnableGenerator
from pages import (
    BRIDGE,
    CARS,
    COST,
    FERRY,
    OPENED,
    TICKET,
    bare_app,
    cited,
    free_port,
    pieces,
)
from playwright.sync_api import expect

from ui.server import start_server


@pytest.fixture
def url():
    def stream(inputs):
        for given in inputs:
            quotes = (BRIDGE, COST), (BRIDGE, CARS), (FERRY, TICKET)
            *parts, last = pieces(given["question"], "Die Artikel sagen:", *quotes)
            yield from parts
            yield replace(last, further=(cited(BRIDGE, OPENED, 4),))

    app = bare_app(RunnableGenerator(stream))
    yield start_server(app, host="127.0.0.1", port=free_port())
    app.close(verbose=False)


@SIZES
def test_quotes_are_kept_noted_ordered_by_keys_removed_and_brought_back(browser, url, size):
    with visit(browser, url, **size) as made:
        turn = made.ask("Was?")
        for place in (0, 1):
            turn.locator(".keep").nth(place).click()
            expect(turn.locator(".keep").nth(place)).to_have_attribute("aria-pressed", "true")
        made.page.locator("#header button.kept").click()
        kept = made.page.locator("#kept")
        expect(kept.locator("blockquote")).to_have_text([COST, CARS])
        expect(kept.locator(".question")).to_have_text(["Was?", "Was?"])
        kept.locator("textarea").first.fill("call her")
        kept.locator(".move").first.press("ArrowDown")
        expect(kept.locator("blockquote")).to_have_text([CARS, COST])
        expect(kept.locator(".move").nth(1)).to_be_focused()
        expect(kept.locator(".said")).to_have_text("Now at place 2 of 2")
        kept.locator(".remove").first.click()
        expect(kept.locator("blockquote")).to_have_text([COST])
        kept.locator(".undo").click()
        expect(kept.locator("blockquote")).to_have_text([CARS, COST])
        assert not made.scrolls_sideways()
        made.page.reload()
        made.page.locator("#header button.kept").click()
        expect(kept.locator("blockquote")).to_have_text([CARS, COST])
        expect(kept.locator("textarea").nth(1)).to_have_value("call her")
        kept.locator(".open").nth(1).click()
        expect(made.page.locator("#panel mark")).to_have_text(COST)
        made.page.keyboard.press("Escape")
        expect(kept.locator(".open").nth(1)).to_be_focused()


@SIZES
def test_export_has_question_quote_note_and_permanent_address(browser, url, size):
    with visit(browser, url, **size) as made:
        made.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        turn = made.ask("Was?")
        turn.locator(".keep").first.click()
        made.page.locator("#header button.kept").click()
        kept = made.page.locator("#kept")
        kept.locator("textarea").fill("call her")
        kept.locator(".copy-all").click()
        expect(kept.locator(".copy-all")).to_have_text("Copied")
        text = made.page.evaluate("navigator.clipboard.readText()")
        start = BRIDGE.text.index(COST)
        address = f"{url}article/{BRIDGE.id}?start={start}&end={start + len(COST)}"
        assert text.startswith(f"# Kept\n\n## Was?\n\n> „{COST}“\n\nBrücke wieder offen")
        assert text.endswith(f", [Permanent address]({address})\n\ncall her\n")
        with made.page.expect_download() as download:
            kept.locator(".export").click()
        assert download.value.path().read_text(encoding="utf-8") == text


@SIZES
def test_steps_lead_through_the_quotes_and_words_are_found_in_the_article(browser, url, size):
    with visit(browser, url, **size) as made:
        made.open_first_source(made.ask("Was?"))
        panel = made.page.locator("#panel")
        expect(panel.locator(".steps")).to_contain_text("1 of 3")
        panel.get_by_role("button", name="Next quote").click()
        expect(panel.locator("mark")).to_have_text(CARS)
        expect(panel.get_by_role("button", name="Next quote")).to_be_focused()
        panel.locator(".find").fill("absatz 1")
        expect(panel.locator(".found")).to_have_text("1 of 10")
        panel.locator(".find").press("Shift+Enter")
        expect(panel.locator(".found")).to_have_text("10 of 10")
        panel.locator(".find").press("Escape")
        expect(panel.locator(".source")).to_have_count(1)
        assert not made.scrolls_sideways()


@SIZES
def test_all_passages_are_shown_on_request_and_the_newest_first(browser, url, size):
    with visit(browser, url, **size) as made:
        turn = made.ask("Was?")
        shown = turn.locator("blockquote:visible")
        expect(shown).to_have_text([COST, CARS, TICKET])
        turn.get_by_role("button", name="show all").click()
        turn.get_by_role("button", name="Newest first").click()
        expect(shown).to_have_text([TICKET, COST, CARS, OPENED])
        made.ask("Und?")  # the conversation is drawn anew
        expect(shown).to_have_text([TICKET, COST, CARS, OPENED])
