"""How far two answers agree, as SQuAD and MLQA count it.

Rajpurkar et al., “SQuAD”, EMNLP 2016; Lewis et al., “MLQA”, ACL 2020, for German: case,
punctuation and articles do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_ARTICLES = re.compile(
    r"\b(a|an|the|ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b", re.IGNORECASE
)


def answer_words(text: str) -> list[str]:
    """Return the words of an answer that count."""
    kept = "".join(c for c in text.casefold() if not unicodedata.category(c).startswith("P"))
    return _ARTICLES.sub(" ", kept).split()


def exact_match(given: str, right: str) -> bool:
    """Tell whether two answers are the same words."""
    return answer_words(given) == answer_words(right)


def word_f1(given: str, right: str) -> float:
    """Return the harmonic mean of precision and recall of the words of an answer, 0 to 1."""
    words, wanted = answer_words(given), answer_words(right)
    if not words or not wanted:
        return float(words == wanted)
    shared = sum((Counter(words) & Counter(wanted)).values())
    return 2 * shared / (len(words) + len(wanted))
