"""Limits that hold for a conversation, in a real browser: reload, restart, New, History, Back."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from browsers import SIZES, visit
from pages import ARTICLES, FERRY, Script, free_port
from playwright.sync_api import expect
from test_browser_conversations import open_history, serving

from ui.conversations.words import ENGLISH
from vectorstore import Filter

LIMITS = f"source={FERRY.source}&from=2024-05-01".replace(" ", "+")
FILTER = Filter(sources=[FERRY.source], date_from=date(2024, 5, 1))
CHIPS = ["from 1 May 2024", FERRY.source]


@pytest.fixture
def script():
    return Script()


def chips(made):
    return made.page.locator("#limits .what")


def in_address(made):
    """The conversation and the limits in the address of the page."""
    given = parse_qs(urlsplit(made.page.url).query)
    return given.pop("conversation", [""])[0], given


def begin(made):
    """Begin a conversation within limits; return its id."""
    made.page.goto(f"/?{LIMITS}")
    expect(chips(made)).to_have_text(CHIPS)
    made.ask("What does a ticket cost?")
    made.page.wait_for_url("**conversation=**from=**")
    id, limits = in_address(made)
    assert limits == {"source": [FERRY.source], "from": ["2024-05-01"]}
    return id


@SIZES
def test_limits_come_back_after_a_restart_with_the_conversation_alone(
    browser, script, tmp_path, size
):
    port = free_port()
    with serving(tmp_path, script, ARTICLES, port) as url, visit(browser, url, **size) as made:
        id = begin(made)
        made.page.reload()
        expect(chips(made)).to_have_text(CHIPS)
    with serving(tmp_path, script, ARTICLES, port) as url, visit(browser, url, **size) as made:
        made.page.goto(f"/?conversation={id}")
        expect(chips(made)).to_have_text(CHIPS)
        made.page.wait_for_url("**conversation=**from=**")
        made.ask("And for children?")
        assert script.calls[-1]["filter"] == FILTER


@SIZES
def test_each_conversation_of_the_history_has_limits_of_its_own(browser, script, tmp_path, size):
    port = free_port()
    with serving(tmp_path, script, ARTICLES, port) as url, visit(browser, url, **size) as made:
        id = begin(made)
        made.page.get_by_role("link", name=ENGLISH.new).click()
        expect(chips(made)).to_have_count(0)
        made.ask("weather")
        assert "filter" not in script.calls[-1]
        other, limits = in_address(made)
        assert (other != id, limits) == (True, {})
        open_history(made).get_by_role("link", name="What does a ticket cost?").click()
        expect(chips(made)).to_have_text(CHIPS)
        made.page.wait_for_url("**conversation=**from=**")
        assert in_address(made)[0] == id
        made.page.go_back()
        expect(chips(made)).to_have_count(0)
        assert in_address(made) == (other, {})


@SIZES
def test_a_limit_that_is_taken_away_stays_away(browser, script, tmp_path, size):
    port = free_port()
    with serving(tmp_path, script, ARTICLES, port) as url, visit(browser, url, **size) as made:
        id = begin(made)
        made.press(f"Remove the limit: {CHIPS[0]}")
        expect(chips(made)).to_have_text(CHIPS[1:])
        made.page.goto(f"/?conversation={id}&from=2024-05-01")
        expect(chips(made)).to_have_text(CHIPS[1:])
        made.press("Clear")
        expect(made.turns).to_have_count(0)
        made.page.locator("#hint").get_by_role("button", name=ENGLISH.undo).click()
        expect(made.turns).to_have_count(1)
        expect(chips(made)).to_have_text(CHIPS[1:])
        made.page.wait_for_url("**conversation=**source=**")
