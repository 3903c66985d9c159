"""The page in a real browser, over a hand-made chain."""

import re
from io import BytesIO

import pytest
from browsers import BOTH, CONTRAST, DESKTOP, PHONE, visit
from pages import (
    ARTICLES,
    BRIDGE,
    CARS,
    COST,
    EVIL,
    EVIL_QUOTE,
    EVIL_TITLE,
    FERRY,
    TICKET,
    Script,
    free_port,
)
from playwright.sync_api import expect
from pypdf import PdfReader

from ui.app import build_app
from ui.html.page import Holdings
from ui.quote_words import words_about_quotes
from ui.server import start_server
from ui.words import ENGLISH, GERMAN

EXAMPLES = ["Was kostete die Brücke?", "What does a ticket cost?"]


@pytest.fixture(scope="module")
def script():
    return Script()


@pytest.fixture(scope="module")
def articles():
    return dict(ARTICLES)


class Shelf:
    """The articles and the examples of the page."""

    holdings = Holdings(3)
    examples = EXAMPLES


@pytest.fixture(scope="module")
def url(script, articles):
    app = build_app(
        script.chain(),
        lambda name: articles[name],
        examples=lambda language: Shelf.examples,
        holdings=lambda: Shelf.holdings,
    )
    yield start_server(app, host="127.0.0.1", port=free_port())
    script.gate.set()
    app.close(verbose=False)


@pytest.fixture(params=[DESKTOP], ids=["1280"])
def here(request, browser, url, script):
    script.gate.clear()
    with visit(browser, url, **request.param) as made:
        yield made


@pytest.fixture
def phone(browser, url):
    with visit(browser, url, **PHONE) as made:
        yield made


def is_within(inner, outer):
    """Whether a box lies wholly in another."""
    a, b = inner.bounding_box(), outer.bounding_box()
    return (
        b["x"] <= a["x"]
        and b["y"] <= a["y"]
        and a["x"] + a["width"] <= b["x"] + b["width"]
        and a["y"] + a["height"] <= b["y"] + b["height"]
    )


def test_a_number_opens_the_article_with_the_cited_sentence_in_view(here):
    turn = here.ask("Was kostete die Brücke?")
    expect(turn.locator("blockquote").first).to_have_text(COST)
    mark = here.open_first_source(turn)
    scroller = here.page.locator("#panel .scroll")
    assert mark.evaluate("mark => mark.textContent") == COST
    assert scroller.evaluate("scroller => scroller.scrollTop") > 0
    assert is_within(mark, scroller)
    text = here.page.locator("#panel .text").evaluate("text => text.textContent")
    assert text.replace(ENGLISH.front_matter, "", 1) == BRIDGE.text
    here.page.locator("#panel .scroll").evaluate("scroller => scroller.scrollTo(0, 0)")
    assert not is_within(mark, scroller)
    assert is_within(here.open_first_source(turn), scroller)


def test_sentences_appear_as_they_come_and_typing_goes_on_meanwhile(here, script):
    here.box.fill("slow")
    here.box.press("Enter")
    turn = here.turns.first
    expect(turn.locator(".sentence")).to_have_count(1)
    expect(turn).to_have_attribute("aria-busy", "true")
    expect(here.box).to_have_value("")
    here.box.press_sequentially("Und wann?")
    here.box.press("Enter")
    script.gate.set()
    expect(turn.locator(".sentence")).to_have_count(3)
    expect(turn).to_have_attribute("aria-busy", "false")
    expect(here.turns).to_have_count(1)
    expect(here.box).to_have_value("Und wann?")


def test_the_page_has_our_name_and_nothing_of_gradio_to_see(here):
    expect(here.page).to_have_title("Article Chat")
    expect(here.page.get_by_role("heading", name="Article Chat")).to_be_visible()
    expect(here.page.get_by_text("3 articles")).to_be_visible()
    shown = here.page.locator("body").inner_text()
    assert not re.search("gradio|use via api|settings|share", shown, re.IGNORECASE)


def test_a_new_question_moves_to_the_top_unless_the_person_scrolled(here, script):
    for _ in range(3):
        here.ask("Was kostete die Brücke?")
    here.box.fill("slow")
    here.box.press("Enter")
    turn, log = here.turns.nth(3), here.page.locator(".log")
    expect(turn.locator(".sentence")).to_have_count(1)
    assert is_within(turn, log)
    log.hover()
    here.page.mouse.wheel(0, -5000)
    here.page.wait_for_function("document.querySelector('.log').scrollTop === 0")
    script.gate.set()
    expect(turn).to_have_attribute("aria-busy", "false")
    assert log.evaluate("log => log.scrollTop") == 0


@BOTH
def test_a_refusal_shows_no_answer_and_opens_the_nearest_passages(here):
    turn = here.ask("How is the weather?")
    expect(turn.locator(".refusal .lead")).to_have_text("Die Artikel sagen dazu nichts.")
    expect(turn).to_contain_text("These passages come nearest, but do not answer the question:")
    expect(turn.locator("blockquote, .sentence")).to_have_count(0)
    turn.locator(".passage").nth(1).click()
    expect(here.page.locator("#panel mark")).to_have_text(TICKET)
    expect(here.page.get_by_role("region", name="Nearest passage")).to_be_visible()


@BOTH
def test_errors_are_lines_and_the_next_question_is_answered(here):
    broken = here.ask("broken")
    expect(broken.locator(".error")).to_have_text(f"Error. {ENGLISH.faults['no_index']}")
    crashed = here.ask("crash")
    expect(crashed.locator(".error")).to_have_text(f"Error. {ENGLISH.faults['unexpected']}")
    expect(here.page.locator(".answer")).to_have_count(0)
    expect(here.ask("ticket").locator("blockquote")).to_have_text(TICKET)


@BOTH
def test_an_empty_question_is_not_asked_and_says_so(here, script):
    asked = len(script.calls)
    here.box.fill("  \n ")
    here.press("Ask")
    expect(here.page.get_by_text(ENGLISH.empty_question)).to_be_visible()
    expect(here.turns).to_have_count(0)
    assert len(script.calls) == asked
    here.ask("ticket")
    expect(here.page.get_by_text(ENGLISH.empty_question)).to_have_count(0)


@BOTH
def test_a_question_that_is_too_long_stays_in_the_box_and_is_no_heading(here):
    here.box.fill("x" * 2_001)
    here.press("Ask")
    expect(here.page.get_by_text("has 2,001 characters, at most 2,000")).to_be_visible()
    expect(here.box).to_have_value("x" * 2_001)
    expect(here.turns).to_have_count(0)


@BOTH
def test_stop_ends_the_answer_at_once_and_keeps_its_sentences(here, script):
    script.abandoned.clear()
    here.box.fill("slow")
    here.press("Ask")
    turn = here.turns.first
    expect(turn.locator(".sentence")).to_have_count(1)
    expect(here.page.get_by_role("button", name="Ask", exact=True)).to_be_hidden()
    with here.answered():
        here.press("Stop")
    expect(turn.locator(".stopped")).to_be_visible()
    expect(turn).to_have_attribute("aria-busy", "false")
    # On a touch screen the keyboard would cover the answer.
    focused = expect(here.box)
    (focused.to_be_focused if here.is_wide else focused.not_to_be_focused)()
    # The chain still sits in its step, yet the next question is answered.
    here.ask("ticket")
    assert not script.abandoned.is_set()
    assert [one.question for one in script.calls[-1]["chat_history"]] == ["slow"]
    script.gate.set()
    assert script.abandoned.wait(timeout=10)
    expect(turn.locator(".sentence")).to_have_count(1)


@BOTH
def test_ask_again_replaces_the_last_answer(here, script):
    here.ask("ticket")
    here.ask("How is the weather?")
    calls = len(script.calls)
    with here.answered():
        here.press("Ask again")
    expect(here.turns).to_have_count(2)
    (again,) = script.calls[calls:]
    assert again["question"] == "How is the weather?"
    assert [one.question for one in again["chat_history"]] == ["ticket"]


def test_clear_forgets_the_conversation_and_closes_the_source(here, script):
    here.open_first_source(here.ask("Was kostete die Brücke?"))
    here.press("Clear")
    expect(here.page.locator(".greeting")).to_be_visible()
    expect(here.page.locator("#panel .source")).to_have_count(0)
    expect(here.box).to_be_focused()
    here.ask("ticket")
    expect(here.turns).to_have_count(1)
    assert script.calls[-1]["chat_history"] == []


def test_copy_puts_the_answer_and_its_sources_on_the_clipboard(here):
    here.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = here.ask("What is a ticket?")
    turn.get_by_role("button", name="Copy answer").click()
    expect(turn.get_by_role("button", name="Copied")).to_be_visible()
    start = FERRY.text.index(TICKET)
    end = start + len(TICKET)
    assert here.page.evaluate("navigator.clipboard.readText()") == (
        f"What is a ticket?\n\nThe articles say:\n“{TICKET}” [1]\n\n"
        "Sources:\n[1] Ferry returns to the lake (Lakeside Gazette, 2024-05-02)\n"
        f"    {here.page.evaluate('location.origin')}/article/{FERRY.id}?start={start}&end={end}"
    )


def test_copy_works_in_a_browser_without_a_clipboard_interface(here):
    """As it is over plain http from another machine."""
    here.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = here.ask("What is a ticket?")
    here.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: 0, configurable: 1})")
    turn.get_by_role("button", name="Copy answer").click()
    expect(turn.get_by_role("button", name="Copied")).to_be_visible()
    here.page.evaluate("delete navigator.clipboard")
    assert here.page.evaluate("navigator.clipboard.readText()").startswith("What is a ticket?\n")


@BOTH
def test_an_example_is_asked_by_pressing_it(here):
    here.press(EXAMPLES[1])
    turn = here.turns.first
    expect(turn.locator(".question")).to_have_text(EXAMPLES[1])
    expect(turn.locator("blockquote")).to_have_text(TICKET)
    expect(here.page.locator(".greeting")).to_have_count(0)


def test_counts_and_examples_are_read_at_each_visit_and_counts_after_each_answer(
    here, browser, url, monkeypatch
):
    monkeypatch.setattr(Shelf, "holdings", Holdings(5))
    monkeypatch.setattr(Shelf, "examples", ["Wer ist Ute Kranz?"])
    expect(here.page.locator("#header p")).to_have_text("3 articles")
    here.ask("ticket")
    expect(here.page.locator("#header p")).to_have_text("5 articles")
    with visit(browser, url) as other:
        expect(other.page.locator("#header p")).to_have_text("5 articles")
        expect(other.page.locator(".example")).to_have_text(["Wer ist Ute Kranz?"])
    here.press("Clear")
    expect(here.page.locator(".example")).to_have_text(["Wer ist Ute Kranz?"])


def test_nothing_in_a_hostile_article_runs_or_becomes_markup(here):
    turn = here.ask("evil")
    expect(turn.locator(".lead")).to_have_text("<img src=x onerror=alert(0)>")
    assert turn.locator("blockquote").evaluate("said => said.textContent") == EVIL_QUOTE
    mark = here.open_first_source(turn)
    assert mark.evaluate("mark => mark.textContent") == EVIL_QUOTE
    assert here.page.locator("#panel h2").evaluate("title => title.textContent") == EVIL_TITLE
    shown = here.page.locator("#panel .text").evaluate("text => text.textContent")
    assert shown == EVIL.text.replace("\0", "\ufffd")
    made = here.page.locator("#page").locator("img, svg, script, iframe, b, i, math, .katex")
    expect(made).to_have_count(0)
    # The only link is our own: the place's permanent address.
    [link] = here.page.locator("#page a").all()
    assert link.get_attribute("href").startswith("/article/")
    assert not here.scrolls_sideways()


def test_the_panel_says_that_an_article_has_changed_or_is_gone(here, articles):
    turn = here.ask("Was kostete die Brücke?")
    try:
        articles[BRIDGE.id] = articles.pop(EVIL.id)
        turn.locator("button.number").first.click()
        expect(here.page.locator("#panel .error")).to_have_text(ENGLISH.changed)
        del articles[BRIDGE.id]
        turn.locator("button.number").nth(1).click()
        expect(here.page.locator("#panel .error")).to_have_text(ENGLISH.gone)
        expect(here.page.locator("#panel mark")).to_have_count(0)
    finally:
        articles.update(ARTICLES)


def test_two_visitors_have_two_conversations(here, browser, url, script):
    here.ask("Was kostete die Brücke?")
    with visit(browser, url) as other:
        expect(other.turns).to_have_count(0)
        other.ask("ticket")
        assert script.calls[-1]["chat_history"] == []
        expect(other.turns).to_have_count(1)
        other.press("Clear")
        expect(other.turns).to_have_count(0)
    expect(here.turns).to_have_count(1)
    with here.answered():
        here.press("Ask again")
    assert script.calls[-1] == {"question": "Was kostete die Brücke?", "chat_history": []}
    expect(here.turns.locator("blockquote").first).to_have_text(COST)


def test_everything_can_be_done_from_the_keyboard(here):
    keys, focused = here.page.keyboard, here.page.locator(":focus")
    expect(here.box).to_be_focused()
    keys.type("Was kostete")
    keys.press("Shift+Enter")
    keys.type("die Brücke?")
    expect(here.box).to_have_value("Was kostete\ndie Brücke?")
    keys.press("Enter")
    expect(here.turns.first).to_have_attribute("aria-busy", "false")
    for _ in range(20):
        keys.press("Shift+Tab")
        if focused.get_attribute("aria-label") == "Source 1: Brücke wieder offen":
            break
    assert focused.evaluate("button => getComputedStyle(button).outlineStyle") == "solid"
    keys.press("Enter")
    expect(here.page.locator("#panel mark")).to_have_text(CARS)
    expect(here.page.locator("#panel .scroll")).to_be_focused()
    keys.press("Escape")
    expect(here.page.locator("#panel .source")).to_have_count(0)
    expect(focused).to_have_attribute("aria-label", "Source 1: Brücke wieder offen")


def test_on_a_phone_the_source_covers_the_conversation_until_it_is_closed(phone):
    assert not phone.scrolls_sideways()
    turn = phone.ask("Was kostete die Brücke?")
    number = turn.locator("button.number").first
    assert not phone.scrolls_sideways()
    mark = phone.open_first_source(turn)
    panel = phone.page.locator("#panel")
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 740}
    assert is_within(mark, phone.page.locator("#panel .scroll"))
    assert not phone.scrolls_sideways()
    assert phone.page.locator("#chat").evaluate("chat => chat.inert")
    phone.press("Close the source")
    expect(panel).to_be_hidden()
    expect(number).to_be_focused()
    phone.open_first_source(turn)
    phone.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert is_within(phone.box, phone.page.locator("body"))
    phone.ask("evil")
    assert not phone.scrolls_sideways()


def test_quotations_carry_their_language_and_the_answer_is_announced(here):
    turn = here.ask("Was kostete die Brücke?")
    languages = turn.locator("blockquote").evaluate_all("all => all.map(said => said.lang)")
    assert languages == ["de", "de", "en"]
    here.open_first_source(turn)
    expect(here.page.locator("#panel .text")).to_have_attribute("lang", "de")
    expect(here.page.get_by_role("log")).to_have_attribute("aria-live", "polite")


def test_the_scroll_to_the_mark_is_immediate_if_the_visitor_wants_no_motion(browser, url):
    spy = """window.moves = [];
        const scrollTo = Element.prototype.scrollTo;
        Element.prototype.scrollTo = function (how) {
          window.moves.push(how.behavior);
          return scrollTo.call(this, how);
        };"""
    for motion, behaviour in [("reduce", "auto"), ("no-preference", "smooth")]:
        with visit(browser, url, reduced_motion=motion) as made:
            made.page.evaluate(f"() => {{ {spy} }}")
            made.open_first_source(made.ask("Was kostete die Brücke?"))
            assert made.page.evaluate("window.moves") == [behaviour]


@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", PHONE)])
def test_all_text_has_enough_contrast(browser, url, scheme, size):
    with visit(browser, url, color_scheme=scheme, **size) as made:
        shown = made.page.evaluate(CONTRAST)
        made.ask("broken")
        made.ask("weather")
        made.open_first_source(made.ask("Was kostete die Brücke?"))
        shown += made.page.evaluate(CONTRAST)
    # 4.5 is what WCAG 2.2 asks of text at level AA, success criterion 1.4.3.
    assert [pair for pair in shown if pair[1] < 4.5] == []
    assert len(shown) > 50
    assert any(re.search("These passages come", text) for text, _ in shown)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_german_browser_reads_german_words_and_can_switch(browser, url, width):
    with visit(browser, url, locale="de-DE", viewport={"width": width, "height": 740}) as made:
        root, header = made.page.locator("html"), made.page.locator("#header")
        expect(made.page.get_by_text(GERMAN.greeting)).to_be_visible()
        box = made.page.get_by_label(GERMAN.question, exact=True)
        expect(box).to_have_attribute("placeholder", GERMAN.placeholder)
        expect(root).to_have_attribute("lang", "de")
        expect(header).to_contain_text("3 Artikel")
        turn = made.ask("ticket")
        made.press("English")
        expect(turn.locator("button.copy")).to_have_text(words_about_quotes(ENGLISH).copy_answer)
        expect(header).to_contain_text("3 articles")
        expect(root).to_have_attribute("lang", "en")
        made.open_first_source(turn)
        assert not made.scrolls_sideways()
        made.page.reload()
        expect(turn.locator("button.copy")).to_have_text(words_about_quotes(ENGLISH).copy_answer)
        expect(root).to_have_attribute("lang", "en")


def test_an_open_article_stays_where_it_is_when_the_language_changes(here):
    here.open_first_source(here.ask("Was kostete die Brücke?"))
    scroller = here.page.locator("#panel .scroll")
    scroller.evaluate("scroller => scroller.scrollTo(0, 40)")
    here.press("Deutsch")
    expect(here.page.get_by_role("region", name="Quelle 1")).to_be_visible()
    expect(here.page.locator("#panel .about").first).to_contain_text("18. März 2024 · Deutsch")
    assert scroller.evaluate("scroller => scroller.scrollTop") == 40
    here.press(GERMAN.close)
    expect(here.page.get_by_text("Es gibt noch keine Artikel")).to_be_visible()


def test_hover_and_focus_show_the_quote_outlet_and_date_of_a_number(here):
    turn, card = here.ask("Was kostete die Brücke? (model)"), here.page.locator("#card")
    numbers = turn.locator(".sentence button.number")
    numbers.nth(1).hover()
    expect(card.locator(".quote")).to_have_text(CARS)
    expect(card).to_contain_text("Lahntaler Bote · 18 March 2024")
    assert is_within(card, here.page.locator("body"))
    here.page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    here.box.hover()
    here.box.press("Shift+Tab")
    here.page.keyboard.press("Tab")
    numbers.nth(0).evaluate("number => number.focus()")  # the keyboard was used last
    expect(card.locator(".quote")).to_have_text(COST)
    expect(numbers.nth(0)).to_have_accessible_description(re.compile(re.escape(COST)))
    here.page.keyboard.press("Enter")
    expect(here.page.locator("#panel mark")).to_have_text(COST)
    expect(card).to_be_hidden()


def test_a_long_quote_is_cut_after_four_lines_in_its_card(here):
    here.ask("evil model").locator("button.number").first.hover()
    quote = here.page.locator("#card .quote")
    expect(quote).to_be_visible()
    shown = quote.evaluate(
        "quote => quote.clientHeight / parseFloat(getComputedStyle(quote).lineHeight)"
    )
    assert round(shown, 1) == 4
    assert quote.evaluate("quote => quote.scrollHeight > quote.clientHeight")


@pytest.mark.parametrize("width", [1280, 360])
def test_a_number_stays_pressed_while_its_article_is_open_and_back_closes_it(browser, url, width):
    with visit(browser, url, viewport={"width": width, "height": 740}) as made:
        turn = made.ask("Was kostete die Brücke?")
        pressed = made.page.locator("#conversation .number[aria-pressed=true]")
        source = made.page.locator("#panel .source")
        made.open_first_source(turn)
        expect(pressed).to_have_text(["[1]"])
        if width > 900:
            made.ask("ticket")
            expect(pressed).to_have_text(["[1]"])
            second = turn.locator("button.number").nth(1)
            second.click()
            # Both have the article's number: until this one is pressed, it is still on its way.
            expect(second).to_have_attribute("aria-pressed", "true")
            expect(pressed).to_have_text(["[1]"])
        made.page.go_back()
        expect(source).to_have_count(0)
        expect(pressed).to_have_count(0)
        expect(turn).to_be_visible()
        made.open_first_source(turn)
        made.page.keyboard.press("Escape")
        expect(source).to_have_count(0)
        assert made.page.evaluate("history.state?.article") is None


def test_on_a_phone_all_that_can_be_pressed_is_44_pixels_high(phone):
    phone.ask("weather")
    phone.ask("Was kostete die Brücke?")
    small = phone.page.evaluate(
        """() => [...document.querySelectorAll("button, summary, a")]
             .filter(one => one.getClientRects().length)
             .map(one => {
               one.scrollIntoView({ block: "center" });
               const box = one.getBoundingClientRect(), [x, y] = [box.x + box.width / 2,
                 box.y + box.height / 2];
               const hit = at => one.contains(document.elementFromPoint(x, at));
               return hit(y - 21.5) && hit(y + 21.5) ? "" : one.outerHTML;
             }).filter(Boolean)"""
    )
    assert small == []


def test_at_400_percent_zoom_the_whole_page_scrolls_to_the_box(browser, url):
    with visit(browser, url, viewport={"width": 320, "height": 200}) as made:
        header = made.page.locator("#header header").bounding_box()
        assert (header["x"], header["y"], header["width"]) == (0, 0, 320)
        turn = made.ask("Was kostete die Brücke?")
        assert turn.locator(".question").bounding_box()["y"] < 100
        made.page.get_by_role("button", name="Clear").scroll_into_view_if_needed()
        made.box.scroll_into_view_if_needed()
        box = made.box.bounding_box()
        assert 0 <= box["y"] <= 200 - box["height"]
        assert not made.scrolls_sideways()
        made.ask("ticket")  # the box takes a question where it is
        # The tools scroll with the article, which has the room.
        mark = made.open_first_source(turn)
        expect(mark).to_be_in_viewport()
        expect(made.page.get_by_role("button", name="Close the source")).to_be_in_viewport()
        assert mark.bounding_box()["y"] < 150


def test_on_paper_are_questions_answers_and_sources_in_dark_ink(browser, url):
    with visit(browser, url, color_scheme="dark") as made:
        made.ask("weather")
        for _ in range(4):
            turn = made.ask("Was kostete die Brücke?")
        made.open_first_source(turn)
        made.page.emulate_media(media="print")
        shown = made.page.evaluate(CONTRAST)
        paper = PdfReader(BytesIO(made.page.pdf(format="A4")))
    assert [pair for pair in shown if pair[1] < 4.5] == []
    assert len(paper.pages) >= 2
    text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert text.count("Was kostete die Brücke?") == 4
    assert text.count(COST) == 4
    assert "Lakeside Gazette · 2 May 2024" in text
    for button in ("Clear", "Ask", "Copy", "Keep", "Edit", "History", "Absatz 3"):
        assert button not in text
