"""Any number of articles of real sentences, and vectors for them that no model has to make.

The first articles are real ones. Each of the others takes its sentences from two real articles,
drawn with a seed. The model embeds each sentence once. The vector of a passage is the mean of its
headline's and its sentences' vectors, weighted by their length, much as the model's pooling takes
the mean of its tokens: so a million passages cost no more embedding than their sentences.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.ingest.sentences import split_sentences
from vectorstore import Article, Passage, Span

SENTENCES = 4
"""The sentences of a passage, about as many as the bundled model reads."""

OUTLETS = 5
"""How many outlets the articles are said to come from, an equal share each."""

_YEARS = range(2015, 2025)
_FEWEST = 3
_FROM_THE_FIRST = 0.7
_FOLDER_HOLDS = 1000


@dataclass(frozen=True)
class Real:
    """The headline and the sentences of a real article, each on one line."""

    title: str
    sentences: tuple[str, ...]


def real_of(articles: Iterable[Article]) -> list[Real]:
    """Return what is kept of articles; those of fewer than three sentences are left out."""
    found = []
    for article in articles:
        spans = [span for start, end in article.body for span in _sentences(article, start, end)]
        lines = [" ".join(article.text[start:end].split()) for start, end in spans]
        sentences = tuple(line for line in lines if line)
        title = " ".join(article.title.split())
        if title and len(sentences) >= _FEWEST:
            found.append(Real(title[:100].strip(), sentences))
    return found


def _sentences(article: Article, start: int, end: int) -> Sequence[Span]:
    return split_sentences(article.text, start, end)


def make_article(real: Sequence[Real], number: int, seed: int) -> dict[str, str]:
    """Return the row of an article: a real one, or one made of two, the same for each seed."""
    draw = random.Random(f"{seed}-{number}")
    first = real[number] if number < len(real) else draw.choice(real)
    sentences: Sequence[str] = first.sentences
    if number >= len(real):
        second = draw.choice(real)
        sentences = [
            draw.choice(first.sentences if draw.random() < _FROM_THE_FIRST else second.sentences)
            for _ in first.sentences
        ]
    day = f"{draw.choice(_YEARS)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    return {
        "title": first.title,
        "text": "\n".join(sentences),
        "language": "de",
        "source": f"Blatt {number % OUTLETS}",
        "date": day,
    }


def passages_in(row: dict[str, str]) -> int:
    """Return how many passages `split_lines` makes of an article's row."""
    return -(-len(row["text"].split("\n")) // SENTENCES)


def file_of(folder: Path, number: int) -> Path:
    """Return the file of an article, a thousand in a folder."""
    return folder / f"{number // _FOLDER_HOLDS:05}" / f"{number:08}.jsonl"


def write_row(folder: Path, number: int, row: dict[str, str]) -> None:
    """Write an article into a file of its own."""
    file = file_of(folder, number)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")


def split_lines(article: Article) -> list[Passage]:
    """Return passages of four sentences, one a line, so that each line has a known vector."""
    spans: list[Span] = []
    start = 0
    for line in article.text.split("\n"):
        if line:
            spans.append((start, start + len(line)))
        start += len(line) + 1
    groups = [tuple(spans[at : at + SENTENCES]) for at in range(0, len(spans), SENTENCES)]
    return [Passage(article, group[0][0], group[-1][1], group) for group in groups]


class PooledEmbeddings(Embeddings):
    """The mean of the known vectors of a text's lines. An unknown line is a KeyError."""

    def __init__(self, lines: Sequence[str], vectors: np.ndarray) -> None:
        self._rows = {line: row for row, line in enumerate(lines)}
        self._vectors = vectors

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each text."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a text."""
        lines = [line for line in text.split("\n") if line]
        rows = self._vectors[[self._rows[line] for line in lines]]
        pooled = np.array([len(line) for line in lines], dtype=np.float32) @ rows
        vector: list[float] = (pooled / np.linalg.norm(pooled)).tolist()
        return vector

    def save(self, folder: Path) -> None:
        """Write the lines and their vectors into a folder."""
        lines = json.dumps(list(self._rows), ensure_ascii=False)
        (folder / "lines.json").write_text(lines, encoding="utf-8")
        np.save(folder / "vectors.npy", self._vectors)


def learn(lines: Iterable[str], model: Embeddings) -> PooledEmbeddings:
    """Embed each line once."""
    distinct = list(dict.fromkeys(lines))
    return PooledEmbeddings(distinct, np.asarray(model.embed_documents(distinct), dtype=np.float32))


def load_pooled(folder: Path) -> PooledEmbeddings:
    """Load what `save` wrote; the vectors stay in their file until they are used."""
    lines = json.loads((folder / "lines.json").read_text(encoding="utf-8"))
    return PooledEmbeddings(lines, np.load(folder / "vectors.npy", mmap_mode="r"))
