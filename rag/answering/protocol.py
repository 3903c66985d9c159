"""The format that a chat model answers in, read while it is still being sent.

Structured output and plain text have one format, JSON objects. A sentence is
`{"text": …, "quotes": [{"passage": 1, "words": …}]}`. Sentences stand either one on a line, with
`{"end": true}` after the last, or in the list `"sentences"` of one object, as in SCHEMA. In both,
`"in_articles": false` says that the passages do not answer. Everything else is skipped: code
fences, text before and after, thoughts between `<think>` and `</think>`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from rag.checking.claim import Claim, Quote
from rag.checking.guard.invisible import drop_unseen

LONGEST_OBJECT = 6_000
"""Characters of one sentence with its quotes."""
LONGEST_SENTENCE = 1_000
"""Characters."""
MOST_QUOTES = 8

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["in_articles", "sentences"],
    "properties": {
        "in_articles": {"type": "boolean"},
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["text", "quotes"],
                "properties": {
                    "text": {"type": "string"},
                    "quotes": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["passage", "words"],
                            "properties": {
                                "passage": {"type": "integer"},
                                "words": {"type": "string"},
                            },
                        },
                    },
                },
            },
        },
    },
}
"""A JSON schema of the one object."""

_STRING_PART = re.compile(r'["\\\n]')
_BRACKET_OR_STRING = re.compile(r'[{}\[\]"]')
_SENTENCES = re.compile(r'"sentences"\s*:\s*\Z')
_LIST = "[s"
"""Marks the bracket of the list of sentences among other brackets."""
_OPENING = re.compile(r"\{|<think(?:ing)?>")
_THOUGHT_ENDS = re.compile(r"</think(?:ing)?>")
# A number in brackets would look like one of our citations, and those come from the check only.
_OWN_NUMBERS = re.compile(r"\s*[\[【［〔〖⟦][\d\s,;:.^†–-]+[\]】］〕〗⟧]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class NotInArticles:
    """The model's statement that the passages do not answer the question."""


@dataclass(frozen=True)
class Malformed:
    """Output in place of a sentence that cannot be read; `what` describes it in one short line."""

    what: str


Said = Claim | NotInArticles | Malformed


class SayingReader:
    """Reads a model's output as it grows; `complete` once it has seen the end."""

    def __init__(self) -> None:
        self.complete = False
        self._text = ""  # from the first character that is not yet understood
        self._at = 0  # how far it was looked through
        self._open: list[tuple[str, int]] = []  # brackets, and where they stand
        self._last = 0  # where the last sentence of a list ended
        self._in_string = False
        self._thinking = False

    def read(self, more: str) -> list[Said]:
        """Take more of the text; return the sentences that it completes, in order."""
        self._text += more
        said: list[Said] = []
        while self._step(said):
            pass
        if self._open and len(self._text) - self._begun() > LONGEST_OBJECT:
            said.append(Malformed(f"an object of more than {LONGEST_OBJECT:,} characters"))
            self._start_over()
        return said

    def cut_off(self) -> bool:
        """Whether the output stops within an object or a thought."""
        return bool(self._open) or self._thinking

    def _begun(self) -> int:
        """Return where the part begins that must not grow too long: a sentence, or its preamble."""
        return self._last if self._listing() else 0

    def _listing(self) -> bool:
        return len(self._open) > 1 and self._open[1][0] == _LIST

    def _step(self, said: list[Said]) -> bool:
        """Handle the next mark that matters; False if there is none yet."""
        if self._thinking:
            return self._skip_thought()
        if not self._open:
            return self._find_opening()
        mark = (_STRING_PART if self._in_string else _BRACKET_OR_STRING).search(
            self._text, self._at
        )
        if mark is None:
            self._at = len(self._text)
            return False
        self._at = mark.end()
        if self._in_string:
            return self._read_string(mark[0], said)
        if mark[0] == '"':
            self._in_string = True
        elif mark[0] in "{[":
            before = self._text[max(0, mark.start() - 40) : mark.start()]
            listing = mark[0] == "[" and len(self._open) == 1 and _SENTENCES.search(before)
            self._open.append((_LIST if listing else mark[0], mark.start()))
            self._last = mark.start() if listing else self._last
        else:
            self._close(mark[0], said)
        return True

    def _skip_thought(self) -> bool:
        if end := _THOUGHT_ENDS.search(self._text):
            self._text = self._text[end.end() :]
            self._thinking = False
            return True
        self._text = self._text[-16:]  # the mark may have come in part
        return False

    def _find_opening(self) -> bool:
        found = _OPENING.search(self._text, self._at)
        if found is None:
            self._text, self._at = self._text[-16:], 0
            return False
        if found[0] == "{":
            self._text, self._at = self._text[found.start() :], 1
            self._open = [("{", 0)]
        else:
            self._text, self._at = self._text[found.end() :], 0
            self._thinking = True
        return True

    def _read_string(self, mark: str, said: list[Said]) -> bool:
        if mark == '"':
            self._in_string = False
        elif mark == "\\":
            if self._at == len(self._text):
                self._at -= 1  # the escaped character has not come yet
                return False
            self._at += 1
        else:  # JSON has no line ends in strings: this is no object, or it was broken off
            said.append(Malformed("a line that ends within a string"))
            self._start_over()
        return True

    def _close(self, mark: str, said: list[Said]) -> None:
        kind, start = self._open.pop()
        if {"{": "}", "[": "]"}[kind[0]] != mark:
            said.append(Malformed("brackets that do not match"))
            self._start_over()
            return
        listed = self._listing() and len(self._open) == 2
        if kind == "{" and (listed or not self._open):
            found = self._understand(self._text[start : self._at], listed)
            said += [] if found is None else [found]
            self._last = self._at
        if not self._open:
            self._start_over()

    def _understand(self, text: str, listed: bool) -> Said | None:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return Malformed("an object that is not JSON")
        if "text" in value:
            return _read_claim(value)
        if listed:
            return Malformed("a sentence without its text")
        if "sentences" in value:  # already read as they came
            self.complete = True
            said = value.get("in_articles", bool(value["sentences"]))
            return NotInArticles() if said is False else None
        if value.get("in_articles") is False:
            self.complete = True
            return NotInArticles()
        if value.get("end") is True or value.get("in_articles") is True:
            self.complete = self.complete or "end" in value
            return None
        return Malformed("an object without a sentence")

    def _start_over(self) -> None:
        self._text, self._at = self._text[self._at :], 0
        self._open, self._in_string, self._last = [], False, 0


def _read_claim(value: dict[str, Any]) -> Claim | Malformed:
    text, quotes = value["text"], value.get("quotes")
    if not isinstance(text, str) or not (text := clean_sentence(text)):
        return Malformed("a sentence without its text")
    if len(text) > LONGEST_SENTENCE:
        return Malformed(f"a sentence of more than {LONGEST_SENTENCE:,} characters")
    if not isinstance(quotes, list):
        return Malformed("a sentence without its quotes")
    read = [_read_quote(quote) for quote in quotes[:MOST_QUOTES]]
    return Claim(text, tuple(quote for quote in read if quote is not None))


def _read_quote(value: object) -> Quote | None:
    match value:
        case {"passage": int(passage), "words": str(words)} if not isinstance(passage, bool):
            return Quote(passage, words)
    return None


def clean_sentence(text: str) -> str:
    """Return a model's sentence on one line, without numbers that look like our citations.

    Characters that are invisible, or reverse the direction of writing, could hide text: they go.
    """
    plain = drop_unseen(_CONTROLS.sub(" ", _SURROGATES.sub("\ufffd", text)))
    while (rest := _OWN_NUMBERS.sub("", plain)) != plain:
        plain = rest  # "[[1]1]" has one within another
    return " ".join(plain.split())
