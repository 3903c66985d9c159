"""Claims and what they quote, as lines of JSON: read, and made from places in news articles."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.checking.claim import Claim, Quote
from rag.ingest.sentences import split_sentences
from rag.language.detect import detect_language
from rag.passage import RankedPassage, Similarities
from vectorstore import Article, Passage, QueryTerms

# Characters of the passage around a quote from a news article; the index makes passages of about
# this size.
_PASSAGE = 900
_LANGUAGES = ("de", "en")


class MalformedLine(ValueError):
    """A line that is no claim; the text says why."""


@dataclass(frozen=True)
class ClaimLine:
    """A claim with its id, the passages that it quotes, and its label where it has one."""

    id: str
    language: str
    claim: Claim
    passages: tuple[RankedPassage, ...]
    label: str


def read_claim(row: dict[str, Any]) -> ClaimLine:
    """Read `{"id", "claim", "language", "quotes": [{"text", "passage", "language", …}]}`.

    `title` and `date` of a quote may be missing, and the `passage` of one that is the passage.
    Raises MalformedLine.
    """
    text, quoted = _text(row, "claim"), row.get("quotes")
    if not isinstance(quoted, list):
        raise MalformedLine("“quotes” has to be a list")
    quotes: list[Quote] = []
    passages: dict[tuple[str, ...], RankedPassage] = {}
    for one in quoted:
        if not isinstance(one, dict):
            raise MalformedLine("a quote has to be an object")
        words = _text(one, "text")
        passage = _text(one, "passage") if one.get("passage") else words
        language = _language(one, passage)
        about = (passage, _text(one, "title"), _text(one, "date"), language)
        passages.setdefault(about, _make_passage(*about, number=len(passages)))
        quotes.append(Quote(list(passages).index(about) + 1, words))
    return ClaimLine(
        id=str(row.get("id", "")),
        language=_language(row, text),
        claim=Claim(text, tuple(quotes)),
        passages=tuple(passages.values()),
        label=_text(row, "label"),
    )


def read_line(line: str | bytes, news: Path | None = None) -> ClaimLine:
    """Read a line of JSON; with a folder of news, its quotes are places in an article there.

    Bytes are UTF-8. Raises MalformedLine.
    """
    try:
        row = json.loads(line)
    except ValueError as error:
        raise MalformedLine(f"it is no JSON ({error})") from error
    if not isinstance(row, dict):
        raise MalformedLine("it is no JSON object")
    return read_claim(quote_news(row, news) if news else row)


def quote_news(row: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a claim on places in a news article as a claim with the quoted words.

    `file` and `row` (from 0) name the article in the folder, `quotes` are half-open spans of its
    `text`.
    """
    try:
        article = _read_articles(folder / row["file"])[row["row"]]
        spans = [(int(start), int(end)) for start, end in row["quotes"]]
    except (KeyError, IndexError, TypeError, ValueError, OSError) as error:
        raise MalformedLine(f"it names no place in an article of {folder} ({error!r})") from error
    text = article["text"]
    passage = _passage_around(text, min(a for a, _ in spans), max(b for _, b in spans))
    about = {key: article.get(key) for key in ("title", "date", "language")}
    quotes = [{"text": text[start:end], "passage": passage, **about} for start, end in spans]
    return {**row, "quotes": quotes}


def _passage_around(text: str, start: int, end: int) -> str:
    """Return whole sentences around a place, about as many as a passage of the index has."""
    sentences = _split(text)
    inside = [n for n, (a, b) in enumerate(sentences) if a < end and start < b]
    first, last = inside[0], inside[-1]
    grown = True
    while grown:
        grown = False
        for one, other in ((first - 1, last), (first, last + 1)):
            fits = one >= 0 and other < len(sentences)
            if fits and sentences[other][1] - sentences[one][0] <= _PASSAGE:
                first, last, grown = one, other, True
    return text[min(start, sentences[first][0]) : max(end, sentences[last][1])]


@lru_cache(maxsize=64)
def _split(text: str) -> list[tuple[int, int]]:
    return list(split_sentences(text))


@lru_cache(maxsize=8)
def _read_articles(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _make_passage(text: str, title: str, date: str, language: str, *, number: int) -> RankedPassage:
    """Return a passage that is a whole article, every sentence of it about the question."""
    article = Article(f"/{number}", title, text, ((0, len(text)),), language, date=date or None)
    sentences = tuple(split_sentences(text))
    near = (1.0,) * len(sentences)
    passage = Passage(article, 0, len(text), sentences)
    terms = QueryTerms((), {}, {})
    return RankedPassage(passage, 1.0, 0.0, 1.0, terms, Similarities(near, near, 1.0))


def _text(row: dict[str, Any], key: str) -> str:
    """Return a text of a row, "" for one that may be missing. Raises MalformedLine."""
    text = row.get(key)
    needed = key in ("claim", "text")
    if not isinstance(text, str | None) or (needed and not (text or "").strip()):
        raise MalformedLine(f"“{key}” has to be a text")
    if re.search("[\ud800-\udfff]", text or ""):
        raise MalformedLine(f"“{key}” has half a character (a lone surrogate)")
    return text or ""


def _language(row: dict[str, Any], text: str) -> str:
    return _text(row, "language") or detect_language(text, among=_LANGUAGES)
