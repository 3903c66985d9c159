"""The page while the program loads: what it says, and that it goes on by itself."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest
from pages import Script, bare_app, free_port
from playwright.sync_api import expect

from ui.errors import PortInUse
from ui.listening import check_address
from ui.loading import STATE, loading_page, say_step
from ui.server import start_server
from ui.words import ENGLISH, GERMAN


@pytest.fixture
def port():
    return free_port()


def test_a_program_is_told_to_try_again_and_which_part_is_loading(port):
    with loading_page("127.0.0.1", port) as page:
        assert page.url == f"http://127.0.0.1:{port}/"
        for step in ("program", "models", "index"):
            page.say(step)
            for asked in ("gradio_api/call/ask", STATE.removeprefix("/")):
                made = httpx.get(page.url + asked)
                assert (made.status_code, made.headers["retry-after"]) == (503, "1")
                assert say_step(step, ENGLISH) in made.text
        assert made.json() == {"step": say_step("index", ENGLISH)}
        assert httpx.post(page.url, content="x").status_code == 503
        head = httpx.head(page.url)
        assert (head.status_code, head.content) == (503, b"")


def test_the_page_is_in_the_language_of_the_visitor(port):
    with loading_page("127.0.0.1", port) as page:
        accepted = {"Accept-Language": "de-AT,en;q=0.5"}
        german = httpx.get(page.url, headers=accepted).text
        assert '<html lang="de">' in german
        assert f'<p role="status">{say_step("program", GERMAN)}</p>' in german
        chosen = accepted | {"Cookie": "article-chat-language=en"}
        assert f">{say_step('program', ENGLISH)}</p>" in httpx.get(page.url, headers=chosen).text


@pytest.mark.parametrize("host", ["evil.example", "", f"127.0.0.1.evil.example:{80}"])
def test_another_name_is_turned_away(port, host):
    with loading_page("127.0.0.1", port) as page:
        assert httpx.get(page.url, headers={"Host": host}).status_code == 400
        assert httpx.get(page.url, headers={"Host": f"localhost:{port}"}).status_code == 503


def test_the_port_is_taken_during_the_loading_and_free_after_it(port):
    with loading_page("127.0.0.1", port), pytest.raises(PortInUse), loading_page("127.0.0.1", port):
        pass
    check_address("127.0.0.1", port)


def test_the_port_is_free_after_an_error_of_the_loading(port):
    with pytest.raises(ZeroDivisionError), loading_page("127.0.0.1", port):
        raise ZeroDivisionError
    check_address("127.0.0.1", port)


def test_a_visitor_sees_the_part_that_loads_and_then_the_page_without_a_press(browser, port):
    page = browser.new_page(locale="de-DE")
    with loading_page("127.0.0.1", port) as loading:
        page.goto(loading.url)
        said = page.get_by_role("status")
        expect(said).to_have_text(say_step("program", GERMAN))
        loading.say("models")
        expect(said).to_have_text(say_step("models", GERMAN), timeout=20_000)
    app = bare_app(Script().chain())
    start_server(app, host="127.0.0.1", port=port)
    expect(page.locator(".greeting")).to_be_visible(timeout=60_000)
    expect(page.get_by_text(GERMAN.greeting)).to_be_visible()
    page.close()
    app.close(verbose=False)


def test_the_port_opens_before_any_large_library_is_imported():
    large = ("chromadb", "gradio", "langchain_core", "numpy", "starlette", "tantivy", "torch")
    code = (
        f"import sys, ui.cli, ui.loading;print([name for name in {large} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
