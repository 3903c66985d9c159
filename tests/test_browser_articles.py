"""The list of articles and the limits of a conversation in a real browser, desktop and phone."""

from datetime import date

import pytest
from browsers import DESKTOP, PHONE, visit
from conftest import UnitWords, news, split_words
from pages import ARTICLES, BRIDGE, EVIL, EVIL_TITLE, FERRY, Script, free_port
from playwright.sync_api import expect

from ui.app import build_app
from ui.article_words import ARTICLE_WORDS
from ui.articles_panel import archive_of
from ui.html.page import Holdings
from ui.limits import MOST_ARTICLES
from ui.server import start_server
from vectorstore import Filter, build_store

MANY = [news(f"{n:03}.txt", f"Meldung {n}.", source="Amt", date="2023-01-09") for n in range(60)]
TOTAL = len(ARTICLES) + len(MANY)
HELD = Holdings(TOTAL, (date(2023, 1, 9), date(2024, 5, 2)))


@pytest.fixture(scope="module")
def script():
    return Script()


@pytest.fixture(scope="module")
def url(script, tmp_path_factory):
    words = UnitWords()
    store = build_store(tmp_path_factory.mktemp("list"), words, embedding_name="words")
    store.add([(one, split_words(one)) for one in (*ARTICLES.values(), *MANY)])
    app = build_app(
        script.chain(),
        ARTICLES.__getitem__,
        examples=lambda language: [],
        holdings=lambda: HELD,
        archive=archive_of(store),
    )
    yield start_server(app, host="127.0.0.1", port=free_port())
    script.gate.set()
    app.close(verbose=False)
    store.close()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["1280", "360"])
def here(request, browser, url, script):
    script.calls.clear()
    with visit(browser, url, **request.param) as made:
        expect(made.page.locator("#listing .rows")).to_be_attached()
        made.narrow = bool(request.param)
        yield made


def browse(here):
    """Show the list of articles, where it is not beside the conversation anyway."""
    expect(here.page.locator("#listing .rows")).to_be_attached()
    if here.narrow:
        here.press("Articles")
    expect(here.page.locator("#listing .rows")).to_be_visible()


def count(here):
    return here.page.locator("#listing [role=status]")


def titles(here):
    return here.page.locator("#listing .open .title")


def chips(here):
    return here.page.locator("#limits .what")


def test_the_list_shows_all_articles_the_newest_first_a_page_at_a_time(here):
    browse(here)
    expect(count(here)).to_have_text(f"{TOTAL} articles")
    expect(titles(here).first).to_have_text(FERRY.title)
    expect(titles(here)).to_have_count(50)
    here.press("Next page")
    expect(here.page.locator(".pages span").nth(1)).to_have_text(f"51–{TOTAL} of {TOTAL}")
    expect(titles(here)).to_have_count(TOTAL - 50)
    assert not here.scrolls_sideways()


def test_typing_finds_articles_by_their_words_and_keeps_the_focus(here):
    browse(here)
    box = here.page.get_by_label("Search titles and words")
    box.press_sequentially("brucke pfeiler")
    expect(count(here)).to_have_text("1 article")
    expect(titles(here)).to_have_text([BRIDGE.title])
    expect(box).to_be_focused()
    here.press("Show all")
    expect(count(here)).to_have_text(f"{TOTAL} articles")
    expect(box).to_have_value("")


def test_an_article_is_read_without_a_citation_and_closed_again(here):
    browse(here)
    here.page.get_by_role("button", name=FERRY.title).click()
    panel = here.page.locator("#panel .source")
    expect(panel.locator("h2")).to_have_text(FERRY.title)
    text = panel.locator(".text").evaluate("text => text.textContent")
    assert text == FERRY.text
    expect(panel.locator("mark")).to_have_count(0)
    here.page.keyboard.press("Escape")
    expect(here.page.locator("#listing .rows")).to_be_visible()
    expect(here.page.get_by_role("button", name=FERRY.title)).to_be_focused()


def test_ticked_articles_are_those_that_are_asked_and_the_address_says_so(here, script):
    browse(here)
    here.page.get_by_label(f"Ask about: {FERRY.title}").check()
    expect(chips(here)).to_have_text([FERRY.title])
    here.page.wait_for_url(f"**/?article={FERRY.id}")
    if here.narrow:
        here.press("Back to the conversation")
    here.ask("What does a ticket cost?")
    assert script.calls[-1]["filter"] == Filter(articles=[FERRY.id])
    here.page.reload()
    expect(chips(here)).to_have_text([FERRY.title])
    here.press(f"Remove the limit: {FERRY.title}")
    expect(chips(here)).to_have_count(0)
    browse(here)
    expect(here.page.get_by_label(f"Ask about: {FERRY.title}")).not_to_be_checked()
    assert "article=" not in here.page.url


def test_a_tick_too_many_is_taken_back_with_the_reason_and_the_others_stay(here):
    chosen = [one.id for one in MANY[-MOST_ARTICLES:]]
    here.page.goto("/?" + "&".join(f"article={id}" for id in chosen))
    expect(chips(here)).to_have_text(f"{MOST_ARTICLES} chosen articles")
    browse(here)
    ferry = here.page.get_by_label(f"Ask about: {FERRY.title}")
    alert = here.page.locator("#listing [role=alert]")
    ferry.click()
    expect(alert).to_have_text(ARTICLE_WORDS["en"].full.format(most=MOST_ARTICLES))
    expect(alert).to_be_in_viewport()
    expect(ferry).not_to_be_checked()
    assert FERRY.id not in here.page.url
    assert here.page.url.count("article=") == MOST_ARTICLES
    here.page.locator("#listing .tick input:checked").first.uncheck()
    expect(alert).to_be_empty()
    ferry.check()
    here.page.wait_for_url(f"**{FERRY.id}**")
    expect(chips(here)).to_have_text(f"{MOST_ARTICLES} chosen articles")
    assert here.page.url.count("article=") == MOST_ARTICLES


def test_ticks_that_are_quicker_than_the_server_are_all_kept(here):
    browse(here)
    here.page.locator("#listing").evaluate(
        "list => [...list.querySelectorAll('.tick input')].slice(0, 3).forEach(one => one.click())"
    )
    expect(chips(here)).to_have_count(3)
    expect(here.page.locator("#listing .tick input:checked")).to_have_count(3)
    here.page.wait_for_function("location.search.split('article=').length === 4")


def test_a_question_is_asked_within_the_filters_of_the_list(here, script):
    browse(here)
    here.page.get_by_label("Outlet").select_option(FERRY.source)
    expect(count(here)).to_have_text("1 article")
    here.page.get_by_label("From").fill("2024-05-01")
    here.press("Ask only these")
    expect(chips(here)).to_have_text(["from 1 May 2024", FERRY.source])
    here.ask("What does a ticket cost?")
    assert script.calls[-1]["filter"] == Filter(sources=[FERRY.source], date_from=date(2024, 5, 1))
    here.press("Ask all articles")
    expect(chips(here)).to_have_count(0)


def test_a_time_in_a_question_is_a_chip_that_can_be_taken_away_for_good(here, script):
    here.ask("What does a ticket cost since March 2024?")
    expect(chips(here)).to_have_text(["from 1 March 2024"])
    expect(here.page.locator("#limits small")).to_have_text("“since March 2024”")
    assert script.calls[-1]["filter"] == Filter(date_from=date(2024, 3, 1))
    here.press("Remove the limit: from 1 March 2024")
    expect(chips(here)).to_have_count(0)
    with here.answered():
        here.press("Ask again")
    assert "filter" not in script.calls[-1]


def test_an_evil_article_is_text_in_list_chip_and_panel(here):
    browse(here)
    here.page.get_by_label("Search titles and words").fill("onerror")
    expect(titles(here)).to_have_text([EVIL_TITLE])
    here.page.locator("#listing .tick input").check()
    expect(chips(here)).to_have_text([EVIL_TITLE])
    titles(here).click()
    expect(here.page.locator("#panel h2")).to_have_text(EVIL_TITLE)
    assert EVIL.id in here.page.url


def test_the_list_speaks_the_language_that_is_switched_to(here):
    here.press("Deutsch")
    browse_button = here.page.get_by_role("button", name="Artikel", exact=True)
    if here.narrow:
        browse_button.click()
    expect(count(here)).to_have_text(f"{TOTAL} Artikel")
    expect(here.page.get_by_label("In Titeln und Texten suchen")).to_be_visible()


def test_on_a_phone_back_leads_from_article_to_list_to_conversation(browser, url):
    with visit(browser, url, **PHONE) as here:
        here.press("Articles")
        here.page.get_by_role("button", name=FERRY.title).click()
        expect(here.page.locator("#panel .source")).to_be_visible()
        here.page.go_back()
        expect(here.page.locator("#listing .rows")).to_be_visible()
        here.page.go_back()
        expect(here.page.locator("#listing .rows")).not_to_be_visible()
        expect(here.box).to_be_visible()


def test_at_400_percent_zoom_the_list_and_its_form_scroll_together(browser, url):
    with visit(browser, url, viewport={"width": 320, "height": 256}) as here:
        here.press("Articles")
        sheet = here.page.locator("#side").bounding_box()
        assert (sheet["x"], sheet["y"], sheet["width"], sheet["height"]) == (0, 0, 320, 256)
        titles(here).last.scroll_into_view_if_needed()
        expect(titles(here).last).to_be_in_viewport()
        here.press("Next page")
        expect(titles(here)).to_have_count(TOTAL - 50)
        expect(count(here)).to_be_in_viewport()
        assert not here.scrolls_sideways()
