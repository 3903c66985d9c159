"""The tables of the file of conversations, and the format of a turn in them."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache

from pydantic import TypeAdapter

from rag.answer import Answer
from ui.turns import Turn
from ui.words import Fault

VERSION = 1
"""The format of the file; it has to grow with every change of the tables or of an Answer that
older rows cannot be read as. A field with a default is no such change."""

SCHEMA = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, person TEXT NOT NULL, name TEXT, changed REAL NOT NULL, removed REAL
);
CREATE INDEX by_person ON conversations (person, changed);
CREATE TABLE turns (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    state TEXT NOT NULL, removed REAL, question TEXT NOT NULL, answer TEXT, error TEXT
);
CREATE INDEX by_conversation ON turns (conversation, key);
"""
"""`name` is the one that a person gave, NULL for the first question. `changed` and `removed` are
seconds since 1970. What is removed can be brought back until it is purged."""

LIMITS = """
CREATE TABLE IF NOT EXISTS limits (
    conversation TEXT PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
    written TEXT NOT NULL
);
"""
"""What questions of a conversation are limited to. An earlier version keeps what it does not know,
so that a file without this table is of the same format."""

ROW = "key, state, question, answer, error"
"""The columns that `read_turn` takes."""


def turn_row(turn: Turn) -> tuple[str, str, str | None, str | None]:
    """Return the values of a turn's columns, without its key."""
    return turn.state, storable(turn.question), _write(turn.answer), _write(turn.error)


def read_turn(key: int, state: str, question: str, answer: str | None, error: str | None) -> Turn:
    """Return the turn with these values of its columns. Raises ValueError for other values."""
    if state not in ("asking", "done", "stopped", "failed"):
        raise ValueError(f"a turn has the state {state!r}")
    return Turn(
        question,
        "stopped" if state == "asking" else state,  # type: ignore[arg-type]
        None if answer is None else _answers().validate_json(answer),
        None if error is None else _faults().validate_json(error),
        key=key,
    )


def storable(text: str) -> str:
    """Return a text without lone surrogates, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()


def _write(value: Answer | Fault | None) -> str | None:
    return None if value is None else storable(json.dumps(asdict(value), ensure_ascii=False))


# Made when first needed: importing does nothing.
@cache
def _answers() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


@cache
def _faults() -> TypeAdapter[Fault]:
    return TypeAdapter(Fault)
