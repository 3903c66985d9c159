"""Ask the chain in a thread of its own, so that Stop takes effect at once.

A chain cannot be interrupted between two pieces of an answer, which with a model is many
seconds. Stopped, its thread is left behind: a request to a model is closed, anything else ends
at the next piece.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Any, Literal

from langchain_core.runnables import Runnable

from rag.answer import Answer
from rag.errors import RagError
from rag.models.chat_stream import STOP
from ui.turns import Turn, one_line, past
from vectorstore import StoreError

UNEXPECTED = (
    "Something went wrong and there is no answer. "
    "The cause is in the program's log; try asking again."
)

logger = logging.getLogger(__name__)

News = Answer | Exception | Literal["stopped", "ended"]


@dataclass(frozen=True)
class Run:
    """One answer under way: what there is of it to read, and the way to stop it.

    Once it is `over` nobody reads on, and what the chain waits for is given up.
    """

    news: SimpleQueue[News] = field(default_factory=SimpleQueue)
    over: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Let the reader of this run end now, whatever the chain is busy with."""
        self.news.put("stopped")
        self.over.set()


def ask(
    chain: Runnable[dict[str, Any], Answer], question: str, earlier: tuple[Turn, ...], run: Run
) -> Iterator[Turn]:
    """Ask the chain and yield the turn each time it has grown, the last time finished.

    Raises nothing: an error of the chain becomes a turn that failed, and one that the chain
    does not name is logged with its traceback.
    """
    turn = Turn(question)
    yield turn
    given = {"question": question, "chat_history": past(earlier)}
    threading.Thread(target=read_chain, args=(chain, given, run), daemon=True).start()
    try:
        while not isinstance(news := run.news.get(), str):
            if isinstance(news, Exception):
                raise news
            turn = replace(turn, answer=news if turn.answer is None else turn.answer + news)
            yield turn
        if news == "ended" and turn.answer is None:
            raise RuntimeError("the chain ended without a single piece of an answer")
    except (RagError, StoreError) as error:
        yield Turn(question, state="failed", error=one_line(str(error)))
    except Exception:
        logger.exception("No answer to a question of %d characters", len(question))
        yield Turn(question, state="failed", error=UNEXPECTED)
    else:
        yield replace(turn, state="done" if news == "ended" else "stopped")
    finally:
        run.over.set()


def read_chain(chain: Runnable[dict[str, Any], Answer], given: dict[str, Any], run: Run) -> None:
    """Put each piece of the chain's answer, or its error, into the run until that is over.

    To be called in a thread of its own, which it tells what stops a model's answer.
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
