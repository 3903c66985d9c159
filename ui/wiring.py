"""Opening what the commands work with: the models, the store, the chain."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.runnables import Runnable

from rag.answer import Answer
from rag.chain import build_chain
from rag.models.chat import load_chat_model
from rag.models.embedding import DEFAULT_EMBEDDING, FORMER_DEFAULT, load_embedding
from rag.models.sentence_embedding import SentenceEmbedding
from rag.retrieval.retriever import ArticleRetriever
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


def open_chain(
    data: Path, embedding: str | None, model: str | None = None, base_url: str | None = None
) -> Opened:
    """Open the store in a data folder and the chain over it.

    Without a name, the embedding is the one that made the store. `model` names the chat model
    that writes the answers, `base_url` the server that offers it; without one they are
    quotations. Raises StoreError or RagError; NoStore too if the store holds no articles, whose
    "the articles do not say" would be no answer.
    """
    status = read_status(data)
    if not status.counts.articles:
        raise NoStore(f"the index in {data} is empty: run `article-chat index FOLDER` first")
    # First the chat model: that there is no key for it is known before anything large is loaded.
    writer = load_chat_model(model, base_url=base_url) if model else None
    name = embedding or _current_name(status.embedding)
    embeddings = load_embedding(name)
    store = open_store(data, embeddings, embedding_name=name)
    retriever = ArticleRetriever(store=store, embeddings=embeddings)
    return Opened(store, build_chain(retriever, model=writer, model_name=model or ""))


def load_embedding_for(data: Path) -> SentenceEmbedding:
    """Load the embedding that made the store in a data folder, the default if there is none."""
    try:
        return load_embedding(_current_name(read_status(data).embedding))
    except NoStore:
        return load_embedding(DEFAULT_EMBEDDING)


def _current_name(embedding: str) -> str:
    """Return the name of a store's embedding; the default in place of the former one."""
    return DEFAULT_EMBEDDING if embedding == FORMER_DEFAULT else embedding
