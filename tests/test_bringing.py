"""Bringing articles in over HTTP and in a real browser."""

from __future__ import annotations

import http.client
from contextlib import ExitStack, closing
from types import SimpleNamespace

import httpx
import pytest
from browsers import PHONE, SIZES, visit
from injections import INJECTIONS
from pages import Script, free_port
from playwright.sync_api import expect
from runners import Here, Words
from starlette.datastructures import Headers

from ui.app import build_app
from ui.bringing.access import check_editor, choose_editors, may_edit
from ui.bringing.arrivals import State
from ui.bringing.opening import bringing
from ui.bringing.render import render_files, render_report
from ui.bringing.routes import build_upload_routes
from ui.bringing.runs import Report
from ui.bringing.uploads import LARGEST, Upload
from ui.bringing.words import ENGLISH, GERMAN
from ui.errors import NotTaken
from ui.html.page import Holdings
from ui.server import start_server
from ui.words import ENGLISH as PAGE
from ui.words import WORDS
from vectorstore import Skipped, build_store, open_store, writing

GERMAN_VISITOR = {"locale": "de-DE"}
NEWS = b"# Neue Faehre\n\nDie neue Faehre faehrt ab Montag jede Stunde ueber den See, sagte sie.\n"
INDEXED = 60_000  # milliseconds, on a busy machine


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    data = tmp_path_factory.mktemp("bring") / "data"
    with writing(data):
        build_store(data, Words(), embedding_name="words").close()
    with ExitStack() as opened:
        store = opened.enter_context(closing(open_store(data, Words(), embedding_name="words")))
        folder = data / "uploads"
        here = bringing(Here(data), store, folder, None, lambda line: None)
        arrivals = opened.enter_context(here)
        app = build_app(
            Script().chain(),
            lambda id: store.article(id),
            examples=lambda language: [],
            holdings=lambda: Holdings(store.count().articles, store.days()),
            bringing=True,
        )
        routes = build_upload_routes(arrivals, store, folder, "local")
        url = start_server(app, host="127.0.0.1", port=free_port(), routes=routes)
        opened.callback(app.close, verbose=False)
        yield SimpleNamespace(url=url, store=store, folder=folder, arrivals=arrivals)


@pytest.fixture
def empty(made):
    """The page without uploads before and after a test."""
    yield made
    made.arrivals.wait()
    gone = list(made.folder.iterdir()) if made.folder.is_dir() else []
    for file in gone:
        file.unlink()
    made.arrivals.remove(*gone)
    made.arrivals.wait()


def upload(name, data=NEWS):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def opened(visit):
    visit.page.locator("#header .bring").click()
    dialog = visit.page.locator("#bring")
    expect(dialog.locator(".choose")).to_be_focused()
    return dialog


@SIZES
def test_a_page_without_articles_says_how_to_add_some_until_there_are_some(browser, empty, size):
    with visit(browser, empty.url, **size) as here:
        greeting = here.page.locator(".greeting")
        expect(greeting.locator("h2")).to_have_text("There are no articles yet")
        expect(greeting.locator("code")).to_have_text("article-chat index FOLDER")
        here.box.fill("What is new?")
        here.press("Ask")
        expect(here.page.locator("#hint p")).to_have_text("There are no articles yet.")
        expect(here.box).to_have_value("What is new?")
        greeting.get_by_role("button", name="Add articles").click()
        dialog = here.page.locator("#bring")
        dialog.locator("input").set_input_files([upload("faehre.md")])
        expect(greeting.locator("h2")).to_have_text(PAGE.greeting, timeout=INDEXED)
        dialog.locator(".close").click()
        expect(here.ask("What is a ticket?").locator("blockquote")).to_be_visible()


def test_chosen_files_are_indexed_reported_and_removed_after_a_question(browser, empty):
    with visit(browser, empty.url, viewport={"width": 1280, "height": 800}) as here:
        dialog = opened(here)
        dialog.locator("input").set_input_files(
            [upload("faehre.md"), upload("leer.txt", b" "), upload("brief.docx")]
        )
        report = dialog.locator(".report")
        expect(report).to_contain_text(
            "1 article added, 1 skipped; the index holds 1 article", timeout=INDEXED
        )
        expect(report).to_contain_text("leer.txt: it is empty")
        expect(report).to_contain_text("brief.docx: unknown format")
        expect(here.page.locator("#header p")).to_contain_text("1 article")
        assert [file.name for file in empty.folder.iterdir()] == ["faehre.md"]

        row = dialog.locator(".files li")
        expect(row).to_have_count(1)
        row.locator(".remove").press("Enter")
        expect(row.get_by_text("Remove “faehre.md” for good?")).to_be_visible()
        expect(row.locator(".no")).to_be_focused()
        here.page.keyboard.press("Escape")
        expect(row.locator(".remove")).to_be_focused()
        row.locator(".remove").press("Enter")
        row.locator(".yes").press("Enter")
        expect(report).to_contain_text("1 removed; the index holds 0 articles", timeout=INDEXED)
        expect(here.page.locator("#header p")).to_contain_text("0 articles")
        expect(dialog.locator(".files")).to_have_text("Nothing yet.")
        here.page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()


def test_files_dropped_on_a_german_phone_are_indexed(browser, empty):
    with visit(browser, empty.url, **PHONE, **GERMAN_VISITOR) as here:
        expect(here.page.locator("#header .bring")).to_be_visible()
        here.page.evaluate(
            """() => {
                 const carried = new DataTransfer();
                 for (const text of ["Der Zug faehrt wieder.", "Der Bus auch, seit heute."])
                   carried.items.add(new File([text], "zug.txt"));
                 const how = { dataTransfer: carried, bubbles: true, cancelable: true };
                 for (const name of ["dragenter", "drop"])
                   document.querySelector("#page").dispatchEvent(new DragEvent(name, how));
               }"""
        )
        dialog = here.page.locator("#bring")
        expect(dialog.locator(".report")).to_contain_text(
            "2 Artikel hinzugefügt; der Index enthält 2 Artikel", timeout=INDEXED
        )
        expect(dialog.locator(".files li")).to_have_count(2)
        assert sorted(file.name for file in empty.folder.iterdir()) == ["zug (2).txt", "zug.txt"]
        assert not here.scrolls_sideways()
        box = dialog.bounding_box()
        assert (box["x"], box["width"], box["height"]) == (0, 360, 740)
        small = dialog.locator("button:visible").evaluate_all(
            "all => all.filter(one => one.getBoundingClientRect().height < 44).length"
        )
        assert small == 0
        dialog.locator(".close").click()
        expect(here.page.locator("#header p")).to_contain_text("2 Artikel")


def test_a_page_served_to_strangers_shows_no_button(browser, empty):
    headers = {"X-Forwarded-For": "203.0.113.7"}
    with visit(browser, empty.url, extra_http_headers=headers) as here:
        expect(here.page.locator("#header p")).to_contain_text("0 articles")
        assert here.page.evaluate("fetch('/uploads').then(answer => answer.json())") == {
            "editable": False,
            "edition": empty.store.edition(),
            "running": False,
        }
        expect(here.page.locator("#header .bring")).to_be_hidden()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Forwarded-For": "203.0.113.7"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
    ],
)
def test_strangers_and_other_sites_cannot_add_or_remove(empty, headers, status):
    for method in ("POST", "DELETE"):
        answer = httpx.request(
            method, f"{empty.url}uploads?name=a.md", headers=headers, content=NEWS
        )
        assert answer.status_code == status
        assert answer.json()["error"]
    assert not empty.folder.is_dir() or list(empty.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "it has more than 100 MB, the most that is taken"),
        ("de", "die Datei ist größer als 100 MB, mehr wird nicht angenommen"),
    ],
)
def test_a_file_that_says_it_is_too_large_is_refused_in_one_line(empty, language, said):
    connection = http.client.HTTPConnection("127.0.0.1", httpx.URL(empty.url).port, timeout=30)
    connection.putrequest("POST", f"/uploads?name=a.md&language={language}")
    connection.putheader("Content-Length", str(LARGEST + 1))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert httpx.Response(200, content=answer.read()).json() == {"error": said}
    connection.close()


@pytest.mark.parametrize(
    ("host", "chosen", "editors"),
    [
        ("127.0.0.1", "local", "local"),
        ("localhost", "local", "local"),
        ("0.0.0.0", "local", "none"),
        ("0.0.0.0", "all", "all"),
        ("127.0.0.1", "all", "all"),
        ("127.0.0.1", "none", "none"),
    ],
)
def test_a_page_beyond_loopback_has_editors_only_if_all_are_let_in(host, chosen, editors):
    assert choose_editors(host, chosen) == editors


def test_editors_behind_a_proxy_must_be_let_in_on_purpose():
    through = Headers({"x-forwarded-for": "203.0.113.7", "sec-fetch-site": "same-origin"})
    assert not may_edit(through, "local")
    check_editor(through, "all")
    with pytest.raises(NotTaken):
        check_editor(Headers({}), "none")


@pytest.mark.parametrize("evil", INJECTIONS)
def test_names_and_reasons_are_shown_as_text(tmp_path, evil):
    words = WORDS["de"]
    name = evil.replace("/", "_").replace("\0", "_") + ".md"
    report = Report(skipped=(Skipped(f"/folder/{name}", evil, row=evil),))
    shown = render_files([Upload(tmp_path / name, 1)], words)
    shown += render_report(State(error=evil, report=report), words)
    without_ours = shown
    for tag in ("li", "span", "bdi", "small", "button", "p", "strong", "ul"):
        without_ours = without_ours.replace(f"</{tag}>", "").replace(f"<{tag}", "")
    assert "<" not in without_ours
    assert "/folder/" not in shown


def test_the_words_are_complete_in_both_languages():
    english, german = vars(ENGLISH), vars(GERMAN)
    assert [name for name in english if english[name] == german[name]] == []
    assert english["refused"].keys() == german["refused"].keys()
    assert english["changes"].keys() == german["changes"].keys()
