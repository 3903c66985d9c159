"""Many askers at once, in a real browser and with a real server: nobody waits in the dark."""

from __future__ import annotations

import re
import threading
from contextlib import ExitStack

import httpx
import pytest
from browsers import visit
from gradio_client import Client
from gradio_client.exceptions import AppError
from pages import ARTICLES, Script, bare_app, free_port, wait_until
from playwright.sync_api import expect
from scripted_server import serving, silent
from written import answerer_for, bridge_store, chat, load, retriever

from benchmarks.support.page_client import Visitor
from rag.models.chat_stream import Bounds
from ui.api import add_api
from ui.leaving import Askers
from ui.server import start_server

READING = "Reading the articles …"
TURN_OF_TEN = ["Busy: your question is next.", "Busy: 1 question before yours."] + [
    f"Busy: {count} questions before yours." for count in (2, 3, 4, 5)
]


def serve(chain, at_once):
    askers = Askers()
    app = bare_app(chain, at_once=at_once, askers=askers)
    add_api(app, chain, lambda *given: [], ARTICLES.__getitem__, lambda: 3, askers=askers)
    return app, start_server(app, host="127.0.0.1", port=free_port(), askers=askers)


@pytest.fixture
def script():
    made = Script()
    yield made
    made.gate.set()


class Asker:
    """A visitor who asks in a thread, with all that the page said of the question's progress."""

    def __init__(self, url, question):
        self.said, self.answer = [], ""
        self._visitor = Visitor(url, httpx.Client(timeout=60))
        self._question = question
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self):
        for conversation in self._visitor.follow(self._question):
            self.answer = conversation
            working = re.search('<p class="working">(.*?)</p>', conversation)
            if working and working[1] not in self.said[-1:]:
                self.said.append(working[1])

    def is_told(self, said):
        """Wait until the page has said this of the question."""
        return wait_until(lambda: said in self.said)

    def is_over(self):
        self._thread.join(60)
        return not self._thread.is_alive()

    def is_answered(self):
        return self.is_over() and self.answer.count('class="sentence') == 3


def test_ten_askers_see_their_place_move_up_and_are_answered_in_their_order(script):
    app, url = serve(script.chain(), 4)
    askers = []
    for number, place in enumerate([READING] * 4 + TURN_OF_TEN):
        askers.append(Asker(url, f"slow {number}"))
        assert askers[-1].is_told(place), askers[-1].said
    assert '<h2 class="question" dir="auto">slow 9</h2>' in askers[9].answer
    script.gate.set()
    assert all(asker.is_answered() for asker in askers)
    assert askers[9].said[:1] + askers[9].said[-2:] == [TURN_OF_TEN[5], TURN_OF_TEN[0], READING]
    # Who was let in at the same moment is asked in any order.
    assert {call["question"] for call in script.calls} == {f"slow {n}" for n in range(10)}
    app.close(verbose=False)


def test_a_visitor_who_waits_reads_so_in_german_and_may_give_up(browser, script):
    app, url = serve(script.chain(), 1)
    first = Asker(url, "slow")
    assert first.is_told(READING)
    with visit(browser, url, locale="de-DE") as here:
        here.box.fill("Was kostet die Brücke?")
        here.box.press("Enter")
        turn = here.turns.first
        expect(turn.locator(".working")).to_have_text(
            "Gerade ist viel los: Ihre Frage ist die nächste."
        )
        expect(turn.locator(".question")).to_have_text("Was kostet die Brücke?")
        here.press("Abbrechen")
        expect(turn.locator(".stopped")).to_be_visible()
        assert len(script.calls) == 1
        script.gate.set()
        assert first.is_answered()
    app.close(verbose=False)


def test_a_closed_page_frees_its_place_though_its_chain_is_silent(script):
    app, url = serve(script.chain(), 1)
    leaves = Visitor(url, httpx.Client(timeout=60)).follow("slow")
    while 'class="sentence' not in next(leaves):
        pass
    waits = Asker(url, "slow too")
    assert waits.is_told(TURN_OF_TEN[0])
    leaves.close()
    assert waits.is_told(READING)
    # It is told so a moment before the chain is called.
    assert wait_until(lambda: len(script.calls) == 2)
    assert not script.gate.is_set()
    script.gate.set()
    assert waits.is_answered()
    app.close(verbose=False)


def test_a_tab_closed_in_silence_frees_its_place_and_its_request_to_the_model(
    browser, tmp_path, words
):
    with bridge_store(tmp_path) as store:
        with serving(silent) as server:
            writer = answerer_for(load(server), store, words, bounds=Bounds(whole=120, silence=120))
            app, url = serve(chat(retriever(store, words), writer), 1)
            with visit(browser, url) as leaves:
                leaves.box.fill("Was kostet die Brücke?")
                leaves.box.press("Enter")
                expect(leaves.turns).to_have_count(1)
                assert server.asked.wait(240)
                waits = Asker(url, "Und wann?")
                assert waits.is_told(TURN_OF_TEN[0])
                assert not server.left.is_set()
                leaves.page.close()
                assert server.left.wait(20)
                assert waits.is_told(READING)
        # Its model is gone now, and the articles are quoted.
        assert waits.is_over()
        app.close(verbose=False)


def test_a_program_that_hangs_up_frees_its_place_and_one_too_many_is_told_so(script, monkeypatch):
    monkeypatch.setattr("ui.api.LONGEST_LINE", 1)
    app, url = serve(script.chain(), 1)
    call = f"{url}gradio_api/call/ask"
    with ExitStack() as streams:
        for _ in range(3):  # two at work, one waits
            made = httpx.post(call, json={"data": ["slow", *[None] * 5]}).json()["event_id"]
            reading = httpx.stream("GET", f"{call}/{made}", timeout=20)
            assert streams.enter_context(reading).status_code == 200
        client = Client(url, verbose=False, analytics_enabled=False)
        with pytest.raises(AppError, match="Busy: 1 questions are waiting; try again in a minute."):
            client.predict("ticket", api_name="/ask")
    # All three have hung up. The two chains end with their next piece, their places are free.
    answered = threading.Event()

    def ask_until_answered():
        while not answered.is_set():
            try:
                client.predict("ticket", api_name="/article")
            except AppError as error:
                if "Busy" in str(error):
                    continue
            answered.set()

    asking = threading.Thread(target=ask_until_answered)
    asking.start()
    script.gate.set()
    assert answered.wait(20)
    asking.join()
    client.close()
    app.close(verbose=False)
