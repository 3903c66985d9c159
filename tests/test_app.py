"""The page without a browser: turns, opening a source, and what the server offers."""

import logging
import os
import re
import socket
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pages import ARTICLES, BRIDGE, COST, FERRY, TICKET, Script, free_port, pieces, refusal

from ui.app import UNREADABLE, build_app, open_source
from ui.asking import UNEXPECTED, Run, ask
from ui.errors import CannotListen, PortInUse, UiError
from ui.server import serve, start_server
from ui.source import CHANGED, GONE, NO_SOURCE
from ui.turns import Turn, past
from vectorstore import StoreBusy

READ = ARTICLES.__getitem__


def turn_about(question, *quotes):
    first, *rest = pieces(question, "So:", *quotes)
    return Turn(question, "done", sum(rest, start=first))


def app_with(script):
    return build_app(script.chain(), READ, examples=["Was kostete das?"], about="<2> articles")


@pytest.fixture(scope="module")
def url():
    app = app_with(Script())
    yield start_server(app, host="127.0.0.1", port=free_port()).rstrip("/")
    app.close(verbose=False)


# Turns


def test_a_turn_grows_with_each_piece_and_is_done_at_the_end():
    turns = list(ask(Script().chain(), "Was kostete das?", (), Run()))
    assert [turn.state for turn in turns] == ["asking"] * 5 + ["done"]
    sentences = [len(turn.answer.sentences) if turn.answer else None for turn in turns]
    assert sentences == [None, 0, 1, 2, 3, 3]
    assert turns[-1].answer.sentences[0].text == COST


def test_the_chain_is_given_the_question_and_the_turns_that_were_answered():
    script = Script()
    earlier = (
        turn_about("Was?", (BRIDGE, COST)),
        Turn("Wie?", "failed", error="Busy."),
        Turn("Wetter?", "done", refusal("Wetter?")),
    )
    list(ask(script.chain(), "Und wann?", earlier, Run()))
    assert script.calls == [
        {
            "question": "Und wann?",
            "chat_history": [
                ("Was?", f"So:\n{COST} [1]"),
                ("Wetter?", "Die Artikel sagen dazu nichts."),
            ],
        }
    ]


def test_the_history_is_the_last_ten_turns():
    turns = tuple(turn_about(f"Frage {number}", (BRIDGE, COST)) for number in range(12))
    assert [question for question, _ in past(turns)] == [f"Frage {n}" for n in range(2, 12)]


def test_a_named_error_becomes_one_line_and_is_not_an_answer():
    turn = list(ask(Script().chain(), "broken", (), Run()))[-1]
    assert turn == Turn(
        "broken", "failed", error="Nothing is indexed yet; run article-chat index FOLDER first."
    )


def test_a_question_over_the_limit_becomes_the_line_of_the_chain():
    turn = list(ask(Script().chain(), "x" * 2001, (), Run()))[-1]
    assert turn.error == "The question has 2001 characters; at most 2000."


def test_an_error_half_way_takes_back_what_was_said_and_is_logged(caplog):
    with caplog.at_level(logging.ERROR):
        turns = list(ask(Script().chain(), "crash", (), Run()))
    assert turns[-2].answer is not None
    assert turns[-1] == Turn("crash", "failed", error=UNEXPECTED)
    assert "secret detail" in caplog.text
    assert "secret detail" not in UNEXPECTED


def test_a_chain_that_says_nothing_is_an_error_and_no_answer(caplog):
    assert list(ask(Script().chain(), "silent", (), Run()))[-1].error == UNEXPECTED
    assert "without a single piece" in caplog.text


def test_a_stopped_run_ends_at_once_and_its_chain_at_its_next_piece():
    script, run = Script(), Run()
    turns = ask(script.chain(), "slow", (), run)
    shown = [next(turns) for _ in range(3)]  # the question, the lead-in, one sentence
    run.stop()
    assert list(turns) == [replace(shown[-1], state="stopped")]
    assert not script.abandoned.is_set()
    script.gate.set()
    assert script.abandoned.wait(timeout=10)


def test_the_chain_of_a_visitor_who_left_ends_at_its_next_piece():
    script = Script()
    turns = ask(script.chain(), "slow", (), Run())
    for _ in range(3):
        next(turns)
    turns.close()
    script.gate.set()
    assert script.abandoned.wait(timeout=10)


# Opening a source


def test_a_citation_opens_its_article_with_the_mark():
    turns = (turn_about("Was?", (BRIDGE, COST), (FERRY, TICKET)),)
    shown = open_source(READ, turns, 0, 1, opening=1)
    assert f">{TICKET}</mark>" in shown
    assert 'aria-label="Source 2"' in shown


def test_a_nearest_passage_opens_under_its_own_label():
    shown = open_source(READ, (Turn("?", "done", refusal("?")),), 0, 1, opening=1)
    assert f">{TICKET}</mark>" in shown
    assert 'aria-label="Nearest passage"' in shown


def test_a_citation_that_left_the_page_opens_nothing():
    assert open_source(READ, (), 0, 0, opening=1) == NO_SOURCE


def failing(error):
    def read(article):
        raise error

    return read


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (failing(KeyError("gone")), GONE),
        (failing(StoreBusy("The store is busy;\ntry again.")), "The store is busy; try again."),
        (failing(ZeroDivisionError("secret detail")), UNREADABLE.replace("'", "&#x27;")),
        (lambda article: replace(BRIDGE, text="Neu. " + BRIDGE.text), CHANGED),
    ],
)
def test_an_article_that_cannot_be_shown_gets_a_line_and_no_mark(read, line):
    shown = open_source(read, (turn_about("Was?", (BRIDGE, COST)),), 0, 0, opening=1)
    assert line in shown
    assert "<mark" not in shown
    assert "secret detail" not in shown


# The server


def test_the_page_loads_nothing_from_elsewhere(url):
    # What Gradio writes into every page as data; no browser loads it.
    allowed = ("og:", "twitter:", "http://www.w3.org/")
    page = httpx.get(url).text
    loaded = [
        tag
        for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*https?://[^>]*>", page)
        if not any(name in tag for name in allowed)
    ]
    assert loaded == []
    assert "fonts.googleapis" not in page + httpx.get(f"{url}/theme.css").text


def test_the_browser_is_told_to_load_nothing_from_elsewhere_and_run_no_attribute(url):
    headers = httpx.get(url).headers
    policy = headers["content-security-policy"].split("; ")
    assert "default-src 'self'" in policy
    assert "script-src-attr 'none'" in policy
    assert headers["referrer-policy"] == "no-referrer"


def test_what_the_page_is_told_about_itself_is_escaped(url):
    config = httpx.get(f"{url}/config").json()
    shown = [part["props"].get("value") for part in config["components"]]
    assert "<header><h1>Article Chat</h1><p>&lt;2&gt; articles</p></header>" in shown


def test_no_event_of_the_page_is_offered_as_a_programming_interface(url):
    config = httpx.get(f"{url}/config").json()
    assert {made["api_visibility"] for made in config["dependencies"]} == {"private"}
    assert config["analytics_enabled"] is False
    assert config["footer_links"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/runs",
        "/gradio_api/file=https://example.org/",
        "/gradio_api/deep_link",
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
def test_an_address_that_is_not_this_machine_is_a_clear_error(host):
    with pytest.raises(CannotListen, match=f"Cannot serve on {re.escape(host)} port"):
        serve(app_with(Script()), host=host, port=free_port())


def test_the_page_starts_where_all_traffic_is_sent_to_a_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("no_proxy", "intranet.example")
    app = app_with(Script())
    try:
        assert httpx.get(start_server(app, host="127.0.0.1", port=free_port())).status_code == 200
    finally:
        app.close(verbose=False)
    assert os.environ["no_proxy"] == "intranet.example,127.0.0.1,localhost"


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
