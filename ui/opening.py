"""Opening what the commands work with: the embedding model, the store, the chain."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.runnables import Runnable

from rag.answers import Answer
from rag.chain import build_chain
from rag.embedding import DEFAULT_EMBEDDING, SentenceEmbedding, load_embedding
from rag.extractive import ExtractiveAnswerer
from rag.retriever import ArticleRetriever
from vectorstore import Article, NoStore, Store, open_store, read_status


@dataclass(frozen=True)
class Opened:
    """A store that can be asked, and the chain that asks it."""

    store: Store
    chain: Runnable[dict[str, Any], Answer]

    def read_article(self, id: str) -> Article:
        """Return a stored article by id. Raises LookupError if there is none."""
        article = self.store.article(id)
        if article is None:
            raise LookupError(id)
        return article


def open_chain(data: Path, embedding: str | None) -> Opened:
    """Open the store in a data folder and the chain over it.

    Without a name, the embedding is the one that made the store. Raises StoreError or RagError;
    NoStore too if the store holds no articles, whose "the articles do not say" would be no answer.
    """
    status = read_status(data)
    if not status.counts.articles:
        raise NoStore(f"the index in {data} is empty: run `article-chat index FOLDER` first")
    name = embedding or status.embedding
    model = load_embedding(name)
    store = open_store(data, model, embedding_name=name)
    answerer = ExtractiveAnswerer(model, store.article)
    return Opened(store, build_chain(ArticleRetriever(store=store), answerer))


def load_embedding_for(data: Path) -> SentenceEmbedding:
    """Load the embedding that made the store in a data folder, the default if there is none."""
    try:
        return load_embedding(read_status(data).embedding)
    except NoStore:
        return load_embedding(DEFAULT_EMBEDDING)
