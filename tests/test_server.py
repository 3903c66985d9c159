"""The page over HTTP, without a browser: the paths that are served and those that are not."""

import os
import re
import socket
import time
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import httpx
import pytest
from gradio.queueing import Queue
from pages import Script, bare_app, free_port

from ui.errors import CannotListen, McpUnavailable, PortInUse, UiError
from ui.server import check_mcp, own_names, serve, start_server
from ui.surface import FOREIGN


def app_with(script):
    return bare_app(script.chain(), articles=2)


@pytest.fixture(scope="module")
def url():
    app = app_with(Script())
    yield start_server(app, host="127.0.0.1", port=free_port()).rstrip("/")
    app.close(verbose=False)


def test_the_page_loads_nothing_from_elsewhere(url):
    # Gradio writes these into every page as data; no browser loads them.
    allowed = ("og:", "twitter:", "http://www.w3.org/")
    page = httpx.get(url).text
    loaded = [
        tag
        for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*https?://[^>]*>", page)
        if not any(name in tag for name in allowed)
    ]
    assert loaded == []
    assert "fonts.googleapis" not in page + httpx.get(f"{url}/theme.css").text


def test_headers_forbid_loading_from_elsewhere_and_handlers_in_attributes(url):
    headers = httpx.get(url).headers
    policy = headers["content-security-policy"].split("; ")
    assert "default-src 'self'" in policy
    assert "script-src-attr 'none'" in policy
    assert headers["referrer-policy"] == "no-referrer"


def test_no_event_of_the_page_is_offered_as_a_programming_interface(url):
    config = httpx.get(f"{url}/config").json()
    assert {made["api_visibility"] for made in config["dependencies"]} == {"private"}
    assert config["analytics_enabled"] is False
    assert config["footer_links"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/openapi.json",
        "/gradio_api/runs",
        "/gradio_api/file=https://example.org/",
        "/gradio_api/deep_link",
        "/gradio_api/mcp/",
        "/gradio_api/upload_progress",
        "/monitoring",
        "/docs",
        "/openapi.json",
        "/login",
        f"/gradio_api/file={Path(__file__).resolve()}",
        f"/gradio_api/file/{Path(__file__).resolve()}",
        "/gradio_api/file=pyproject.toml",
        f"/static/../../../../../../../../{Path(__file__).resolve()}",
        "/assets/..%2f..%2f..%2froutes.py",
    ],
)
def test_nothing_beside_the_page_can_be_fetched(url, path):
    assert httpx.get(url + path).status_code in (403, 404)


@pytest.mark.parametrize("path", ["", "/config", "/article/x", "/gradio_api/info", "/nowhere"])
@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example:7860", "localhost.evil", "[::2]", "10.0.0.1", ""],
)
def test_a_foreign_host_is_turned_away(url, host, path):
    answer = httpx.get(url + path, headers={"Host": host})
    assert (answer.status_code, answer.text) == (400, FOREIGN)


@pytest.mark.parametrize("host", ["localhost:7860", "LOCALHOST", "127.0.0.1", "[::1]:7860"])
def test_the_names_of_this_machine_are_answered(url, host):
    assert httpx.get(f"{url}/config", headers={"Host": host}).status_code == 200


def test_only_a_page_on_loopback_knows_all_its_names():
    assert own_names("127.0.0.1") == {"localhost", "127.0.0.1", "::1"}
    assert "127.0.0.2" in own_names("127.0.0.2")
    assert own_names("0.0.0.0") is None
    assert own_names("192.0.2.1") is None


def test_nothing_can_be_uploaded(url):
    sent = httpx.post(f"{url}/gradio_api/upload", files={"files": ("a.txt", b"a")})
    assert sent.status_code == 404


def test_a_port_in_use_is_a_clear_error_before_anything_is_served():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse) as error:
            serve(app_with(Script()), host="127.0.0.1", port=port)
    assert (
        str(error.value) == f"Port {port} is in use by another program; choose another with --port."
    )
    assert isinstance(error.value, UiError)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_a_clear_error(host):
    with pytest.raises(CannotListen, match=f"Cannot serve on {re.escape(host)} port"):
        serve(app_with(Script()), host=host, port=free_port())


def missing(name):
    raise PackageNotFoundError(name)


@pytest.mark.parametrize(
    ("find_version", "line"),
    [
        (missing, "The package mcp is not installed: run `.venv/bin/pip install 'mcp<2'`."),
        (lambda name: "2.3.0", "Gradio cannot use mcp 2.3.0: run `.venv/bin/pip install 'mcp<2'`."),
    ],
)
def test_mcp_without_its_package_is_one_clear_line(find_version, line):
    with pytest.raises(McpUnavailable) as error:
        check_mcp(find_version)
    assert str(error.value) == line


def test_the_page_starts_if_all_traffic_goes_to_a_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("no_proxy", "intranet.example")
    app = app_with(Script())
    try:
        assert httpx.get(start_server(app, host="127.0.0.1", port=free_port())).status_code == 200
    finally:
        app.close(verbose=False)
    assert os.environ["no_proxy"] == "intranet.example,127.0.0.1,localhost"


def test_an_idle_page_looks_for_questions_less_than_three_hundred_times_a_second(monkeypatch):
    looks = 0
    count = Queue.__len__

    def look(queue):
        nonlocal looks
        looks += 1
        return count(queue)

    monkeypatch.setattr(Queue, "__len__", look)
    app = app_with(Script())
    try:
        start_server(app, host="127.0.0.1", port=free_port())
        looks = 0
        time.sleep(1)
    finally:
        app.close(verbose=False)
    assert 0 < looks < 300


def test_ctrl_c_ends_the_server_cleanly_and_frees_the_port():
    port = free_port()
    answers = []

    def interrupt(url):
        answers.append(httpx.get(url).status_code)
        raise KeyboardInterrupt

    serve(app_with(Script()), host="127.0.0.1", port=port, on_ready=interrupt)
    assert answers == [200]
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
