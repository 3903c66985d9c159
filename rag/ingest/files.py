"""Find the files under a path and read the articles in them.

A `.txt`, `.md`, `.html`, `.htm` or `.pdf` file holds one article, a `.jsonl` or `.csv` file one a
row. No content of a file raises: an unreadable file or row comes out as Skipped, with the reason.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.errors import NothingToIndex
from rag.ingest.clutter import Body, find_body
from rag.ingest.fields import Draft, Unreadable, check_text, one_line, shorten
from rag.ingest.formats import read_markdown, read_pdf, read_plain
from rag.ingest.publication_date import parse_name
from rag.ingest.tables import read_csv, read_jsonl
from rag.ingest.web_pages import read_page
from rag.language.detect import detect_language
from vectorstore import Article, Skipped

_MB = 1_000_000
_ONE_ARTICLE: dict[str, tuple[Callable[[bytes], Draft], int]] = {
    ".txt": (read_plain, 10 * _MB),
    ".md": (read_markdown, 10 * _MB),
    ".html": (read_page, 10 * _MB),
    ".htm": (read_page, 10 * _MB),
    ".pdf": (read_pdf, 100 * _MB),
}
"""The reader of a file, and its most bytes."""
_ARTICLE_A_ROW: dict[str, Callable[[Path], Iterator[Draft | Skipped]]] = {
    ".jsonl": read_jsonl,
    ".csv": read_csv,
}
FORMATS = (*_ONE_ARTICLE, *_ARTICLE_A_ROW)
"""The suffixes that are read, in lower case."""
_LONGEST_TITLE = 120
"""Characters of a title made from the first line."""
_LANGUAGE_SAMPLE = 3_000


@dataclass(frozen=True)
class Found:
    """The files under a path, and the links under it that leave it: absolute and sorted."""

    files: list[Path]
    leaving: list[Path]


def find_files(path: Path) -> Found:
    """Find the file, or all files in a folder and its subfolders.

    Names that begin with a dot are left out. A link is followed only to what is in the folder too:
    whoever may add to a folder of articles must not thereby show other files of this machine. Each
    folder is walked once, so a link to a folder above ends. A folder or link that cannot be opened
    is among the files, and read_file gives the reason. Raises NothingToIndex if there is nothing at
    the path, or no file.
    """
    path = absolute_path(path)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise NothingToIndex(f"{path}: {why}; name the folder that has the articles") from error
    if not stat.S_ISDIR(mode):
        return Found([path], [])
    found: list[Path] = []
    leaving: list[Path] = []
    root = os.path.realpath(path)
    seen: set[tuple[int, int]] = set()
    folders, linked = [path], list[Path]()
    while folders or linked:
        # Links come last, so that a file is found in its own folder rather than through a link.
        folder = folders.pop() if folders else linked.pop(0)
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError:
            found.append(folder)
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            inner = Path(entry.path)
            if entry.is_symlink() and not _is_within(os.path.realpath(inner), root):
                leaving.append(inner)
            elif not os.path.isdir(inner):  # False, not an error, without permission
                found.append(inner)
            else:
                (linked if entry.is_symlink() else folders).append(inner)
    if not found:
        raise NothingToIndex(
            f"{path}: holds no files but links that leave it; name what they point to"
            if leaving
            else f"{path}: holds no files; put articles in it ({', '.join(FORMATS)})"
        )
    return Found(sorted(found), sorted(leaving))


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def read_file(path: Path) -> Iterator[Article | Skipped]:
    """Yield the articles of a file, and a Skipped for each that cannot be read."""
    path = absolute_path(path)
    name = str(path)
    try:
        name.encode()
    except UnicodeEncodeError:
        readable = os.fsencode(path).decode("utf-8", "backslashreplace")
        yield Skipped(readable, "its name is not valid UTF-8; rename it")
        return
    try:
        for draft in _read_drafts(path):
            yield draft if isinstance(draft, Skipped) else _finish(path, draft)
    except Unreadable as error:
        yield Skipped(name, str(error))
    except OSError as error:
        yield Skipped(name, f"it cannot be opened: {error.strerror or error}")


def _read_drafts(path: Path) -> Iterator[Draft | Skipped]:
    suffix = path.suffix.lower()
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        os.listdir(path)  # raises the reason why find_files could not list it
        raise Unreadable("it is a folder")
    if suffix not in FORMATS:
        kind = suffix or "no suffix"
        raise Unreadable(f"unknown format ({kind}); known are {', '.join(FORMATS)}")
    if not stat.S_ISREG(mode):  # opening a named pipe would wait for a writer
        raise Unreadable("it is not a regular file")
    if suffix in _ARTICLE_A_ROW:
        yield from _ARTICLE_A_ROW[suffix](path)
        return
    read, limit = _ONE_ARTICLE[suffix]
    draft = read(_load(path, suffix, limit))
    check_text(draft.text)
    yield draft


def _load(path: Path, suffix: str, limit: int) -> bytes:
    size = path.stat().st_size
    if size <= limit:
        with path.open("rb") as file:
            data = file.read(limit + 1)
        if not data.strip():
            raise Unreadable("it is empty")
        size = len(data)  # the file may have grown
    if size > limit:
        raise Unreadable(f"it has {size / _MB:.1f} MB; the limit for {suffix} is {limit // _MB} MB")
    return data


def _finish(path: Path, draft: Draft) -> Article | Skipped:
    fields = draft.fields
    body = find_body(draft.text, start=draft.start, title=fields.title)
    if not body.spans:
        reason = "no article text in it"
        return Skipped(str(path), reason, row=draft.row)
    return Article(
        path=str(path),
        title=fields.title or _make_title(draft.text, body) or one_line(path.stem) or path.name,
        text=draft.text,
        body=body.spans,
        language=fields.language or detect_language(_sample(draft.text, body)),
        source=fields.source or one_line(body.source),
        # A table's name says when the table was made, not its rows.
        date=fields.date or (parse_name(path.stem) if draft.row is None else None),
        url=fields.url,
        row=draft.row,
    )


def _make_title(text: str, body: Body) -> str | None:
    title = one_line(body.title)
    if title:
        return title
    start, end = body.spans[0]
    first = re.split(r"[\r\n]", text[start:end].strip(), maxsplit=1)[0]
    line = one_line(first.lstrip("#>*-•| \t"))
    return shorten(line, _LONGEST_TITLE) if line else None


def _sample(text: str, body: Body) -> str:
    sample = ""
    for start, end in body.spans:
        sample += text[start : min(end, start + _LANGUAGE_SAMPLE)] + "\n"
        if len(sample) > _LANGUAGE_SAMPLE:
            break
    return sample


def absolute_path(path: Path) -> Path:
    """Return the path from the root, without `..` unless a link makes that another file."""
    path = path.absolute()
    plain = Path(os.path.abspath(path))
    try:
        return plain if plain.samefile(path) else path
    except OSError:
        return path
