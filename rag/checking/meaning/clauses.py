"""Cut a sentence into clauses, and see which of them a claim says again in its own words."""

from __future__ import annotations

import re

from rag.language.lexicon import Lexicon
from rag.language.spelling import fold
from rag.language.synonyms import translations
from rag.question.question import FUNCTION_WORDS

_CUT = re.compile(
    r"[;()–—\n] ?|[,:](?!\d) ?"
    r"| (?=(?:und|oder|aber|sondern|sowie|and|or|but|while|which|that|who|as|because|if)\b)"
)
_WORD = re.compile(r"[^\W\d_]{4,}|\d+")
_TOPIC_WORD = re.compile(r"[^\W\d_]{3,}")
_STEM = 5  # characters of a word that its inflections share
# Of four characters and more, and in any sentence.
_EMPTY = frozenset(
    """
    dass auch aber oder eine einer eines einem einen dies diese dieser dieses diesem diesen sein
    seine seiner seinem seinen ihre ihrer ihrem ihren wird wurde wurden werden worden hatte hatten
    habe haben sind waren nicht kein keine keiner keinem keinen nach über unter gegen durch ohne
    sich noch schon dann wenn weil sowie sondern mehr sehr nichts niemand niemals weder
    that this these those with from have been were will would which what when where they their them
    there than then into also such some other about after before only does without never nothing
    neither none
    """.split()
)


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
    said = frozenset(fold(word)[:_STEM] for word in _words(claim))
    forms = [{fold(word), *translations(word, language, lexicon)} for word in words]
    return sum(any(form[:_STEM] in said for form in some) for some in forms) / len(words)


def topic_words(text: str) -> list[str]:
    """Return the words of a text that carry a topic, in German or English, case-folded."""
    words = [word.casefold() for word in _TOPIC_WORD.findall(text)]
    return [word for word in words if not any(word in some for some in FUNCTION_WORDS.values())]


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.casefold()) if word not in _EMPTY]
