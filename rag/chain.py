"""The chain from question to cited answer, as a LangChain Runnable."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableGenerator

from rag.answers import Answer
from rag.question import Question, read_question


class Answerer(Protocol):
    """Answers a question from passages: by quoting them, or with a chat model."""

    def answer(self, question: Question, documents: Sequence[Document]) -> Iterator[Answer]:
        """Yield the pieces of the answer, at least one; together they are the answer."""
        ...


def build_chain(retriever: BaseRetriever, answerer: Answerer) -> Runnable[dict[str, Any], Answer]:
    """Put a retriever and an answerer together.

    The chain takes `{"question": str, "chat_history": [(question, answer), …]}`. `stream`
    yields pieces of the answer that add up to what `invoke` returns; the last one brings the
    times. Raises BadQuestion, and what the retriever or the answerer raises.
    """

    def respond(asked: Iterator[dict[str, Any]]) -> Iterator[Answer]:
        for inputs in asked:
            question = read_question(inputs["question"])
            started = time.perf_counter()
            documents = retriever.invoke(question.text)
            retrieved = time.perf_counter()
            found = False
            for piece in answerer.answer(question, documents):
                found = piece.found
                yield piece
            yield Answer(
                question.text,
                found,
                retrieve_ms=1000 * (retrieved - started),
                answer_ms=1000 * (time.perf_counter() - retrieved),
            )

    return RunnableGenerator(respond)
