"""What programs send, read into our values; each fault is one line."""

from __future__ import annotations

import datetime

from ui.errors import BadInput
from vectorstore import Filter

MOST_PASSAGES = 50


def read_text(name: str, given: object) -> str:
    """Return a text. Raises BadInput."""
    if not isinstance(given, str):
        raise BadInput(f"{name} must be text, not {_show(given)}.")
    return given


def read_k(given: object) -> int:
    """Return a number of passages. Raises BadInput."""
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= MOST_PASSAGES:
        raise BadInput(f"k must be a whole number from 1 to {MOST_PASSAGES}, not {_show(given)}.")
    return given


def read_filter(
    articles: object = None,
    sources: object = None,
    languages: object = None,
    date_from: object = None,
    date_to: object = None,
) -> Filter | None:
    """Return the filter that programs describe, None if it has no condition. Raises BadInput."""
    first, last = _read_day("date_from", date_from), _read_day("date_to", date_to)
    if first and last and first > last:
        raise BadInput(f"date_from ({first}) is after date_to ({last}).")
    made = Filter(
        articles=_read_names("articles", articles),
        sources=_read_names("sources", sources),
        languages=_read_names("languages", languages),
        date_from=first,
        date_to=last,
    )
    return None if made == Filter() else made


def _read_names(name: str, given: object) -> list[str] | None:
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise BadInput(f"{name} must be a list of texts, not {_show(given)}.")
    return given


def _read_day(name: str, given: object) -> datetime.date | None:
    if given is None:
        return None
    try:
        return datetime.date.fromisoformat(read_text(name, given))
    except ValueError:
        raise BadInput(f"{name} must be a day such as 2024-06-17, not {_show(given)}.") from None


def _show(given: object) -> str:
    shown = repr(given)
    return shown if len(shown) <= 40 else shown[:40] + "…"
