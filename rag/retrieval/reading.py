"""Reading: the passages that retrieval found, read whole with the question beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from rag.models.reader import LANGUAGES, Reading, Window, heading_of
from rag.models.token_vectors import TokenEmbeddings
from rag.passage import RankedPassage, SentenceReading
from rag.question.question import Question
from rag.retrieval.reranker import compare, rerank
from vectorstore import ngrams_of

# Weight of the log-odds of a passage's best sentence in the order of passages; their fused score
# has 1. As `benchmarks.calibrate_reader` printed it.
READING_WEIGHT = 0.042
# The log-odds that sentences have on average by intercept, cosine, nearness and share of the
# question's weight: for those in a language that the reader does not know.
_ESTIMATE = (-9.0, 6.0, 4.0, 5.0)


@runtime_checkable
class ReadsWindows(Protocol):
    """A reader: the bundled one, or one with answers made by hand."""

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Return a reading for each window, in their order."""
        ...


def read_or_rerank(
    question: Question,
    passages: Sequence[RankedPassage],
    embeddings: TokenEmbeddings,
    reader: ReadsWindows | None,
) -> list[RankedPassage]:
    """Return the passages in the order of what the reader finds in them and their score together.

    Passages in a language that the reader does not know are read for it by similarities. Without a
    reader, or for a question that it cannot read, all are reranked.
    """
    if reader is None or question.language not in LANGUAGES:
        return rerank(question, passages, embeddings)
    return read_passages(question, passages, embeddings, reader)


def read_passages(
    question: Question,
    passages: Sequence[RankedPassage],
    embeddings: TokenEmbeddings,
    reader: ReadsWindows,
) -> list[RankedPassage]:
    """Return passages with their sentences' readings, ordered by the best one and their score.

    Of what is read, no sentence is embedded: that would take as long again and add nothing.
    """
    known = [passage for passage in passages if passage.article.language in LANGUAGES]
    unknown = [passage for passage in passages if passage.article.language not in LANGUAGES]
    windows = [
        Window(heading_of(passage.article.title, passage.article.date), passage.text)
        for passage in known
    ]
    found = [
        *map(_with, known, map(_read, known, reader.read(question.text, windows))),
        *(_with(one, _estimate(one)) for one in compare(question, unknown, embeddings)),
    ]
    return sorted(found, key=lambda passage: -passage.score)


def _with(passage: RankedPassage, readings: Sequence[SentenceReading | None]) -> RankedPassage:
    read = replace(passage, readings=tuple(readings))
    return replace(read, score=passage.score + READING_WEIGHT * read.best_reading)


def retrieved_score(passage: RankedPassage) -> float:
    """Return the score that a passage had before it was read."""
    return passage.score - READING_WEIGHT * passage.best_reading


def _read(passage: RankedPassage, reading: Reading) -> list[SentenceReading | None]:
    offset = passage.passage.start
    read: list[SentenceReading | None] = []
    for start, end in passage.passage.sentences:
        best = reading.best_answer((start - offset, end - offset))
        place = (best[1][0] + offset, best[1][1] + offset) if best else None
        read.append(SentenceReading(best[0], place) if best else None)
    return read


def _estimate(passage: RankedPassage) -> list[SentenceReading | None]:
    bias, near, nearer, matched = _ESTIMATE
    similar, total = passage.reranked(), passage.query_terms.total or 1.0
    return [
        SentenceReading(
            bias
            + near * cosine
            + nearer * nearness
            + matched * passage.query_terms.weigh(set(ngrams_of(text))) / total,
            None,
        )
        for (_, text), cosine, nearness in zip(
            passage.sentences, similar.cosines, similar.nearnesses, strict=True
        )
    ]
