"""The chain from question to cited answer, as a LangChain Runnable."""

from __future__ import annotations

import operator
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from functools import partial, reduce
from typing import Any, cast

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig

from rag.answer import Answer
from rag.answering.answerer import Answerer
from rag.answering.quoting import ExtractiveAnswerer
from rag.answering.writer import ModelAnswerer
from rag.blocking import Blocking
from rag.checking.check import check
from rag.errors import CitationNotVerbatim
from rag.language.lexicon import load_lexicon
from rag.models.chat import name_of
from rag.models.embedding import load_embedding
from rag.models.entailment import Entailment
from rag.models.token_vectors import TokenEmbeddings
from rag.passage import RankedPassage
from rag.question.asked import Asked, ChainInput, read_input
from rag.question.carrying import carry_over
from rag.question.conversation import Understand
from rag.question.question import Question
from rag.question.rewriting import ModelRewriter
from rag.retrieval.documents import read_documents
from rag.retrieval.retriever import ArticleRetriever
from vectorstore import Store

ReadDocuments = Callable[[Question, Sequence[Document]], Sequence[RankedPassage]]
"""Makes ranked passages of what a retriever found."""

_Input = str | ChainInput | dict[str, Any]


class ArticleChat(Runnable[_Input, Answer]):
    """Answers a question, with or without a conversation before it, from a retriever's passages.

    The input is a question, or {"question": …, "chat_history": …, "filter": …} (see
    ChainInput). `understand`
    makes of the question and the conversation one that stands alone; a passage cited before keeps
    its number.

    `stream` yields pieces that add up (`+`) to what `invoke` returns. A piece is a sentence that
    was checked, not a token. The first piece says how the question was understood, if not as
    typed; the last one has the times. Raises BadQuestion, Stopped, and what the retriever or the
    answerer raises.
    """

    name = "article_chat"

    def __init__(
        self,
        retriever: BaseRetriever,
        answerer: Answerer,
        *,
        read_documents: ReadDocuments,
        understand: Understand = carry_over,
    ) -> None:
        self.retriever = retriever
        self._answerer = answerer
        self._read_documents = read_documents
        self._understand = understand

    @property
    def InputType(self) -> Any:  # noqa: ANN401, N802 - LangChain's
        """The type that LangChain makes the input's schema from."""
        return str | ChainInput

    def invoke(
        self,
        input: _Input,
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401 - LangChain's
    ) -> Answer:
        """Return the whole answer."""
        return self._call_with_config(lambda given: _add(self._pieces(given)), input, config)

    def stream(
        self,
        input: _Input,
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401 - LangChain's
    ) -> Iterator[Answer]:
        """Yield the pieces of the answer; closing the iterator closes a request to a model."""

        def pieces(inputs: Iterator[_Input]) -> Iterator[Answer]:
            for given in inputs:
                yield from self._pieces(given)

        return self._transform_stream_with_config(iter([input]), pieces, config)

    async def ainvoke(
        self,
        input: _Input,
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401 - LangChain's
    ) -> Answer:
        """Return the whole answer."""

        async def whole(given: _Input) -> Answer:
            return _add([piece async for piece in self._apieces(given)])

        return await self._acall_with_config(whole, input, config)

    def astream(
        self,
        input: _Input,
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401 - LangChain's
    ) -> AsyncIterator[Answer]:
        """Yield the pieces of the answer; closing the iterator closes a request to a model."""

        async def once() -> AsyncIterator[_Input]:
            yield input

        async def pieces(inputs: AsyncIterator[_Input]) -> AsyncIterator[Answer]:
            async for given in inputs:
                async with aclosing(self._apieces(given)) as made:
                    async for piece in made:
                        yield piece

        return self._atransform_stream_with_config(once(), pieces, config)

    def _pieces(self, given: _Input) -> Iterator[Answer]:
        asked = read_input(given, self._understand)
        yield from asked.opening()
        yield from self._answer(asked, self._search(asked))

    async def _apieces(self, given: _Input) -> AsyncGenerator[Answer, None]:
        blocking = Blocking()
        asked = await blocking.call(read_input, given, self._understand)
        for piece in asked.opening():
            yield piece
        documents = await self.retriever.ainvoke(asked.question.text, **self._told(asked))
        async with aclosing(blocking.iterate(self._answer(asked, documents))) as pieces:
            async for piece in pieces:
                yield piece

    def _search(self, asked: Asked) -> list[Document]:
        return self.retriever.invoke(asked.question.text, **self._told(asked))

    def _told(self, asked: Asked) -> dict[str, Any]:
        """Return what only our retriever is told: the question as it was understood, the filter.

        Raises TypeError if another one would have to be told a filter.
        """
        if isinstance(self.retriever, ArticleRetriever):
            return {"question": asked.question, "filter": asked.filter}
        if asked.filter:
            raise TypeError(
                "only ArticleRetriever takes a filter with a question: set it at your retriever"
            )
        return {}

    def _answer(
        self, asked: Asked, documents: Sequence[Document], *, again: bool = False
    ) -> Iterator[Answer]:
        passages = self._read_documents(asked.question, documents)
        retrieved = time.perf_counter()
        found: bool | None = None
        try:
            for piece in self._answerer.answer(asked.question, passages):
                found = piece.found
                yield asked.label(piece)
        except CitationNotVerbatim:
            # All that would be quoted was removed or changed since the search: what is there now
            # may answer, or does not. A second time in a row is left to the person.
            if found is not None or again:
                raise
            yield from self._answer(asked, self._search(asked), again=True)
            return
        yield Answer(
            asked.typed,
            bool(found),
            is_cut_off=isinstance(self.retriever, ArticleRetriever) and self.retriever.is_cut_off,
            retrieve_ms=1000 * (retrieved - asked.started),
            answer_ms=1000 * (time.perf_counter() - retrieved),
        )


def build_chain(
    retriever: BaseRetriever,
    *,
    model: BaseChatModel | None = None,
    model_name: str = "",
    store: Store | None = None,
    embeddings: TokenEmbeddings | None = None,
    entailment: Entailment | None = None,
) -> ArticleChat:
    """Build the chain over a retriever: ours, or any other whose documents are text.

    Without a chat model, answers are quotations. `model_name` is the name shown for the model, if
    not its own. `store` has the articles that other retrievers' documents are passages of; without
    it, such a document is cited by its metadata `source`, `title`, `date` and `url`. `embeddings`
    score other retrievers' documents and a model's sentences. ArticleRetriever has both; else the
    embeddings are the bundled ones. `entailment` (see `load_entailment`) judges a model's sentences
    by the words they quote; without it only values, names and topics are compared.
    """
    lexicon, reader = load_lexicon(), None
    if isinstance(retriever, ArticleRetriever):
        lexicon, reader, store = retriever.lexicon, retriever.reader, retriever.store
        embeddings = embeddings or retriever.embeddings
    embeddings = embeddings or load_embedding()
    read_article = store.article if store else None
    quoting = ExtractiveAnswerer(read_article)
    answerer: Answerer = quoting
    understand: Understand = carry_over
    if model is not None:
        name = model_name or name_of(model)
        answerer = ModelAnswerer(
            model,
            name,
            check=partial(
                check,
                embeddings=cast("Embeddings", embeddings),
                lexicon=lexicon,
                entailment=entailment,
            ),
            extractive=quoting,
            read_article=read_article,
        )
        understand = ModelRewriter(model, name).understand
    return ArticleChat(
        retriever,
        answerer,
        read_documents=partial(
            read_documents,
            embeddings=embeddings,
            lexicon=lexicon,
            reader=reader,
            read_article=read_article,
            compared=model is not None,
        ),
        understand=understand,
    )


def _add(pieces: Iterable[Answer]) -> Answer:
    return reduce(operator.add, pieces)
