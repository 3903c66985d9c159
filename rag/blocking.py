"""The chain's blocking steps, run in threads for callers that await them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextvars import copy_context
from functools import partial
from typing import TypeVar

from rag.models.chat_stream import STOP

T = TypeVar("T")


class Blocking:
    """Makes blocking calls for one task, one at a time, in the context that it was made in.

    If the task is cancelled, a call that waits for a chat model is stopped, and any other call is
    waited for.
    """

    def __init__(self) -> None:
        self._stop = STOP.get() or threading.Event()
        self._context = copy_context()
        self._context.run(STOP.set, self._stop)

    async def call(self, function: Callable[..., T], *args: object) -> T:
        """Return what a function returns, called in a thread."""
        step = partial(self._context.run, function, *args)
        running = asyncio.get_running_loop().run_in_executor(None, step)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            # A thread cannot be cancelled, and what it works on may not be closed meanwhile.
            self._stop.set()
            await asyncio.wait([running])
            running.exception()  # looked at, so that it is not reported as forgotten
            raise

    async def iterate(self, items: Iterator[T]) -> AsyncGenerator[T, None]:
        """Yield the items of a generator, each made in a thread; closes it at the end."""
        try:
            while (item := await self.call(next, items, None)) is not None:
                yield item
        finally:
            items.close()  # type: ignore[attr-defined]  # a generator
