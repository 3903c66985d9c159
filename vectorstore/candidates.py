"""Finding the candidates for a question: visible passages that match its filter, in either index.

The lexical index holds the fields that a filter looks at, and so finds matching passages only. The
dense index does not filter. If few passages match, they are compared with the question one by one,
and the result is exact. If more match, the dense index is asked for ever more of the nearest
passages, until k of them match. Milliseconds of a core for the 100 nearest of 100,000 passages:

    no filter                                     5
    811, 1,859 or 4,946 match, compared   4, 10, 24
    20,031 or 39,754 match, found            20, 16
    Chroma's `where`, of 50,000           68 to 110
    Chroma's `ids`, of 50,000              20 to 63
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from vectorstore.catalog.reader import CatalogReader
from vectorstore.dense.snapshot import DenseSnapshot
from vectorstore.filters import Filter
from vectorstore.lexical.query_terms import QueryTerms, Term
from vectorstore.lexical.searcher import InLanguages, LexicalSearcher
from vectorstore.records import Passage
from vectorstore.results import Hit, SearchResult

# One more of the nearest passages takes 27 µs, one that is compared with the question 5.
_FOUND_PER_COMPARED = 5
# Matches are not as dense everywhere as among the passages found so far.
_MORE = 1.3
_MOST_TIMES = 16

_T = TypeVar("_T", int, str)


@dataclass(frozen=True)
class Searchable:
    """The catalog at one edition, and both indexes with at least all that it shows."""

    catalog: CatalogReader
    dense: DenseSnapshot
    lexical: LexicalSearcher


def find_nearest(there: Searchable, vector: np.ndarray, k: int, filter: Filter | None) -> list[int]:
    """Return the keys of the k nearest passages that match, the nearest first."""
    catalog, graph, recent = there.catalog, there.dense.graph, there.dense.recent
    if filter:
        few = _few(k, catalog.last_key())
        if graph is None or catalog.matching(filter, few + 1) <= few:
            return _nearest_of(catalog.all_vectors(filter), vector, k)
    added = _first(partial(recent.search, vector), lambda keys: catalog.visible(keys, filter), k)
    if graph is None:
        return added
    found = _first(
        partial(graph.search, vector),
        lambda ids: catalog.keys_of(ids, filter),
        k,
        # Chroma leaves out passages that another process is just removing: it may find too few.
        most=catalog.size,
    )
    if not added:
        return found
    keys = list(dict.fromkeys(found + added))
    vectors = catalog.vectors(keys)
    return sorted(keys, key=lambda key: float(vectors[key] @ vector), reverse=True)[:k]


def score_nearest(
    there: Searchable, vector: np.ndarray, k: int, filter: Filter | None
) -> list[tuple[Passage, float]]:
    """Return the k nearest passages that match with their cosines, the nearest first."""
    keys = find_nearest(there, vector, k, filter)
    passages, vectors = there.catalog.passages(keys), there.catalog.vectors(keys)
    found = [
        (passages[key], float(vectors[key] @ vector))
        for key in keys
        if key in passages and key in vectors
    ]
    return sorted(found, key=lambda scored: scored[1], reverse=True)


def search_both(
    there: Searchable,
    vector: np.ndarray,
    k: int,
    *,
    terms_in: Mapping[str, Sequence[Term]],
    filter: Filter | None,
) -> SearchResult:
    """Return the k nearest passages and the k best by their words, with both scores of each.

    `terms_in` maps a language to the terms to look for in it, and "" to those for all others. Each
    of them finds k passages.
    """
    catalog, lexical = there.catalog, there.lexical

    def by_words(query_terms: QueryTerms, where: InLanguages, wanted: int) -> list[int]:
        return list(lexical.search(query_terms, wanted, where, filter))

    found = find_nearest(there, vector, k, filter)
    by_language = {code: lexical.query_terms(terms) for code, terms in terms_in.items()}
    named = by_language.keys() - {""}
    for code, query_terms in by_language.items():
        where = InLanguages((code,), others=False) if code else InLanguages(named)
        found += _first(partial(by_words, query_terms, where), catalog.visible, k)
    keys = list(dict.fromkeys(found))
    passages = catalog.passages(keys)
    vectors = catalog.vectors(keys)
    scores = _score(lexical, by_language, passages)
    return SearchResult(
        tuple(
            Hit(passages[key], float(vectors[key] @ vector), scores.get(key, 0.0))
            for key in keys
            if key in passages and key in vectors
        ),
        by_language,
    )


def _score(
    lexical: LexicalSearcher, by_language: Mapping[str, QueryTerms], passages: Mapping[int, Passage]
) -> dict[int, float]:
    keys_by_language: dict[str, list[int]] = {code: [] for code in by_language}
    for key, passage in passages.items():
        language = passage.article.language
        keys_by_language[language if language in by_language else ""].append(key)
    scores: dict[int, float] = {}
    for code, keys in keys_by_language.items():
        scores.update(lexical.score(by_language[code], keys))
    return scores


def _first(
    find: Callable[[int], list[_T]],
    keep: Callable[[list[_T]], list[int]],
    k: int,
    *,
    most: Callable[[], int] = lambda: 0,
) -> list[int]:
    """Return the keys of the first k passages found that are kept: visible, and matching.

    Finding fewer than wanted means that there are no more, once `most` were wanted.
    """
    wanted = k
    while True:
        found = find(wanted)
        kept = keep(found)
        if len(kept) >= k or (len(found) < wanted and wanted >= most()):
            return kept[:k]
        # As many as hold k if matches are as dense as so far.
        enough = int(_MORE * k * len(found) / max(1, len(kept)))
        wanted = min(max(2 * wanted, enough), _MOST_TIMES * wanted)


def _few(k: int, passages: int) -> int:
    """Return up to how many matches it is faster to compare each than to find k among all.

    If m of n passages match, k matches are among the nearest k n / m: as many as m at the root.
    """
    return int((_FOUND_PER_COMPARED * k * passages) ** 0.5)


def _nearest_of(
    batches: Iterable[tuple[list[int], np.ndarray]], vector: np.ndarray, k: int
) -> list[int]:
    keys, cosines = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    for some, vectors in batches:
        keys, cosines = np.append(keys, some), np.append(cosines, vectors @ vector)
        if len(keys) > k:
            best = np.argpartition(-cosines, k - 1)[:k]
            keys, cosines = keys[best], cosines[best]
    return [int(key) for key in keys[np.argsort(-cosines, kind="stable")]]
