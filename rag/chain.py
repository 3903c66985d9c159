"""The chain from question to cited answer, as a LangChain Runnable."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableGenerator

from rag.answer import Answer
from rag.passage import RankedPassage
from rag.question.carrying import carry_over
from rag.question.conversation import Numbering, Understand
from rag.question.question import Question, read_question
from rag.retrieval.documents import to_passages


class Answerer(Protocol):
    """Answers a question from passages: by quoting them, or with a chat model."""

    def answer(self, question: Question, passages: Sequence[RankedPassage]) -> Iterator[Answer]:
        """Yield the pieces of the answer, at least one; together they are the answer."""
        ...


def build_chain(
    retriever: BaseRetriever, answerer: Answerer, understand: Understand = carry_over
) -> Runnable[dict[str, Any], Answer]:
    """Put a retriever and an answerer together.

    The chain takes `{"question": str, "chat_history": Sequence[Earlier]}`, with all earlier turns
    of the conversation, oldest first: `understand` makes of them and of the question one that
    stands alone, and passages that they cited keep their numbers. `stream` yields pieces of the
    answer that add up to what `invoke` returns; the first one brings what the question was
    understood as, if that is not what was asked, the last one the times. Raises BadQuestion,
    Stopped, and what the retriever or the answerer raises.
    """

    def respond(asked: Iterator[dict[str, Any]]) -> Iterator[Answer]:
        for inputs in asked:
            typed, history = read_question(inputs["question"]), inputs["chat_history"]
            numbering = Numbering(history)
            started = time.perf_counter()
            understood = understand(typed, history)
            question = understood.question
            standalone = question.text if question.text != typed.text else ""
            if standalone or understood.notice:
                yield Answer(
                    typed.text,
                    False,
                    notice=understood.notice,
                    standalone=standalone,
                    language=question.language,
                )
            # Ours is told what is known of the question; other retrievers are not.
            documents = retriever.invoke(question.text, question=question)
            retrieved = time.perf_counter()
            found = False
            for piece in answerer.answer(question, to_passages(question, documents)):
                found = piece.found
                piece = replace(piece, question=typed.text, language=question.language)
                yield numbering.renumber(piece)
            yield Answer(
                typed.text,
                found,
                retrieve_ms=1000 * (retrieved - started),
                answer_ms=1000 * (time.perf_counter() - retrieved),
            )

    return RunnableGenerator(respond)
