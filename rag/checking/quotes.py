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
from bisect import bisect_left
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
_ELLIPSIS = re.compile(r"[\[(]\s?(?:…|\.\.\.)\s?[\])]|…|\.\.\.")
_WORD = re.compile(r"[\w\u0300-\u036f]+")
_JOINT = re.compile(r"(?<=\w)[-\u2010\u2011'](?=\w)|(?<=\d)[.,:](?=\d)")
# Han, kana, bopomofo, Thai, Lao, Burmese, Khmer.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
# Words that occur this often inside other words of one passage are nobody's quote.
_MOST_PLACES_TRIED = 50
_Folded = tuple[str, list[int]]


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
    text, places = folded
    if len(words) > 4 * len(text) + 1_000:
        return None  # not worth folding: it cannot be in there
    sought = _fold(words)[0].strip()
    words_quoted = len(_WORD.findall(_UNSPACED.sub(" ", sought)))
    if words_quoted + len(_UNSPACED.findall(sought)) / 2 < _FEWEST_WORDS_QUOTED:
        return None
    first = bisect_left(places, after)
    # Models put quotation marks around what they quote.
    for form in dict.fromkeys((sought, sought.strip("' "))):
        at = text.find(form, first)
        for _ in range(_MOST_PLACES_TRIED):
            end = at + len(form)
            if at >= 0 and not _inside_word(text, at) and not _inside_word(text, end):
                return places[at], places[end - 1] + 1
            at = text.find(form, at + 1) if at >= 0 else at
    return None


def _inside_word(text: str, at: int) -> bool:
    """Whether a word goes on across this place: "k|eine", "Nicht|-Raucher", "don|'t", "1|.200"."""
    before, after = text[max(0, at - 1) : at], text[at : at + 1]
    if _UNSPACED.match(before) or _UNSPACED.match(after):
        return False
    if _WORD.match(before) and _WORD.match(after):
        return True
    # A joint counts on whichever side of it the quote stops.
    return any(_JOINT.match(text, place) for place in (at, max(0, at - 1)))


def _fold(text: str) -> _Folded:
    """Return a text as it is compared, and of which character each of its characters is."""
    chars: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        if is_unseen(char) or (char.isspace() and chars and chars[-1] == " "):
            continue
        form = "'" if char in _QUOTATION_MARKS else unicodedata.normalize("NFD", char)
        form = " " if char.isspace() else form
        chars += form
        places += [at] * len(form)
    return "".join(chars), places


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
