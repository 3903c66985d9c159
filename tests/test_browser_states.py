"""Every state of the page in a real browser: what axe-core finds in each."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import PHONE, visit
from page_states import Stages, lead_through, serving_all
from playwright.sync_api import expect

STATES = {
    *("empty", "articles", "limits", "answer", "article"),
    *("kept", "history", "refused", "error", "adding"),
}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with serving_all(tmp_path_factory.mktemp("states") / "data", Stages()) as url:
        yield url


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 1280, "light"), ("de", 360, "dark")],
)
def test_axe_finds_nothing_serious_or_critical_in_any_state(browser, url, language, width, scheme):
    options = {"locale": language, "color_scheme": scheme, "reduced_motion": "reduce"}
    seen, grave = set(), []
    with visit(browser, url, viewport={"width": width, "height": 740}, **options) as made:
        for state in lead_through(made, language):
            seen.add(state)
            for fault in Axe().run(made.page).response["violations"]:
                if fault["impact"] in ("serious", "critical"):
                    grave += [(state, fault["id"], node["html"]) for node in fault["nodes"]]
    assert grave == []
    assert seen == STATES


def widths(made):
    """How wide conversation and list are, in pixels."""
    return tuple(made.page.locator(part).bounding_box()["width"] for part in ("#chat", "#side"))


def test_the_divider_is_dragged_and_moved_by_keys_and_stays_where_it_was_put(browser, url):
    with visit(browser, url, viewport={"width": 1280, "height": 740}) as made:
        divider = made.page.get_by_role("separator", name="Width of the conversation")
        expect(divider).to_have_attribute("aria-valuenow", "55")
        assert widths(made) == (704, 576)
        assert divider.bounding_box()["width"] == 12
        made.page.mouse.move(704, 400)
        made.page.mouse.down()
        made.page.mouse.move(800, 410)
        made.page.mouse.move(832, 420)
        made.page.mouse.up()
        assert widths(made) == (832, 448)
        expect(divider).to_be_focused()
        expect(divider).to_have_attribute("aria-valuenow", "65")
        made.page.keyboard.press("ArrowLeft")
        expect(divider).to_have_attribute("aria-valuenow", "63")
        made.page.keyboard.press("Home")
        assert widths(made) == (384, 896)
        made.page.keyboard.press("ArrowLeft")
        expect(divider).to_have_attribute("aria-valuenow", "30")
        made.press("Deutsch")
        expect(divider).to_have_count(0)
        divider = made.page.get_by_role("separator", name="Breite des Gesprächs")
        made.page.reload()
        expect(divider).to_have_attribute("aria-valuenow", "30")
        assert widths(made) == (384, 896)
        assert not made.scrolls_sideways()
        divider.dblclick()
        assert widths(made) == (704, 576)
        made.page.set_viewport_size({"width": 900, "height": 740})
        expect(divider).to_be_hidden()
        assert made.page.locator("#chat").bounding_box()["width"] == 900


@pytest.mark.parametrize("language", ["en", "de"])
def test_on_a_phone_the_header_is_two_rows_of_targets_that_can_be_hit(browser, url, language):
    with visit(browser, url, **PHONE, locale=language) as made:
        header = made.page.locator("#header")
        expect(header.locator(".bring")).to_be_visible()
        made.page.evaluate("document.querySelector('#header .kept').dataset.count = 12")
        name, line, buttons = (header.locator(part).bounding_box() for part in ("h1", "p", "nav"))
        assert buttons["y"] < name["y"] + name["height"]  # beside the name
        assert line["y"] >= buttons["y"] + buttons["height"]
        assert header.locator("header").bounding_box()["height"] <= 96
        boxes = [one.bounding_box() for one in header.locator("a, button").all()]
        assert min(box["height"] for box in boxes) >= 44
        assert not made.scrolls_sideways()
        made.press("English" if language == "de" else "Deutsch")
        expect(made.page.locator("html")).to_have_attribute(
            "lang", "en" if language == "de" else "de"
        )
