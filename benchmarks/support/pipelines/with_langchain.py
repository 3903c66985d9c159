"""LangChain's pipeline as its pages begin with: HuggingFaceEmbeddings, Chroma, a retriever."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from benchmarks.support.pipelines import PASSAGES, Split, facts_of, whole_text
from benchmarks.support.stage_times import StageTimes
from vectorstore import Article


def load(folder: Path, dtype: str | None) -> LangChain:
    """Load the embedding model of a folder."""
    options: dict[str, Any] = {"device": "cpu"}
    if dtype:
        options["model_kwargs"] = {"dtype": dtype}
    return LangChain(HuggingFaceEmbeddings(model_name=str(folder), model_kwargs=options))


class LangChain:
    """Passages of up to 1,000 characters with an overlap of 200, in Chroma."""

    def __init__(self, embeddings: HuggingFaceEmbeddings) -> None:
        self._embeddings = embeddings

    def index(self, articles: Sequence[Article], given: Split | None, folder: Path) -> list[str]:
        """Index articles as these passages, or as the splitter makes them; return the texts."""
        if given is None:
            whole = [Document(whole_text(one), metadata=facts_of(one)) for one in articles]
            splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
            documents = splitter.split_documents(whole)
        else:
            documents = [
                Document(passage.indexed_text, metadata=passage.metadata)
                for article in articles
                for passage in given[article.id]
            ]
        Chroma.from_documents(documents, self._embeddings, persist_directory=str(folder))
        return [document.page_content for document in documents]

    def open(self, folder: Path) -> None:
        """Open the collection."""
        self._chroma = Chroma(persist_directory=str(folder), embedding_function=self._embeddings)
        self._retriever = self._chroma.as_retriever(search_kwargs={"k": PASSAGES})

    def first_answer(self, question: str) -> None:
        """Find the passages of a question."""
        self._retriever.invoke(question)

    def ask(self, questions: Sequence[str], times: StageTimes) -> None:
        """Time the retriever, then its stages one by one."""
        for text in questions:
            times.time("question", partial(self._retriever.invoke, text))
        for text in questions:
            vector = times.time("embed", partial(self._embeddings.embed_query, text))
            find = partial(self._chroma.similarity_search_by_vector, vector, k=PASSAGES)
            times.time("search", find)

    def precision(self) -> str:
        """Return the number format that the embedding model computes in."""
        return str(self._embeddings._client.dtype).removeprefix("torch.")
