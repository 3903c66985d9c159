"""Errors as faults that visitors of the page may read, without the server's folders."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import PurePath
from typing import TypeVar

from rag.errors import BadQuestion, CitationNotVerbatim, RagError
from ui.errors import LineFull
from ui.turns import one_line
from ui.words import Fault
from vectorstore import NoStore, StoreBusy, StoreError, StoreReplaced

logger = logging.getLogger(__name__)


_Read = TypeVar("_Read")


def read_store(read: Callable[[], _Read], otherwise: _Read) -> _Read:
    """Return what `read` reads from the store, `otherwise` if the store cannot be read."""
    try:
        return read()
    except StoreError as error:
        logger.warning("The page is shown without what the store holds: %s", error)
        return otherwise


def find_fault(error: RagError | StoreError | LineFull) -> Fault:
    """Return what a visitor may know of an error; log the error if it can hold paths.

    An article is named by its file.
    """
    if isinstance(error, BadQuestion):
        return Fault("bad_question", one_line(str(error)))
    if isinstance(error, StoreReplaced):
        return Fault("replaced")
    logger.warning("%s", error)
    if isinstance(error, LineFull):
        return Fault("crowded", str(error.waiting))
    if isinstance(error, CitationNotVerbatim):
        return Fault("article_changed", one_line(PurePath(error.path).name) or "…")
    if isinstance(error, NoStore):
        return Fault("no_index")
    if isinstance(error, StoreBusy):
        return Fault("busy")
    return Fault("unreadable" if isinstance(error, StoreError) else "unexpected")
