"""Read the files that hold one article: plain text, Markdown and PDF."""

from __future__ import annotations

import io
import logging
import re
import time

import yaml
from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

from rag.ingest.encoding import decode
from rag.ingest.fields import (
    LONGEST_TEXT,
    Draft,
    Fields,
    Unreadable,
    clean_extracted,
    one_line,
    read_fields,
)
from rag.ingest.quiet_logs import silenced

logger = logging.getLogger(__name__)

_FRONT_MATTER = re.compile(
    r"---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.M | re.S
)
_LONGEST_FRONT_MATTER = 20_000
"""Characters; longer text between two rules is not front matter."""
_LINE = re.compile(r"^(?P<name>[\w-]+)[ \t]*:[ \t]*(?P<value>.*?)[ \t]*\r?$", re.M)

_PDF_SECONDS = 60.0
"""Processor time for all pages. pypdf needs 5 ms for a page of 80 lines."""
_PDF_TOKENS = 500_000
"""Tokens of one content stream. At pypdf's own limit, four times as high, a page takes 9 s."""
_PDF_UNPACKED = 25_000_000
"""Bytes of one stream; a third of pypdf's own limit."""
_TOOL_TITLE = re.compile(
    r"microsoft \w+ - |untitled|unbenannt|ohne titel|(?:document|dokument)\d*$|[^ ]+\.\w{2,4}$",
    re.I,
)


def read_plain(data: bytes) -> Draft:
    """Return a text file as it is."""
    return Draft(decode(data))


def read_markdown(data: bytes) -> Draft:
    """Return a Markdown file as it is, with the metadata of its YAML front matter.

    Front matter that is not valid YAML, mostly for a colon in the title, is read line by line.
    """
    text = decode(data)
    front = _FRONT_MATTER.match(text, 0, _LONGEST_FRONT_MATTER)
    if not front:
        return Draft(text)
    return Draft(text, _read_front_matter(front["yaml"]), start=front.end())


def _read_front_matter(written: str) -> Fields:
    try:
        # The base loader keeps every value a string. safe_load turns `language: no` into False and
        # the title 1984 into a number, and fails on the date 2024-02-30.
        stated = yaml.load(written, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        # The last two come from "\UFFFFFFFF" and from a version of 5,000 digits.
        logger.info("front matter is not valid YAML, read line by line: %s", one_line(str(error)))
        stated = None
    if not isinstance(stated, dict):
        stated = {line["name"]: line["value"].strip("\"'") for line in _LINE.finditer(written)}
    return read_fields(stated)


def read_pdf(data: bytes) -> Draft:
    """Return the text layer of a PDF, with a blank line between pages, and its title.

    Lines are not joined, and hyphens stay. There is no date: those in a PDF are of its export, not
    of the article. Raises Unreadable for a PDF that is broken, encrypted, without a text layer or
    too slow to read.
    """
    limits = apply_configuration(
        stream_parsing_work_maximum_count=_PDF_TOKENS, zlib_maximum_output_length=_PDF_UNPACKED
    )
    with silenced("pypdf"), limits:
        try:
            reader = PdfReader(io.BytesIO(data))
            pages = _read_pages(reader)
            title = one_line(reader.metadata.title if reader.metadata else None)
        except Unreadable:
            raise
        except (FileNotDecryptedError, DependencyError) as error:
            raise Unreadable("it is encrypted; save it without a password") from error
        except LimitReachedError as error:
            raise Unreadable(f"it is larger, unpacked, than any article ({error})") from error
        except Exception as error:
            # pypdf may raise anything for a broken file, and one file must not end the reading of
            # a folder.
            raise Unreadable(f"it is not a readable PDF ({one_line(str(error))})") from error
    text = clean_extracted("\n\n".join(pages))
    if not text.strip():
        raise Unreadable("no text in it (scanned?); run text recognition (OCR) on it")
    return Draft(text, Fields(title=None if title and _TOOL_TITLE.match(title) else title))


def _read_pages(reader: PdfReader) -> list[str]:
    end = time.thread_time() + _PDF_SECONDS

    def check_time(*_: object) -> None:
        # Called for every operator: nested forms can make one page endless.
        if time.thread_time() > end:
            raise Unreadable(f"it takes longer than {_PDF_SECONDS:.0f} s to read")

    pages: list[str] = []
    length = 0
    for page in reader.pages:
        check_time()
        pages.append(page.extract_text(visitor_operand_before=check_time))
        length += len(pages[-1])
        if length > LONGEST_TEXT:
            raise Unreadable(f"its text has more than {LONGEST_TEXT:,} characters")
    return pages
