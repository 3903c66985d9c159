"""Freeing what Gradio keeps of tabs that were closed."""

import asyncio

import httpx
import pytest
from pages import Script, bare_app, free_port, wait_until

from benchmarks.support.page_client import open_tab
from ui.forgetting import Closings, forget_unused
from ui.server import start_server


def tab(session):
    return {"type": "http", "path": f"/gradio_api/heartbeat/{session}"}


async def nothing(*_):
    return None


@pytest.fixture
def forgotten():
    return []


def closings(forgotten, *, grace, app=nothing, used=()):
    def forget(session):
        forgotten.append(session)
        return session not in used

    return Closings(app, forget, grace=grace)


def test_a_closed_tab_is_forgotten_once_its_time_is_over(forgotten):
    watch = closings(forgotten, grace=0.0)
    asyncio.run(watch(tab("one"), nothing, nothing))
    assert forgotten == ["one"]


def test_a_closed_tab_is_kept_while_it_may_come_back(forgotten):
    watch = closings(forgotten, grace=1000.0)
    for session in ("one", "two", "one"):
        asyncio.run(watch(tab(session), nothing, nothing))
    assert forgotten == []


def test_a_tab_that_is_used_is_looked_at_again_later(forgotten):
    watch = closings(forgotten, grace=0.0, used={"one"})
    asyncio.run(watch(tab("one"), nothing, nothing))
    asyncio.run(watch(tab("two"), nothing, nothing))
    assert forgotten[:2] == ["one", "one"]
    assert forgotten.count("two") == 1


def test_a_tab_with_another_stream_open_is_not_forgotten(forgotten):
    async def open_again(scope, receive, send):
        if not receive:  # the first stream ends while the second is open
            return
        await watch(scope, None, send)
        assert forgotten == []

    watch = closings(forgotten, grace=0.0, app=open_again)
    asyncio.run(watch(tab("one"), nothing, nothing))
    assert forgotten == ["one"]


def test_other_requests_say_nothing_of_a_tab(forgotten):
    watch = closings(forgotten, grace=0.0)
    for scope in ({"type": "lifespan"}, {"type": "http", "path": "/gradio_api/queue/data"}):
        asyncio.run(watch(scope, nothing, nothing))
    assert forgotten == []


@pytest.fixture
def page():
    app = bare_app(Script().chain())
    url = start_server(app, host="127.0.0.1", port=free_port(), grace=0.0)
    yield app, url
    app.close(verbose=False)


def test_what_gradio_keeps_of_a_session_is_gone(page):
    app, url = page
    with httpx.Client(timeout=60) as client, open_tab(url, client) as visitor:
        visitor.ask("How much was it?")
        [session] = app.state_holder.session_data
        assert not forget_unused(app, session)  # it was used a moment ago
        assert session in app.state_holder
        assert forget_unused(app, session, seconds=0.0)
        assert session not in app.state_holder
        assert session not in app.state_holder.time_last_used
        assert forget_unused(app, "unknown")


def test_the_page_keeps_nothing_of_a_tab_that_was_closed(page):
    app, url = page
    with httpx.Client(timeout=60) as client:
        with open_tab(url, client) as visitor:
            visitor.ask("How much was it?")
            assert len(app.state_holder.session_data) == 1
        assert wait_until(lambda: not app.state_holder.session_data)
