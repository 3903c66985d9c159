"""LlamaIndex's stock parts: VectorStoreIndex over Chroma, BM25Retriever, QueryFusionRetriever."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import chromadb
from llama_index.core import Document, QueryBundle, StorageContext, VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.chroma import ChromaVectorStore

from benchmarks.support.pipelines import PASSAGES, Split, facts_of, whole_text
from benchmarks.support.stage_times import StageTimes
from vectorstore import Article


def load(folder: Path, dtype: str | None) -> LlamaIndex:
    """Load the embedding model of a folder."""
    options: dict[str, Any] = {"model_kwargs": {"dtype": dtype}} if dtype else {}
    return LlamaIndex(HuggingFaceEmbedding(model_name=str(folder), device="cpu", **options))


class LlamaIndex:
    """Nodes of up to 1,024 tokens with an overlap of 200, in Chroma and in BM25."""

    def __init__(self, embedding: HuggingFaceEmbedding) -> None:
        self._embedding = embedding

    def index(self, articles: Sequence[Article], given: Split | None, folder: Path) -> list[str]:
        """Index articles as these passages, or as the splitter makes them; return the texts."""
        if given is None:
            whole = [Document(text=whole_text(one), metadata=facts_of(one)) for one in articles]
            nodes = SentenceSplitter().get_nodes_from_documents(whole)
        else:
            nodes = [
                TextNode(
                    text=passage.indexed_text,
                    metadata=passage.metadata,
                    # Else it would embed the facts too, which no other pipeline does.
                    excluded_embed_metadata_keys=list(passage.metadata),
                )
                for article in articles
                for passage in given[article.id]
            ]
        storage = StorageContext.from_defaults(vector_store=_store(folder))
        VectorStoreIndex(nodes, storage_context=storage, embed_model=self._embedding)
        words = BM25Retriever.from_defaults(nodes=nodes, language="de", **_most(len(nodes)))
        words.persist(str(folder / "bm25"))
        return [node.get_content(metadata_mode="embed") for node in nodes]

    def open(self, folder: Path) -> None:
        """Open the collection and the BM25 index."""
        index = VectorStoreIndex.from_vector_store(_store(folder), embed_model=self._embedding)
        self._dense = index.as_retriever(similarity_top_k=PASSAGES)
        self._words = BM25Retriever.from_persist_dir(str(folder / "bm25"))
        self._both = QueryFusionRetriever(
            [self._dense, self._words],
            llm=MockLLM(),
            mode="reciprocal_rerank",
            num_queries=1,
            similarity_top_k=PASSAGES,
            use_async=False,
        )

    def first_answer(self, question: str) -> None:
        """Find the passages of a question."""
        self._both.retrieve(question)

    def ask(self, questions: Sequence[str], times: StageTimes) -> None:
        """Time the fused retriever, then its stages one by one."""
        for text in questions:
            times.time("question", partial(self._both.retrieve, text))
        for text in questions:
            vector = times.time("embed", partial(self._embedding.get_query_embedding, text))
            query = QueryBundle(text, embedding=vector)
            times.time("dense", partial(self._dense.retrieve, query))
            times.time("words", partial(self._words.retrieve, text))

    def precision(self) -> str:
        """Return the number format that the embedding model computes in."""
        return str(self._embedding._model.dtype).removeprefix("torch.")


def _store(folder: Path) -> ChromaVectorStore:
    client = chromadb.PersistentClient(str(folder / "chroma"))
    return ChromaVectorStore(chroma_collection=client.get_or_create_collection("articles"))


def _most(nodes: int) -> dict[str, int]:
    return {"similarity_top_k": min(PASSAGES, nodes)}  # it refuses to find more than there are
