"""What holds for every input, however hostile: for test_properties.py and for fuzz.py."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from fakes import count_words

from rag.errors import BadQuestion
from rag.ingest.encoding import decode
from rag.ingest.files import read_file
from rag.ingest.lines import WHITESPACE
from rag.ingest.passages import split_article
from rag.ingest.sentences import split_sentences
from rag.question.asked import read_input
from rag.question.carrying import carry_over
from rag.question.question import LONGEST_QUESTION
from vectorstore import Article, Skipped, Span

SUFFIXES = (".txt", ".md", ".html", ".jsonl", ".csv", ".pdf")
MOST_TOKENS = 12


def check_file(path: Path) -> list[Article | Skipped]:
    """Read a file; what comes out can be stored, cited and printed."""
    found = list(read_file(path))
    assert found
    for one in found:
        if isinstance(one, Skipped):
            check_line(one.reason)
            continue
        check_line(one.title)
        for line in (one.source, one.date, one.url, one.row):
            if line is not None:
                check_line(line)
        assert one.text.encode("utf-8")
        assert "\0" not in one.text
        if path.suffix in (".txt", ".md"):
            assert one.text == decode(path.read_bytes())
        check_article(one)
    names = [one.row for one in found if isinstance(one, Article)]
    assert len(set(names)) == len(names)
    return found


def check_line(line: str) -> None:
    """Check a line that a person reads: not empty, and nothing in it that ends or drives a line."""
    assert line.strip()
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in line), line


def check_article(article: Article) -> None:
    """Split an article; its passages are spans of its text, in order, without losing a word."""
    text = article.text
    assert article.body
    check_spans(text, article.body)
    covered = bytearray(len(text))
    passages = split_article(article, count_tokens=count_words, max_tokens=MOST_TOKENS)
    starts = [passage.start for passage in passages]
    assert starts == sorted(set(starts))
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert (passage.start, passage.end) == (passage.sentences[0][0], passage.sentences[-1][1])
        assert any(start <= passage.start and passage.end <= end for start, end in article.body)
        check_spans(text, passage.sentences)
        for start, end in passage.sentences:
            covered[start:end] = b"\1" * (end - start)
    lost = [
        at
        for start, end in article.body
        for at in range(start, end)
        if not covered[at] and text[at] not in WHITESPACE
    ]
    assert lost == []
    for start, end in article.body:
        check_sentences(text, start, end)


def check_sentences(text: str, start: int, end: int) -> list[Span]:
    """Split a stretch of text into sentences; between them lies whitespace alone."""
    spans = split_sentences(text, start, end)
    check_spans(text, spans)
    at = start
    for low, high in [*spans, (end, end)]:
        assert not text[at:low].strip(WHITESPACE)
        at = high
    assert all(start <= low and high <= end for low, high in spans)
    return spans


def check_spans(text: str, spans: tuple[Span, ...] | list[Span]) -> None:
    """Check half-open spans of characters: inside the text, not empty, in order and apart."""
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    assert edges == sorted(edges)
    assert all(start < end for start, end in spans)


def check_question(given: object) -> None:
    """Read a chain's input; it is understood, or refused in one line."""
    try:
        asked = read_input(given, carry_over)
    except BadQuestion as error:
        check_line(str(error))
        return
    assert asked.typed == asked.typed.strip()
    assert len(asked.question.text) <= LONGEST_QUESTION
    assert asked.typed in asked.question.text
    assert asked.question.keywords
