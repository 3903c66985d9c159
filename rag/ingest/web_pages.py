"""Read a saved web page: its main text and what its markup says about the article."""

from __future__ import annotations

import re

import trafilatura
from trafilatura.settings import Document

from rag.ingest.encoding import decode, is_mostly_utf8
from rag.ingest.fields import Draft, Unreadable, clean_extracted, read_fields
from rag.ingest.quiet_logs import silenced

_MOST_TAGS = 50_000
"""Of 341 news pages the largest has 6,138. trafilatura's time grows with their square: the worst
page found of that many (nothing but line breaks) took 4 s, one of 200,000 over 25 s."""
_SHORT = 1_000
"""Characters of text below which the page's own `lang` is believed: of 341 pages it contradicted
the text of 4 longer ones, wrongly, and of 2 shorter ones, rightly."""

_CHARSET = re.compile(
    rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([\w-]+)""", re.I
)
_LANG = re.compile(r"""<html\b[^>]*?\s(?:xml:)?lang\s*=\s*["']?([\w-]+)""", re.I)
_HEAD = 4_096
"""Bytes or characters in which charset and language stand."""


def read_page(data: bytes) -> Draft:
    """Return the main text of an HTML page, a paragraph a line, and its metadata.

    Comments of readers are left out. A date is taken only from the markup, never from a date
    that the text happens to name. Raises Unreadable if the page has no text.
    """
    tags = data.count(b"<")
    if tags > _MOST_TAGS:
        raise Unreadable(f"it has {tags:,} tags, which is no article; the limit is {_MOST_TAGS:,}")
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
        # A broken byte in some teaser is no reason to lose the page: unlike a text file, a page
        # is not cited byte for byte anyway.
        return data.decode("utf-8", "replace").removeprefix("\ufeff")


def _extract(html: str) -> Document | None:
    with silenced("trafilatura", "htmldate", "courlan", "justext"):
        try:
            # Chosen on 181 English and 160 German pages, see benchmarks/extraction.py: with
            # favor_precision .964 instead of .960 F1, but .936 instead of .962 of the German
            # snippets that must be kept. The extensive search for dates gave 22 more,
            # of which most were the year of a copyright line or the date of another article.
            page = trafilatura.bare_extraction(
                html,
                include_comments=False,
                with_metadata=True,
                date_extraction_params={"original_date": True, "extensive_search": False},
            )
        except Exception as error:
            # Neither lxml nor trafilatura says what a page can make it raise, and one page must
            # not end the reading of a folder.
            raise Unreadable(
                f"its HTML cannot be read ({type(error).__name__}: {error})"
            ) from error
    return page if isinstance(page, Document) else None
