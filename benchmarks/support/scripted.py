"""A chat model that says what it is told to, over stores of a benchmark's articles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from benchmarks.support.trial import CachedEmbeddings
from rag.answer import Answer
from rag.answering.quoting import ExtractiveAnswerer
from rag.answering.writer import ModelAnswerer
from rag.checking.check import check
from rag.checking.claim import Claim
from rag.ingest.passages import split_article
from rag.language.lexicon import load_lexicon
from rag.models.sentence_embedding import SentenceEmbedding
from rag.passage import RankedPassage
from rag.question.question import read_question
from rag.retrieval.retriever import ArticleRetriever
from vectorstore import Article, Store, build_store


class Scripted(BaseChatModel):
    """A chat model that writes the lines it is given, whatever it is asked."""

    lines: list[str]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:  # noqa: ANN401
        raise NotImplementedError

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: Any = None,  # noqa: ANN401
        **kwargs: Any,  # noqa: ANN401
    ) -> Iterator[ChatGenerationChunk]:
        for line in [*self.lines, '{"end": true}']:
            yield ChatGenerationChunk(message=AIMessageChunk(content=f"{line}\n"))


@dataclass(frozen=True)
class Asking:
    """Articles, of which some can be exchanged for others, to be asked with and without a model."""

    embedding: SentenceEmbedding
    embeddings: CachedEmbeddings
    articles: Sequence[Article]

    @contextmanager
    def store(self, planted: Mapping[int, Article]) -> Iterator[Store]:
        """Give a store of the articles, those of some numbers exchanged."""
        split = partial(
            split_article,
            count_tokens=self.embedding.count_tokens,
            max_tokens=self.embedding.max_tokens,
        )
        with TemporaryDirectory() as folder:
            store = build_store(Path(folder), self.embeddings, embedding_name=self.embedding.name)
            made = [planted.get(n, article) for n, article in enumerate(self.articles)]
            store.add([(article, split(article)) for article in made])
            try:
                yield store
            finally:
                store.close()

    def find(self, store: Store, question: str) -> list[RankedPassage]:
        """Return the passages for a question."""
        retriever = ArticleRetriever(
            store=store, lexicon=load_lexicon(), embeddings=self.embeddings
        )
        return retriever.find(read_question(question))

    def quote(self, store: Store, question: str, passages: Sequence[RankedPassage]) -> Answer:
        """Answer by quoting."""
        answerer = ExtractiveAnswerer(store.article)
        first, *rest = answerer.answer(read_question(question), passages)
        return sum(rest, first)

    def write(
        self,
        store: Store,
        question: str,
        passages: Sequence[RankedPassage],
        claims: Sequence[Claim],
    ) -> Answer:
        """Answer with a model that makes these claims."""
        lines = []
        for claim in claims:
            quotes = [{"passage": quote.passage, "words": quote.words} for quote in claim.quotes]
            lines.append(json.dumps({"text": claim.text, "quotes": quotes}))
        answerer = ModelAnswerer(
            Scripted(lines=lines),
            "scripted",
            check=partial(check, embeddings=self.embeddings, lexicon=load_lexicon()),
            extractive=ExtractiveAnswerer(store.article),
            read_article=store.article,
        )
        first, *rest = answerer.answer(read_question(question), passages)
        return sum(rest, first)
