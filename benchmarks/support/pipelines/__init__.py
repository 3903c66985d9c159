"""What a user would pick: our pipeline and those that others ship, one module each, side by side.

A module is imported in a process of its own, so that no library's memory or imports count for
another.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, cast

from benchmarks.support.stage_times import StageTimes
from vectorstore import Article, Passage

PASSAGES = 8
"""How many passages every pipeline finds for a question."""

Split = Mapping[str, Sequence[Passage]]
"""The passages of each article, by its id."""

MODULES = {
    "article-chat": "ours",
    "LangChain": "with_langchain",
    "LlamaIndex": "with_llamaindex",
    "Haystack": "with_haystack",
}
"""The pipelines by name, and the module here that has each."""


class Pipeline(Protocol):
    """Indexes articles into a folder, and answers questions from that folder."""

    def index(self, articles: Sequence[Article], given: Split | None, folder: Path) -> list[str]:
        """Index articles as these passages, or as the pipeline splits them; return the texts."""
        ...

    def open(self, folder: Path) -> None:
        """Open an index to ask it."""
        ...

    def first_answer(self, question: str) -> None:
        """Answer one question as a user would get it."""
        ...

    def ask(self, questions: Sequence[str], times: StageTimes) -> None:
        """Answer questions, and note the time of each stage, and of all stages as `question`."""
        ...

    def precision(self) -> str:
        """Return the number format that the embedding model computes in."""
        ...


def load_pipeline(name: str, folder: Path, dtype: str | None) -> Pipeline:
    """Load a pipeline with the embedding model of a folder. Raises ImportError.

    `dtype` is the number format to load the weights in; None leaves it to the pipeline.
    """
    module = importlib.import_module(f"{__name__}.{MODULES[name]}")
    return cast("Pipeline", module.load(folder, dtype))


def whole_text(article: Article) -> str:
    """Return what a pipeline reads that takes an article for a plain text."""
    return article.heading + article.text


def facts_of(article: Article) -> dict[str, str]:
    """Return the facts of an article that a pipeline keeps beside a plain text."""
    facts = {"title": article.title, "source": article.source, "date": article.date}
    return {"path": article.path} | {name: fact for name, fact in facts.items() if fact}
