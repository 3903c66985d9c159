"""The lexical index: BM25 over words and their character 4-grams, kept by tantivy on disk.

German glues words together and bends their ends; 4-grams inside words see through both. R@1 on
XQuAD (24 articles, passages of 256 tokens, MiniLM's), German questions and passages / English:
whole words and padded 4-grams .931 / .934, padded 4-grams alone .918 / .922, 4-grams inside
words .894 / .907 (all without the function words of the question).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import log
from pathlib import Path

import tantivy

_GRAM = 4
_WORD = re.compile(r"\w+")
# One thread writes one segment a commit; 50 MB is ample for a batch of articles.
_WRITER_BYTES = 50_000_000
# A term in every document: its frequency is the number of documents that BM25 goes by, which
# includes removed ones until tantivy merges them away.
_EVERY = "every"


def grams(text: str) -> list[str]:
    """Return the words of a text and the 4-grams of each padded word, in order, with repeats.

    Words are case-folded and stripped of umlaut dots and accents ("ß" is "ss"); a word is
    padded with "_" on either side before it is cut, and also stands whole, after an "=".
    """
    found: list[str] = []
    for word in _WORD.findall(_folded(text)):
        padded = f"_{word}_"
        found.append(f"={word}")
        found.extend(padded[i : i + _GRAM] for i in range(max(1, len(padded) - _GRAM + 1)))
    return found


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@dataclass(frozen=True)
class Wording:
    """The 4-grams of a question with their weights, as BM25 would weigh them in this store.

    `weights` maps each gram to its inverse document frequency times its count in the question.
    """

    weights: Mapping[str, float]

    @property
    def total(self) -> float:
        """The weight of all grams together, what a text that holds every one would match."""
        return sum(self.weights.values())

    def matched(self, text: str) -> float:
        """Return the weight of those grams that occur in the text, each counted once."""
        return self.weigh(set(grams(text)))

    def weigh(self, held: Set[str]) -> float:
        """Return the weight of those of its grams that are among the given ones."""
        return sum(self.weights[gram] for gram in self.weights.keys() & held)


class LexicalIndex:
    """BM25 over passages by key; what is added or removed counts after `commit`."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._writer: tantivy.IndexWriter | None = None

    def add(self, keys: Iterable[int], texts: Iterable[str]) -> None:
        """Add the text of passages."""
        writer = self._open_writer()
        for key, text in zip(keys, texts, strict=True):
            document = tantivy.Document(grams=" ".join(grams(text)), every=_EVERY)
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

    def wording(self, question: str) -> Wording:
        """Weigh the grams of a question by how rare they are in this index."""
        searcher = self._index.searcher()
        total = searcher.doc_freq("every", _EVERY)
        return Wording(
            {
                gram: count * _idf(searcher.doc_freq("grams", gram), total)
                for gram, count in Counter(grams(question)).items()
            }
        )

    def search(self, wording: Wording, k: int) -> dict[int, float]:
        """Return the BM25 scores of the k best passages by key, best first."""
        query = self._any_gram(wording)
        return {} if query is None else self._scores(query, k)

    def score(self, wording: Wording, keys: Sequence[int]) -> dict[int, float]:
        """Return the BM25 scores of these passages; one that shares no gram is left out."""
        query = self._any_gram(wording)
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

    def _any_gram(self, wording: Wording) -> tantivy.Query | None:
        terms = [
            (
                tantivy.Occur.Should,
                tantivy.Query.term_query(self._index.schema, "grams", gram, index_option="freq"),
            )
            for gram in wording.weights
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
        .build()
    )
    index = tantivy.Index(schema, path=str(folder))
    # By itself tantivy would follow other processes' commits at moments of its own.
    index.config_reader(reload_policy="manual")
    return LexicalIndex(index)


def _idf(containing: int, total: int) -> float:
    return log(1 + (total - containing + 0.5) / (containing + 0.5))
