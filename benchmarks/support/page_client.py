"""A visitor of the chat page without a browser: the requests that the page itself sends."""

from __future__ import annotations

import html
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from gradio_client.utils import apply_diff

_BUTTON = re.compile(r'class="(?:number|passage)" data-turn="(\d+)" data-citation="(\d+)"')
_MARK = re.compile(r'<mark id="cited"[^>]*>(.*?)</mark>', re.DOTALL)
_ERROR = re.compile(r'<p class="error"[^>]*>(.*?)</p>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# Where the outputs of an answer and of a pressed citation stand.
_CONVERSATION, _PANEL = 0, 0


class PageFault(Exception):
    """The page answered a visitor with an error; the text says with which."""


@dataclass(frozen=True)
class Opened:
    """A citation that was pressed: the marked text of its article, or a notice in its place."""

    marked: str
    notice: str


class Visitor:
    """One tab of the page at an address, with a conversation of its own."""

    def __init__(self, url: str, client: httpx.Client) -> None:
        self._url = url.rstrip("/")
        self._client = client
        self._session = uuid.uuid4().hex
        config = client.get(f"{self._url}/config").raise_for_status().json()
        elements = {
            found["id"]: found.get("props", {}).get("elem_id") for found in config["components"]
        }
        # {(element, event): (what it starts, how many inputs that takes)}
        self._events = {
            (elements.get(target), event): (made["id"], len(made["inputs"]), target)
            for made in config["dependencies"]
            for target, event in made["targets"]
        }

    @property
    def stream(self) -> str:
        """The address of the stream that a browser holds open while the tab is there."""
        return f"{self._url}/gradio_api/heartbeat/{self._session}"

    def ask(self, question: str) -> str:
        """Ask a question and return the conversation, as HTML, when its answer is complete."""
        *_, conversation = self.follow(question)
        return conversation

    def follow(self, question: str) -> Iterator[str]:
        """Ask a question and yield the conversation, as HTML, each time it changes."""
        asked = self._payload(("send", "click"), [question])
        self._client.post(f"{self._url}/gradio_api/queue/join", json=asked).raise_for_status()
        shown: list[Any] = []
        for message in self._messages():
            output = message.get("output") or {}
            data = output.get("data") or []
            if message["msg"] == "process_generating" and message.get("success", True):
                shown = (
                    [apply_diff(old, diff) for old, diff in zip(shown, data, strict=True)]
                    if shown
                    else data
                )
                yield str(shown[_CONVERSATION])
            elif message["msg"] == "process_completed":
                if not message.get("success"):
                    raise PageFault(str(output.get("error") or message)[:200])
                return
            elif message["msg"] == "unexpected_error":
                raise PageFault(str(message.get("message"))[:200])
        raise PageFault("the page stopped sending before the answer was complete")

    def open(self, turn: int, citation: int) -> Opened:
        """Press a citation and return what the panel shows."""
        pressed = self._payload(("conversation", "select"), [None])
        pressed["event_data"] = {"turn": turn, "citation": citation}
        made = self._client.post(f"{self._url}/gradio_api/run/predict", json=pressed)
        panel = str(made.raise_for_status().json()["data"][_PANEL])
        mark, error = _MARK.search(panel), _ERROR.search(panel)
        return Opened(_text(mark[1]) if mark else "", _text(error[1]) if error else "")

    def _payload(self, event: tuple[str, str], values: list[Any]) -> dict[str, Any]:
        function, inputs, element = self._events[event]
        return {
            "data": values + [None] * (inputs - len(values)),
            "fn_index": function,
            "session_hash": self._session,
            "trigger_id": element,
            "event_data": None,
        }

    def _messages(self) -> Iterator[dict[str, Any]]:
        with self._client.stream(
            "GET", f"{self._url}/gradio_api/queue/data", params={"session_hash": self._session}
        ) as stream:
            for line in stream.raise_for_status().iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))


@contextmanager
def open_tab(url: str, client: httpx.Client) -> Iterator[Visitor]:
    """Open the page in a tab that is there until the block ends."""
    visitor = Visitor(url, client)
    with client.stream("GET", visitor.stream) as stream:
        stream.raise_for_status()
        yield visitor


def citations_in(conversation: str) -> list[tuple[int, int]]:
    """Return (turn, citation) of each citation of the last turn, in order."""
    found = dict.fromkeys((int(turn), int(at)) for turn, at in _BUTTON.findall(conversation))
    last = max((turn for turn, _ in found), default=0)
    return [(turn, at) for turn, at in found if turn == last]


def failure_in(conversation: str) -> str:
    """Return the error that the last turn shows in place of an answer, "" if there is none."""
    found = _ERROR.findall(conversation)
    return _text(found[-1]) if found else ""


def _text(markup: str) -> str:
    return html.unescape(_TAG.sub("", markup))
