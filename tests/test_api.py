"""What programs can call: the real client against the real server, with scripted answers."""

import datetime
import json

import httpx
import pytest
from browsers import visit
from fakes import NO_TERMS
from gradio_client import Client
from gradio_client.exceptions import AppError
from injections import INJECTIONS
from langchain_core.runnables import RunnableLambda
from pages import (
    ARTICLES,
    BRIDGE,
    EVIL,
    EVIL_QUOTE,
    EVIL_TITLE,
    FERRY,
    TICKET,
    Script,
    bare_app,
    free_port,
)
from playwright.sync_api import expect

from rag.answer import Answer
from rag.errors import BadQuestion
from rag.passage import RankedPassage
from ui.addresses import make_address
from ui.api import FAILED, add_api, answer_call
from ui.api_input import read_filter
from ui.commands.printing import answer_fields
from ui.errors import BadInput
from ui.server import start_server
from ui.unknown_calls import UNKNOWN
from ui.words import ENGLISH
from vectorstore import Filter, Passage, StoreBusy

CALLS = []
HELD = {0: 3}  # how many articles the API is told that there are
DAY = datetime.date(2024, 6, 17)


def find(query, k, filter):
    CALLS.append((query, k, filter))
    if "crash" in query:
        raise ZeroDivisionError("secret detail")
    if not query.strip():
        raise BadQuestion("The question is empty: type one.")
    if "nothing" in query:
        return []
    made = EVIL if "evil" in query else FERRY
    words = EVIL_QUOTE if "evil" in query else TICKET
    start = made.text.index(words)
    span = (start, start + len(words))
    return [RankedPassage(Passage(made, *span, (span,)), 0.5, 1.0, 0.75, NO_TERMS)]


def read_article(id):
    if id == "busy":
        raise StoreBusy("another process writes to /srv/secret")
    return ARTICLES[id]


@pytest.fixture(scope="module")
def url():
    chain = Script().chain()
    app = bare_app(chain)
    add_api(app, chain, find, read_article, lambda: HELD[0])
    yield start_server(app, host="127.0.0.1", port=free_port())
    app.close(verbose=False)


@pytest.fixture(scope="module")
def client(url, tmp_path_factory):
    made = Client(
        url, verbose=False, analytics_enabled=False, download_files=tmp_path_factory.mktemp("files")
    )
    yield made
    made.close()


def test_three_endpoints_are_offered_and_no_event_of_the_page(client):
    offered = client.view_api(return_format="dict", print_info=False)
    assert list(offered["named_endpoints"]) == ["/ask", "/search", "/article"]
    assert offered["unnamed_endpoints"] == {}
    names = [one["parameter_name"] for one in offered["named_endpoints"]["/search"]["parameters"]]
    assert names == ["query", "k", "articles", "sources", "languages", "date_from", "date_to"]


def test_ask_gives_what_ask_json_gives_without_our_folders(client):
    made = client.predict("What is a ticket?", api_name="/ask")
    expected = json.loads(json.dumps(answer_fields(Script().chain().invoke(
        {"question": "What is a ticket?"}
    ))))  # fmt: skip
    [citation] = expected["citations"]
    assert citation["path"] == "/articles/ferry.txt"
    del citation["path"]
    assert made["citations"][0].pop("file") == "ferry.txt"
    assert made == expected
    assert citation["address"] == make_address(FERRY.id, citation["start"], citation["end"])


def test_a_local_model_is_named_without_its_folder():
    made = Answer("Wann?", True, model="huggingface:/srv/models/qwen3")
    assert answer_call(RunnableLambda(lambda given: made), "Wann?")["model"] == "huggingface:qwen3"


def test_ask_hands_its_filters_on_and_none_if_there_is_none(client):
    given = []

    def answer(asked):
        given.append(asked)
        return Answer("Wann?", False)

    answer_call(RunnableLambda(answer), "Wann?", ["a"], None, ["de"], "2024-06-17", None)
    answer_call(RunnableLambda(answer), "Wann?", None, None, None, None, None)
    limited = {"question": "Wann?", "filter": Filter(["a"], None, ["de"], DAY)}
    assert given == [limited, {"question": "Wann?"}]
    with pytest.raises(AppError, match="date_from must be a day"):
        client.predict(question="Wann?", date_from="June", api_name="/ask")


def test_search_gives_passages_with_scores_and_addresses(client):
    made = client.predict(query="ticket", k=3, api_name="/search")
    start = FERRY.text.index(TICKET)
    end = start + len(TICKET)
    assert made == {
        "query": "ticket",
        "passages": [
            {
                **{"article": FERRY.id, "file": "ferry.txt", "title": FERRY.title},
                **{"source": FERRY.source, "date": FERRY.date, "language": "en"},
                **{"start": start, "end": end, "text": TICKET, "score": 0.75},
                "address": f"/article/{FERRY.id}?start={start}&end={end}",
            }
        ],
    }
    assert CALLS[-1] == ("ticket", 3, None)


def test_search_hands_its_filters_on(client):
    client.predict(
        **{"query": "ticket", "articles": ["a"], "sources": ["dpa"], "languages": ["de"]},
        **{"date_from": "2024-06-17", "date_to": "2024-06-17", "api_name": "/search"},
    )
    assert CALLS[-1] == ("ticket", 8, Filter(["a"], ["dpa"], ["de"], DAY, DAY))


def test_where_there_are_no_articles_the_answer_is_that_and_how_to_add_some(client, monkeypatch):
    assert client.predict("How is the weather?", api_name="/ask")["found"] is False
    assert client.predict("nothing", api_name="/search")["passages"] == []
    monkeypatch.setitem(HELD, 0, 0)
    for endpoint, asked in (("/ask", "How is the weather?"), ("/search", "nothing")):
        with pytest.raises(AppError) as error:
            client.predict(asked, api_name=endpoint)
        assert error.value.message == ENGLISH.faults["no_index"]


def test_article_gives_text_and_facts(client):
    made = client.predict(BRIDGE.id, api_name="/article")
    assert made["text"] == BRIDGE.text
    assert made["url"] == BRIDGE.url
    assert (made["file"], made["address"]) == ("bruecke.md", f"/article/{BRIDGE.id}")
    assert list(made) == [
        *("article", "file", "title", "source", "date", "language", "url", "text", "address")
    ]


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ({"api_name": "/ask", "question": 5}, "question must be text, not 5."),
        ({"api_name": "/ask", "question": None}, "question must be text, not None."),
        ({"api_name": "/ask", "question": "x" * 2001}, "at most 2000"),
        ({"api_name": "/ask", "question": "crash"}, FAILED),
        ({"api_name": "/search", "query": ""}, "The question is empty: type one."),
        ({"api_name": "/search", "query": "crash"}, FAILED),
        ({"api_name": "/search", "query": "a", "k": 0}, "k must be a whole number from 1 to 50"),
        ({"api_name": "/search", "query": "a", "k": True}, "not True."),
        ({"api_name": "/search", "query": "a", "sources": "dpa"}, "sources must be a list of"),
        ({"api_name": "/search", "query": "a", "date_to": "June"}, "must be a day such as 2024"),
        ({"api_name": "/article", "id": "nowhere"}, "There is no article 'nowhere' in the index"),
        ({"api_name": "/article", "id": "busy"}, ENGLISH.faults["busy"]),
    ],
)
def test_bad_input_is_one_clear_line(client, capfd, call, line):
    with pytest.raises(AppError) as error:
        client.predict(**call)
    assert line in error.value.message
    assert "\n" not in error.value.message and "secret" not in error.value.message
    assert "Traceback" not in capfd.readouterr().out


def test_a_day_after_the_last_is_an_error_and_no_condition_is_no_filter():
    with pytest.raises(BadInput, match=r"date_from \(2024-06-17\) is after date_to \(2024-06-16\)"):
        read_filter(date_from="2024-06-17", date_to="2024-06-16")
    assert read_filter() is None
    assert read_filter(languages=[]) == Filter(languages=[])


def test_a_program_without_a_client_posts_and_reads_the_answer(url):
    sent = httpx.post(f"{url}gradio_api/call/article", json={"data": [FERRY.id]})
    with httpx.stream("GET", f"{url}gradio_api/call/article/{sent.json()['event_id']}") as answer:
        lines = [line for line in answer.iter_lines() if line]
    assert lines[0] == "event: complete"
    assert json.loads(lines[1].removeprefix("data: "))[0]["text"] == FERRY.text


def call_by_name(url, endpoint, given):
    """Call an endpoint as a program without a client does; return the lines of the answer."""
    sent = httpx.post(f"{url}gradio_api/call/v2/{endpoint}", json=given)
    event = sent.json()["event_id"]
    with httpx.stream("GET", f"{url}gradio_api/call/v2/{endpoint}/{event}") as answer:
        return [line for line in answer.iter_lines() if line]


def test_a_program_without_a_client_names_only_the_values_that_it_gives(url):
    kind, data = call_by_name(url, "ask", {"question": "What is a ticket?"})
    assert kind == "event: complete"
    [made] = json.loads(data.removeprefix("data: "))
    assert made["citations"][0]["quote"] == TICKET
    kind, data = call_by_name(url, "search", {"query": "ticket", "date_to": "2024-06-17"})
    assert kind == "event: complete"
    assert CALLS[-1] == ("ticket", 8, Filter(date_to=DAY))


@pytest.mark.parametrize("path", ["ask/nothing", "v2/ask/nothing", "v2/ask", "ask/a-b/"])
def test_the_answer_to_an_unknown_call_is_a_404_with_a_sentence(url, path):
    refused = httpx.get(f"{url}gradio_api/call/{path}")
    assert (refused.status_code, refused.json()) == (404, {"error": UNKNOWN})


def test_an_answer_is_read_once(url):
    sent = httpx.post(f"{url}gradio_api/call/article", json={"data": [FERRY.id]})
    address = f"{url}gradio_api/call/article/{sent.json()['event_id']}"
    assert httpx.get(address).text.startswith("event: complete")
    assert (again := httpx.get(address)).status_code == 404
    assert again.json() == {"error": UNKNOWN}


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({}, "No value provided for required argument: question."),
        ({"question": "Wann?", "day": "x"}, "Parameter `day` is not a valid key-word argument."),
    ],
)
def test_a_call_by_name_with_other_values_is_one_clear_line(url, given, line):
    refused = httpx.post(f"{url}gradio_api/call/v2/ask", json=given)
    assert (refused.status_code, refused.json()) == (422, {"error": line})


@pytest.mark.parametrize(
    "path", ["call/answer", "call/greet", "run/ask", "api/ask", "call/v2/greet"]
)
def test_no_other_endpoint_can_be_called(url, path):
    assert httpx.post(f"{url}gradio_api/{path}", json={"data": ["x"]}).status_code == 404


def test_hostile_text_comes_back_as_it_is_and_changes_nothing(client):
    for hostile in INJECTIONS:
        made = client.predict(query=hostile, sources=[hostile], api_name="/search")
        assert made["query"] == hostile
        assert CALLS[-1] == (hostile, 8, Filter(sources=[hostile]))
    [found] = client.predict(query="evil", api_name="/search")["passages"]
    assert (found["title"], found["text"]) == (EVIL_TITLE, EVIL_QUOTE)
    assert client.predict(EVIL.id, api_name="/article")["url"] is None


def test_the_page_answers_as_before_with_an_api(url, browser):
    with visit(browser, url) as here:
        expect(here.ask("What is a ticket?")).to_contain_text(TICKET)
