"""Every state of the page in a real browser: what axe-core finds in each."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import visit
from page_states import Stages, lead_through, serving_all

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
