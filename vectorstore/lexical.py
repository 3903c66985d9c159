"""The lexical index: BM25 over words and their character 4-grams, kept by tantivy on disk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

import tantivy

from vectorstore.query_terms import QueryTerms, Term, ngram_factors, ngrams_of

# One thread writes one segment a commit; 50 MB is ample for a batch of articles.
_WRITER_BYTES = 50_000_000
# A term in every document: its frequency is the number of documents that BM25 goes by, which
# includes removed ones until tantivy merges them away.
_EVERY = "every"


@dataclass(frozen=True)
class InLanguages:
    """Which passages are searched: those in one of `codes`, or all others if `others`."""

    codes: Collection[str] = ()
    others: bool = True


EVERYWHERE = InLanguages()


class LexicalIndex:
    """BM25 over passages by key; what is added or removed counts after `commit`."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._writer: tantivy.IndexWriter | None = None

    def add(self, keys: Iterable[int], texts: Iterable[str], languages: Iterable[str]) -> None:
        """Add the text of passages, and the language that each is in."""
        writer = self._open_writer()
        for key, text, language in zip(keys, texts, languages, strict=True):
            document = tantivy.Document(
                grams=" ".join(ngrams_of(text)), every=_EVERY, language=language
            )
            document.add_unsigned("key", key)
            writer.add_document(document)

    def remove(self, keys: Iterable[int]) -> None:
        """Remove passages; unknown keys are no error."""
        gone = tantivy.Query.term_set_query(self._index.schema, "key", list(keys))
        self._open_writer().delete_documents_by_query(gone)

    def commit(self) -> None:
        """Make additions and removals durable and searchable."""
        self._open_writer().commit()
        self._index.reload()

    def close(self) -> None:
        """Wait for tantivy's merging threads and release its lock on the folder."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def reload(self) -> None:
        """See what another process has committed."""
        self._index.reload()

    def query_terms(self, terms: Sequence[Term]) -> QueryTerms:
        """Weigh the words of a question by how rare they are in this index."""
        searcher = self._index.searcher()
        total = searcher.doc_freq("every", _EVERY)
        factors = ngram_factors(terms)
        rarity = {ngram: _idf(searcher.doc_freq("grams", ngram), total) for ngram in factors}
        return QueryTerms(
            terms=tuple(terms),
            factors=factors,
            weights={ngram: factor * rarity[ngram] for ngram, factor in factors.items()},
        )

    def search(
        self, query_terms: QueryTerms, k: int, languages: InLanguages = EVERYWHERE
    ) -> dict[int, float]:
        """Return the BM25 scores of the k best passages by key, best first."""
        query = self._any_ngram(query_terms)
        if query is None or languages == InLanguages(others=False):
            return {}
        if languages.codes:
            codes = tantivy.Query.term_set_query(
                self._index.schema, "language", list(languages.codes)
            )
            side = tantivy.Occur.MustNot if languages.others else tantivy.Occur.Must
            silent = tantivy.Query.const_score_query(codes, 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (side, silent)])
        return self._scores(query, k)

    def score(self, query_terms: QueryTerms, keys: Sequence[int]) -> dict[int, float]:
        """Return the BM25 scores of these passages; one that shares no n-gram is left out."""
        query = self._any_ngram(query_terms)
        if query is None or not keys:
            return {}
        only = tantivy.Query.term_set_query(self._index.schema, "key", list(keys))
        both = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, query),
                (tantivy.Occur.Must, tantivy.Query.const_score_query(only, 0.0)),
            ]
        )
        return self._scores(both, len(keys))

    def _any_ngram(self, query_terms: QueryTerms) -> tantivy.Query | None:
        terms = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(
                        self._index.schema, "grams", ngram, index_option="freq"
                    ),
                    factor,
                ),
            )
            for ngram, factor in query_terms.factors.items()
        ]
        return tantivy.Query.boolean_query(terms) if terms else None

    def _scores(self, query: tantivy.Query, k: int) -> dict[int, float]:
        searcher = self._index.searcher()
        hits = searcher.search(query, limit=k, count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        scores = [float(score) for score, _ in hits]
        return {int(key or 0): score for key, score in zip(keys, scores, strict=True)}

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(_WRITER_BYTES, num_threads=1)
        return self._writer


def open_lexical_index(folder: Path) -> LexicalIndex:
    """Open or make the index in a folder. Its BM25 has k1 1.2 and b .75, tantivy's own."""
    folder.mkdir(parents=True, exist_ok=True)
    schema = (
        tantivy.SchemaBuilder()
        .add_unsigned_field("key", indexed=True, fast=True)
        .add_text_field("grams", tokenizer_name="whitespace", index_option="freq")
        .add_text_field("every", tokenizer_name="raw", index_option="basic")
        .add_text_field("language", tokenizer_name="raw", index_option="basic")
        .build()
    )
    index = tantivy.Index(schema, path=str(folder))
    # By itself tantivy would follow other processes' commits at moments of its own.
    index.config_reader(reload_policy="manual")
    return LexicalIndex(index)


def _idf(containing: int, total: int) -> float:
    return log(1 + (total - containing + 0.5) / (containing + 0.5))
