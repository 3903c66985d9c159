"""Stream a chat model's output within limits of time and length, until it is stopped.

The request runs on an event loop of its own. Only there can a silent request be closed.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import AsyncIterator, Generator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage

LONGEST_OUTPUT = 100_000
"""Characters. An answer has about 2,000; a model's thinking before it may be ten times as long."""
_SECONDS_BETWEEN_LOOKS = 0.2
"""Seconds between two checks whether the reader was stopped or has left."""

STOP: ContextVar[threading.Event | None] = ContextVar("STOP", default=None)
"""An event that stops the answer. A caller sets the variable, and another thread sets the event."""

_Sent = AIMessageChunk | Exception | None


class ModelFailed(Exception):
    """The model, its provider or the way to it failed; the client's error is the cause.

    Its own text names only the kind of that error, whose text may hold the key.
    """


class TookTooLong(ModelFailed):
    """The model was silent for `seconds`, or was not finished after them (`whole`)."""

    def __init__(self, seconds: float, *, whole: bool) -> None:
        super().__init__(seconds, whole)
        self.seconds = seconds
        self.whole = whole


class TooMuch(ModelFailed):
    """The model's output is too long."""


class Stopped(Exception):
    """The reader was stopped."""


@dataclass(frozen=True)
class Bounds:
    """Limits of an output: seconds in all, seconds of silence, and characters."""

    whole: float = 180.0
    silence: float = 60.0
    characters: int = LONGEST_OUTPUT


@dataclass(frozen=True)
class Part:
    """The next words of a model's output; `finish` is the stated reason for its end."""

    text: str
    finish: str = ""


def read_stream(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    bounds: Bounds,
    **options: Any,  # noqa: ANN401 - the provider's own
) -> Generator[Part]:
    """Yield a model's output in parts; once closed, or STOP is set, the request is closed at once.

    Raises ModelFailed, for whatever the provider's client raises, and Stopped.
    """
    stop = STOP.get()
    if stop is not None and stop.is_set():
        raise Stopped
    sent: SimpleQueue[_Sent] = SimpleQueue()
    gone = threading.Event()
    asyncio.run_coroutine_threadsafe(
        _feed(sent, gone, model, messages, bounds, options), _start_loop()
    )
    try:
        while (news := _next(sent, stop)) is not None:
            if isinstance(news, Exception):
                raise news
            yield Part(str(news.text), _finish(news))
    finally:
        gone.set()


def _next(sent: SimpleQueue[_Sent], stop: threading.Event | None) -> _Sent:
    while stop is not None:
        if stop.is_set():
            raise Stopped
        try:
            return sent.get(timeout=_SECONDS_BETWEEN_LOOKS)
        except Empty:
            continue
    return sent.get()


async def _feed(
    sent: SimpleQueue[_Sent],
    gone: threading.Event,
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    bounds: Bounds,
    options: dict[str, Any],
) -> None:
    stream = model.astream(list(messages), **options)
    reading = asyncio.ensure_future(_pass_on(stream, sent, bounds))
    try:
        while not reading.done():
            await asyncio.wait({reading}, timeout=_SECONDS_BETWEEN_LOOKS)
            if gone.is_set():
                # In every round: Python 3.11's asyncio.wait_for, which clients use, loses a
                # cancellation that coincides with a chunk.
                reading.cancel()
        if not reading.cancelled():
            error = reading.exception()
            sent.put(error if isinstance(error, Exception) else None)
    finally:
        await stream.aclose()  # type: ignore[attr-defined]  # an async generator


async def _pass_on(
    stream: AsyncIterator[AIMessageChunk], sent: SimpleQueue[_Sent], bounds: Bounds
) -> None:
    clock = asyncio.get_running_loop().time
    ends = clock() + bounds.whole
    room = bounds.characters
    finished = False
    while True:
        left = ends - clock()
        try:
            async with asyncio.timeout(min(bounds.silence, left)) as wait:
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            if not wait.expired():
                raise ModelFailed(type(error).__name__) from error  # the client's own limit
            whole = left <= bounds.silence
            raise TookTooLong(bounds.whole if whole else bounds.silence, whole=whole) from None
        # Providers' clients have no error in common.
        except Exception as error:
            if finished:
                # OpenAI's client parses the whole output after its end, and fails if it is empty
                # or was cut at the length limit. The reason for the end is known by now.
                return
            raise ModelFailed(type(error).__name__) from error
        finished = finished or bool(_finish(chunk))
        # Thinking counts too, and an empty chunk counts as one character.
        room -= max(1, len(str(chunk.content)))
        if room < 0:
            raise TooMuch
        sent.put(chunk)


def _finish(chunk: AIMessageChunk) -> str:
    """Return the reason for the output's end, in lower case, from any provider's field."""
    said = chunk.response_metadata
    reason = said.get("finish_reason") or said.get("stop_reason") or said.get("done_reason") or ""
    if said.get("status") == "incomplete":  # OpenAI's Responses
        reason = (said.get("incomplete_details") or {}).get("reason") or "length"
    return str(reason).lower()


_starting = threading.Lock()


def _start_loop() -> asyncio.AbstractEventLoop:
    # One loop for all models: clients keep connections, which work only on the loop they began on.
    with _starting:
        return _run_loop()


@functools.cache
def _run_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="chat model", daemon=True).start()
    return loop
