"""One size measured in this process: writing to the store, or searching it.

`benchmarks.growth` starts it, so that the memory of one step does not count for another. Prints one
JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings

from benchmarks.support.recombined import file_of, load_pooled, split_lines, write_row
from benchmarks.support.stage_times import StageTimes, disk_mb, peak_memory_mb
from rag.ingest.update import index_paths
from rag.question.question import read_question
from rag.retrieval.retriever import CANDIDATES
from rag.retrieval.terms import question_terms
from vectorstore import Filter, Store, build_store, writing
from vectorstore.candidates import Searchable, find_nearest, search_both
from vectorstore.catalog.catalog import open_catalog
from vectorstore.dense.index import open_dense_index
from vectorstore.faults import CATALOG
from vectorstore.indexes import SearchIndexes
from vectorstore.lexical.index import open_lexical_index
from vectorstore.store_folders import current_folder

_NAME = "sentences pooled"
_NEAREST = 10
_SAME = 1e-5
"""Cosines nearer than this are one: passages may be equal, and Chroma scales vectors anew."""


def main() -> None:
    """Measure one step."""
    parser = argparse.ArgumentParser(description="One size, measured in this process.")
    parser.add_argument("step", choices=("write", "search"))
    parser.add_argument("work", type=Path)
    parser.add_argument("--change", type=int, default=0, help="change this article")
    parser.add_argument("--remove", type=int, default=1, help="remove this article")
    options = parser.parse_args()
    if options.step == "write":
        figures = measure_writing(options.work, change=options.change, remove=options.remove)
    else:
        figures = measure_searching(options.work)
    print(json.dumps(figures))


def measure_writing(work: Path, *, change: int, remove: int) -> dict[str, Any]:
    """Index what is new in the folder of articles, nothing, one change, and one removal."""
    articles, data = work / "articles", work / "data"
    with writing(data), closing(_build(data, load_pooled(work))) as store:
        before = store.count().passages
        seconds = _seconds(store, articles)
        added = store.count().passages - before
        unchanged = _seconds(store, articles)
        file = file_of(articles, change)
        row = json.loads(file.read_text(encoding="utf-8"))
        first, rest = row["text"].split("\n", 1)
        write_row(articles, change, row | {"text": f"{rest}\n{first}"})
        changed = _seconds(store, articles)
        file_of(articles, remove).unlink()
        removed = _seconds(store, articles)
        counts = store.count()
    return {
        "articles": counts.articles,
        "passages": counts.passages,
        "passages_added": added,
        "passages_per_second": round(added / seconds, 1),
        "unchanged_s": round(unchanged, 3),
        "one_changed_s": round(changed, 3),
        "one_removed_s": round(removed, 3),
        "memory_writing_mb": peak_memory_mb(),
        "disk_mb": disk_mb(data),
    }


def measure_searching(work: Path) -> dict[str, Any]:
    """Open the store, search it with and without filters, and compare with exact search."""
    folder = current_folder(work / "data")
    embeddings = load_pooled(work)
    asked = json.loads((work / "questions.json").read_text(encoding="utf-8"))
    vectors = np.asarray([embeddings.embed_query(text) for text in asked], dtype=np.float32)
    terms = [question_terms(read_question(text)) for text in asked]
    began = time.perf_counter()
    with _opened(folder, embeddings) as indexes, indexes.searchable() as there:
        search_both(there, vectors[0], CANDIDATES, terms_in={"": terms[0]}, filter=None)
        start_up = time.perf_counter() - began
        found: dict[str, Any] = {"start_up_s": round(start_up, 3), "ms": {}}
        for name, filter in _filters(there).items():
            times = StageTimes()
            for vector, some in zip(vectors, terms, strict=True):
                query_terms = there.lexical.query_terms(some)
                look = partial(find_nearest, there, vector, CANDIDATES, filter)
                times.time("dense", look)
                read = partial(there.lexical.search, query_terms, CANDIDATES, filter=filter)
                times.time("lexical", read)
                both = partial(
                    search_both, there, vector, CANDIDATES, terms_in={"": some}, filter=filter
                )
                times.time("search", both)
            found["ms"][name] = times.percentiles()
        found["memory_mb"] = peak_memory_mb()
        found["postings"] = float(np.mean([_postings(there, some) for some in terms]))
        found["recall_at_10"] = round(recall(there, vectors, _NEAREST), 4)
        found["dimensions"] = vectors.shape[1]
    return found


def recall(there: Searchable, questions: np.ndarray, k: int) -> float:
    """Return the share of the k nearest passages, as exact search has them, that the graph finds.

    A passage that is as near as the k-th counts, as texts may be equal.
    """
    best = np.full((len(questions), k), -np.inf, dtype=np.float32)
    for _, vectors in there.catalog.all_vectors():
        both = np.concatenate([best, questions @ vectors.T], axis=1)
        best = np.partition(both, -k, axis=1)[:, -k:]
    graph = there.dense.graph
    if graph is None:
        raise ValueError("the store has no graph to compare with exact search")
    found = 0
    for question, least in zip(questions, best.min(axis=1), strict=True):
        keys = there.catalog.keys_of(graph.search(question, k))
        cosines = [float(row @ question) for row in there.catalog.vectors(keys).values()]
        found += sum(cosine >= least - _SAME for cosine in cosines)
    # Fewer than k passages leave places empty.
    return found / max(1, int(np.isfinite(best).sum()))


def _filters(there: Searchable) -> Mapping[str, Filter | None]:
    """Return filters that about all, a fifth, a 120th and twenty of the articles match."""
    return {
        "no filter": None,
        "one outlet": Filter(sources=["Blatt 0"]),
        "one month": Filter(date_from=date(2020, 6, 1), date_to=date(2020, 6, 30)),
        "twenty articles": Filter(articles=[one.id for one in there.catalog.sample(20)]),
    }


def _postings(there: Searchable, terms: Sequence[Any]) -> float:
    """Return how many postings the n-grams of a question have, from their weights."""
    query_terms, total = there.lexical.query_terms(terms), there.catalog.size()
    idf = [weight / query_terms.factors[ngram] for ngram, weight in query_terms.weights.items()]
    return sum(max(0.0, (total + 1) / exp(one) - 0.5) for one in idf)


@contextmanager
def _opened(folder: Path, embeddings: Embeddings) -> Iterator[SearchIndexes]:
    """Open the indexes as the store does, to time each of them."""
    with closing(open_catalog(folder / CATALOG, to_write=False)) as catalog:

        def is_whole(count: Callable[[], int]) -> bool:
            with catalog.reading() as reader:
                return reader.holds_as_many(count)

        dense = open_dense_index(folder, embeddings, is_whole=is_whole, stored=catalog.all_embedded)
        lexical = open_lexical_index(folder)
        with closing(dense), closing(lexical):
            with closing(SearchIndexes(catalog, dense, lexical)) as indexes:
                yield indexes


def _build(data: Path, embeddings: Embeddings) -> Store:
    return build_store(data, embeddings, embedding_name=_NAME)


def _seconds(store: Store, articles: Path) -> float:
    began = time.perf_counter()
    for _ in index_paths(store, [articles], split_lines):
        pass
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
