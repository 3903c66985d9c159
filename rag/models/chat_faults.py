"""The fault behind an error of a chat model's client, in our own words, and whether to retry.

Providers' errors differ. They are recognised by LangChain's classes, else by their HTTP status,
else by the names of their classes. Their text is read but never repeated, as it may contain the
request and with it the key.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from langchain_core.exceptions import (
    ContextOverflowError,
    ModelConnectionError,
    ModelTimeoutError,
)

from rag.models.chat import key_variable
from rag.models.chat_stream import ModelFailed, TookTooLong, TooMuch

Kind = Literal["busy", "server", "context", "format", "temperature", "final"]
"""The next step: wait and retry, retry, send less, leave an option out, or give up."""

_CONTEXT = re.compile(
    r"context.{0,20}(?:length|window|size)|maximum context|prompt is too long|too many (?:input )?"
    r"tokens|exceeds?.{0,40}tokens|(?:input|prompt).{0,20}too (?:long|large)",
    re.IGNORECASE | re.DOTALL,
)
_FORMAT = re.compile(
    r"\bformat\b|response_format|json_schema|structured output|guided|grammar", re.IGNORECASE
)

_TOO_LONG = {"length", "max_tokens", "model_length", "max_output_tokens"}
_WITHHELD = {"content_filter", "safety", "refusal", "recitation", "prohibited_content", "blocklist"}
_LENGTH = "The model's output was cut at its length limit"
_FILTERED = "The model's provider withheld the answer"

LONGEST_WAIT = 20.0
"""Longest wait for a busy provider, in seconds; if it asks for more, there is no retry."""
_RETRIES = {"busy": 2, "server": 1, "context": 1, "format": 1, "temperature": 1, "final": 0}
"""Number of retries for each kind of fault."""


@dataclass(frozen=True)
class Fault:
    """A fault: `said` is the first half of a sentence, `wait` the seconds the provider asks for."""

    kind: Kind
    said: str
    wait: float | None = None


def read_fault(error: Exception, name: str) -> Fault:
    """Return the fault behind an error of the client of the model `name`."""
    if isinstance(error, ModelFailed) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    if isinstance(error, TookTooLong):
        did = "was not finished after" if error.whole else "did not answer in"
        return Fault("final", f"The model {did} {error.seconds:g} s")
    if isinstance(error, TooMuch):
        return Fault("final", "The model's output did not end and was cut off")
    errors = list(_causes(error))
    text = " ".join(str(each) for each in errors)
    status = next((found for each in errors if (found := _status(each)) is not None), None)
    if any(isinstance(each, ContextOverflowError) for each in errors) or (
        status in (400, 413, 422, 500) and _CONTEXT.search(text)
    ):
        return Fault("context", "The passages are too long for the model")
    if status is not None and status >= 400:
        return _by_status(status, text, name, wait=_asked_wait(errors))
    names = [kind.__name__ for each in errors for kind in type(each).__mro__]
    if any(isinstance(each, ModelTimeoutError) for each in errors) or any(
        "Timeout" in kind for kind in names
    ):
        return Fault("final", "The model did not answer in time")
    if any(kind.startswith("LengthFinish") for kind in names):
        return Fault("final", _LENGTH)
    if any(kind.startswith("ContentFilter") for kind in names):
        return Fault("final", _FILTERED)
    if any(re.search("RemoteProtocol|ReadError|IncompleteRead|ConnectionReset", k) for k in names):
        return Fault("final", "The connection to the model was cut")
    if any(isinstance(each, ModelConnectionError) for each in errors) or any(
        re.search("Connect", kind) for kind in names
    ):
        return Fault("final", "The model cannot be reached")
    return Fault("final", f"The model failed ({type(error).__name__})")


def read_finish(finish: str) -> str:
    """Return the fault that the reason for an output's end means, "" for a normal end."""
    if finish in _TOO_LONG:
        return _LENGTH
    return _FILTERED if finish in _WITHHELD else ""


def _by_status(status: int, text: str, name: str, wait: float | None) -> Fault:
    http = f"(HTTP {status})"
    if status in (401, 403):
        variable = key_variable(name)
        check = f"check {variable}" if variable else "check its key"
        refused = "the key" if status == 401 else "access"
        return Fault("final", f"The model's provider refused {refused} {http}, {check}")
    if status == 404:
        return Fault("final", f"The model's provider has no model {name} {http}")
    if status == 408:
        return Fault("final", f"The model did not answer in time {http}")
    if status in (429, 529):
        return Fault("busy", f"The model's provider has too many requests {http}", wait)
    if status >= 500 and not _FORMAT.search(text):
        return Fault("server", f"The model's provider failed {http}")
    if _FORMAT.search(text):
        return Fault("format", f"The model's provider rejects the form of the answer {http}")
    if "temperature" in text:
        return Fault("temperature", f"The model's provider rejects the temperature {http}")
    return Fault("final", f"The model's provider rejects the request {http}")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes."""
    for _ in range(5):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _status(error: BaseException) -> int | None:
    """Return the HTTP status of an error, from any attribute that clients use for it."""
    response = getattr(error, "response", None)
    for holder, field in ((error, "status_code"), (response, "status_code"), (error, "code")):
        found = getattr(holder, field, None)
        if isinstance(found, int) and 100 <= found < 600:
            return found
    return None


def _asked_wait(errors: list[BaseException]) -> float | None:
    """Return the seconds of a Retry-After header, which is a number or a date."""
    for error in errors:
        headers = getattr(getattr(error, "response", None), "headers", None) or {}
        said = headers.get("retry-after") or headers.get("Retry-After")
        if said is None:
            continue
        if re.fullmatch(r"\d+(\.\d+)?", said.strip()):
            return float(said)
        try:
            until = parsedate_to_datetime(said)
        except ValueError:
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, (until - datetime.now(UTC)).total_seconds())
    return None


class Retries:
    """Counts the retries of one request; `sleep` waits between two tries."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._retried: Counter[str] = Counter()

    def give_up(self, fault: Fault) -> str:
        """Return the reason for no further try, as half a sentence, or "" for another try.

        Waits before it returns if the provider is busy.
        """
        tried = self._retried[fault.kind]
        if tried == _RETRIES[fault.kind]:
            return f"{fault.said}, {tried + 1} times" if fault.kind == "busy" else fault.said
        if fault.kind == "busy":
            wait = 2.0**tried if fault.wait is None else fault.wait
            if wait > LONGEST_WAIT:
                return f"{fault.said} and asks to wait {wait:.0f} s"
            self._sleep(wait)
        self._retried[fault.kind] += 1
        return ""
