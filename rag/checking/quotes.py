"""Find words that a model quotes in the passage that they are said to be from.

Verbatim, but for what is lost on the way through a model: runs of whitespace, the shape of
quotation marks and apostrophes, soft hyphens and whatever else is not seen, and whether "ü" is
one code point or two. Case counts, and so do dashes: a reader is promised the article's words,
and a model that sets "-" for "–" is told so by a sentence shown as unsupported, which harms
nobody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rag.checking.claim import LocatedQuote
from rag.checking.guard.invisible import is_unseen
from rag.language.spelling import compose
from rag.passage import RankedPassage
from vectorstore import Span

# "die" or "in der Nacht" are in every article. Each character of a script that is written
# without spaces counts as half a word.
_FEWEST_WORDS_QUOTED = 3
_QUOTATION_MARKS = frozenset("\"'`´„“”‟‚‘’‛»«›‹〝〞〟＂＇「」『』\u2032\u2033")
_HYPHENS = frozenset("-\u2010\u2011")
_ELLIPSIS = re.compile(r"[\[(]\s?(?:…|\.\.\.)\s?[\])]|…|\.\.\.")
_WORD = re.compile(r"\w+")
# Han, kana, bopomofo, Thai, Lao, Burmese, Khmer.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
# Sorting a run of combining marks takes time in its square; no letter has as many.
_MOST_MARKS = 30
# Words that occur this often inside other words of one passage are nobody's quote.
_MOST_PLACES_TRIED = 50


@dataclass(frozen=True)
class _Folded:
    """A text as it is compared; character i stands for `text[starts[i]:ends[i]]`."""

    text: str
    starts: list[int]
    ends: list[int]


def find_quote(words: str, text: str) -> Span | None:
    """Return where one unbroken quote is in a text, its first place if there are several.

    It has to begin and end where words do ("eine Senkung" is not in "keine Senkung") and to be
    at least three words long, else it is None. Half-open characters, exact in `text`.
    """
    return _find(words, _fold(text), 0)


def find_parts(words: str, text: str) -> tuple[Span, ...]:
    """Return where the parts of a quote are that "…" or "[...]" stands between; () if one is not.

    Each part is its own span, since what was left out is not quoted; they are in the order of
    the text and none is shorter than `find_quote` wants.
    """
    folded = _fold(text)
    whole = _find(words, folded, 0)  # the article itself may have the dots
    if whole:
        return (whole,)
    spans: list[Span] = []
    for part in filter(_WORD.search, _ELLIPSIS.split(words)):
        found = _find(part, folded, spans[-1][1] if spans else 0)
        if found is None:
            return ()
        spans.append(found)
    return tuple(spans)


def _find(words: str, folded: _Folded, after: int) -> Span | None:
    if len(words) > 4 * len(folded.text) + 1_000:
        return None  # not worth folding: it cannot be in there
    sought = _fold(words).text.strip()
    if _count_words(sought) < _FEWEST_WORDS_QUOTED:
        return None
    first = next((i for i, start in enumerate(folded.starts) if start >= after), None)
    if first is None:
        return None
    # Models put quotation marks around what they quote.
    for form in dict.fromkeys((sought, sought.strip("' "))):
        at = folded.text.find(form, first)
        for _ in range(_MOST_PLACES_TRIED):
            if at < 0:
                break
            span = _span(folded, at, at + len(form))
            if span:
                return span
            at = folded.text.find(form, at + 1)
    return None


def _span(folded: _Folded, at: int, end: int) -> Span | None:
    """Return the place of `folded.text[at:end]`, None if it begins or ends inside a word."""
    starts, ends = folded.starts, folded.ends
    cuts_letter = (at > 0 and starts[at - 1] == starts[at]) or (
        end < len(starts) and starts[end] == starts[end - 1]
    )
    if cuts_letter or _inside_word(folded.text, at) or _inside_word(folded.text, end):
        return None
    return starts[at], ends[end - 1]


def _inside_word(text: str, at: int) -> bool:
    """Whether a word goes on across this place: "k|eine", "Nicht|-Raucher", "don|'t", "1|.200"."""
    before, after = text[max(0, at - 2) : at], text[at : at + 2]
    if not before or not after:
        return False
    if _UNSPACED.match(before[-1]) or _UNSPACED.match(after[0]):
        return False
    if _is_word(before[-1]) and _is_word(after[0]):
        return True
    # A joint counts on whichever side of it the quote stops.
    left, joint, right = (
        (before[-1:], after[:1], after[1:])
        if _is_word(before[-1])
        else (before[:-1], before[-1:], after[:1])
    )
    if not (left and right and _is_word(left) and _is_word(right)):
        return False
    return joint in _HYPHENS or joint == "'" or (joint in ".,:" and (left + right).isdigit())


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_" or unicodedata.category(char).startswith("M")


def _count_words(folded: str) -> float:
    unspaced = len(_UNSPACED.findall(folded))
    # Not by composing it: that takes time in the square of a run of combining marks.
    spaced = "".join(c for c in _UNSPACED.sub(" ", folded) if not unicodedata.combining(c))
    return len(_WORD.findall(spaced)) + unspaced / 2


def _fold(text: str) -> _Folded:
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and end - at < _MOST_MARKS and unicodedata.combining(text[end]):
            end += 1
        char = text[at:end]
        if is_unseen(char):
            at = end
            continue
        if char.isspace():
            if chars and chars[-1] == " ":
                ends[-1] = end
                at = end
                continue
            form = " "
        else:
            form = "'" if char in _QUOTATION_MARKS else unicodedata.normalize("NFD", char)
        chars.extend(form)
        starts.extend([at] * len(form))
        ends.extend([end] * len(form))
        at = end
    return _Folded("".join(chars), starts, ends)


@dataclass(frozen=True)
class Quoted:
    """The sentences of one passage that quotes are cut from, and what stands around them."""

    text: str
    sentences: tuple[str, ...]
    passage: str
    title: str
    date: str | None
    language: str


def read_quoted(found: Sequence[LocatedQuote], passages: Sequence[RankedPassage]) -> list[Quoted]:
    """Return the whole sentences that quotes are cut from, by passage."""
    quoted: list[Quoted] = []
    for number in dict.fromkeys(quote.passage for quote in found):
        passage = passages[number - 1]
        texts = tuple(
            compose(text)
            for (start, end), text in passage.sentences
            if any(q.passage == number and q.start < end and start < q.end for q in found)
        )
        quoted.append(
            Quoted(
                text=" ".join(texts),
                sentences=texts,
                passage=compose(passage.text),
                title=passage.article.title,
                date=passage.article.date,
                language=passage.article.language,
            )
        )
    return quoted


def not_quoted(kind: str, words: str) -> str:
    """Return the reason why a claim is weak that says something the quoted sentences do not."""
    return f"the {kind} “{words.strip()[:60]}” is not in the quoted words"
