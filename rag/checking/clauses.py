"""Find a part of a sentence that is about something else than the words that it quotes.

A sentence that is borne out may go on with something else: "…, and every vote counts". It keeps
the numbers, the names and most of the meaning, so its clauses are looked at one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.checking.quotes import Quoted
from rag.language.function_words import topic_words
from rag.language.lexicon import Lexicon

_CUT = re.compile(r"[;:]\s+|\s[–—-]\s|,\s+|\s+(?=(?:und|aber|and|but|while|because)\b)")
# What follows such a joint is a statement of its own, which the quoted words have to bear out.
_JOINT = re.compile(
    r";\s+|\s[–—-]\s|,\s+(?:and|und|but|aber|or|oder|while|sowie|also|so|then|denn|doch)\s+"
)
# Of 822 claims that quote another paragraph's sentence (XQuAD, across languages) 812 are less near
# (cosine) than this, of 822 translations none; at .4 it is 819 and 104.
_LEAST_NEAR = 0.3
# A clause is foreign if it is less near than this and fewer of its words are there, whole or
# translated. Of XQuAD's sentences .3 % are, of statements about something else, hung on with
# "and", 99.9 %.
_LEAST_NEAR_CLAUSE = 0.4
_LEAST_SHARE = 0.34
_STEM_LETTERS = 6


def split_clauses(text: str) -> list[str]:
    """Return the clauses of a sentence in order, roughly: what commas and "and" cut apart."""
    return [clause.strip() for clause in _CUT.split(text) if clause.strip()]


def find_foreign_clause(
    text: str, language: str, quoted: Sequence[Quoted], embeddings: Embeddings, lexicon: Lexicon
) -> str:
    """Return in one line which part of a claim nothing that is quoted is about, "" if none.

    Nothing is said of clauses in a language that the lexicon does not have.
    """
    foreign: list[str] = []
    if {language, *(part.language for part in quoted)} <= lexicon.languages:
        there = _stems(word for part in quoted for word in topic_words(part.text))
        clauses = _JOINT.split(text)
        foreign = [c for c in clauses if len(clauses) > 1 and _is_foreign(c, there, lexicon)]
    near = _nearness([text, *foreign], quoted, embeddings)
    if near[0] < _LEAST_NEAR:
        return "the quoted words are about something else"
    for clause, nearness in zip(foreign, near[1:], strict=True):
        if nearness < _LEAST_NEAR_CLAUSE:
            return f"nothing that is quoted is about “{clause.strip()[:60]}”"
    return ""


def _is_foreign(clause: str, there: frozenset[str], lexicon: Lexicon) -> bool:
    """Tell whether too few of a clause's words are there, whole or translated."""
    words = topic_words(clause)
    borne = 0
    for word in words:
        others = (one for lang in lexicon.languages for one, _ in lexicon.translate(word, lang))
        borne += not _stems([word, *others]).isdisjoint(there)
    return borne < _LEAST_SHARE * len(words)


def _nearness(
    texts: Sequence[str], quoted: Sequence[Quoted], embeddings: Embeddings
) -> list[float]:
    """Return how near (cosine) each text comes to quoted sentences, together or one by one."""
    those = [part.text for part in quoted]
    those += [one for part in quoted if len(part.sentences) > 1 for one in part.sentences]
    vectors = np.asarray(embeddings.embed_documents([*texts, *those]))
    mine, theirs = vectors[: len(texts)], vectors[len(texts) :]
    return [float(near) for near in (mine @ theirs.T).max(axis=1, initial=-1.0)]


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word[:_STEM_LETTERS] for word in words)
