"""Searching the lexical index as it was at one moment: BM25 and the weights of query terms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

import tantivy

from vectorstore.faults import named_tantivy_errors
from vectorstore.filters import Filter
from vectorstore.lexical.query_terms import QueryTerms, Term, ngram_factors

EVERY = "every"
"""A term of every document. Its frequency is the number of documents that BM25 counts with, which
includes removed ones until tantivy merges their segments.
"""


@dataclass(frozen=True)
class InLanguages:
    """Which passages are searched: those in one of `codes`, or all others if `others`."""

    codes: Collection[str] = ()
    others: bool = True


EVERYWHERE = InLanguages()


class LexicalSearcher:
    """BM25 over passages by key, which no later change of the index alters."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema, folder: Path) -> None:
        self._searcher = searcher
        self._schema = schema
        self._folder = folder

    def query_terms(self, terms: Sequence[Term]) -> QueryTerms:
        """Weigh the words of a question by their rarity in this index."""
        factors = ngram_factors(terms)
        with named_tantivy_errors(self._folder):
            total = self._searcher.doc_freq("every", EVERY)
            containing = {ngram: self._searcher.doc_freq("ngrams", ngram) for ngram in factors}
        return QueryTerms(
            terms=tuple(terms),
            factors=factors,
            weights={
                ngram: factor * _idf(containing[ngram], total) for ngram, factor in factors.items()
            },
        )

    def search(
        self,
        query_terms: QueryTerms,
        k: int,
        languages: InLanguages = EVERYWHERE,
        filter: Filter | None = None,
    ) -> dict[int, float]:
        """Return the BM25 scores of the k best passages that match, by key, the best first."""
        query = self._any_ngram(query_terms)
        if query is None or languages == InLanguages(others=False):
            return {}
        clauses = [(tantivy.Occur.Must, query)]
        if languages.codes:
            side = tantivy.Occur.MustNot if languages.others else tantivy.Occur.Must
            clauses.append((side, self._any_of("language", languages.codes)))
        if filter is not None:
            clauses += [(tantivy.Occur.Must, condition) for condition in self._conditions(filter)]
        return self._scores(tantivy.Query.boolean_query(clauses), k)

    def score(self, query_terms: QueryTerms, keys: Sequence[int]) -> dict[int, float]:
        """Return the BM25 scores of these passages, without those that share no n-gram."""
        query = self._any_ngram(query_terms)
        if query is None or not keys:
            return {}
        both = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query), (tantivy.Occur.Must, self._any_of("key", keys))]
        )
        return self._scores(both, len(keys))

    def _conditions(self, filter: Filter) -> Iterator[tantivy.Query]:
        for field, names in (
            ("article", filter.articles),
            ("source", filter.sources),
            ("language", filter.languages),
        ):
            if names is not None:
                yield self._any_of(field, names)
        if filter.first_day is not None or filter.last_day is not None:
            days = tantivy.Query.range_query(
                self._schema,
                "day",
                tantivy.FieldType.Unsigned,
                filter.first_day,
                filter.last_day,
            )
            yield tantivy.Query.const_score_query(days, 0.0)

    def _any_of(self, field: str, values: Collection[str] | Collection[int]) -> tantivy.Query:
        """Match passages with one of the values, without a score."""
        found = tantivy.Query.term_set_query(self._schema, field, list(values))
        return tantivy.Query.const_score_query(found, 0.0)

    def _any_ngram(self, query_terms: QueryTerms) -> tantivy.Query | None:
        terms = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self._schema, "ngrams", ngram, index_option="freq"),
                    factor,
                ),
            )
            for ngram, factor in query_terms.factors.items()
        ]
        return tantivy.Query.boolean_query(terms) if terms else None

    def _scores(self, query: tantivy.Query, k: int) -> dict[int, float]:
        with named_tantivy_errors(self._folder):
            hits = self._searcher.search(query, limit=k, count=False).hits
            keys = self._searcher.fast_field_values("key", [address for _, address in hits])
        scores = [float(score) for score, _ in hits]
        return {int(key or 0): score for key, score in zip(keys, scores, strict=True)}


def _idf(containing: int, total: int) -> float:
    return log(1 + (total - containing + 0.5) / (containing + 0.5))
