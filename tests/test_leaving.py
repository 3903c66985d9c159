"""Those who close their tab or hang up: whose work is stopped, and whose is not."""

from __future__ import annotations

import asyncio

import pytest

from ui.leaving import Askers, Departures, read_session

PAGE = {
    "type": "http",
    "method": "GET",
    "path": "/gradio_api/queue/data",
    "query_string": b"session_hash=abc",
}


def test_leaving_stops_the_work_of_that_session_alone():
    askers, stopped = Askers(), []
    with (
        askers.asking("a", lambda: stopped.append("a")),
        askers.asking("b", lambda: stopped.append("b")),
        askers.asking("a", lambda: stopped.append("a again")),
    ):
        askers.leave("a")
        askers.leave("unknown")
    assert stopped == ["a", "a again"]


def test_work_that_is_done_is_not_stopped():
    askers, stopped = Askers(), []
    with askers.asking("a", lambda: stopped.append("a")):
        pass
    askers.leave("a")
    assert stopped == []


@pytest.mark.parametrize(
    ("changed", "session"),
    [
        ({}, "abc"),
        ({"query_string": b"x=1&session_hash=d%20e"}, "d e"),
        ({"query_string": b""}, ""),
        ({"method": "POST"}, ""),
        ({"type": "websocket"}, ""),
        ({"path": "/gradio_api/call/ask/0f1e"}, "0f1e"),
        ({"path": "/gradio_api/call/ask"}, ""),
        ({"path": "/gradio_api/call/v2/ask/0f1e"}, "0f1e"),
        ({"path": "/gradio_api/call/v2/ask"}, ""),
        ({"path": "/gradio_api/heartbeat/abc"}, ""),
    ],
)
def test_only_a_stream_of_answers_belongs_to_a_session(changed, session):
    assert read_session({**PAGE, **changed}) == session


def run(said, *, after_end):
    """Serve one stream whose client goes before or after its end; return who left."""
    askers, left = Askers(), []

    async def receive():
        return {"type": "http.disconnect"}

    async def app(scope, receive, send):
        if after_end:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        assert (await receive())["type"] == "http.disconnect"

    async def send(message):
        said.append(message)

    with askers.asking("abc", lambda: left.append("abc")):
        asyncio.run(Departures(app, askers)(PAGE, receive, send))
    return left


def test_a_stream_closed_before_its_end_is_a_departure_and_one_after_it_is_not():
    said = []
    assert run(said, after_end=False) == ["abc"]
    assert run(said, after_end=True) == []
    assert said == [{"type": "http.response.body", "body": b"", "more_body": False}]
