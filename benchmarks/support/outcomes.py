"""What was read for one question, as `benchmarks.calibrate_reader` fits its constants to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.passage import RankedPassage
from rag.retrieval.answerability import reading_measures
from rag.retrieval.evidence import Evidence, was_read
from rag.retrieval.reading import retrieved_score


@dataclass(frozen=True)
class Sentence:
    """A sentence's measures (see `rag.retrieval.evidence`) and the place of its passage, from 0.

    `right` is whether it answers.
    """

    right: bool
    log_odds: float
    matched: float
    passage: int


@dataclass(frozen=True)
class Place:
    """A passage's fused score and its best sentence's log-odds; `right`: it holds an answer."""

    right: bool
    fused: float
    log_odds: float


@dataclass(frozen=True)
class Outcome:
    """A question with the sentences and passages that were read for it.

    `measures` are those of the refusal, in the order of READING_MEASURES.
    """

    answerable: bool
    measures: tuple[float, ...]
    sentences: tuple[Sentence, ...]
    passages: tuple[Place, ...]


def observe(
    passages: Sequence[RankedPassage],
    evidence: Sequence[Evidence],
    is_right: Callable[[Evidence], bool],
) -> Outcome | None:
    """Return the outcome of a question, answerable if a sentence may be right; None if unread."""
    if not evidence or not was_read(passages):
        return None
    numbers = {id(passage): number for number, passage in enumerate(passages)}
    sentences = tuple(
        Sentence(
            is_right(one),
            one.log_odds,
            one.share * one.passage.query_terms.total,
            numbers[id(one.passage)],
        )
        for one in evidence
    )
    places = []
    for passage in passages:
        inside = [one for one in evidence if one.passage is passage]
        fused, best = retrieved_score(passage), passage.best_reading
        places.append(Place(any(map(is_right, inside)), fused, best))
    return Outcome(
        any(one.right for one in sentences),
        reading_measures(evidence),
        sentences,
        tuple(places),
    )


def write_outcomes(path: Path, outcomes: Iterable[Outcome | None]) -> None:
    """Write outcomes, a JSON object a line; what was not read is left out."""
    with path.open("w", encoding="utf-8") as lines:
        for one in outcomes:
            if one is not None:
                lines.write(json.dumps(asdict(one)) + "\n")


def read_outcomes(path: Path) -> list[Outcome]:
    """Read what `write_outcomes` wrote."""
    return [
        Outcome(
            row["answerable"],
            tuple(row["measures"]),
            tuple(Sentence(**one) for one in row["sentences"]),
            tuple(Place(**one) for one in row["passages"]),
        )
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]
