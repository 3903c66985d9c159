"""The lexical index: BM25 over words and their character 4-grams, kept by tantivy on disk."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import log
from pathlib import Path

import tantivy

from vectorstore.errors import StoreDamaged
from vectorstore.faults import LEXICAL, named_tantivy_errors
from vectorstore.filters import Filter
from vectorstore.query_terms import QueryTerms, Term, ngram_factors, ngrams_of
from vectorstore.records import Passage

logger = logging.getLogger(__name__)

# One thread writes one segment a commit; 50 MB is ample for a batch of articles.
_WRITER_BYTES = 50_000_000
# A term of every document. Its frequency is the number of documents that BM25 counts with, which
# includes removed ones until tantivy merges their segments.
_EVERY = "every"


@dataclass(frozen=True)
class InLanguages:
    """Which passages are searched: those in one of `codes`, or all others if `others`."""

    codes: Collection[str] = ()
    others: bool = True


EVERYWHERE = InLanguages()


class LexicalIndex:
    """BM25 over passages by key; additions and removals count after `commit`."""

    def __init__(self, index: tantivy.Index, folder: Path) -> None:
        self._index = index
        self._folder = folder
        self._writer: tantivy.IndexWriter | None = None

    def count(self) -> int:
        """Return how many passages the index holds."""
        with named_tantivy_errors(self._folder):
            return int(self._index.searcher().num_docs)

    def add(self, keys: Iterable[int], passages: Iterable[Passage]) -> None:
        """Add passages by key."""
        for key, passage in zip(keys, passages, strict=True):
            document = tantivy.Document(
                ngrams=" ".join(ngrams_of(passage.indexed_text)),
                every=_EVERY,
                language=passage.article.language,
                article=passage.article.id,
            )
            document.add_unsigned("key", key)
            if passage.article.source is not None:
                document.add_text("source", passage.article.source)
            if passage.article.day is not None:
                document.add_unsigned("day", passage.article.day)
            with self._writing() as writer:
                writer.add_document(document)

    def remove(self, keys: Iterable[int]) -> None:
        """Remove passages; unknown keys are no error."""
        gone = tantivy.Query.term_set_query(self._index.schema, "key", list(keys))
        with self._writing() as writer:
            writer.delete_documents_by_query(gone)

    def make_again(self, passages: Iterable[dict[int, Passage]]) -> None:
        """Put the passages of these dicts, by key, in place of all others at once."""
        with self._writing() as writer:
            writer.delete_all_documents()
        for some in passages:
            self.add(some.keys(), some.values())
        self.commit()

    def commit(self) -> None:
        """Make additions and removals durable and searchable."""
        with self._writing() as writer:
            writer.commit()
        self.reload()

    def close(self) -> None:
        """Wait for tantivy's merging threads and release its lock on the folder."""
        if self._writer is not None:
            with self._writing() as writer:
                writer.wait_merging_threads()
            self._writer = None

    def reload(self) -> None:
        """See the commits of other processes."""
        with named_tantivy_errors(self._folder):
            self._index.reload()

    def query_terms(self, terms: Sequence[Term]) -> QueryTerms:
        """Weigh the words of a question by their rarity in this index."""
        factors = ngram_factors(terms)
        with named_tantivy_errors(self._folder):
            searcher = self._index.searcher()
            total = searcher.doc_freq("every", _EVERY)
            containing = {ngram: searcher.doc_freq("ngrams", ngram) for ngram in factors}
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
                self._index.schema,
                "day",
                tantivy.FieldType.Unsigned,
                filter.first_day,
                filter.last_day,
            )
            yield tantivy.Query.const_score_query(days, 0.0)

    def _any_of(self, field: str, values: Collection[str] | Collection[int]) -> tantivy.Query:
        """Match passages with one of the values, without a score."""
        found = tantivy.Query.term_set_query(self._index.schema, field, list(values))
        return tantivy.Query.const_score_query(found, 0.0)

    def _any_ngram(self, query_terms: QueryTerms) -> tantivy.Query | None:
        terms = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(
                        self._index.schema, "ngrams", ngram, index_option="freq"
                    ),
                    factor,
                ),
            )
            for ngram, factor in query_terms.factors.items()
        ]
        return tantivy.Query.boolean_query(terms) if terms else None

    def _scores(self, query: tantivy.Query, k: int) -> dict[int, float]:
        with named_tantivy_errors(self._folder):
            searcher = self._index.searcher()
            hits = searcher.search(query, limit=k, count=False).hits
            keys = searcher.fast_field_values("key", [address for _, address in hits])
        scores = [float(score) for score, _ in hits]
        return {int(key or 0): score for key, score in zip(keys, scores, strict=True)}

    @contextmanager
    def _writing(self) -> Iterator[tantivy.IndexWriter]:
        """Give the writer; after an error it is thrown away with all that it had not committed."""
        with named_tantivy_errors(self._folder):
            try:
                if self._writer is None:
                    self._writer = self._index.writer(_WRITER_BYTES, num_threads=1)
                yield self._writer
            except BaseException:
                self._writer = None
                raise


def open_lexical_index(store: Path, *, replace_damaged: bool = False) -> LexicalIndex:
    """Open or make the index of the store in a folder; BM25 has tantivy's k1 1.2 and b .75.

    Raises StoreDamaged if its files cannot be read; with `replace_damaged` an empty index takes
    their place.
    """
    try:
        return _open(store)
    except StoreDamaged as error:
        if not replace_damaged:
            raise
        logger.warning("making the lexical index again: %s", error.__cause__)
    shutil.rmtree(store / LEXICAL)
    return _open(store)


def _open(store: Path) -> LexicalIndex:
    folder = store / LEXICAL
    folder.mkdir(parents=True, exist_ok=True)
    schema = (
        tantivy.SchemaBuilder()
        .add_unsigned_field("key", indexed=True, fast=True)
        .add_text_field("ngrams", tokenizer_name="whitespace", index_option="freq")
        .add_text_field("every", tokenizer_name="raw", index_option="basic")
        .add_text_field("language", tokenizer_name="raw", index_option="basic")
        .add_text_field("article", tokenizer_name="raw", index_option="basic")
        .add_text_field("source", tokenizer_name="raw", index_option="basic")
        .add_unsigned_field("day", indexed=True, fast=True)
        .build()
    )
    with named_tantivy_errors(store):
        index = tantivy.Index(schema, path=str(folder))
        # By default tantivy would show the commits of other processes at a moment of its choice.
        index.config_reader(reload_policy="manual")
    return LexicalIndex(index, store)


def _idf(containing: int, total: int) -> float:
    return log(1 + (total - containing + 0.5) / (containing + 0.5))
