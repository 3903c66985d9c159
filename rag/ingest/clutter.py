"""Tell the prose of a scraped article from what stood around it on its page.

The text is never rewritten: clutter is left out by leaving its span out. Whole lines go that
repeat the headline or belong to the page (see boilerplate.py); sentences go that link to another
article or name a source; headlines that were glued to the sentence behind them are cut off (see
teasers.py). Losing prose is worse than keeping clutter, so whatever is unsure stays.
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
_LONGEST_SOURCE = 80
_SURE_LINK = 80
"""In characters. Up to _SURE_LINK a linked headline may end in a full stop of its own."""

_ENDS = re.compile(r"[.!?…。！？]['\"“”’‘»«)\]]*$")
_FULL_STOP = re.compile(r"[.。]['\"“”’‘»«)\]]*$")
_NO_HEADLINE = re.compile(r"[:;,]$|^(?:[-–—*•·]|(?:Von|By|Eine? \w+ von) [A-ZÄÖÜ])")
_TEXT_BEGINS = re.compile(r"[\"„“»«]?[^\W\d_](?<![a-zäöüß])")
_FIRM_HEADLINE = re.compile(r"\w[^.!?…]{0,118}(?:\s[^.!?…\s]+){3}(?<=[^\W_])['\"“”’»«)]*")
_SOURCE = re.compile(r"(?:quellen?|sources?)\s*:\s*(?P<name>\S.*)", re.IGNORECASE)
_LINK = re.compile(
    r"(?P<label>(?:(?:mehr|alles|weitere artikel|hintergründe|videos?|artikel|beiträge) zum thema"
    r"|mehr (?:dazu|darüber|hierzu)|siehe auch|siehe dazu|zum thema|auch interessant|lesetipp"
    r"|passend dazu|lesen sie (?:auch|dazu|hierzu|mehr|weiter)|weiterlesen"
    r"|das könnte (?:sie|dich|euch) (?:auch |noch )*interessieren|read (?:also|more|next)"
    r"|also read|see also|related(?: articles?| stories| story)?|more on this(?: story)?)"
    r"(?:\s*[-–—:>»]|\s*$))"
    r"|lesen sie (?:auch|hier|dazu|hierzu|mehr|weiter)\b|read (?:also|more) (?:about|on|here)\b",
    re.IGNORECASE,
)
_SAME = str.maketrans({sign: " " for sign in "„“”‚‘’'»«›‹`´\""} | dict.fromkeys("–—‑", "-"))


@dataclass(frozen=True)
class Body:
    """The prose of an article and what its clutter said about it.

    `spans` are half-open character offsets in the text, in order and apart: each is a whole
    stretch of prose, its paragraph breaks included, that no clutter interrupts. `title` is the
    headline found in the text and None when one was given; `source` is what a source line
    ("Quelle: …") names.
    """

    spans: tuple[Span, ...]
    title: str | None
    source: str | None


def find_body(text: str, *, start: int = 0, title: str | None = None) -> Body:
    """Find the prose in `text[start:]`.

    `title` is the headline where it is known from elsewhere; repetitions of it are clutter,
    but a text that is nothing else is its own prose. There may be no prose at all: then
    `spans` is empty.
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
    """Return the first of the lines if it reads like a headline and does not stand alone.

    It is short and without a full stop, and a blank line or its repetition follows; a long line
    may follow it where it has four words or more and no question or other mark at its end.
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
    """Make headlines comparable that differ in case, whitespace, quotes or end punctuation."""
    return " ".join(line.casefold().translate(_SAME).strip("#*.!:- \t").split())


def _repeats(line: str, headline: str) -> bool:
    """Whether two folded lines are one headline, the name of the site behind it or not."""
    if len(line) < len(headline):
        line, headline = headline, line
    if line == headline:
        return True
    named = len(headline.split()) > 2 and line.startswith(headline)
    return named and re.fullmatch(r" [|-] .{1,40}", line[len(headline) :]) is not None


def _skip_repetitions(text: str, start: int, end: int, headline: str) -> int:
    """Where the prose begins behind a headline that its first line repeats without a break."""
    words = headline.split()
    if len(words) < 3:
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
    """Return the name in a source line, None where the words are something else."""
    named = _SOURCE.fullmatch(words)
    if named is None or len(named["name"]) > _LONGEST_SOURCE:
        return None
    name = named["name"]
    return None if _ENDS.search(name) and len(name.split()) > 6 else name.rstrip(". ")


def _clean_block(text: str, start: int, end: int) -> tuple[list[Span], str | None]:
    """Keep what is prose of a paragraph; also return the source that its end names."""
    kept: list[Span] = []
    source: str | None = None
    behind_link = False
    for sentence_start, sentence_end in split_sentences(text, start, end):
        sentence = text[sentence_start:sentence_end]
        link = _LINK.match(sentence)
        if sentence_end == end and _source(sentence):
            source = _source(sentence)
        elif link and len(sentence) <= _LONGEST_LINK:
            behind_link = True
            whole = sentence_end - sentence_start == end - start
            if (
                link["label"]
                and not whole
                and sentence.endswith(".")
                and len(sentence) > _SURE_LINK
            ):
                kept.append(cut_link(text, sentence_start, sentence_end))
        elif not (behind_link and sentence_end == end and not _ENDS.search(sentence)):
            behind_link = False
            kept.append(cut_teasers(text, sentence_start, sentence_end))
    return kept, source


def _join(text: str, pieces: list[Span]) -> Iterator[Span]:
    """Merge pieces that only whitespace parts."""
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
