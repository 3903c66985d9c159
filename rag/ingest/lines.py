"""Find the lines, paragraphs and hard-wrapped blocks of a text, as character spans of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vectorstore import Span

WHITESPACE = (
    " \t\n\r\f\v\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(
        map(chr, range(0x2000, 0x200E))  # spaces of all widths, zero among them
    )
    + "\u2060\ufeff"
)
"""Characters that `trim` removes: Python's whitespace, and characters of zero width."""

_LINE_END = re.compile(r"\r\n|[\n\r\f\x85\u2028\u2029]")
_BULLET = re.compile(r"(?:[-–—*•·▪►>]+|\d{1,3}[.)])\s")
_NUMBER = re.compile(r"\d{1,4} ")
_WRAP = range(40, 101)
"""Length of the longest line, in characters, of text wrapped by hand or by a mailer."""
_LONGEST_WORD_AT_WRAP = 40


def trim(text: str, start: int, end: int) -> Span:
    """Return a span without the whitespace at its ends; a span of whitespace becomes empty."""
    while start < end and text[start] in WHITESPACE:
        start += 1
    while end > start and text[end - 1] in WHITESPACE:
        end -= 1
    return start, end


def find_paragraphs(text: str, start: int, end: int) -> list[list[Span]]:
    """Return the paragraphs of `text[start:end]`, each a list of its trimmed, non-empty lines."""
    paragraphs: list[list[Span]] = [[]]
    for stop in [*(match.span() for match in _LINE_END.finditer(text, start, end)), (end, end)]:
        line = trim(text, start, stop[0])
        if line[0] < line[1]:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
        start = stop[1]
    return paragraphs if paragraphs[-1] else paragraphs[:-1]


def find_blocks(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the blocks of `text[start:end]`, cut at blank lines and at newlines that end a line.

    A newline where a paragraph is only wrapped does not cut.
    """
    paragraphs = find_paragraphs(text, start, end)
    widest = max((e - s for lines in paragraphs for s, e in lines), default=0)
    for lines in paragraphs:
        yield from _unwrap(text, lines, widest)


def _unwrap(text: str, lines: list[Span], widest: int) -> Iterator[Span]:
    """Join the lines of a paragraph at its soft wraps.

    A break is a soft wrap if the next line goes on in lower case, or if the paragraph is
    hard-wrapped: the first word of the next line does not fit on the line. The width is that of the
    paragraph's widest line, or of the text's widest line in a paragraph of one or two lines.
    """
    width = widest if len(lines) < 3 else max(e - s for s, e in lines)
    full = [
        line_end - line_start + 1 + _first_word_length(text, next_start, next_end) > width
        for (line_start, line_end), (next_start, next_end) in zip(lines, lines[1:], strict=False)
    ]
    wrapped = width in _WRAP and 3 * sum(full) >= 2 * len(full)
    block = lines[0][0]
    for i, is_full in enumerate(full):
        line_end, next_start = lines[i][1], lines[i + 1][0]
        goes_on = _goes_on(text, next_start) or text[line_end - 1] == ","
        soft = goes_on or (wrapped and is_full)
        if not soft or _BULLET.match(text, next_start):
            yield block, line_end
            block = next_start
    yield block, lines[-1][1]


def _goes_on(text: str, start: int) -> bool:
    """Whether a line begins in lower case, also after a number ("um / 20 neue Stellen")."""
    number = _NUMBER.match(text, start)
    at = number.end() if number else start
    return text[at : at + 1].islower()


def _first_word_length(text: str, start: int, end: int) -> int:
    return len(text[start : min(end, start + _LONGEST_WORD_AT_WRAP)].split()[0])
