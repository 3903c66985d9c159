"""What several tests share: an index of seeds/, and stores whose figures are worked out by hand."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fakes import WordEmbeddings, count_words
from playwright.sync_api import Browser, sync_playwright
from servers import ChromaServer, chroma_server

from benchmarks.support.chromium import open_chromium
from rag.ingest.passages import split_article
from vectorstore import Article, Passage, Store, build_store

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
SEED_QUESTIONS = ROOT / "benchmarks" / "seeds"
DIMENSIONS = 4096


class UnitWords(WordEmbeddings):
    """Any words, each counted once, as a vector of length 1.

    The cosine of two texts is the number of words they share over the root of the product of
    how many each has: "a b" and "b c d e" have 1 / sqrt(8).
    """

    def embed_query(self, text: str) -> list[float]:
        places = {zlib.crc32(word.encode()) % DIMENSIONS for word in words_of(text)}
        return [len(places) ** -0.5 if at in places else 0.0 for at in range(DIMENSIONS)]


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold())) or {""}


def news(name: str, text: str, language: str = "de", **fields: Any) -> Article:
    """Make an article that is prose from its first to its last character."""
    return Article(f"/news/{name}", "", text, ((0, len(text)),), language, **fields)


def split_words(article: Article) -> list[Passage]:
    return split_article(article, count_tokens=count_words, max_tokens=40)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = open_chromium(playwright)
        yield opened
        opened.close()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run a test in an empty folder, without settings of the person who runs it."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ARTICLE_CHAT_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def words() -> UnitWords:
    return UnitWords()


@pytest.fixture
def fill(tmp_path: Path, words: UnitWords) -> Iterator[Callable[..., Store]]:
    """Give a function that puts articles into one real store of word embeddings."""
    with closing(build_store(tmp_path, words, embedding_name="words")) as store:

        def add(*articles: Article) -> Store:
            store.add([(article, split_words(article)) for article in articles])
            return store

        yield add


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """Return a Chroma server for all tests; each names a store of its own on it."""
    with chroma_server(tmp_path_factory.mktemp("chroma")) as server:
        yield server


@pytest.fixture(scope="session")
def seeds_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data folder of an index of seeds/, made by the command itself."""
    from ui.cli import main

    data = tmp_path_factory.mktemp("seeds") / "data"
    made = CliRunner().invoke(main, ["index", str(SEEDS), "--data", str(data)])
    assert made.exit_code == 0, made.output
    return data
