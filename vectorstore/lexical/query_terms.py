"""The words of a text and their character 4-grams, and the weights of those of a question.

German joins words together and inflects their ends; 4-grams match in spite of both. R@1 on XQuAD
(24 articles, passages of 256 tokens of MiniLM, without the function words of the question):

    n-grams                         German → German   English → English
    whole words and padded 4-grams             .931                .934
    padded 4-grams                             .918                .922
    4-grams inside words                       .894                .907
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

_NGRAM_LENGTH = 4
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Term:
    """A word of a question, its weight, and other words that may stand for it.

    `others` are such words with the weight of each; a word that is certainly meant has 1.
    """

    word: str
    weight: float = 1.0
    others: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class QueryTerms:
    """The terms of a question and the weights of their n-grams in BM25 over a store.

    `factors` maps each n-gram to its weight in the question, `weights` to that times its inverse
    document frequency in the store.
    """

    terms: tuple[Term, ...]
    factors: Mapping[str, float]
    weights: Mapping[str, float]

    @cached_property
    def total(self) -> float:
        """The weight matched by a text that contains the heaviest form of each term."""
        best: set[str] = set()
        for term in self.terms:
            forms = [term.word, *(other for other, _ in term.others)]
            best |= max((set(ngrams_of(form)) for form in forms), key=self.weigh)
        return self.weigh(best)

    def matched(self, text: str) -> float:
        """Return the weight of the n-grams that occur in the text, each counted once."""
        return self.weigh(set(ngrams_of(text)))

    def weigh(self, ngrams: Set[str]) -> float:
        """Return the weight of the given n-grams; those that are not in the question have none."""
        return sum(self.weights[ngram] for ngram in self.weights.keys() & ngrams)


def terms_of(text: str) -> tuple[Term, ...]:
    """Return the words of a text as terms without other words."""
    return tuple(Term(word) for word in dict.fromkeys(_WORD.findall(text)))


def ngrams_of(text: str) -> list[str]:
    """Return the words of a text and the 4-grams of each padded word, in order, with repeats.

    Words are case-folded, without umlaut dots and accents; "ß" is "ss". A word is padded with "_"
    on either side before it is cut. The whole word is also an n-gram, after "=".
    """
    return [ngram for word in _WORD.findall(_folded(text)) for ngram in _ngrams_of_word(word)]


@functools.lru_cache(maxsize=100_000)
def _ngrams_of_word(word: str) -> tuple[str, ...]:
    padded = f"_{word}_"
    places = range(max(1, len(padded) - _NGRAM_LENGTH + 1))
    return f"={word}", *(padded[i : i + _NGRAM_LENGTH] for i in places)


def ngram_factors(terms: Sequence[Term]) -> dict[str, float]:
    """Return the weight of each n-gram of some terms: the highest that any term gives it.

    Within a term, words that share an n-gram add up their weights, to 1 at most.
    """
    factors: dict[str, float] = {}
    for term in terms:
        shared: dict[str, float] = {}
        for other, weight in term.others:
            for ngram in set(ngrams_of(other)):
                shared[ngram] = min(1.0, shared.get(ngram, 0.0) + weight)
        for ngram in ngrams_of(term.word):
            shared[ngram] = max(shared.get(ngram, 0.0), term.weight)
        for ngram, weight in shared.items():
            factors[ngram] = max(factors.get(ngram, 0.0), weight)
    return factors


def _folded(text: str) -> str:
    return text.translate(_FOLDED)


class _Folded(dict[int, str]):
    """What each character becomes, found when it is first met: marks go, so their order is free."""

    def __missing__(self, char: int) -> str:
        decomposed = unicodedata.normalize("NFKD", chr(char).casefold())
        self[char] = "".join(one for one in decomposed if not unicodedata.combining(one))
        return self[char]


_FOLDED = _Folded()
