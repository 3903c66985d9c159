"""Conversations that stay, in a real browser: reload, restart, Back, history, undo, drafts."""

import threading
from contextlib import contextmanager

import pytest
from browsers import BOTH, CONTRAST, DESKTOP, PHONE, SIZES, visit
from injections import INJECTIONS
from pages import ARTICLES, BRIDGE, COST, TICKET, Script, bare_app, free_port
from playwright.sync_api import expect

from ui.app import build_app
from ui.conversations.opening import open_conversations
from ui.conversations.words import ENGLISH, GERMAN
from ui.html.page import Holdings
from ui.server import start_server
from ui.words import ENGLISH as PAGE
from ui.words import GERMAN as GERMAN_PAGE

BRIDGE_ASKED = "Was kostete die Brücke?"


@contextmanager
def serving(data, script, articles, port):
    with_conversations = open_conversations(data)
    app = build_app(
        script.chain(),
        lambda name: articles[name],
        examples=lambda language: ["What does a ticket cost?"],
        holdings=lambda: Holdings(3),
        conversations=with_conversations,
    )
    try:
        yield start_server(app, host="127.0.0.1", port=port)
    finally:
        script.gate.set()
        app.close(verbose=False)
        with_conversations.close()


@pytest.fixture(scope="module")
def script():
    return Script()


@pytest.fixture(scope="module")
def articles():
    return dict(ARTICLES)


@pytest.fixture(scope="module")
def url(script, articles, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("data"), script, articles, free_port()) as url:
        yield url


@pytest.fixture(params=[DESKTOP], ids=["1280"])
def here(request, browser, url, script):
    script.gate.clear()
    with visit(browser, url, **request.param) as made:
        yield made


def open_history(made):
    made.page.get_by_role("button", name=ENGLISH.history, exact=True).click()
    history = made.page.get_by_role("dialog", name=ENGLISH.history)
    expect(history).to_be_visible()
    return history


def hint(made):
    return made.page.locator("#hint p")


def undo(made):
    made.page.locator("#hint").get_by_role("button", name=ENGLISH.undo).click()


@SIZES
def test_a_conversation_is_there_again_after_reload_and_on_another_device(browser, url, size):
    with visit(browser, url, **size) as made:
        made.ask(BRIDGE_ASKED)
        made.ask("ticket")
        expect(made.page).to_have_title(f"{BRIDGE_ASKED} – Article Chat")
        address = made.page.url
        assert "/?conversation=" in address
        made.page.reload()
        expect(made.turns).to_have_count(2)
        assert made.page.url == address
        made.ask("weather")
        with visit(browser, url, **size) as other:
            other.page.goto(address)
            expect(other.turns).to_have_count(3)
            other.open_first_source(other.turns.first)
        assert not made.scrolls_sideways()


def test_a_conversation_goes_on_where_it_was_with_what_was_said(here, script):
    here.ask(BRIDGE_ASKED)
    here.page.reload()
    expect(here.turns).to_have_count(1)
    here.ask("ticket")
    assert [one.question for one in script.calls[-1]["chat_history"]] == [BRIDGE_ASKED]


@SIZES
def test_back_leads_to_the_conversation_before_and_forward_again(browser, url, size):
    with visit(browser, url, **size) as made:
        made.ask(BRIDGE_ASKED)
        first = made.page.url
        made.page.get_by_role("link", name=ENGLISH.new).click()
        expect(made.page.locator(".greeting")).to_be_visible()
        assert made.page.url == f"{url}"
        made.ask("ticket")
        made.page.go_back()
        expect(made.page.locator(".greeting")).to_be_visible()
        made.page.go_back()
        expect(made.turns.locator("blockquote").first).to_have_text(COST)
        assert made.page.url == first
        made.page.go_forward()
        expect(made.page.locator(".greeting")).to_be_visible()
        expect(made.page).to_have_title("Article Chat")


def test_a_restarted_server_shows_the_conversation_and_the_half_typed_question(
    browser, script, articles, tmp_path
):
    port = free_port()
    with serving(tmp_path, script, articles, port) as url:
        context = browser.new_context(base_url=url)
        page = context.new_page()
        page.goto("/")
        expect(page.locator(".greeting")).to_be_visible(timeout=20_000)
        page.locator("#question textarea").fill("ticket")
        page.locator("#question textarea").press("Enter")
        expect(page.locator(".turn blockquote")).to_have_text(TICKET)
        expect(page.locator(".turn")).to_have_attribute("aria-busy", "false")
        page.locator("#question textarea").fill("Und wie lange da")
    with serving(tmp_path, script, articles, port):
        page.reload()
        expect(page.locator(".turn blockquote")).to_have_text(TICKET, timeout=20_000)
        expect(page.locator("#question textarea")).to_have_value("Und wie lange da")
    context.close()


def test_a_half_typed_question_belongs_to_its_conversation_until_it_is_asked(here):
    expect(here.page.locator(".greeting")).to_be_visible()
    here.page.wait_for_timeout(200)  # the box belongs to a conversation only then
    here.box.fill("Noch ni")
    here.page.reload()
    expect(here.box).to_have_value("Noch ni")
    here.ask("ticket")
    here.box.fill("Und dann")
    here.page.get_by_role("link", name=ENGLISH.new).click()
    expect(here.page.locator(".greeting")).to_be_visible()
    expect(here.box).to_have_value("")
    here.page.go_back()
    expect(here.turns).to_have_count(1)
    expect(here.box).to_have_value("Und dann")
    here.ask("weather")
    here.page.reload()
    expect(here.turns).to_have_count(2)
    here.page.wait_for_timeout(200)
    expect(here.box).to_have_value("")


@SIZES
def test_the_history_lists_renames_deletes_and_brings_back(browser, url, size):
    with visit(browser, url, **size) as made:
        made.ask(BRIDGE_ASKED)
        made.page.get_by_role("link", name=ENGLISH.new).click()
        expect(made.page.locator(".greeting")).to_be_visible()
        made.ask("ticket, please")
        history = open_history(made)
        assert not made.scrolls_sideways()
        expect(history.locator("h3").first).to_have_text(ENGLISH.today)
        links = history.get_by_role("link")
        assert links.all_inner_texts()[:2] == ["ticket, please", BRIDGE_ASKED]
        expect(links.first).to_be_focused()
        expect(links.first).to_have_attribute("aria-current", "page")
        history.get_by_role("button", name=f"{ENGLISH.rename}: ticket, please").click()
        field = history.get_by_role("textbox", name=ENGLISH.name)
        expect(field).to_be_focused()
        field.fill("The ferry")
        field.press("Enter")
        expect(links.first).to_have_text("The ferry")
        expect(made.page).to_have_title("The ferry – Article Chat")
        history.get_by_role("button", name=f"{ENGLISH.delete}: {BRIDGE_ASKED}").first.click()
        expect(history.get_by_role("status")).to_contain_text(f"“{BRIDGE_ASKED}” is deleted.")
        expect(history.get_by_role("button", name=ENGLISH.undo)).to_be_focused()
        made.page.keyboard.press("Enter")
        expect(links.nth(1)).to_have_text(BRIDGE_ASKED)
        links.nth(1).click()
        expect(history).to_be_hidden()
        expect(made.turns.locator("blockquote").first).to_have_text(COST)


@BOTH
def test_deleting_the_conversation_on_the_page_leaves_an_empty_page(here, url):
    # Both widths have the same history.
    asked = f"ticket at {here.page.viewport_size['width']} pixels"
    here.ask(asked)
    history = open_history(here)
    history.get_by_role("button", name=f"{ENGLISH.delete}: {asked}").click()
    expect(here.page.locator(".greeting")).to_be_visible()
    assert here.page.url == url
    history.get_by_role("button", name=ENGLISH.undo).click()
    history.get_by_role("link", name=asked).click()
    expect(here.turns).to_have_count(1)


def test_the_history_is_used_from_the_keyboard(here):
    here.ask("ticket")
    keys, button = here.page.keyboard, here.page.get_by_role("button", name=ENGLISH.history)
    button.focus()
    keys.press("Enter")
    history = here.page.get_by_role("dialog")
    expect(history.locator("a[aria-current]")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(history.get_by_role("textbox")).to_be_focused()
    keys.press("Escape")
    expect(history.locator(".rename").first).to_be_focused()
    keys.press("Escape")
    expect(history).to_be_hidden()
    expect(button).to_be_focused()


@contextmanager
def held_back(made):
    """Hold back what the page asks of the server until the block ends, and wait for its answer."""
    held = []
    made.page.route("**/run/predict*", lambda route: held.append(route))
    yield
    assert held
    with made.page.expect_response("**/run/predict*") as answer:
        for route in held:
            route.continue_()
        made.page.unroute("**/run/predict*")
    answer.value.finished()
    made.page.wait_for_timeout(200)


def test_a_history_that_was_closed_stays_closed_when_the_new_name_arrives(here):
    here.ask("ticket")
    history = open_history(here)
    history.locator(".rename").first.click()
    history.get_by_role("textbox").fill("The ferry")
    with held_back(here):
        history.get_by_role("textbox").press("Enter")
        here.page.keyboard.press("Escape")
        expect(history).to_be_hidden()
    expect(here.page).to_have_title("The ferry – Article Chat")
    expect(history).to_be_hidden()
    expect(open_history(here).get_by_role("link").first).to_have_text("The ferry")


@BOTH
def test_a_question_asked_while_another_conversation_is_on_its_way_is_asked_there(here, script):
    here.ask(BRIDGE_ASKED)
    before = here.page.url
    calls = len(script.calls)
    with here.answered():
        with held_back(here):
            here.page.get_by_role("link", name=ENGLISH.new).click()
            here.box.fill("ticket")
            here.box.press("Enter")
            assert len(script.calls) == calls
    expect(here.turns.locator(".question")).to_have_text(["ticket"])
    assert here.page.url != before
    assert script.calls[-1]["chat_history"] == []


SEEN = """() => {
  window.seen = new Set();
  const look = () => {
    for (const asked of document.querySelectorAll(".turn .question")) {
      if (asked.checkVisibility({ visibilityProperty: true })) window.seen.add(asked.textContent);
    }
    window.seen.add(document.title);
    requestAnimationFrame(look);
  };
  look();
}"""
"""A script that notes the questions and titles that the page shows from now on."""


def press_entry(made, address):
    """Press the entry of the history that leads to a conversation."""
    id = address.partition("=")[2]
    open_history(made).locator(f"li[data-id='{id}'] a").click()


@contextmanager
def first_visit_held_back(made):
    """Hold back the page's first request for another conversation until the block ends."""
    held = []

    def pass_on(route):
        if held or '"visit"' not in (route.request.post_data or ""):
            route.continue_()
        else:
            held.append(route)

    made.page.route("**/run/predict*", pass_on)
    yield
    made.page.wait_for_timeout(200)
    [first] = held
    first.continue_()


@SIZES
def test_of_two_conversations_opened_quickly_only_the_last_one_is_shown(browser, url, script, size):
    with visit(browser, url, **size) as made:
        addresses = []
        for question in ("ticket to A", "ticket to B", "ticket to C"):
            made.page.get_by_role("link", name=ENGLISH.new).click()
            expect(made.page.locator(".greeting")).to_be_visible()
            made.ask(question)
            addresses.append(made.page.url)
        made.page.evaluate(SEEN)
        with made.answered(), first_visit_held_back(made):
            press_entry(made, addresses[1])
            press_entry(made, addresses[0])
            made.box.fill("ticket, asked in A")
            made.box.press("Enter")
        expect(made.turns.locator(".question")).to_have_text(["ticket to A", "ticket, asked in A"])
        expect(made.page).to_have_url(addresses[0])
        expect(made.page).to_have_title("ticket to A – Article Chat")
        assert [one for one in made.page.evaluate("[...window.seen]") if "to B" in one] == []
        assert [one.question for one in script.calls[-1]["chat_history"]] == ["ticket to A"]


def test_back_and_forward_in_quick_succession_lead_to_where_the_address_is(here):
    here.ask("ticket to A")
    here.page.get_by_role("link", name=ENGLISH.new).click()
    expect(here.page.locator(".greeting")).to_be_visible()
    here.ask("ticket to B")
    address = here.page.url
    here.page.evaluate(SEEN)
    with first_visit_held_back(here):
        here.page.go_back()
        here.page.go_back()
        here.page.go_forward()
        here.page.go_forward()
    expect(here.turns.locator(".question")).to_have_text(["ticket to B"])
    here.page.wait_for_function("document.querySelector('#page').dataset.going === undefined")
    assert here.page.url == address
    assert [one for one in here.page.evaluate("[...window.seen]") if "to A" in one] == []


@BOTH
def test_clear_can_be_undone(here, url):
    here.ask(BRIDGE_ASKED)
    address = here.page.url
    here.press(PAGE.clear)
    expect(here.page.locator(".greeting")).to_be_visible()
    expect(hint(here)).to_contain_text(ENGLISH.cleared)
    assert here.page.url == url
    undo(here)
    expect(here.turns).to_have_count(1)
    assert here.page.url == address
    expect(hint(here)).to_be_empty()
    here.page.reload()
    expect(here.turns).to_have_count(1)


@SIZES
def test_an_edited_question_replaces_its_answer_and_those_after_it_until_undone(
    browser, url, script, size
):
    with visit(browser, url, **size) as made:
        for question in (BRIDGE_ASKED, "weather", "ticket"):
            made.ask(question)
        made.turns.nth(1).get_by_role("button", name=f"{ENGLISH.edit}: weather").click()
        field = made.page.get_by_role("textbox", name=ENGLISH.edited)
        expect(field).to_be_focused()
        expect(field).to_have_value("weather")
        assert not made.scrolls_sideways()
        field.press("Escape")
        expect(made.turns.nth(1).locator(".edit")).to_be_focused()
        made.page.keyboard.press("Enter")
        field.fill("What is a ticket?")
        with made.answered():
            field.press("Enter")
        expect(made.turns).to_have_count(2)
        expect(made.turns.nth(1).locator("blockquote")).to_have_text(TICKET)
        history = script.calls[-1]["chat_history"]
        assert [one.question for one in history] == [BRIDGE_ASKED]
        made.page.reload()
        expect(made.turns).to_have_count(2)
        made.turns.nth(0).locator(".edit").click()
        with made.answered():
            made.page.get_by_role("textbox", name=ENGLISH.edited).press("Enter")
        expect(made.turns).to_have_count(1)
        undo(made)
        expect(made.turns).to_have_count(2)
        expect(made.turns.nth(1).locator(".question")).to_have_text("What is a ticket?")


def test_an_answer_that_is_asked_again_can_be_brought_back(here):
    here.ask("ticket")
    here.ask("weather")
    with here.answered():
        here.press(PAGE.ask_again)
    expect(hint(here)).to_contain_text(ENGLISH.replaced)
    undo(here)
    expect(hint(here)).to_be_empty()
    expect(here.turns.locator(".question")).to_have_text(["ticket", "weather"])
    here.ask("ticket")
    expect(here.turns).to_have_count(3)


@BOTH
def test_leaving_in_the_middle_of_an_answer_keeps_it_as_far_as_it_came(here, script):
    here.box.fill("slow")
    here.box.press("Enter")
    expect(here.turns.locator(".sentence")).to_have_count(1)
    address = here.page.url
    here.page.get_by_role("link", name=ENGLISH.new).click()
    expect(here.page.locator(".greeting")).to_be_visible()
    here.ask("ticket")
    expect(here.turns).to_have_count(1)
    here.page.goto(address)
    expect(here.turns.locator(".sentence")).to_have_count(1)
    expect(here.turns.locator(".stopped")).to_be_visible()


def test_another_tab_follows_an_answer_in_the_making(here, browser, url, script):
    here.box.fill("slow")
    here.box.press("Enter")
    expect(here.turns.locator(".sentence")).to_have_count(1)
    with visit(browser, url) as other:
        other.page.goto(here.page.url)
        expect(other.turns).to_have_attribute("aria-busy", "true")
        script.gate.set()
        expect(other.turns.locator(".sentence")).to_have_count(3)
        expect(other.turns).to_have_attribute("aria-busy", "false")


def test_an_address_without_a_conversation_says_so(here, url):
    for id in ("nothing-there", "%3Cimg%20src=x%20onerror=alert(1)%3E"):
        here.page.goto(f"{url}?conversation={id}")
        expect(hint(here)).to_have_text(ENGLISH.unknown)
        expect(here.page.locator(".greeting")).to_be_visible()
        expect(here.page).to_have_url(url)


def test_a_quote_that_is_no_longer_in_its_article_is_not_shown_as_a_quotation(here, articles):
    here.ask(BRIDGE_ASKED)
    try:
        del articles[BRIDGE.id]
        here.page.reload()
        turn = here.turns.first
        expect(turn.locator(".sentence .lost")).to_have_count(2)
        expect(turn.locator(".sentence .lost").first).to_have_text(f"{PAGE.lost}: {COST}")
        expect(turn.locator("blockquote")).to_have_text(TICKET)
        turn.locator("button.number").first.click()
        expect(here.page.locator("#panel .error")).to_have_text(PAGE.gone)
    finally:
        articles.update(ARTICLES)


def test_hostile_questions_and_names_are_text(here):
    for number in range(0, len(INJECTIONS), 25):
        hostile = " ".join(INJECTIONS[number : number + 25])[:1_900] + " ticket"
        here.page.get_by_role("link", name=ENGLISH.new).click()
        expect(here.page.locator(".greeting")).to_be_visible()
        here.ask(hostile)
        history = open_history(here)
        link = history.get_by_role("link").first
        shown = " ".join(hostile.split())[:160]
        assert link.evaluate("link => link.textContent").startswith(shown[:20])
        made = here.page.locator("#page, #history").locator("img, svg, script, iframe, b, i")
        expect(made).to_have_count(0)
        history.locator(".rename").first.click()
        history.get_by_role("textbox").press("Enter")
        expect(history.locator("form")).to_have_count(0)
        here.page.keyboard.press("Escape")


@pytest.mark.parametrize(("scheme", "size"), [("light", PHONE), ("dark", DESKTOP)])
def test_the_history_has_enough_contrast_and_speaks_german(browser, url, scheme, size):
    with visit(browser, url, color_scheme=scheme, locale="de-DE", **size) as made:
        made.ask("ticket")
        made.page.get_by_role("button", name=GERMAN.history).click()
        history = made.page.get_by_role("dialog", name=GERMAN.history)
        expect(history.locator("h3").first).to_have_text(GERMAN.today)
        history.locator(".delete").last.click()
        expect(history.get_by_role("status")).to_contain_text("wurde gelöscht")
        shown = made.page.evaluate(CONTRAST)
        made.page.keyboard.press("Escape")
        made.press(GERMAN_PAGE.clear)
        expect(hint(made)).to_contain_text(GERMAN.cleared)
        shown += made.page.evaluate(CONTRAST)
    assert [pair for pair in shown if pair[1] < 4.5] == []


def test_a_page_whose_conversations_cannot_be_kept_says_so_and_answers(browser, script, articles):
    from ui.conversations.opening import open_fleeting

    app = bare_app(
        script.chain(), lambda name: articles[name], conversations=open_fleeting(trouble=True)
    )
    url = start_server(app, host="127.0.0.1", port=free_port())
    try:
        with visit(browser, url) as made:
            expect(hint(made)).to_have_text(ENGLISH.not_kept)
            made.ask("ticket")
            expect(open_history(made)).to_contain_text(ENGLISH.not_kept)
    finally:
        app.close(verbose=False)


def test_threads_that_ask_at_once_lose_no_turn(url, tmp_path):
    store = open_conversations(tmp_path)
    from ui.turns import Turn

    def work(number):
        for step in range(5):
            turn = Turn(f"{number}.{step}")
            store.finish(store.ask("", f"c{number}", turn), turn)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [len(store.read("", f"c{number}").turns) for number in range(4)]
    store.close()
    assert kept == [5, 5, 5, 5]


def test_a_page_that_slept_for_an_hour_is_loaded_again_with_all_there_was(here):
    here.ask(BRIDGE_ASKED)
    here.page.clock.install()
    here.page.reload()
    expect(here.turns).to_have_count(1)
    here.box.fill("And when")
    here.page.evaluate("window.asleep = true")
    here.page.clock.fast_forward("50:00")
    assert here.page.evaluate("window.asleep")
    here.page.clock.fast_forward("58:00")
    here.page.wait_for_function("window.asleep === undefined")
    expect(here.turns).to_have_count(1)
    expect(here.box).to_have_value("And when")
