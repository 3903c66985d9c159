"""Making scores comparable across languages.

A question scores every passage in its own language higher: they share function words and names,
and an embedding puts texts of one language together. In a store of German and English that
buries the passages of the other language, relevant or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, pstdev

_AMONG = 50
# A language with fewer scores than this is completed with the mean of the others. One score
# alone would be its own mean, never better than usual: with one English article among ten German
# ones, the question that it answers word for word was refused.
_FEW = 3
# Below this spread a few passages that happen to score alike would be blown up.
_LEAST_SPREAD = 0.03
# What the root of the spread is in one language of news, so that normalised scores keep their size.
_USUAL_ROOT = 0.3


def normalise_languages(scores: Sequence[float], languages: Sequence[str]) -> list[float]:
    """Return scores as distances from what is usual in the language of each, in the same order.

    Usual is the mean of the language's 50 best, and a distance counts less where the best lie
    far apart (divided by the root of their standard deviation). Within a language the order
    stays. Measured on a store of XQuAD's German and English paragraphs, R@1 of questions whose
    paragraph is there only in the other language: .31 to .59 (German), .35 to .56 (English); only
    in their own: .930 to .925 and .947 to .944. Dividing by the whole deviation brings .68 and
    .66, but .885 and .898. What is usual in a language of one or two scores is mostly what is
    usual in the others.
    """
    usual: dict[str, tuple[float, float]] = {}
    for language in set(languages):
        of_each = list(zip(scores, languages, strict=True))
        best = _best([score for score, code in of_each if code == language])
        mean, spread = fmean(best), pstdev(best)
        others = _best([score for score, code in of_each if code != language])
        if others and len(best) < _FEW:
            mean = fmean([*best, *[fmean(others)] * (_FEW - len(best))])
            spread = pstdev(others)
        usual[language] = mean, max(spread, _LEAST_SPREAD) ** 0.5 / _USUAL_ROOT
    return [
        (score - usual[language][0]) / usual[language][1]
        for score, language in zip(scores, languages, strict=True)
    ]


def _best(scores: Sequence[float]) -> list[float]:
    return sorted(scores, reverse=True)[:_AMONG]
