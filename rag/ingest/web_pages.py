"""Read a saved web page: its main text, and the metadata in its markup."""

from __future__ import annotations

import re

import trafilatura
from trafilatura.settings import Document

from rag.ingest.encoding import decode, is_mostly_utf8
from rag.ingest.fields import Draft, Unreadable, clean_extracted, read_fields
from rag.ingest.quiet_logs import silenced

_MOST_TAGS = 50_000
"""The largest of 341 news pages has 6,138. trafilatura's time grows with the square of the tags: a
page of 50,000 line breaks, the slowest found of that size, took 4 s, one of 200,000 over 25 s."""
_MOST_ATTRIBUTES = 2_000
"""Of one tag. The parser's time grows faster than their number: a tag of 40,000 took between 4 and
44 s. In 341 news pages the most is 802, and that is script which only looks like a tag."""
_SHORT = 1_000
"""Characters; in shorter texts the page's `lang` decides. Of 341 pages it differed from the text of
4 longer ones, where it was wrong, and of 2 shorter ones, where it was right."""

# As a browser reads it. Possessive, so that the time is linear.
_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+))?+"""
_LONG_TAG = re.compile(rb"<[a-zA-Z][^\s/>]*+(?:" + _ATTRIBUTE + rb"){%d}" % (_MOST_ATTRIBUTES + 1))
_CHARSET = re.compile(
    rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([\w-]+)""", re.I
)
_LANG = re.compile(r"""<html\b[^>]*?\s(?:xml:)?lang\s*=\s*["']?([\w-]+)""", re.I)
_HEAD = 4_096
"""Bytes or characters at the beginning that are searched for charset and language."""


def read_page(data: bytes) -> Draft:
    """Return the main text of an HTML page, one paragraph a line, and its metadata.

    Readers' comments are left out. The date is that of the markup, never a date in the text. Raises
    Unreadable if the page has no text.
    """
    tags = data.count(b"<")
    if tags > _MOST_TAGS:
        raise Unreadable(f"it has {tags:,} tags, which is no article; the limit is {_MOST_TAGS:,}")
    if _LONG_TAG.search(data.replace(b"\0", b"")):  # NUL bytes: in UTF-16
        raise Unreadable(f"it has a tag of more than {_MOST_ATTRIBUTES:,} attributes")
    html = _decode_page(data)
    page = _extract(html)
    text = clean_extracted(page.text or "") if page else ""
    if page is None or not text.strip():
        raise Unreadable("no article text in it")
    lang = _LANG.search(html, 0, _HEAD)
    stated = {
        "title": page.title,
        "date": page.date,
        "source": page.sitename,
        "url": page.url,
        "language": lang[1] if lang and len(text) < _SHORT else None,
    }
    return Draft(text, read_fields(stated))


def _decode_page(data: bytes) -> str:
    declared = _CHARSET.search(data, 0, _HEAD)
    try:
        return decode(data, declared=declared[1].decode("ascii") if declared else None)
    except Unreadable:
        if b"\0" in data or not is_mostly_utf8(data):
            raise
        # Keep a page with a broken byte, in a teaser say: unlike a text file, a page is not cited
        # byte for byte.
        return data.decode("utf-8", "replace").removeprefix("\ufeff")


def _extract(html: str) -> Document | None:
    with silenced("trafilatura", "htmldate", "courlan", "justext"):
        try:
            # Settings chosen on 181 English and 160 German pages (benchmarks/extraction.py).
            # favor_precision: F1 .964 instead of .960, but .936 instead of .962 of the German
            # snippets that must be kept. The extensive date search gave 22 more dates, most of them
            # the year of a copyright line or the date of another article.
            page = trafilatura.bare_extraction(
                html,
                include_comments=False,
                with_metadata=True,
                date_extraction_params={"original_date": True, "extensive_search": False},
            )
        except Exception as error:
            # lxml and trafilatura may raise anything for a broken page, and one page must not end
            # the reading of a folder.
            raise Unreadable(
                f"its HTML cannot be read ({type(error).__name__}: {error})"
            ) from error
    return page if isinstance(page, Document) else None
