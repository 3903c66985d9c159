"""Ask the chain in a thread of its own, so that Stop takes effect at once.

A chain cannot be interrupted between two pieces of an answer, and a model takes many seconds
for one. After Stop its thread runs on alone: a request to a model is closed, everything else ends
at the next piece. Its place in the line is free at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Any, Literal

from langchain_core.runnables import Runnable

from rag.answer import Answer
from rag.errors import RagError
from rag.models.chat_stream import STOP
from ui.errors import LineFull
from ui.line import Line
from ui.turns import Turn, past
from ui.visitors import find_fault
from ui.words import Fault
from vectorstore import Filter, StoreError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """How many questions are before this one in the line, None: its turn has come."""

    before: int | None


News = Answer | Exception | Place | Literal["stopped", "ended"]


@dataclass(frozen=True)
class Run:
    """One answer in the making: its pieces so far, and the way to stop it.

    When it is `over`, nobody reads on, and the chain gives up what it waits for. `left` says that
    the tab shows another conversation by now.
    """

    news: SimpleQueue[News] = field(default_factory=SimpleQueue)
    over: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """End the reading of this run now, whatever the chain is doing."""
        self.news.put("stopped")
        self.over.set()

    def leave(self) -> None:
        """Stop, and show nothing more of this run."""
        self.left.set()
        self.stop()


def ask(
    chain: Runnable[dict[str, Any], Answer],
    question: str,
    earlier: tuple[Turn, ...],
    run: Run,
    filter: Filter | None = None,
    line: Line | None = None,
) -> Generator[Turn, None, None]:
    """Ask the chain and yield the turn each time it has grown; the last one is finished.

    `filter` limits the articles that it answers from. If there is a `line`, the question stands in
    it first, and the turn is yielded each time it moves up.

    Raises nothing: an error of the chain becomes
    a turn that failed. Errors other than RagError and StoreError are logged with their traceback.
    """
    turn = Turn(question)
    given: dict[str, Any] = {"question": question, "chat_history": past(earlier)}
    if filter is not None:
        given["filter"] = filter
    reading = threading.Thread(target=read_chain, args=(chain, given, run), daemon=True)
    try:
        with (line or Line(1)).joined(lambda before: run.news.put(Place(before))):
            while not isinstance(news := run.news.get(), str):
                if isinstance(news, Exception):
                    raise news
                if isinstance(news, Place):
                    turn = replace(turn, before=news.before)
                else:
                    turn = replace(turn, answer=news if turn.answer is None else turn.answer + news)
                yield turn
                if isinstance(news, Place) and news.before is None:
                    reading.start()
        if news == "ended" and turn.answer is None:
            raise RuntimeError("the chain ended without a single piece of an answer")
    except (RagError, StoreError, LineFull) as error:
        yield Turn(question, state="failed", error=find_fault(error))
    except Exception:
        logger.exception("No answer to a question of %d characters", len(question))
        yield Turn(question, state="failed", error=Fault("unexpected"))
    else:
        yield replace(turn, state="done" if news == "ended" else "stopped", before=None)
    finally:
        run.over.set()


def read_chain(chain: Runnable[dict[str, Any], Answer], given: dict[str, Any], run: Run) -> None:
    """Put each piece of the chain's answer, or its error, into the run until the run is over.

    Call it in a thread of its own: it sets what stops a model's answer in that thread.
    """
    STOP.set(run.over)
    try:
        for piece in chain.stream(given):
            if run.over.is_set():
                return
            run.news.put(piece)
    except Exception as error:
        run.news.put(error)
    else:
        run.news.put("ended")
