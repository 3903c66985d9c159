"""Compare the names in a claim with those in the sentences that it quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.checking.names.find import find_names
from rag.checking.names.lookup import Stock, read_stock
from rag.checking.quotes import Quoted, not_quoted
from rag.language.lexicon import Lexicon

# Without these 339 of 2,500 questions with their answers (XQuAD) were flagged for a name instead of
# 245, and 76 of 1,030 sentences with another name passed instead of 80.
_PRONOUN = re.compile(
    r"\b(?:er|sie|ihn|ihm|ihnen|ihr(?:e[nmrs]?)?|sein(?:e[nmrs]?)?|dies(?:e[nmrs]?)?|derselbe\w?"
    r"|s?he|they|him|hers?|his|them|theirs?|its?|this|these|former|latter)\b",
    re.IGNORECASE,
)
# "The city": 17 flagged fewer, and 2 more passed.
_DEFINITE = re.compile(r"(?:Der|Die|Das|Diese[rs]?|The|This) (?:[a-zäöüß]\S* ){0,2}[^\W\d_]+")


def find_name_fault(text: str, language: str, quoted: Sequence[Quoted], lexicon: Lexicon) -> str:
    """Return the first name of a claim that the quoted sentences do not hold, "" if there is none.

    A name from elsewhere in the passage is let pass where it may say who the "he" or "the city" of
    the quoted sentence is, and the rest of a name too: of "Wladimir Putin" one word is enough.
    """
    names = find_names(text, language, lexicon)
    if not names:
        return ""
    near = [read_stock(f"{part.title}\n{part.text}", part.language) for part in quoted]
    far = [read_stock(f"{part.title}\n{part.passage}", part.language) for part in quoted]
    anchored = {
        name.run for name in names if any(stock.holds(name, language, lexicon) for stock in near)
    }
    translated = all(part.language != language for part in quoted)
    drops: bool | None = None
    for name in names:
        if any(stock.holds(name, language, lexicon) for stock in near):
            continue
        sure = name.sure and not (translated and name.is_short)
        if name.run in anchored and translated and not sure:
            continue
        if any(stock.holds(name, language, lexicon) for stock in far):
            if name.run in anchored or any(_may_mean_somebody(part, lexicon) for part in quoted):
                continue
        elif sure:
            return not_quoted("name", name.text)
        if drops is None:
            drops = _drops_name(text, language, quoted, translated, lexicon)
        if drops:
            return not_quoted("name", name.text)
    return ""


def _may_mean_somebody(part: Quoted, lexicon: Lexicon) -> bool:
    """Whether quoted sentences speak of somebody without the name: "she", "the city"."""
    if _PRONOUN.search(part.text):
        return True
    for sentence in part.sentences:
        subject = _DEFINITE.match(sentence)
        names = find_names(sentence, part.language, lexicon) if subject else []
        if subject and not any(n.sure and n.span[0] < subject.end() for n in names):
            return True
    return False


def _drops_name(
    text: str, language: str, quoted: Sequence[Quoted], translated: bool, lexicon: Lexicon
) -> bool:
    """Whether the quoted sentences name somebody whom the claim does not.

    Then another name may stand in that one's place.
    """
    said = Stock(text, language)
    return any(
        (not translated or (name.sure and not name.is_short))
        and not said.holds(name, part.language, lexicon)
        for part in quoted
        for name in find_names(part.text, part.language, lexicon)
    )
