"""Cut a sentence into clauses, and see which of them a claim says again in its own words."""

from __future__ import annotations

import re

from rag.language.function_words import CLAUSE_STOP_WORDS
from rag.language.lexicon import Lexicon
from rag.language.spelling import fold
from rag.language.synonyms import translations

_CUT = re.compile(
    r"[;()–—\n] ?|[,:](?!\d) ?"
    r"| (?=(?:und|oder|aber|sondern|sowie|and|or|but|while|which|that|who|as|because|if)\b)"
)
_LONG_WORD_OR_NUMBER = re.compile(r"[^\W\d_]{4,}|\d+")
_STEM_LETTERS = 5  # characters of a word that its inflections share


def split_clauses(text: str) -> list[str]:
    """Return the clauses of a sentence in order, roughly: what commas and "and" cut apart."""
    cuts = [0, *(match.end() for match in _CUT.finditer(text)), len(text)]
    pieces = [text[a:b] for a, b in zip(cuts, cuts[1:], strict=False)]
    return [piece for piece in pieces if piece.strip()]


def share_said(
    clause: str, language: str, claim: str, claim_language: str, lexicon: Lexicon
) -> float:
    """Return how many of a clause's words a claim has, whole or translated, 0 to 1.

    1 if the clause has no words of its own, or the lexicon cannot compare the two languages.
    """
    if language != claim_language and not {language, claim_language} <= lexicon.languages:
        return 1.0
    words = _words(clause)
    if not words:
        return 1.0
    said = frozenset(fold(word)[:_STEM_LETTERS] for word in _words(claim))
    forms = [{fold(word), *translations(word, language, lexicon)} for word in words]
    return sum(any(form[:_STEM_LETTERS] in said for form in some) for some in forms) / len(words)


def _words(text: str) -> list[str]:
    return [
        word
        for word in _LONG_WORD_OR_NUMBER.findall(text.casefold())
        if word not in CLAUSE_STOP_WORDS
    ]
