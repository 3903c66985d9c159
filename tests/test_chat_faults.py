"""The answer after a fault of the model, its provider or the network."""

import logging
from dataclasses import replace

import pytest
from conftest import news
from langchain_core.messages import HumanMessage
from scripted_server import (
    cutting,
    echoing_key,
    endless,
    failing,
    pinging,
    saying,
    sentence,
    serving,
    silent,
    typing,
    write,
)
from written import BRIDGE, DEAR, LOOSE, NAME, TRUE, answer, bridge_store, load, quoted

from rag.models.chat_faults import read_fault
from rag.models.chat_stream import Bounds, ModelFailed, read_stream
from rag.question.conversation import Earlier
from rag.question.question import read_question
from rag.question.rewriting import ModelRewriter

INSTEAD = "; the articles are quoted instead."
INCOMPLETE = "; the answer may be incomplete."
KEY = "sk-never-to-be-shown-0123456789"
TOO_LONG = failing(400, "maximum context length is 4096", code="context_length_exceeded")
# Each says something about the bridge, none the same.
OTHERS = [
    news(f"{topic}.md", f"Die Brücke über die Lahn und {topic}: {topic} {topic}e {topic}en.")
    for topic in ("Verkehr", "Anwohner", "Handel", "Radweg")
]


@pytest.fixture(scope="module")
def bridge(tmp_path_factory):
    with bridge_store(tmp_path_factory.mktemp("bridge")) as store:
        yield store


@pytest.fixture(params=[True, False], ids=["schema", "text"])
def structured(request):
    return request.param


def check_quoted(made, store, words, what):
    """Expect the answer without a model, and one line with the reason."""
    assert made.notice == what + INSTEAD
    assert replace(made, notice="") == quoted(store, words)
    assert made.sentences


SOON = Bounds(whole=20, silence=0.3)
FAULTS = {
    "silent": (silent, SOON, "The model did not answer in 0.3 s"),
    "only pings": (pinging, SOON, "The model did not answer in 0.3 s"),
    "too slow": (pinging, Bounds(whole=0.3, silence=9), "The model was not finished after 0.3 s"),
    "no key": (
        failing(401),
        None,
        "The model's provider refused the key (HTTP 401), check OPENAI_API_KEY",
    ),
    "no access": (
        failing(403),
        None,
        "The model's provider refused access (HTTP 403), check OPENAI_API_KEY",
    ),
    "no such model": (
        failing(404),
        None,
        "The model's provider has no model openai:scripted (HTTP 404)",
    ),
    "rejected": (failing(422), None, "The model's provider rejects the request (HTTP 422)"),
    "cut at once": (lambda exchange: exchange.cut(), None, "The connection to the model was cut"),
    "cut in the first sentence": (cutting(), None, "The connection to the model was cut"),
    "length": (
        typing("{", finish="length"),
        None,
        "The model's output was cut at its length limit",
    ),
    "withheld": (
        typing("", finish="content_filter"),
        None,
        "The model's provider withheld the answer",
    ),
    "broken off": (
        typing('{"text": "Sie öff', finish=None, done=False),
        None,
        "The model's output breaks off in mid-sentence",
    ),
    "malformed": (
        typing('{"text": "Sie öffnet", "quotes": ]}'),
        None,
        "The model's answer was not in the form asked for",
    ),
    "prose": (
        typing("Die Brücke ", "öffnet im Oktober."),
        None,
        "The model's answer was not in the form asked for",
    ),
    "empty": (typing(), None, "The model's answer was empty"),
    "white": (typing(" \n", "\n"), None, "The model's answer was empty"),
    "only thought": (
        typing("<think>Hm. {", "</think>"),
        None,
        "The model's answer was not in the form asked for",
    ),
    "endless": (endless, None, "The model's output did not end and was cut off"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_ends_in_quotations_and_one_line_on_it(bridge, words, structured, kind):
    script, bounds, what = FAULTS[kind]
    with serving(script) as server:
        made = answer(server, bridge, words, structured=structured, bounds=bounds or Bounds(20, 20))
        # Given up this early, a request may not have arrived; none is repeated.
        assert len(server.requests) <= 1
        assert bounds or server.requests
    check_quoted(made, bridge, words, what)


def test_a_server_that_is_not_there_ends_in_quotations(bridge, words):
    with serving(silent) as server:
        pass
    check_quoted(answer(server, bridge, words), bridge, words, "The model cannot be reached")


def test_the_key_is_sent_and_never_shown_or_logged(bridge, words, monkeypatch, caplog):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    with serving(echoing_key) as server:
        made = answer(server, bridge, words)
        model = load(server)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    for shown in (repr(made), made.text, caplog.text, repr(model), str(model)):
        assert KEY not in shown
    assert "HTTP 401" in made.notice
    assert "HTTP 401" in caplog.text


def test_a_busy_provider_is_asked_again_after_the_time_it_names(bridge, words):
    waits = []
    busy = failing(429, headers=[("Retry-After", "3")])
    with serving(busy, busy, saying(TRUE)) as server:
        made = answer(server, bridge, words, sleep=waits.append)
    assert waits == [3.0, 3.0]
    assert [said.text for said in made.sentences] == ["Sie öffnet im Oktober."]
    assert made.notice == ""


def test_a_provider_that_stays_busy_is_given_up_after_three_times(bridge, words):
    waits = []
    with serving(failing(429)) as server:
        made = answer(server, bridge, words, sleep=waits.append)
    assert len(server.requests) == 3
    assert waits == [1.0, 2.0]
    check_quoted(
        made, bridge, words, "The model's provider has too many requests (HTTP 429), 3 times"
    )


def test_a_long_wait_is_reported_instead(bridge, words):
    waits = []
    with serving(failing(429, headers=[("Retry-After", "3600")])) as server:
        made = answer(server, bridge, words, sleep=waits.append)
    assert (len(server.requests), waits) == (1, [])
    check_quoted(
        made,
        bridge,
        words,
        "The model's provider has too many requests (HTTP 429) and asks to wait 3600 s",
    )


def test_a_failing_provider_is_asked_once_more(bridge, words):
    with serving(failing(500), saying(TRUE)) as server:
        made = answer(server, bridge, words)
    assert (made.sentences[0].text, made.notice) == ("Sie öffnet im Oktober.", "")


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_provider_that_goes_on_failing_is_given_up(bridge, words, status):
    with serving(failing(status)) as server:
        made = answer(server, bridge, words)
    assert len(server.requests) == 2
    check_quoted(made, bridge, words, f"The model's provider failed (HTTP {status})")


def test_passages_too_long_for_the_model_are_halved_once(fill, words):
    store = fill(BRIDGE, *OTHERS)
    with serving(TOO_LONG, saying(TRUE)) as server:
        made = answer(server, store, words)
    assert [len(request.passages) for request in server.requests] == [5, 2]
    assert (made.sentences[0].text, made.notice) == ("Sie öffnet im Oktober.", "")


def test_half_the_passages_still_too_long_ends_in_quotations(fill, words):
    store = fill(BRIDGE, *OTHERS)
    with serving(TOO_LONG) as server:
        made = answer(server, store, words)
    assert len(server.requests) == 2
    check_quoted(made, store, words, "The passages are too long for the model")


def test_a_model_that_has_no_json_schema_is_asked_for_text_from_then_on(bridge, words):
    refusing = failing(400, "response_format of type json_schema is not supported")
    with serving(refusing, saying(TRUE)) as server:
        made = answer(server, bridge, words)
    assert [request.structured for request in server.requests] == [True, False]
    assert (made.sentences[0].text, made.notice) == ("Sie öffnet im Oktober.", "")


def test_a_model_that_takes_no_temperature_is_asked_without(bridge, words):
    refusing = failing(400, "Unsupported value: 'temperature' does not support 0")
    with serving(refusing, saying(TRUE)) as server:
        made = answer(server, bridge, words)
    assert ["temperature" in request.body for request in server.requests] == [True, False]
    assert made.sentences[0].text == "Sie öffnet im Oktober."


@pytest.mark.parametrize(
    ("ending", "what"),
    [
        (lambda exchange: exchange.cut(), "The connection to the model was cut"),
        (lambda exchange: exchange.end("length"), "The model's output was cut at its length limit"),
        (
            lambda exchange: exchange.end(None, done=False),
            "The model's output breaks off in mid-sentence",
        ),
        (lambda exchange: exchange.wait(), "The model did not answer in 2 s"),
        (lambda exchange: exchange.break_down("out of memory"), "The model failed (APIError)"),
    ],
    ids=["cut", "length", "ended", "silent", "error"],
)
def test_sentences_before_a_fault_stay_and_are_called_incomplete(
    bridge, words, structured, ending, what
):
    def script(exchange):
        parts = write([TRUE, DEAR], structured=exchange.request.structured)
        exchange.say(*parts[:-2], parts[-2][:20])
        ending(exchange)

    with serving(script) as server:
        made = answer(server, bridge, words, structured=structured, bounds=Bounds(20, 2))
        assert len(server.requests) == 1
    assert [said.text for said in made.sentences] == ["Sie öffnet im Oktober."]
    assert (made.found, made.model, made.notice) == (True, NAME, what + INCOMPLETE)


def test_a_fault_after_unsupported_sentences_shows_none_of_them(bridge, words):
    with serving(cutting(LOOSE)) as server:
        made = answer(server, bridge, words)
    check_quoted(made, bridge, words, "The connection to the model was cut")


def test_a_sentence_that_cannot_be_read_is_said_to_be_left_out(bridge, words):
    with serving(saying(TRUE, {"text": "Ohne Zitate."})) as server:
        made = answer(server, bridge, words)
    assert [said.text for said in made.sentences] == ["Sie öffnet im Oktober."]
    assert made.notice == (
        "A part of the model's answer could not be read (a sentence without its quotes)"
        + INCOMPLETE
    )


def test_an_endless_run_of_sentences_is_ended(bridge, words):
    def script(exchange):
        n = 0
        while True:
            n += 1
            exchange.say(write([sentence(f"Nummer {n}.", (1, "Oktober"))], structured=False)[0])

    with serving(script) as server:
        made = answer(server, bridge, words, structured=False)
        assert server.left.wait(10)
    assert len(made.sentences) == 8


class Odd(Exception):
    """An error of an unknown client, with attributes that some clients use."""

    def __init__(self, text="", **fields):
        super().__init__(text)
        self.__dict__.update(fields)


class ReadTimeout(Exception):
    pass


class ConnectError(Exception):
    pass


class Response:
    def __init__(self, status_code, headers=()):
        self.status_code = status_code
        self.headers = dict(headers)


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (Odd(status_code=429), "busy", "too many requests (HTTP 429)"),
        (Odd(response=Response(503)), "server", "failed (HTTP 503)"),
        (Odd("prompt is too long: 9 tokens", code=400), "context", "too long for the model"),
        (ReadTimeout(), "final", "did not answer in time"),
        (ConnectError(), "final", "cannot be reached"),
        (Odd("Bearer " + KEY), "final", "failed (Odd)"),
        (Odd(code="oddly"), "final", "failed (Odd)"),
    ],
)
def test_errors_of_any_client_are_recognised_and_not_repeated(error, kind, said):
    fault = read_fault(error, "anthropic:x")
    assert (fault.kind, fault.said.endswith(said)) == (kind, True)
    assert KEY not in fault.said


def test_an_error_is_recognised_by_its_cause():
    try:
        try:
            raise Odd(response=Response(429, {"retry-after": "7"}))
        except Odd as cause:
            raise RuntimeError("wrapped") from cause
    except RuntimeError as error:
        fault = read_fault(error, "anthropic:x")
    assert (fault.kind, fault.wait) == ("busy", 7.0)


def test_a_past_date_to_wait_for_is_no_wait():
    past = {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}
    assert read_fault(Odd(response=Response(429, past)), "x:y").wait == 0.0
    assert read_fault(Odd(response=Response(429, {"retry-after": "soon"})), "x:y").wait is None


def test_an_error_of_the_client_comes_as_that_of_the_model_without_its_text():
    with serving(failing(400, f"wrong key {KEY}")) as server:
        with pytest.raises(ModelFailed) as failed:
            list(read_stream(load(server), [HumanMessage("Hallo")], Bounds(whole=20)))
    assert str(failed.value) == type(failed.value.__cause__).__name__
    assert "wrong key" in str(failed.value.__cause__)


# Without bounds the program itself fails, once the request is made.


def test_our_own_error_is_not_reported_as_that_of_the_model(bridge, words):
    with serving(saying(TRUE)) as server, pytest.raises(AttributeError, match="whole"):
        answer(server, bridge, words, bounds=None)


def test_our_own_error_in_understanding_a_question_is_not_that_of_the_model_either():
    with serving(saying(TRUE)) as server, pytest.raises(AttributeError, match="whole"):
        rewriter = ModelRewriter(load(server), NAME, bounds=None)
        rewriter.understand(read_question("Und wann?"), [Earlier("Was kostet sie?", "Viel.")])
