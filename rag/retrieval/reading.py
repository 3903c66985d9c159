"""Reading: the passages that retrieval found, read whole with the question beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from rag.models.reader import LANGUAGES, Reading, Window, heading_of
from rag.passage import RankedPassage, SentenceReading
from rag.question.question import Question

# Weight of the log-odds of a passage's best sentence in the order of passages; the score of fused
# and reranked similarities has 1.
_READING = 0.02


@runtime_checkable
class ReadsWindows(Protocol):
    """A reader: the bundled one, or one with answers made by hand."""

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Return a reading for each window, in their order."""
        ...


def read_passages(
    question: Question, passages: Sequence[RankedPassage], reader: ReadsWindows
) -> list[RankedPassage]:
    """Return the passages with their sentences' readings, ordered by them and their score together.

    A passage in a language that the reader does not know is left as it is, and so are all if the
    question is in such a language.
    """
    read = [p for p in passages if {p.article.language, question.language} <= LANGUAGES]
    windows = [Window(heading_of(passage.article.title), passage.text) for passage in read]
    readings = iter(reader.read(question.text, windows))
    known = {id(passage) for passage in read}
    found = [_with(p, next(readings)) if id(p) in known else p for p in passages]
    return sorted(found, key=lambda passage: -passage.score)


def _with(passage: RankedPassage, reading: Reading) -> RankedPassage:
    offset = passage.passage.start
    sentences: list[SentenceReading | None] = []
    for start, end in passage.passage.sentences:
        best = reading.best_answer((start - offset, end - offset))
        sentences.append(
            SentenceReading(best[0], (best[1][0] + offset, best[1][1] + offset)) if best else None
        )
    best_odds = max((one.log_odds for one in sentences if one), default=0.0)
    return replace(passage, readings=tuple(sentences), score=passage.score + _READING * best_odds)
