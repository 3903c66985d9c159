"""The permanent addresses of articles: `/article/<id>?start=…&end=…`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from vectorstore import Article, Span

FOLDER = "/article/"

_OFFSET = re.compile("[0-9]{1,12}")


class NoSuchPlace(LookupError):
    """An address leads to no place of its article, which has `length` characters."""

    def __init__(self, length: int) -> None:
        self.length = length
        super().__init__(f"not a place within {length} characters")


def make_address(article: str, start: int, end: int) -> str:
    """Return the address of a place in an article, from the root of the page.

    `article` is an id; `start` and `end` are half-open character offsets in the article's text.
    """
    return f"{FOLDER}{article}?start={start}&end={end}"


def read_place(article: Article, query: Mapping[str, str]) -> Span | None:
    """Return the place in an article that the query of an address names, None if it names none.

    Raises NoSuchPlace if the place is not inside the article.
    """
    given = [query.get("start"), query.get("end")]
    if given == [None, None]:
        return None
    if not all(offset is not None and _OFFSET.fullmatch(offset) for offset in given):
        raise NoSuchPlace(len(article.text))
    start, end = (int(offset or 0) for offset in given)
    if not start < end <= len(article.text):
        raise NoSuchPlace(len(article.text))
    return start, end
