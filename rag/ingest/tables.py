"""Read tables with one article a row: JSON lines, and spreadsheets saved as CSV."""

from __future__ import annotations

import codecs
import csv
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rag.ingest.encoding import find_encoding, find_mark, is_mostly_utf8
from rag.ingest.fields import LONGEST_TEXT, Draft, Unreadable, check_text, read_fields
from vectorstore import Skipped

_BLOCK = 1_000_000
_LONGEST_LINE = 7 * LONGEST_TEXT
r"""Characters; an escaped one (\u00e4) takes six in JSON."""
_MOST_VALUES = 2_000_000
"""Commas and brackets of a JSON line. Parsed, a value takes some 64 bytes, so that a line of the
length above, full of empty lists, took 1.5 GB."""
_DELIMITERS = ",;\t|"
_CSV_LIMIT = threading.Lock()

Row = tuple[int, dict[str, object] | Unreadable]
"""The number of the row's first line, from 1, and its fields or its fault."""


def read_jsonl(path: Path) -> Iterator[Draft | Skipped]:
    """Yield the articles of a file with one JSON object a line; one line is in memory at a time."""
    line, first = next(_read_json_rows(path), (0, None))
    if first is None:
        raise Unreadable("it is empty")
    # This pass ends at the first row with a text, usually the first line.
    if not any(isinstance(row, dict) and "text" in row for _, row in _read_json_rows(path)):
        why = f"; line {line}: {first}" if isinstance(first, Unreadable) else ""
        raise Unreadable(f"no row has a `text` field{why}")
    yield from _read_drafts(path, _read_json_rows(path))


def read_csv(path: Path) -> Iterator[Draft | Skipped]:
    """Yield the articles of a table whose first line names the columns.

    The delimiter is that of `,`, `;`, tab and `|` with which the header has a column `text`. Quoted
    fields may hold line breaks.
    """
    yield from _read_drafts(path, _read_csv_rows(path))


def _read_drafts(path: Path, rows: Iterator[Row]) -> Iterator[Draft | Skipped]:
    names: dict[str, int] = {}
    for line, row in rows:
        try:
            yield _read_row(row, line, names)
        except Unreadable as error:
            yield Skipped(str(path), f"line {line}: {error}", row=str(line))


def _read_row(row: dict[str, object] | Unreadable, line: int, names: dict[str, int]) -> Draft:
    if isinstance(row, Unreadable):
        raise row
    text = row.get("text")
    if text is None:
        raise Unreadable("it has no `text` field")
    if not isinstance(text, str):
        raise Unreadable(f"its `text` is not text but {type(text).__name__}")
    check_text(text)
    fields = read_fields(row)
    return Draft(text, fields, row=_name_row(fields.id or str(line), names))


def _name_row(name: str, names: dict[str, int]) -> str:
    """Return the name, with ~2, ~3 … behind it if earlier rows have it.

    `names` has the highest number behind each name so far. Without it, 8,000 rows of one id took
    13 s, four times as long as 4,000.
    """
    unique, number = name, names.get(name, 1)
    while unique in names:
        number += 1
        unique = f"{name}~{number}"
    names[name] = number
    names.setdefault(unique, 1)
    return unique


def _read_json_rows(path: Path) -> Iterator[Row]:
    with _open_rows(path, newline="\n") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE and not line.endswith("\n"):
                while (rest := file.readline(_BLOCK)) and not rest.endswith("\n"):
                    pass
                yield number, Unreadable(f"it is longer than {_LONGEST_LINE:,} characters")
            elif line.strip():
                yield number, _parse_json(line)


def _parse_json(line: str) -> dict[str, object] | Unreadable:
    if len(line) > _MOST_VALUES and sum(map(line.count, ",[{")) > _MOST_VALUES:
        return Unreadable(f"it has more than {_MOST_VALUES:,} values, which is no article")
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        return Unreadable(f"it is not JSON ({error.msg} at character {error.pos})")
    except (RecursionError, ValueError) as error:  # nested too deeply, a number too long
        return Unreadable(f"its JSON cannot be read ({error})")
    if not isinstance(row, dict):
        return Unreadable("it is not a JSON object")
    return {name.strip().casefold(): value for name, value in row.items()}


def _read_csv_rows(path: Path) -> Iterator[Row]:
    with _open_rows(path, newline="") as file:
        header = file.readline(_BLOCK)
        if not header.strip():
            raise Unreadable("it is empty")
        first = 2
        if header.casefold().startswith("sep="):  # a line that Excel adds before the header
            header = file.readline(_BLOCK)
            first = 3
        if len(header) == _BLOCK:
            raise Unreadable(f"the line of its columns is longer than {_BLOCK:,} characters")
        columns, delimiter = _read_header(header)
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        found = False
        while True:
            line = first + reader.line_num
            lines.row = 0
            try:
                with _long_fields():
                    values = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                yield line, Unreadable(f"it is not CSV ({error})")
                continue
            if any(value.strip() for value in values):
                found = True
                yield line, _match(columns, values)
        if not found:
            raise Unreadable("it has a header and no rows")


class _Lines:
    """The lines of a table; `row` counts the characters of the row that is being read.

    A row of quoted line breaks may go on to the end of a file that is larger than the memory.
    """

    def __init__(self, file: TextIO) -> None:
        self.row = 0
        self._file = file

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(_LONGEST_LINE)
        self.row += len(line)
        if self.row >= _LONGEST_LINE:
            raise Unreadable(f"it has a row longer than {_LONGEST_LINE:,} characters")
        if not line:
            raise StopIteration
        return line


def _read_header(header: str) -> tuple[list[str], str]:
    """Return the columns that the header names, and the delimiter."""
    found: list[tuple[list[str], str]] = []
    for delimiter in _DELIMITERS:
        try:
            names = next(csv.reader([header.rstrip("\r\n")], delimiter=delimiter, strict=True))
        except csv.Error:
            continue
        columns = [name.strip().casefold() for name in names]
        if "text" in columns:
            found.append((columns, delimiter))
    if not found:
        raise Unreadable("its first line names no column `text`")
    return max(found, key=lambda split: len(split[0]))


def _match(columns: list[str], values: list[str]) -> dict[str, object] | Unreadable:
    if len(values) > len(columns):
        return Unreadable(f"it has {len(values)} columns, the header {len(columns)}")
    return dict(zip(columns, values, strict=False))


@contextmanager
def _long_fields() -> Iterator[None]:
    """Allow fields as long as an article. csv's limit, 131,072, holds for the whole process."""
    with _CSV_LIMIT:
        before = csv.field_size_limit(LONGEST_TEXT)
        try:
            yield
        finally:
            csv.field_size_limit(before)


@contextmanager
def _open_rows(path: Path, *, newline: str) -> Iterator[TextIO]:
    # Invalid bytes become lone surrogates, for which check_text refuses the row: a broken row does
    # not cost the others. In UTF-16 and UTF-32 it does, as those have no such way out.
    encoding = _find_encoding(path)
    with path.open(encoding=encoding, newline=newline, errors="surrogateescape") as file:
        try:
            yield file
        except UnicodeDecodeError as error:
            name = encoding.upper()
            raise Unreadable(f"its encoding is broken ({name}); save it as UTF-8") from error


def _find_encoding(path: Path) -> str:
    """Return the codec of a file that is too large for memory, by its first block not in UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        block = file.read(_BLOCK)
        marked = find_mark(block)
        if marked:
            return marked
        if b"\0" in block:
            raise Unreadable(f"it is not text but binary data (NUL byte at {block.index(0)})")
        while block:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                return "utf-8" if is_mostly_utf8(block) else find_encoding(block)
            block = file.read(_BLOCK)
    return "utf-8"
