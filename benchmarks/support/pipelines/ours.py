"""Our pipeline, as `article-chat index` and `article-chat ask` build it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from benchmarks.support.pipelines import PASSAGES, Split
from benchmarks.support.stage_times import StageTimes
from rag.chain import build_chain
from rag.ingest.passages import build_splitter
from rag.ingest.update import embed_again
from rag.language.lexicon import load_lexicon
from rag.models.embedding import load_embedding
from rag.models.reader import load_reader
from rag.models.sentence_embedding import SentenceEmbedding
from rag.question.question import read_question
from rag.retrieval.reading import read_or_rerank
from rag.retrieval.retriever import ArticleRetriever, rank, search
from vectorstore import Article, Passage, build_store, open_store


def load(folder: Path, dtype: str | None) -> Ours:
    """Load the pipeline; the model computes in its native precision in any case."""
    embedding = load_embedding(str(folder), device="cpu")
    if dtype is not None and embedding.precision != dtype:
        raise ValueError(f"our model computes in {embedding.precision} here, not in {dtype}")
    return Ours(embedding)


class Ours:
    """The bundled embedding and reader over a store."""

    def __init__(self, embedding: SentenceEmbedding) -> None:
        self._embedding = embedding

    def index(self, articles: Sequence[Article], given: Split | None, folder: Path) -> list[str]:
        """Index articles as these passages, or as the splitter makes them; return the texts."""
        splitter = build_splitter(self._embedding.count_tokens, self._embedding.max_tokens)
        texts: list[str] = []

        def split(article: Article) -> list[Passage]:
            passages = splitter(article) if given is None else list(given[article.id])
            texts.extend(passage.indexed_text for passage in passages)
            return passages

        name = self._embedding.name
        with closing(build_store(folder, self._embedding, embedding_name=name)) as store:
            for _ in embed_again(store, articles, split):
                pass
        return texts

    def open(self, folder: Path) -> None:
        """Open the store, and load the lexicon and the reader."""
        store = open_store(folder, self._embedding, embedding_name=self._embedding.name)
        self._reader = load_reader(self._embedding.word_vectors)
        self._plain = ArticleRetriever(
            store=store, embeddings=self._embedding, lexicon=load_lexicon(), k=PASSAGES
        )
        self._read = self._plain.model_copy(update={"reader": self._reader})

    def first_answer(self, question: str) -> None:
        """Answer with the reader, as `article-chat ask` does."""
        build_chain(self._read).invoke(question)

    def ask(self, questions: Sequence[str], times: StageTimes) -> None:
        """Time the stages up to the passages, then whole answers without and with the reader.

        `question` ends with ranked passages, which is as far as the other pipelines go.
        """
        for text in questions:
            times.time("question", partial(self._plain.invoke, text))
        for text in questions:
            self._stages(text, times)
        # Each question in passes of their own: the model keeps the vectors of the last eight.
        for stage, retriever in (("answer", self._plain), ("answer with reader", self._read)):
            chain = build_chain(retriever)
            for text in questions:
                times.time(stage, partial(chain.invoke, text))

    def precision(self) -> str:
        """Return the number format that the embedding model computes in."""
        return self._embedding.precision

    def _stages(self, text: str, times: StageTimes) -> None:
        plain, reader = self._plain, self._reader
        question = times.time("understand", partial(read_question, text))
        times.time("embed", partial(self._embedding.embed_query, question.text))
        found = times.time("search", partial(search, plain.store, question, plain.lexicon))
        ranked = times.time("rank", partial(rank, found, PASSAGES))
        order = partial(read_or_rerank, question, ranked, self._embedding)
        times.time("rerank", partial(order, None))
        times.time("read", partial(order, reader))
