"""The command with a chat model: the real client over loopback, and the real check."""

from __future__ import annotations

import json
import os

import pytest
from commands import check_contract, failure, lines, misuse, run
from files import write
from pages import free_port
from scripted_server import SCRIPTS, saying, sentence, serving

OPENS = "Die neue Brücke über die Lahn öffnet im Oktober."
BRIDGE = f"{OPENS} Der Bau hat vier Jahre gedauert, sagte die Bürgermeisterin von Wetzlar."
ASKED = "When does the new bridge over the Lahn open?"
TRUE = sentence("The new bridge over the Lahn opens in October.", (1, OPENS))
WEAK = sentence("The new bridge over the Lahn opens in 4711.", (1, OPENS))
LOOSE = sentence("Everyone is happy.", (1, "große Freude"))
MODEL = "openai:scripted"
NO_SERVER = (
    "--base-url names a server but no model: add --model, such as --model openai:NAME, or leave it"
    " out"
)
UNBORNE = "The articles do not support what the model wrote; the articles are quoted instead."


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Run each test in an empty folder, without the keys and settings of the machine."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("ARTICLE_CHAT_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    """Index one German article; return its file."""
    folder = tmp_path_factory.mktemp("indexed")
    article = write(folder / "news" / "bruecke.txt", BRIDGE)
    lines("index", article, "--data", folder / "data")
    return article


@pytest.fixture
def data(news):
    return ["--data", news.parent.parent / "data"]


def at(server):
    return ["--model", MODEL, "--base-url", server.url]


def test_a_models_answer_is_printed_with_marks_reasons_and_quotes(news, data):
    with serving(saying(TRUE, WEAK, LOOSE)) as server:
        printed = lines("ask", ASKED, *data, *at(server))
    weak, loose = (line for line in printed if line.startswith("    Why: "))
    assert printed[:6] == [
        f"{TRUE['text']} [1]",
        f"Weakly supported: {WEAK['text']} [1]",
        weak,
        f"Not supported: {LOOSE['text']}",
        loose,
        "",
    ]
    assert "the words that it quotes are not in" in loose
    assert printed[6].startswith("[1] ")
    assert printed[7:] == [f"    > {OPENS}", f"    {news}, characters 0–{len(OPENS)}"]


def test_json_gives_the_status_of_each_sentence(data):
    with serving(saying(TRUE, WEAK, LOOSE)) as server:
        [line] = lines("ask", ASKED, "--json", *data, *at(server))
    answer = json.loads(line)
    check_contract(answer)
    assert (answer["found"], answer["model"], "notice" in answer) == (True, MODEL, False)
    assert answer["sentences"] == [
        {"text": TRUE["text"], "status": "supported", "citations": [1]},
        {"text": WEAK["text"], "status": "weak", "citations": [1]},
        {"text": LOOSE["text"], "status": "unsupported", "citations": []},
    ]
    [citation] = answer["citations"]
    assert (citation["quote"], citation["language"]) == (OPENS, "de")


def test_a_line_before_the_answer_says_why_the_articles_are_quoted_instead(data):
    with serving(saying(LOOSE)) as server:
        printed = lines("ask", ASKED, *data, *at(server))
        [line] = lines("ask", ASKED, "--json", *data, *at(server))
    assert printed[:3] == [f"Note: {UNBORNE}", "The articles say:", f"{OPENS} [1]"]
    answer = json.loads(line)
    check_contract(answer)
    assert (answer["notice"], answer["model"]) == (UNBORNE, None)


def test_a_model_from_the_environment_answers_a_file_of_questions(here, data, monkeypatch):
    write(here / "q.txt", f"{ASKED}\n{ASKED}\n")
    with serving(saying(LOOSE), saying(TRUE)) as server:
        monkeypatch.setenv("ARTICLE_CHAT_MODEL", MODEL)
        monkeypatch.setenv("ARTICLE_CHAT_BASE_URL", server.url)
        printed = lines("ask", "--questions", "q.txt", *data)
    assert printed[0].startswith(f"Note: {UNBORNE} The articles say: {OPENS} [1]")
    assert printed[-1] == f"{TRUE['text']} [1]"


def test_a_refused_key_that_the_server_repeats_is_not_printed(data, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    with serving(SCRIPTS["refused"]) as server:
        made = run("ask", ASKED, *data, *at(server))
    assert server.requests[0].headers["authorization"] == "Bearer sk-very-secret"
    assert "secret" not in made.output
    assert made.output.startswith(
        "Note: The model's provider refused the key (HTTP 401), check OPENAI_API_KEY; the articles"
        " are quoted instead.\n"
    )


@pytest.mark.parametrize("command", [["ask", ASKED], ["chat"], ["status"]])
def test_a_server_without_a_model_is_wrong_usage(command, data, monkeypatch):
    assert misuse(*command, *data, "--base-url", "http://127.0.0.1:1/v1") == NO_SERVER
    monkeypatch.setenv("ARTICLE_CHAT_BASE_URL", "http://127.0.0.1:1/v1")
    assert misuse(*command, *data) == NO_SERVER


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("openai:gpt-x", "openai:gpt-x needs a key: set OPENAI_API_KEY in the environment"),
        ("nowhere:gpt-x", "nowhere:gpt-x: there is no provider 'nowhere'; known are anthropic, "),
        ("gpt-x", "'gpt-x' is no chat model: write provider:name, such as "),
    ],
)
@pytest.mark.parametrize("command", [["ask", ASKED], ["chat"]])
def test_a_model_that_cannot_be_set_up_is_one_line_before_anything_large_is_loaded(
    command, model, said, data, monkeypatch
):
    def load(*about):
        raise AssertionError("the embedding was loaded")

    monkeypatch.setattr("ui.wiring.load_embedding", load)
    port = ["--port", free_port()] if command == ["chat"] else []
    assert failure(*command, *port, *data, "--model", model).startswith(said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "quotations (no chat model)"),
        (["--model", "openai:gpt-x"], "openai:gpt-x, checked against the articles"),
        (
            ["--model", "openai:x", "--base-url", "https://me:a/b@host.example:8/v1?key=secret"],
            "openai:x at https://host.example:8/v1, checked against the articles",
        ),
    ],
)
def test_status_names_the_model_without_its_key_and_without_loading_it(options, said, data):
    assert lines("status", *data, *options)[-1] == f"answers    {said}"
