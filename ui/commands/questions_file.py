"""A file of questions, one in each line."""

from __future__ import annotations

from pathlib import Path

from rag.errors import BadQuestion


def read_questions(path: Path) -> list[tuple[str, str]]:
    """Return the lines of a file, each with its place; blank lines at the end do not count.

    Raises BadQuestion if the file cannot be read or is empty.
    """
    try:
        text = path.read_text(encoding="utf-8-sig").rstrip()
    except UnicodeDecodeError as error:
        raise BadQuestion(f"{path} is not UTF-8 text: save it as UTF-8") from error
    except OSError as error:
        raise BadQuestion(f"{path} cannot be read: {error.strerror or error}") from error
    if not text:
        raise BadQuestion(f"{path} is empty: write one question in each line")
    # Not splitlines: it also splits at a form feed or U+2028 within a question.
    lines = text.split("\n")
    return [(line, f"{path}, line {number}: ") for number, line in enumerate(lines, start=1)]
