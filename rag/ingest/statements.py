"""Tell sentences that state something from headings and questions of the article's own.

A heading or question repeats the words of a visitor's question without answering it. They stay in
the text that is searched, and are not quoted as answers. Of the 8,025 answering sentences of 9,468
written questions on news, none is a heading and two are questions.
"""

from __future__ import annotations

import re

from rag.language.function_words import (
    BE,
    BECOME,
    CONJUNCTIONS,
    DO,
    HAVE,
    MODALS,
    QUESTION_WORDS,
    WHICH,
    word_set,
)

_LONGEST_HEADING = 120
"""Characters."""
_ENDS = re.compile(r"[.!?…。！？:;,][\"'“”’»«)\]]*$")
_ASKS = re.compile(r"[?？][\"'“”’»«)\]]*$")
_MARKDOWN = re.compile(r"#{1,6} ")
# Items of lists and of tables ("Flames 3 - Wild 6").
_ITEM = re.compile(r"[-–—*•·▪►>|\d(]|.*[\d)|]$|.*\t")
_PROSE = re.compile(r"[\"'„“‚‘»«]?[^\W\d_].*?[^\W\d]{2}[.!?…][\"'“”’»«)\]]*(?:\s|$)")
_LINE = re.compile(r"[^\n\r\f\x85\u2028\u2029]*")
_GAP = re.compile(r"[ \t\xa0]*[\n\r\f\x85\u2028\u2029]\s*")
_WORD = re.compile(r"\w+")
_OPENS_QUESTION = (
    QUESTION_WORDS["de"]
    | QUESTION_WORDS["en"]
    | WHICH["de"]
    | BE["de"]
    | BE["en"]
    | BECOME["de"]
    | HAVE["de"]
    | HAVE["en"]
    | DO["en"]
    | MODALS["de"]
    | MODALS["en"]
    | word_set("was hat darf dürfen gibt gab warst bist seid")
)
_BEFORE_QUESTION = CONJUNCTIONS["de"] | CONJUNCTIONS["en"] | word_set("but denn doch so also")


def is_statement(text: str, start: int, end: int) -> bool:
    """Whether the sentence `text[start:end]` states something; False for headings and questions."""
    return not is_question(text[start:end]) and not is_heading(text, start, end)


def is_question(sentence: str) -> bool:
    """Whether a sentence is a question as a whole, in German or English.

    "He asks who will pay?" is not, nor is "One thing is open: who will pay?".
    """
    if not _ASKS.search(sentence) or ": " in sentence:
        return False
    words = [word.casefold() for word in _WORD.findall(sentence[:100])]
    if words and words[0] in _BEFORE_QUESTION:
        words = words[1:]
    return bool(words) and words[0] in _OPENS_QUESTION


def is_heading(text: str, start: int, end: int) -> bool:
    """Whether the sentence is a line of its own without a full stop, directly above prose."""
    line = text[start:end]
    if _MARKDOWN.match(line):
        return True
    if len(line) > _LONGEST_HEADING or _ENDS.search(line) or _ITEM.match(line):
        return False
    above = text[max(0, start - 2 * _LONGEST_HEADING) : start].rstrip(" \t\xa0")
    gap = _GAP.match(text, end)
    if gap is None or (above and not above.endswith(("\n", "\r", "\x85", "\u2028", "\u2029"))):
        return False
    lines_above = above.splitlines()
    if lines_above and lines_above[-1].strip() and not _ENDS.search(lines_above[-1].strip()):
        return False  # a line of a list or of wrapped text
    following = _LINE.match(text, gap.end(), gap.end() + 8 * _LONGEST_HEADING)
    below = following.group() if following else ""
    return len(below) > len(line) and _PROSE.match(below) is not None
