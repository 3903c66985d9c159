"""Errors in words for the visitors of the page, who must not read of the server's folders."""

from __future__ import annotations

import logging
from pathlib import PurePath

from rag.errors import BadQuestion, CitationNotVerbatim, RagError
from ui.turns import one_line
from vectorstore import NoStore, StoreBusy, StoreError, StoreReplaced

NO_INDEX = "Nothing is indexed yet: run `article-chat index FOLDER` first."
BUSY = "The index is being written: try again in a moment."
UNEXPECTED = (
    "Something went wrong and there is no answer. "
    "The cause is in the program's log; try asking again."
)
UNREADABLE = "The index cannot be read. The cause is in the program's log."

logger = logging.getLogger(__name__)


def describe_error(error: RagError | StoreError) -> str:
    """Return one line on an error, without paths of the server; log the error if it has some.

    An article is named by its file.
    """
    if isinstance(error, BadQuestion | StoreReplaced):
        return one_line(str(error))
    logger.warning("%s", error)
    if isinstance(error, CitationNotVerbatim):
        said = str(error)
        return one_line(said.replace(error.path, PurePath(error.path).name) if error.path else said)
    if isinstance(error, NoStore):
        return NO_INDEX
    if isinstance(error, StoreBusy):
        return BUSY
    return UNREADABLE if isinstance(error, StoreError) else UNEXPECTED
