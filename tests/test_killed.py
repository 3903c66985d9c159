"""A server that is killed with SIGKILL in the middle of everything loses nothing finished."""

import os
import signal
import socket
import time

import httpx
from browsers import visit
from page_states import ALL, Stages, serving_all
from pages import COST, TICKET, free_port
from playwright.sync_api import expect
from runners import Here, Words
from stores import make_event, start_elsewhere

from ui.conversations.words import ENGLISH
from vectorstore import open_store

NEWS = "# {title}\n\nDie neue Faehre faehrt ab Montag jede Stunde ueber den See, sagte {title}.\n"
READY = 240  # seconds in which a server starts, on a very busy machine


def serve(data, port, ready, may_index):
    """Serve the page until the process is killed; files are indexed while `may_index` is set."""
    runner = Here(data)
    runner.gate = may_index
    with serving_all(data, Stages(), port=port, runner=runner):
        ready.set()
        time.sleep(600)


def start(data, port, may_index):
    ready = make_event()
    process = start_elsewhere(serve, data, port, ready, may_index)
    for _ in range(READY):
        if ready.wait(1):
            return process
        assert process.is_alive(), "the server did not start"
    raise TimeoutError(f"no server within {READY} seconds")


def upload(url, name):
    text = NEWS.format(title=name).encode()
    assert httpx.post(f"{url}uploads?name={name}.md", content=text).status_code == 202


def upload_half(url, name):
    """Send the head and half of a file; return the open connection."""
    sent = socket.create_connection(("127.0.0.1", httpx.URL(url).port))
    head = f"POST /uploads?name={name}.md HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000000"
    sent.sendall(head.encode() + b"\r\n\r\n" + b"# Half\n\n" + b"Wort. " * 300_000)
    return sent


def wait_for(done):
    for _ in range(600):
        if done():
            return
        time.sleep(0.1)
    raise TimeoutError("not done within a minute")


def names(folder):
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))


def titles(data):
    store = open_store(data, Words(), embedding_name="words")
    found = {article.title for article in store.page("", most=100).articles}
    store.close()
    return found - {article.title for article in ALL.values()}


def test_a_server_killed_in_the_middle_of_everything_loses_nothing_finished(browser, tmp_path):
    data, port, may_index = tmp_path / "data", free_port(), make_event()
    url = f"http://127.0.0.1:{port}/"
    may_index.set()
    process = start(data, port, may_index)
    upload(url, "stays")
    upload(url, "goes")
    wait_for(lambda: titles(data) == {"stays", "goes"})
    with (
        visit(browser, url, checked=False) as first,
        visit(browser, url, checked=False) as second,
    ):
        first.ask("ticket").locator(".keep").first.click()
        first.page.locator("#header button.kept").click()
        note = first.page.locator("#kept textarea")
        note.fill("call her")
        with first.page.expect_response("**/run/predict*"):
            note.blur()
        second.ask("ticket")
        # An answer, an edit, a removal and two uploads are under way.
        first.box.fill("slow")
        first.box.press("Enter")
        expect(first.turns.nth(1).locator(".sentence")).to_have_count(1)
        second.turns.first.locator(".edit").click()
        field = second.page.get_by_role("textbox", name=ENGLISH.edited)
        field.fill("slow again")
        field.press("Enter")
        expect(second.turns.first.locator(".sentence").first).to_contain_text(COST)
        may_index.clear()
        assert httpx.delete(f"{url}uploads?name=goes.md").status_code == 202
        upload(url, "comes")
        half = upload_half(url, "half")
        wait_for(lambda: any(f.name.startswith(".") for f in (data / "uploads").iterdir()))
        addresses = first.page.url, second.page.url
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        half.close()
    assert names(data / "uploads") == ["comes.md", "stays.md"]
    may_index = make_event()  # the killed server still waits for the other one
    may_index.set()
    process = start(data, port, may_index)
    try:
        wait_for(lambda: titles(data) == {"stays", "comes"})
        with visit(browser, url) as again:
            for address, finished in zip(addresses, (1, 1), strict=True):
                again.page.goto(address)
                expect(again.turns).to_have_count(2)
                expect(again.turns.nth(finished - 1).locator("blockquote")).to_have_text(TICKET)
                expect(again.turns.nth(1).locator(".question")).to_contain_text("slow")
                expect(again.turns.nth(1).locator(".stopped")).to_be_visible()
            again.page.locator("#header button.kept").click()
            expect(again.page.locator("#kept blockquote")).to_have_text([TICKET])
            expect(again.page.locator("#kept textarea")).to_have_value("call her")
    finally:
        process.kill()
        process.join()
