"""A sentence that a chat model wrote, and how far the words that it quotes bear it out."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer import Status


@dataclass(frozen=True)
class Quote:
    """Words that a sentence says it rests on, as the model gave them.

    `passage` is the passage's number as the model was shown it, from 1; nothing about either is
    known to be true yet.
    """

    passage: int
    words: str


@dataclass(frozen=True)
class Claim:
    """One sentence of the model's answer and the words it says it rests on."""

    text: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class LocatedQuote:
    """A quote that is in its passage verbatim.

    `start` and `end` are half-open character offsets in the article's text.
    """

    passage: int
    start: int
    end: int


@dataclass(frozen=True)
class Verdict:
    """How far the quoted words bear a sentence out.

    "unsupported" has no quotes; "weak" has quotes that are verbatim but do not bear the sentence.
    `reason` is one short English line, empty for "supported". `confidence` is the probability that
    the sentence is borne out, None where no model judged it.
    """

    status: Status
    quotes: tuple[LocatedQuote, ...]
    reason: str
    confidence: float | None = None
