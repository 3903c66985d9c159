"""Find the sentences of a text as character spans, with rules for German and English.

Every run of `.`, `!`, `?` or `…` (or full stops of other scripts) is a candidate. The words before
and after it decide. Each look to either side is bounded, so time is linear in the text's length.
"""

from __future__ import annotations

import re

from rag.ingest.abbreviations import (
    BEFORE_NUMBERS,
    FILE_ENDINGS,
    LETTERED,
    NEVER_LAST,
    OFTEN_LAST,
    ORDINAL_NOUNS,
    PERHAPS_LAST,
    STARTERS,
)
from rag.ingest.lines import find_blocks, trim
from vectorstore import Span

# Possessive (`++`), so that a run of a million dots is not read again from each of its positions.
_STOP = re.compile(r"[.!?…]++|[。！？｡؟۔।॥]++")
_CLOSERS = re.compile(r"(?:\[\d{1,3}\]|['\"“”’‘»«›‹)\]}」』）】〉》])++")
_LATE_CLOSERS = re.compile(r"[ \xa0][“”»)\]]++(?=\s)")
_OPENERS = re.compile(r"[\s'\"„“”‚‘’»«›‹(\[{–—*•·¿¡-]*+")
_LETTERS_ONLY = re.compile(r"[^\W\d_]+")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_ROMAN = re.compile(r"[IVX]{2,5}")
_DOTTED = re.compile(r"[^\W\d_]{1,3}(?:\.[^\W\d_]{1,3})+")
_UNVOICED = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]?[bcdfghjklmnpqrstvwxzß]{2,4}")
_UNITS = frozenset("km cm mm nm kg mg kWh MWh GWh TWh Hz kHz MHz GHz GmbH mbH Nm Pkw Lkw".split())
_ENGLISH = re.compile(r"\b(?:the|of|and|to|that|is|for|on|by)\b")
_GERMAN = re.compile(r"\b(?:der|die|das|und|den|dem|ist|von|mit|auf|für)\b")
_BEFORE_ORDINAL = re.compile(
    r"\b(?:der|die|das|dem|den|des|am|im|vom|zum|zur|beim|bis|ab|seit|eine?[rmns]?|jede[rmns]?"
    r"|[msd]eine?[rmns]?|ihre?[rmns]?|unsere?[rmns]?|diese[rmns]?|und|oder)\s+$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\b[A-ZÄÖÜ][\w-]*[a-zäöüß]\s+$")
_ASKED = re.compile(
    r"(?:[A-Z][\w.’'-]{0,30}\s){1,4}(?:said|says|asked|asks|replied|added|wrote|shouted)\b"
)
_LOOK_BACK = 40
"""Characters read to the left for the beginning of a word."""


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the sentences of `text[start:end]` in order.

    Spans are half-open character offsets in the whole text, without outer whitespace and never
    empty; only whitespace lies between them. A blank line ends a sentence. A single newline does so
    too, unless the text is hard-wrapped there.
    """
    end = len(text) if end is None else min(end, len(text))
    english = _is_english(text[start : min(end, start + 5000)])
    spans: list[Span] = []
    for block, block_end in find_blocks(text, start, end):
        cut = block
        first = _LETTER_OR_DIGIT.search(text, cut, block_end)
        for stop in _STOP.finditer(text, block, block_end):
            if first is None:
                break
            if stop.start() < first.start():
                continue
            after = _sentence_end(text, stop, cut, block_end, english)
            if after is not None:
                spans.append(trim(text, cut, after))
                cut = after
                first = _LETTER_OR_DIGIT.search(text, cut, block_end)
        rest = trim(text, cut, block_end)
        if rest[0] == rest[1]:
            continue
        if first is None and cut > block:  # a stray dash or quotation mark
            spans[-1] = (spans[-1][0], rest[1])
        else:
            spans.append(rest)
    return spans


def _sentence_end(text: str, stop: re.Match[str], cut: int, end: int, english: bool) -> int | None:
    """Return the end of the sentence from `cut`, closing quotes included, if `stop` ends it."""
    closers = _CLOSERS.match(text, stop.end(), end)
    after = closers.end() if closers else stop.end()
    mark = stop.group()
    if mark[0] not in ".!?…":
        return after
    if after == end:
        return None
    if not text[after].isspace():
        return after if _is_glued(text, stop, after, cut, end) else None
    late = _LATE_CLOSERS.match(text, after, end)
    if late:
        after = late.end()
    opened = _OPENERS.match(text, after, end)
    following = opened.end() if opened else after
    if following == end or _goes_on(text, following):
        return None
    if mark == ".":
        ends = _full_stop_ends(text, stop.start(), cut, following, english)
        return after if ends else None
    if closers and _ASKED.match(text, following):
        return None  # "Why?" Smith asked
    if set(mark) <= {".", "…"} and text[stop.start() - 1 : stop.start()] in {"[", "("}:
        return None  # "[…]" marks an omission
    return after


def _goes_on(text: str, following: int) -> bool:
    """Whether the word at `following` is in lower case, so that no sentence begins with it.

    Names such as "iPhone" and "al-Qaida" may begin sentences.
    """
    if not text[following].islower():
        return False
    word = text[following : following + 4]
    return not (word[1:2].isupper() or (word[:3] == "al-" and word[3:].isupper()))


def _is_glued(text: str, stop: re.Match[str], after: int, cut: int, end: int) -> bool:
    """Whether a sentence begins right behind the stop, without a space: "gewählt.Danach kam"."""
    left = text[max(cut, stop.start() - 3) : stop.start()]
    if len(left) < 3 or not left.isalpha() or not left.islower() or len(stop.group()) > 1:
        return False
    if text[after] == "„":
        return True
    word = _LETTERS_ONLY.match(text, after, end)
    if word is None or len(word.group()) < 2:
        return False
    token = text[_word_start(text, stop.start(), cut) : stop.start()]
    return (
        word.group().istitle()
        and word.group() not in FILE_ENDINGS
        and not re.search(r"[/@_\\#]|www|\w\.\w", token)
        and not re.match(r"\.\w|[/@_(=]", text[word.end() : word.end() + 2])
    )


def _full_stop_ends(text: str, dot: int, cut: int, following: int, english: bool) -> bool:
    """Whether a single full stop ends a sentence, given that the next word may begin one."""
    begin = _word_start(text, dot, cut)
    left = text[begin:dot]
    if not left:
        return True
    word = _LETTERS_ONLY.match(text, following)
    starts = word is not None and _is_starter(text, word)
    before = text[max(cut, begin - _LOOK_BACK) : begin]
    opens = begin - cut < _LOOK_BACK and not _LETTER_OR_DIGIT.search(before)
    if left[-1].isdigit():
        if opens and len(left) <= 2:
            return False  # the number of a list item: "1. Der Preis"
        return starts or _number_ends(left, before, text[following : following + 12], english)
    last = before.split()[-1:]
    if len(left) == 1 and last and last[0] in LETTERED:
        return True
    key = _abbreviation(left, before)
    short = key.rpartition("-")[2]
    if key in NEVER_LAST or short in NEVER_LAST:
        return False
    if short in BEFORE_NUMBERS and len(short) > 1:
        return not text[following].isdigit()
    if short in OFTEN_LAST:
        return text[following] not in "(["
    if left == "Co" and last and last[0] in {"und", "&"}:
        return word is not None and not word.group().isupper()
    single = len(left) == 1 and left.isalpha()
    if single or short in PERHAPS_LAST or _looks_abbreviated(left, key):
        return starts and not (single and opens)
    return True


def _looks_abbreviated(left: str, key: str) -> bool:
    return (
        _DOTTED.fullmatch(key) is not None
        or _ROMAN.fullmatch(left) is not None
        or (_UNVOICED.fullmatch(left) is not None and left not in _UNITS)
    )


def _number_ends(number: str, before: str, following: str, english: bool) -> bool:
    """Whether a full stop behind a number ends a sentence; if not, the number is an ordinal."""
    short = re.fullmatch(r"(?:\d{1,2}\.)?(?:[^\W\d]+-)?(\d{1,3})", number)
    if short is None:
        return True
    if english or following[0].isdigit():
        return not following[0].isdigit()
    ordinal = _BEFORE_ORDINAL.search(before) or following.split()[0].strip(",;:)") in ORDINAL_NOUNS
    if len(short[1]) == 3:
        return not ordinal
    counted = _COUNTED.search(before)  # "auf Platz 19. Trainer Maier"
    return counted is not None and not ordinal and "." not in number


def _abbreviation(left: str, before: str) -> str:
    """Join the word before a full stop to the earlier parts of an abbreviation ("z. B")."""
    key = left
    for part in reversed(before.split()[-3:]):
        if len(key) > 12 or not (part.endswith(".") and 1 < len(part) <= 4):
            break
        if not part[:-1].isalpha():
            break
        key = part + key
    return key


def _is_starter(text: str, word: re.Match[str]) -> bool:
    if word.group() not in STARTERS:
        return False
    behind = text[word.end() : word.end() + 1]
    return behind != "-" and not (behind == "." and len(word.group()) == 1)


def _word_start(text: str, end: int, cut: int) -> int:
    """Return the beginning of the word before `end`: behind a space, opening quote or bracket."""
    begin = end
    while begin > cut and end - begin < _LOOK_BACK:
        sign = text[begin - 1]
        if sign.isspace() or sign in "([{\"'„“”‚‘»«›‹":
            break
        if sign == ":" and text[begin].isalpha():
            break
        begin -= 1
    return begin


def _is_english(sample: str) -> bool:
    return len(_ENGLISH.findall(sample)) > len(_GERMAN.findall(sample))
