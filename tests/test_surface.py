"""What a visitor may send without a browser: no path and no event shows more than was answered."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from urllib.parse import unquote

import gradio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import ARTICLES, Script, bare_app, free_port

from ui.html.source import NO_SOURCE
from ui.server import start_server
from ui.surface import FOLDERS, PAGES, reaches_page

FIXED = settings(derandomize=True, database=None, deadline=None, max_examples=40)
STEPS = st.sampled_from(
    ["..", "%2e%2e", ".", "", "static", "assets", "gradio_api", "file=", "etc", "passwd"]
    + ["%2f", "..%2f..", "..%5c", "routes.py", "pyproject.toml", "%00", "queue", "data", "~root"]
)


@pytest.fixture(scope="module")
def port():
    app = bare_app(Script().chain(), articles=2)
    port = free_port()
    start_server(app, host="127.0.0.1", port=port)
    yield port
    app.close(verbose=False)


def fetch(port, method, path, body=None):
    """Send a path as it is, which a client of browsers' manners would first make plain."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.putrequest(method, path, skip_accept_encoding=True)
    data = json.dumps(body).encode() if body is not None else b""
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(len(data)))
    connection.endheaders(data)
    response = connection.getresponse()
    answered = response.status, response.read()
    connection.close()
    return answered


@FIXED
@given(st.sampled_from(["/", *FOLDERS, "/gradio_api/file="]), st.lists(STEPS, max_size=8))
def test_a_path_reaches_the_page_or_a_file_of_gradio_and_nothing_else(port, start, steps):
    path = start + "/".join(steps)
    if path.startswith("/gradio_api/heartbeat/"):
        return  # a stream of no file, without an end
    status, body = fetch(port, "GET", path)
    if status == 200 and unquote(path) not in PAGES:
        assert reaches_page(unquote(path))
        parts = Path(gradio.__file__).parent / "templates"
        assert any(file.read_bytes() == body for file in parts.rglob("*") if file.is_file())


def dependency(port, target):
    _, body = fetch(port, "GET", "/config")
    *_, found = [
        one
        for one in json.loads(body)["dependencies"]
        if any(event == target for _, event in one["targets"])
    ]
    return found["id"]


@pytest.mark.parametrize(
    ("turn", "citation"),
    [(0, 0), (-1, -1), (10**30, 0), ("0", "0"), ("x", "y"), (None, None), ([0], {}), (1e400, 0)],
)
@pytest.mark.parametrize("turns", [None, [], [{"question": "?", "answer": {"citations": [1]}}]])
def test_a_forged_conversation_opens_no_article(port, turns, turn, citation):
    event = {
        "fn_index": dependency(port, "select"),
        "data": [turns, None],
        "event_data": {"turn": turn, "citation": citation},
        "session_hash": "forged",
    }
    status, body = fetch(port, "POST", "/gradio_api/run/predict", event)
    assert all(article.text[:40].encode() not in body for article in ARTICLES.values())
    assert b"Traceback" not in body
    if status == 200:
        assert json.loads(body)["data"] == [NO_SOURCE]
