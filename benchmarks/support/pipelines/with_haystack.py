"""Haystack's stock parts: Chroma and BM25 in memory, joined by reciprocal rank.

Haystack keeps BM25 in memory and saves it as a JSON file, which is read when the index is opened.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # read when haystack is imported

from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.retrievers.chroma import ChromaEmbeddingRetriever
from haystack_integrations.document_stores.chroma import ChromaDocumentStore

from benchmarks.support.pipelines import PASSAGES, Split, facts_of, whole_text
from benchmarks.support.stage_times import StageTimes
from vectorstore import Article


def load(folder: Path, dtype: str | None) -> Haystack:
    """Load the embedding model of a folder."""
    options: dict[str, Any] = {
        "model": str(folder),
        "device": ComponentDevice.from_str("cpu"),
        "progress_bar": False,
    }
    if dtype:
        options["model_kwargs"] = {"dtype": dtype}
    return Haystack(options)


class Haystack:
    """Documents of 200 words, in Chroma and in BM25."""

    def __init__(self, options: dict[str, Any]) -> None:
        # One of them a process: the two share a model only since some releases.
        self._options = options
        self._model: Any = None

    def index(self, articles: Sequence[Article], given: Split | None, folder: Path) -> list[str]:
        """Index articles as these passages, or as the splitter makes them; return the texts."""
        if given is None:
            whole = [Document(content=whole_text(one), meta=facts_of(one)) for one in articles]
            documents = DocumentSplitter().run(whole)["documents"]
            for document in documents:
                document.meta.pop("_split_overlap", None)  # a list, which Chroma does not take
        else:
            documents = [
                Document(content=passage.indexed_text, meta=dict(passage.metadata))
                for article in articles
                for passage in given[article.id]
            ]
        embedder = SentenceTransformersDocumentEmbedder(**self._options)
        embedder.warm_up()
        self._model = embedder
        embedded = embedder.run(documents)["documents"]
        ChromaDocumentStore(persist_path=str(folder / "chroma")).write_documents(embedded)
        words = InMemoryDocumentStore()
        words.write_documents(documents)
        words.save_to_disk(str(folder / "bm25.json"))
        return [document.content or "" for document in documents]

    def open(self, folder: Path) -> None:
        """Open the collection, and make BM25 again from its file."""
        self._embedder = SentenceTransformersTextEmbedder(**self._options)
        self._embedder.warm_up()
        self._model = self._embedder
        chroma = ChromaDocumentStore(persist_path=str(folder / "chroma"))
        self._dense = ChromaEmbeddingRetriever(chroma, top_k=PASSAGES)
        words = InMemoryDocumentStore.load_from_disk(str(folder / "bm25.json"))
        self._words = InMemoryBM25Retriever(words, top_k=PASSAGES)
        self._joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=PASSAGES)

    def first_answer(self, question: str) -> None:
        """Find the passages of a question."""
        self._find(question, StageTimes())

    def ask(self, questions: Sequence[str], times: StageTimes) -> None:
        """Time the parts and all of them, called one after the other without a pipeline."""
        for text in questions:
            times.time("question", partial(self._find, text, times))

    def precision(self) -> str:
        """Return the number format that the embedding model computes in."""
        return str(self._model.embedding_backend.model.dtype).removeprefix("torch.")

    def _find(self, text: str, times: StageTimes) -> None:
        vector = times.time("embed", partial(self._embedder.run, text))["embedding"]
        dense = times.time("dense", partial(self._dense.run, vector))["documents"]
        words = times.time("words", partial(self._words.run, text))["documents"]
        times.time("join", partial(self._joiner.run, [dense, words]))
