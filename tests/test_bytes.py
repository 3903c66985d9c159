"""What an answer costs on the wire: as much late in a conversation as at its beginning."""

import httpx
import pytest
from pages import Script, bare_app, free_port

from benchmarks.support.page_client import Visitor
from ui.server import start_server

TURNS = 12
QUESTION = "Was kostete die Brücke?"


class Weighing(Visitor):
    """A visitor who counts the bytes that come."""

    received = 0

    def ask(self, question):
        """Return the bytes that an answer takes."""
        before = self.received
        super().ask(question)
        return self.received - before

    def _messages(self):
        for message in super()._messages():
            self.received += len(str(message).encode())
            yield message


@pytest.fixture
def visitor():
    app = bare_app(Script().chain())
    url = start_server(app, host="127.0.0.1", port=free_port())
    with httpx.Client(timeout=60) as client:
        yield Weighing(url, client)
    app.close(verbose=False)


def test_an_answer_costs_at_most_twice_the_bytes_of_the_first_after_many(visitor):
    first, *_, last = [visitor.ask(QUESTION) for _ in range(TURNS)]
    assert first > 5_000  # an answer with its quotes
    assert last <= 2 * first
