"""Open the models, the store and the chain that the commands work with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.runnables import Runnable

from rag.answer import Answer
from rag.chain import build_chain
from rag.models.chat import load_chat_model
from rag.models.embedding import DEFAULT_EMBEDDING, FORMER_DEFAULT, load_embedding
from rag.models.entailment import load_entailment
from rag.models.precision import AUTO
from rag.models.reader import load_reader
from rag.models.sentence_embedding import SentenceEmbedding
from rag.passage import RankedPassage
from rag.question.question import read_question
from rag.retrieval.retriever import ArticleRetriever
from ui.loading import Step
from vectorstore import (
    Article,
    Filter,
    NoStore,
    Store,
    StoreAddress,
    StoreStatus,
    build_store,
    open_store,
    read_status,
    writing,
)

# Seconds to wait for the chat on the same copy of a shared store, which takes in changes.
_PATIENCE = 30.0


@dataclass(frozen=True)
class Opened:
    """An open store, with the retriever that searches it and the chain that answers from it."""

    store: Store
    retriever: ArticleRetriever
    chain: Runnable[dict[str, Any], Answer]

    def read_article(self, id: str) -> Article:
        """Return a stored article by id. Raises LookupError if there is none."""
        article = self.store.article(id)
        if article is None:
            raise LookupError(id)
        return article

    def find(self, query: str, k: int, filter: Filter | None) -> list[RankedPassage]:
        """Return the k passages nearest to a query, the best first. Raises BadQuestion."""
        return self.retriever.find(read_question(query), k=k, filter=filter)


def open_chain(
    data: Path,
    embedding: str | None,
    model: str | None = None,
    base_url: str | None = None,
    *,
    shared: StoreAddress | None = None,
    device: str = AUTO,
    reader: bool = True,
    empty: bool = False,
    on_step: Callable[[Step], None] = lambda step: None,
) -> Opened:
    """Open the store in a data folder and the chain over it.

    `embedding` is the one that made the store if it is None. `model` names the chat model that
    writes the answers, `base_url` its server; without a model, answers are quotations. `reader`
    is whether the bundled reader is used. `shared` is the store that the folder holds a copy of.
    `empty` is for those who can add articles later: a store without any is opened too, and made if
    there is none. `on_step` is told which part is loading.

    Raises StoreError or RagError. Else an empty store is NoStore, because "the articles do not say"
    would be no answer.
    """
    made_by = _made_by(data, shared, empty=empty)
    on_step("models")
    # The chat model comes first: a missing key is known before anything large is loaded.
    writer = load_chat_model(model, base_url=base_url, device=device) if model else None
    name = embedding or (DEFAULT_EMBEDDING if made_by is None else _current_name(made_by))
    embeddings = load_embedding(name, device)
    on_step("index")
    if made_by is None:
        with writing_to(data, shared):
            build_index(data, shared, embeddings).close()
    store = _open_index(data, shared, embeddings, name)
    # Reader and entailment run on the CPU, over the bundled embedding's word vectors where it is
    # loaded there anyway.
    loaded = embeddings.name == DEFAULT_EMBEDDING and embeddings.device == "cpu"
    words = embeddings.word_vectors if loaded else None
    retriever = ArticleRetriever(
        store=store, embeddings=embeddings, reader=load_reader(words) if reader else None
    )
    chain = build_chain(
        retriever,
        model=writer,
        model_name=model or "",
        entailment=load_entailment(words) if reader and writer else None,
    )
    return Opened(store, retriever, chain)


@contextmanager
def writing_to(data: Path, shared: StoreAddress | None, *, is_made: bool = False) -> Iterator[None]:
    """Hold the right to write to the index in a data folder, a copy of a shared store if given.

    A copy is brought up to date first, if its store was made already. With `is_made` an index that
    was not is NoStore. Raises StoreError.
    """
    if is_made:
        read_up_to_date(data, shared)
    else:
        follow(data, shared)
    with writing(data, _PATIENCE if shared else 0):
        yield


def follow(data: Path, shared: StoreAddress | None) -> None:
    """Bring the copy of a shared store up to date, if one is given and made. Raises StoreError."""
    if shared:
        # Imported where it is needed: the client of a server takes a while.
        from vectorstore import follow_store

        with suppress(NoStore):
            follow_store(data, shared)


def read_up_to_date(data: Path, shared: StoreAddress | None) -> StoreStatus:
    """Return what the index in a data folder holds, a copy of a shared store brought up to date.

    Raises StoreError.
    """
    if shared:
        from vectorstore import follow_store

        follow_store(data, shared)
    return read_status(data)


def build_index(data: Path, shared: StoreAddress | None, model: SentenceEmbedding) -> Store:
    """Open the index in a data folder to write to it, or make one; call inside `writing_to`."""
    if shared:
        from vectorstore import build_shared_store

        return build_shared_store(data, shared, model, embedding_name=model.name)
    return build_store(data, model, embedding_name=model.name)


def _open_index(
    data: Path, shared: StoreAddress | None, model: SentenceEmbedding, name: str
) -> Store:
    if shared:
        from vectorstore import open_shared_store

        return open_shared_store(data, shared, model, embedding_name=name)
    return open_store(data, model, embedding_name=name)


def _made_by(data: Path, shared: StoreAddress | None, *, empty: bool) -> str | None:
    """Return the embedding that made the store in a data folder, None if it is to be made.

    Raises StoreError: NoStore if there is none or it is empty, unless it may be.
    """
    try:
        status = read_up_to_date(data, shared)
    except NoStore:
        if empty:
            return None
        raise
    if not status.counts.articles and not empty:
        where, option = (shared.url, f" --store {shared.url}") if shared else (data, "")
        raise NoStore(
            f"the index in {where} is empty: run `article-chat index FOLDER{option}` first"
        )
    return status.embedding


def load_embedding_for(data: Path, device: str = AUTO) -> SentenceEmbedding:
    """Load the embedding that made the store in a data folder, the default if there is none."""
    try:
        return load_embedding(_current_name(read_status(data).embedding), device)
    except NoStore:
        return load_embedding(DEFAULT_EMBEDDING, device)


def _current_name(embedding: str) -> str:
    """Return the name of a store's embedding; the default in place of the former default."""
    return DEFAULT_EMBEDDING if embedding == FORMER_DEFAULT else embedding
