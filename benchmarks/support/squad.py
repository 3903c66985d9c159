"""Reading question sets in SQuAD format, and indexing their paragraphs as articles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rag.ingest.passages import split_article
from rag.language.detect import detect_language
from rag.models.sentence_embedding import SentenceEmbedding
from vectorstore import Article, Store, build_store


@dataclass(frozen=True)
class Asked:
    """A question, the answers in the paragraph's words, and where they are.

    `paragraph` is the number of the paragraph in the file, `topic` holds the numbers of all
    paragraphs of its article, the answering one too.
    """

    text: str
    answers: tuple[str, ...]
    paragraph: int
    topic: range


def read_paragraphs(contexts: Path) -> list[str]:
    """Return the paragraphs of a SQuAD file in order."""
    return [paragraph["context"] for paragraph in _paragraphs(contexts)]


def read_questions(contexts: Path, questions: Path) -> list[Asked]:
    """Return the questions of one file with their answers in the language of the other.

    Both files have the same paragraphs in the same order; a question is known by its id. An
    answer that the contexts' file does not know is taken from the questions' file.
    """
    asked: list[Asked] = []
    known = list(_paragraphs(contexts))
    topics = _topics(questions)
    for number, paragraph in enumerate(_paragraphs(questions)):
        answers = {qa["id"]: qa["answers"] for qa in known[number]["qas"]}
        for qa in paragraph["qas"]:
            texts = [answer["text"] for answer in answers.get(qa["id"], qa["answers"])]
            answers_once = tuple(dict.fromkeys(texts))
            asked.append(Asked(qa["question"], answers_once, number, topics[number]))
    return asked


@contextmanager
def indexed(paragraphs: Sequence[str], embedding: SentenceEmbedding) -> Iterator[Store]:
    """Give a store that holds each paragraph as an article; its path is its number."""
    with TemporaryDirectory() as folder:
        store = build_store(Path(folder), embedding, embedding_name=embedding.name)
        for first in range(0, len(paragraphs), 100):
            batch = [
                _article(number, paragraphs[number])
                for number in range(first, min(first + 100, len(paragraphs)))
            ]
            store.add(
                [
                    (
                        article,
                        split_article(
                            article,
                            count_tokens=embedding.count_tokens,
                            max_tokens=embedding.max_tokens,
                        ),
                    )
                    for article in batch
                ]
            )
        try:
            yield store
        finally:
            store.close()


def _article(number: int, text: str) -> Article:
    return Article(
        path=str(number),
        title="",
        text=text,
        body=((0, len(text)),),
        language=detect_language(text),
    )


def _paragraphs(path: Path) -> Iterator[dict[str, Any]]:
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        yield from article["paragraphs"]


def _topics(path: Path) -> list[range]:
    topics: list[range] = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        size = len(article["paragraphs"])
        topics += [range(len(topics), len(topics) + size)] * size
    return topics
