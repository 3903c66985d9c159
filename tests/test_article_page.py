"""The pages of articles at their permanent addresses, over HTTP and in a browser."""

from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import quote

import httpx
import pytest
from injections import INJECTIONS
from pages import (
    ARTICLES,
    BRIDGE,
    COST,
    EVIL,
    EVIL_QUOTE,
    FERRY,
    TICKET,
    Script,
    bare_app,
    cited,
    free_port,
)

from ui.addresses import NoSuchPlace, make_address, read_place
from ui.article_page import build_article_routes, find_headline, render_article
from ui.html.source import Opening, render_source
from ui.server import start_server
from ui.words import ENGLISH, GERMAN
from vectorstore import NoStore

TAGS = {
    *("html", "head", "meta", "title", "link", "body", "main", "h1", "div", "p", "span", "a"),
    *("article", "details", "summary", "mark"),
}
ATTRIBUTES = {
    *("lang", "charset", "name", "content", "rel", "href", "dir", "class", "target", "tabindex"),
    "autofocus",
}
PLAIN = "Vor der Brücke. Die Brücke ist offen. Danach."


class Seen(HTMLParser):
    """What a browser makes of a page: tags, attributes, and the text of each tag."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.links, self.open = set(), set(), [], []
        self.texts = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attributes)
        self.links += [value for name, value in attributes if name in ("href", "src")]
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        for tag in set(self.open):
            self.texts[tag] = self.texts.get(tag, "") + text


@pytest.fixture(scope="module")
def url():
    app = bare_app(Script().chain())
    routes = build_article_routes(ARTICLES.__getitem__)
    yield start_server(app, host="127.0.0.1", port=free_port(), routes=routes).rstrip("/")
    app.close(verbose=False)


def address_of(article, words):
    start = article.text.index(words)
    return make_address(article.id, start, start + len(words))


def test_an_address_serves_its_article_with_the_cited_characters_marked(url):
    answer = httpx.get(url + address_of(FERRY, TICKET))
    assert answer.status_code == 200
    seen = Seen(answer.text)
    assert seen.texts["mark"] == TICKET
    assert seen.texts["article"].replace("\r", "") == FERRY.text.replace("\r", "")
    assert seen.texts["title"] == seen.texts["h1"] == FERRY.title
    assert "Lakeside Gazette" in seen.texts["p"] and "2 May 2024" in seen.texts["p"]
    assert '<html lang="en">' in answer.text


def test_the_page_links_to_the_original_and_to_the_chat(url):
    page = httpx.get(url + address_of(BRIDGE, COST)).text
    assert '<html lang="de">' in page
    assert Seen(page).links == ["data:,", "/article.css", BRIDGE.url, "/"]


def test_an_address_without_a_place_serves_the_article_without_a_mark(url):
    seen = Seen(httpx.get(f"{url}/article/{FERRY.id}").text)
    assert "mark" not in seen.tags
    assert "A ticket costs 3 euros" in seen.texts["article"]


def test_the_title_is_on_the_page_once():
    text = f"# Brücke offen\n\n{PLAIN}"
    article = replace(BRIDGE, title="Brücke offen", text=text, body=((16, len(text)),))
    seen = Seen(render_article(article, (32, 53), ENGLISH))
    assert seen.texts["h1"] == "Brücke offen"
    assert seen.texts["article"] == PLAIN
    assert seen.texts["mark"] == text[32:53]
    assert find_headline(BRIDGE) is None


def test_a_cited_headline_is_shown_although_the_title_stands_above_it():
    text = f"Brücke offen\n{PLAIN}"
    article = replace(BRIDGE, title="Brücke offen", text=text, body=((13, len(text)),))
    assert Seen(render_article(article, (0, 6), ENGLISH)).texts["mark"] == "Brücke"


@pytest.mark.parametrize(
    "path",
    ["", "0123456789abcdef", "..%2f..%2fconfig", f"{FERRY.id}/more", "%00", "ä" * 3000],
)
def test_an_unknown_article_is_a_404_with_a_sentence_and_a_link_to_the_chat(url, path):
    answer = httpx.get(f"{url}/article/{path}?start=0&end=1")
    assert answer.status_code == 404
    seen = Seen(answer.text)
    assert seen.texts["main"] == ENGLISH.unknown
    assert seen.links[-1] == "/"


def test_the_page_speaks_the_language_of_the_browser(url):
    german = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}
    answer = httpx.get(url + address_of(FERRY, TICKET), headers=german)
    assert '<html lang="en">' in answer.text
    assert '<div lang="de">' in answer.text and GERMAN.back in answer.text
    assert answer.headers["vary"] == "Accept-Language"
    missing = httpx.get(f"{url}/article/x", headers=german).text
    assert '<html lang="de">' in missing and GERMAN.unknown in missing


@pytest.mark.parametrize(
    "query",
    [
        *("start=0&end=99999", "start=5&end=5", "start=9&end=3", "start=3", "end=3"),
        *("start=-1&end=3", "start=0&end=1e1", "start=0&end=٣", "start=&end=", "start=0&end= 3"),
        "start=0&end=" + "9" * 6000,
    ],
)
def test_a_place_outside_the_article_is_a_404_with_a_sentence(url, query):
    answer = httpx.get(f"{url}/article/{FERRY.id}?{query}")
    assert answer.status_code == 404
    assert Seen(answer.text).texts["main"].startswith("This ")


def test_a_place_is_half_open_and_may_end_with_the_article():
    query = {"start": "0", "end": str(len(FERRY.text))}
    assert read_place(FERRY, query) == (0, len(FERRY.text))
    assert read_place(FERRY, {}) is None
    with pytest.raises(NoSuchPlace):
        read_place(FERRY, {"start": "0", "end": str(len(FERRY.text) + 1)})


def test_an_index_that_cannot_be_read_is_one_sentence_without_folders():
    def unreadable(id):
        raise NoStore("no index in /srv/secret")

    app = bare_app(Script().chain(), unreadable)
    routes = build_article_routes(unreadable)
    url = start_server(app, host="127.0.0.1", port=free_port(), routes=routes)
    try:
        answer = httpx.get(f"{url}article/{FERRY.id}")
    finally:
        app.close(verbose=False)
    assert answer.status_code == 503
    assert "Nothing is indexed yet" in answer.text and "secret" not in answer.text


def test_an_article_page_may_run_no_script_and_load_its_stylesheet_only(url):
    for path in (address_of(FERRY, TICKET), "/article/unknown"):
        headers = httpx.get(url + path).headers
        policy = headers["content-security-policy"].split("; ")
        assert policy[:2] == ["default-src 'none'", "style-src 'self'"]
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert httpx.get(f"{url}/article.css").headers["content-type"].startswith("text/css")


def test_there_are_a_hundred_injections():
    assert len(set(INJECTIONS)) == 100


@pytest.mark.parametrize("hostile", INJECTIONS)
def test_what_stands_in_an_article_is_shown_as_text(hostile):
    text = f"{PLAIN}\n{hostile}\n{PLAIN}"
    article = replace(
        BRIDGE, title=hostile, text=text, body=((0, len(text)),), source=hostile, date=hostile,
        url=hostile, language=hostile,
    )  # fmt: skip
    start = text.index(hostile)
    seen = Seen(render_article(article, (start, start + len(hostile)), ENGLISH))
    shown = hostile.replace("\x00", "\ufffd")
    assert seen.texts["mark"] == seen.texts["h1"] == seen.texts["title"] == shown
    assert shown in seen.texts["p"]
    assert seen.tags <= TAGS and seen.attributes <= ATTRIBUTES
    assert seen.links == ["data:,", "/article.css", "/"]


def test_what_stands_in_an_address_does_not_reach_the_page(url):
    with httpx.Client(base_url=url) as client:
        for hostile in INJECTIONS:
            typed = quote(hostile, safe="")
            for path in (
                f"/article/{typed}?start=0&end=1",
                f"/article/{FERRY.id}?start={typed}&end=5",
                f"/article/{FERRY.id}?start=0&end={typed}",
            ):
                answer = client.get(path)
                assert answer.status_code == 404, path
                assert "evil" not in answer.text and "alert" not in answer.text
                assert Seen(answer.text).tags <= TAGS


def test_the_panel_links_to_the_permanent_address():
    citation = cited(FERRY, TICKET, 1)
    shown = render_source(FERRY, citation, [], ENGLISH, label="Source 1", opening=Opening(0, 0, 1))
    href = make_address(FERRY.id, citation.start, citation.end).replace("&", "&amp;")
    assert f'<a href="{href}" target="_blank" rel="noopener">Permanent address</a>' in shown


def test_a_browser_goes_to_the_cited_place_and_runs_nothing(url, browser):
    page = browser.new_page(viewport={"width": 360, "height": 640})
    faults, dialogs = [], []
    page.on("console", lambda said: faults.append(said.text))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    try:
        page.goto(url + address_of(BRIDGE, COST))
        mark = page.locator("mark")
        assert mark.inner_text() == COST
        box = mark.bounding_box()
        assert page.evaluate("scrollY") > 100
        assert 0 < box["y"] < 640
        page.goto(url + address_of(EVIL, EVIL_QUOTE))
        assert page.locator("mark").text_content() == EVIL_QUOTE
    finally:
        page.close()
    assert (faults, dialogs) == ([], [])
    assert {one for one in requests if not one.startswith((url, "data:"))} == set()
