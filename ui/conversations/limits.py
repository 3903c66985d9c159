"""The limits of a conversation, kept with it."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from functools import cache

from pydantic import TypeAdapter

from rag.question.times import FoundTime
from ui.conversations.schema import storable
from ui.conversations.store import ConversationStore
from ui.errors import NotKept
from ui.limits import Limits, read_query, write_query

logger = logging.getLogger(__name__)


def keep_limits(store: ConversationStore, person: str, id: str, limits: Limits) -> None:
    """Keep the limits of a conversation that has begun; if that cannot be, the log says why."""
    try:
        store.limit(person, id, write_limits(limits))
    except NotKept as error:
        logger.warning("%s", error)


def open_limits(store: ConversationStore, person: str, id: str, query: str = "") -> Limits:
    """Return the limits of a conversation, those in the query of an address if none are kept."""
    try:
        written = store.limits(person, id) if id else ""
        return read_limits(written) if written else Limits(read_query(query))
    except NotKept as error:
        logger.warning("%s", error)
    except ValueError as error:
        logger.warning("The limits of the conversation %s cannot be read: %s", id, error)
    return Limits(read_query(query))


def write_limits(limits: Limits) -> str:
    """Return limits as they are kept."""
    time = limits.time and asdict(limits.time)
    declined = sorted(limits.declined)
    fields = {"query": write_query(limits.filter), "time": time, "declined": declined}
    return storable(json.dumps(fields, ensure_ascii=False, default=str))


def read_limits(written: str) -> Limits:
    """Return the limits that were written. Raises ValueError for any other text."""
    fields = json.loads(written)
    try:
        time = fields["time"] and _times().validate_python(fields["time"])
        return Limits(read_query(fields["query"]), time, frozenset(map(str, fields["declined"])))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no limits: {written[:80]!r}") from error


# Made when first needed: importing does nothing.
@cache
def _times() -> TypeAdapter[FoundTime]:
    return TypeAdapter(FoundTime)
