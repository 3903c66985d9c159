"""Separate the prose of a scraped article from the clutter of its page.

The text is never rewritten: the spans of clutter are left out. Clutter is

- a line that repeats the headline or belongs to the page (boilerplate.py),
- a sentence that links to another article or names a source,
- a headline that was glued to the sentence behind it (teasers.py).

Losing prose is worse than keeping clutter, so doubtful text stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.ingest.abbreviations import STARTERS
from rag.ingest.boilerplate import is_boilerplate
from rag.ingest.lines import find_blocks, find_paragraphs, trim
from rag.ingest.sentences import split_sentences
from rag.ingest.teasers import cut_link, cut_teasers
from vectorstore import Span

_LONGEST_HEADLINE = 160
_LONGEST_LINK = 250
_LONGEST_LIST = 800
_LONGEST_SOURCE = 80
_SURE_LINK = 80
"""All in characters. Up to _SURE_LINK a linked headline may end in a full stop of its own."""

_ENDS = re.compile(r"[.!?…。！？]['\"“”’‘»«)\]]*$")
_FULL_STOP = re.compile(r"[.。]['\"“”’‘»«)\]]*$")
_NO_HEADLINE = re.compile(r"[:;,]$|^(?:[-–—*•·]|(?:Von|By|Eine? \w+ von) [A-ZÄÖÜ])")
_TEXT_BEGINS = re.compile(r"[\"„“»«]?[^\W\d_](?<![a-zäöüß])")
_FIRM_HEADLINE = re.compile(r"\w[^.!?…]{0,118}(?:\s[^.!?…\s]+){3}(?<=[^\W_])['\"“”’»«)]*")
_SOURCE = re.compile(r"(?:quellen?|sources?)\s*:\s*(?P<name>\S.*)", re.IGNORECASE)
_LINK = re.compile(
    r"(?P<label>(?:(?:mehr|alles|weitere artikel|hintergründe|videos?|artikel|beiträge) zum thema"
    r"|mehr (?:dazu|darüber|hierzu)|siehe auch|siehe dazu|zum thema|auch interessant|lesetipp"
    r"|passend dazu|les(?:t|en sie) (?:auch|dazu|hierzu|mehr|weiter)|weiterlesen"
    r"|das könnte (?:sie|dich|euch) (?:auch |noch )*interessieren|read (?:also|more|next)"
    r"|also read|see also|related(?: articles?| stories| story)?|more on this(?: story)?)"
    r"(?:\s*[-–—:>»]|\s*$))"
    r"|lesen sie (?:auch|hier|dazu|hierzu|mehr|weiter)\b|read (?:also|more) (?:about|on|here)\b",
    re.IGNORECASE,
)
_READER_LIST = re.compile(
    r"(?:(?:die )?top-[\w-]+ der [\w-]*leser|(?:das )?interessiert [^.:?!]{0,20}\bleser\b"
    r"[^.:?!]{0,15}|[\w-]*leser interessieren sich[^.:?!]{0,15}|mehr [\w-]*nachrichten auf \w+"
    r"|erfahren sie mehr|ähnliche artikel(?: zum thema)?"
    r"|(?:top stories|trending(?: now)?|most (?:read|popular)|you (?:may|might) also like"
    r"|recommended(?: for you| reading)?|don['’]t miss|more from [\w ]{1,20}))\s?:\s",
    re.IGNORECASE,
)
"""A label of headlines of other articles: "Die Top-Themen der MSN-Leser: …". In 1,000 articles of
one feed there are 153 such lists. Behind 117 the next sentence of the article is recognised; behind
36 it begins with a name or a quotation mark, and is dropped with the list."""
_SAME = str.maketrans({sign: " " for sign in "„“”‚‘’'»«›‹`´\""} | dict.fromkeys("–—‑", "-"))


@dataclass(frozen=True)
class Body:
    """The prose of an article, and the title and source that its clutter gives.

    `spans` are half-open character offsets in the text, in order and apart. Each is a stretch of
    prose without clutter, paragraph breaks included. `title` is the headline found in the text,
    None if one was given. `source` is the name in a source line ("Quelle: …").
    """

    spans: tuple[Span, ...]
    title: str | None
    source: str | None


def find_body(text: str, *, start: int = 0, title: str | None = None) -> Body:
    """Find the prose in `text[start:]`; `spans` is empty if there is none.

    `title` is the headline if it is known from elsewhere. Its repetitions are clutter, unless the
    text is nothing else.
    """
    paragraphs = find_paragraphs(text, start, len(text))
    lines = [line for paragraph in paragraphs for line in paragraph]
    source: str | None = None
    prose: list[bool] = []
    for line_start, line_end in lines:
        line = text[line_start:line_end]
        named = _source(line)
        source = source or named
        prose.append(named is None and not is_boilerplate(line))
    found: str | None = None
    first = prose.index(True) if True in prose else None
    if title is None and first is not None:
        last_lines = {paragraph[-1] for paragraph in paragraphs}
        found = _headline(text, lines[first : first + 2], apart=lines[first] in last_lines)
    headline = title or found
    if headline and len(lines) > 1:
        same = _fold(headline)
        prose = [
            keep and not _repeats(_fold(text[slice(*line)]), same)
            for line, keep in zip(lines, prose, strict=True)
        ]
    kept: list[Span] = []
    for stretch_start, stretch_end in _stretches(lines, prose):
        if headline and not kept:
            stretch_start = _skip_repetitions(text, stretch_start, stretch_end, headline)
        for block_start, block_end in find_blocks(text, stretch_start, stretch_end):
            pieces, named = _clean_block(text, block_start, block_end)
            kept += pieces
            source = source or named
    return Body(tuple(_join(text, kept)), found, source)


def _headline(text: str, lines: list[Span], *, apart: bool) -> str | None:
    """Return the first of the lines if it reads like a headline, else None.

    A headline is short, has no full stop, and is followed by a blank line or its repetition. A long
    line may follow too if the headline has four words or more and no punctuation at its end.
    """
    if len(lines) < 2:
        return None
    line, following = (text[slice(*span)] for span in lines)
    if line.startswith("# "):
        return line.lstrip("# ")
    if len(line) > _LONGEST_HEADLINE or _NO_HEADLINE.search(line):
        return None
    if any(_FULL_STOP.search(line[:end]) for _, end in split_sentences(line)):
        return None
    above_text = len(following) > _LONGEST_HEADLINE and _TEXT_BEGINS.match(following)
    if apart or _fold(line) == _fold(following) or (above_text and _FIRM_HEADLINE.fullmatch(line)):
        return line
    return None


def _fold(line: str) -> str:
    """Return a headline without its case, whitespace, quotes and end punctuation."""
    return " ".join(line.casefold().translate(_SAME).strip("#*.!:- \t").split())


def _repeats(line: str, headline: str) -> bool:
    """Whether two folded lines are one headline; one of them may end in the site's name."""
    if len(line) < len(headline):
        line, headline = headline, line
    if line == headline:
        return True
    named = len(headline.split()) > 2 and line.startswith(headline)
    return named and re.fullmatch(r" [|-] .{1,40}", line[len(headline) :]) is not None


def _skip_repetitions(text: str, start: int, end: int, headline: str) -> int:
    """Return where the prose begins if its first line repeats the headline without a break."""
    words = headline.split()
    if len(words) < 3 or not text.startswith(words[0], start):
        return start
    glued = r"\s+".join(map(re.escape, words)) + r"[ \xa0]+(?=[^\W\d_])"
    while match := re.compile(glued).match(text, start, end):
        following = re.compile(r"\w+").match(text, match.end())
        again = text.startswith(words[0], match.end())
        if not again and (following is None or following.group() not in STARTERS):
            break
        start = match.end()
    return start


def _stretches(lines: list[Span], prose: list[bool]) -> Iterator[Span]:
    """Yield the runs of lines that are all prose."""
    run: Span | None = None
    for line, keep in zip(lines, prose, strict=True):
        if keep:
            run = (run[0] if run else line[0], line[1])
        elif run:
            yield run
            run = None
    if run:
        yield run


def _source(words: str) -> str | None:
    """Return the name in a source line, None if the words are no source line."""
    named = _SOURCE.fullmatch(words)
    if named is None or len(named["name"]) > _LONGEST_SOURCE:
        return None
    name = named["name"]
    return None if _ENDS.search(name) and len(name.split()) > 6 else name.rstrip(". ")


def _clean_block(text: str, start: int, end: int) -> tuple[list[Span], str | None]:
    """Return the prose of a paragraph, and the source that its end names."""
    kept: list[Span] = []
    source: str | None = None
    behind_link = behind_list = False
    for span in split_sentences(text, start, end):
        sentence = text[slice(*span)]
        last = span[1] == end
        link = _LINK.match(sentence)
        begins_list = _READER_LIST.match(sentence) is not None
        in_list = begins_list or (behind_list and ": " in sentence[:_LONGEST_HEADLINE])
        behind_list = False
        if last and (named := _source(sentence)):
            source = named
        elif in_list:
            behind = cut_link(text, *span)
            if behind or not begins_list or len(sentence) > _LONGEST_LIST:
                kept.append(behind or span)
            behind_list = behind is None and not _FULL_STOP.search(sentence)
        elif link and len(sentence) <= _LONGEST_LINK:
            behind_link = True
            long = sentence.endswith(".") and len(sentence) > _SURE_LINK
            if link["label"] and long and span != (start, end):
                kept.append(cut_link(text, *span) or span)
        elif not (behind_link and last and not _ENDS.search(sentence)):
            behind_link = False
            kept.append(cut_teasers(text, *span))
    return kept, source


def _join(text: str, pieces: list[Span]) -> Iterator[Span]:
    """Merge pieces with only whitespace between them."""
    whole: Span | None = None
    for piece in pieces:
        if whole is None:
            whole = piece
            continue
        left, right = trim(text, whole[1], piece[0])
        if left == right:
            whole = (whole[0], piece[1])
        else:
            yield whole
            whole = piece
    if whole:
        yield whole
