"""Questions with the passages that answer them, or do not, as the reader is trained on them."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training.reader.switching import Switcher, switch

Span = tuple[int, int]

# Public sets of extractive questions, and the share of each that an epoch takes. SQuAD's questions
# repeat the passage's words, those of TyDi and Natural Questions were asked before it was seen.
SOURCES = {
    "qa-squad1-train": 0.55,
    "qa-tydiqa-goldp-en": 1.0,
    "qa-qed-nq": 1.0,
    "qa-onestopqa": 1.0,
    "qa-fairytaleqa-extractive": 0.4,
}
# How an English example is shown, by the language of question and passage. German ones are
# switched word by word (training.reader.switching).
DIRECTIONS = (("en", "en", 0.3), ("de", "en", 0.22), ("en", "de", 0.28), ("de", "de", 0.2))
# Share of public questions that are asked of another passage, which does not answer them.
NULL_SHARE = 0.3
# Longest passage in characters; longer ones are cut around the answer. In three of five cases it is
# SHORT: half the tokens teach nearly as much of a question.
LONGEST, SHORT = 1100, 500
_CUT_SHORT = 0.6
# Passages shown for a question that none of them answers.
_MISLEADING = 3


@dataclass(frozen=True)
class Example:
    """A question and a passage.

    `answers` are half-open character spans of the answering words in `passage`, `sentences` those
    of the answering sentences (empty if they are not known). Neither: the passage does not answer.
    `date` is that of the article, ISO 8601.
    """

    question: str
    title: str
    passage: str
    answers: tuple[Span, ...] = ()
    sentences: tuple[Span, ...] = ()
    date: str | None = None


def read_public(folder: Path, name: str) -> list[Example]:
    """Read a file of questions with contexts and answers."""
    found = []
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            spans = tuple(
                (answer["start"], answer["start"] + len(answer["text"]))
                for answer in row["answers"]
            )
            title = "" if row.get("title") in (None, "wikipedia") else row["title"]
            if spans:
                found.append(Example(row["question"], title, row["context"], spans))
    return found


def read_paragraphs(path: Path) -> list[Example]:
    """Read paragraphs that were written for this with their questions, unanswerable ones too."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for asked in row["questions"]:
            start = row["text"].find(asked["answer"]) if asked["answer"] else -1
            spans = ((start, start + len(asked["answer"])),) if start >= 0 else ()
            found.append(Example(asked["question"], row["title"], row["text"], spans))
    return found


def public_epoch(
    sources: dict[str, list[Example]],
    shares: dict[str, float],
    switcher: Switcher,
    rng: np.random.Generator,
) -> Iterator[Example]:
    """Yield one epoch of public questions in random order, null passages among them."""
    chosen: list[Example] = []
    for name, examples in sources.items():
        taken = rng.permutation(len(examples))[: int(shares[name] * len(examples))]
        others = _by_title(examples)
        for at in taken:
            example = examples[at]
            if rng.random() < NULL_SHARE:
                example = _unanswered(example, others[example.title] or examples, rng)
            chosen.append(_cut(example, rng))
    weights = [share for _, _, share in DIRECTIONS]
    for at in rng.permutation(len(chosen)):
        question, passage, _ = DIRECTIONS[rng.choice(len(DIRECTIONS), p=weights)]
        example = chosen[at]
        if question == "de":
            example = replace(example, question=switch(example.question, (), switcher, rng)[0])
        if passage == "de":
            text, spans = switch(example.passage, example.answers, switcher, rng)
            example = replace(example, passage=text, answers=spans)
        yield example


def written_epoch(examples: Sequence[Example], rng: np.random.Generator) -> Iterator[Example]:
    """Yield the questions of written paragraphs in random order."""
    for at in rng.permutation(len(examples)):
        yield examples[at]


def read_windows(path: Path) -> list[list[Example]]:
    """Read what `training.reader.windows` wrote: for each question the passages found for it.

    Those that answer it come first.
    """
    groups = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            groups.append(
                [
                    Example(
                        row["question"],
                        found["title"],
                        found["passage"],
                        tuple(map(tuple, found["answers"])),
                        tuple(map(tuple, found["sentences"])),
                        found["date"],
                    )
                    for found in sorted(row["passages"], key=lambda found: not found["sentences"])
                ]
            )
    return groups


def news_epoch(
    groups: Sequence[Sequence[Example]], negatives: float, rng: np.random.Generator
) -> Iterator[Example]:
    """Yield each question with a passage that answers it, and some with one that does not.

    `negatives` is the share of answered questions that also come with a passage that misleads. A
    question without an answer comes with several: in use none of eight may seem to answer it.
    """
    for at in rng.permutation(len(groups)):
        right = [example for example in groups[at] if example.sentences]
        wrong = [example for example in groups[at] if not example.sentences]
        if right:
            yield _cut(right[rng.integers(len(right))], rng)
        if wrong and (not right or rng.random() < negatives):
            # The nearer a passage ranks, the likelier it is the one that misleads.
            weights = 1.0 / np.arange(2, len(wrong) + 2)
            size = 1 if right else min(_MISLEADING, len(wrong))
            for n in rng.choice(len(wrong), size, replace=False, p=weights / weights.sum()):
                yield _cut(wrong[n], rng)


def _cut(example: Example, rng: np.random.Generator) -> Example:
    """Cut a long passage at sentence ends, keeping an answer somewhere inside."""
    longest = SHORT if rng.random() < _CUT_SHORT else LONGEST
    text = example.passage
    if len(text) <= longest:
        return example
    spans = example.answers or example.sentences
    at = int(rng.integers(len(text) - longest // 2))
    first, last = spans[0] if spans else (at, at)
    ends = [0, *(m.end() for m in re.finditer(r"[.!?]\s+", text)), len(text)]
    # The answer's sentence stays whole where it fits.
    whole = min(end for end in ends if end >= last)
    begins = (
        [end for end in ends if whole - longest <= end <= first]
        or [end for end in ends if last - longest <= end <= first]
        or [max(0, min(last - longest, first))]
    )
    start = begins[rng.integers(len(begins))]
    stops = [end for end in ends if last <= end <= start + longest]
    stop = stops[-1] if stops else min(len(text), max(last, start + longest))

    def inside(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple((a - start, b - start) for a, b in spans if start <= a and b <= stop)

    return replace(
        example,
        passage=text[start:stop],
        answers=inside(example.answers),
        sentences=inside(example.sentences),
    )


def _by_title(examples: Sequence[Example]) -> dict[str, list[Example]]:
    found: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        found[example.title].append(example)
    return found


def _unanswered(example: Example, others: Sequence[Example], rng: np.random.Generator) -> Example:
    """Return the question with another passage of its subject that holds no answer of its."""
    answers = [example.passage[start:end].casefold() for start, end in example.answers]
    for _ in range(5):
        other = others[int(rng.integers(len(others)))]
        text = other.passage.casefold()
        if other.passage != example.passage and not any(answer in text for answer in answers):
            return replace(other, question=example.question, answers=(), sentences=())
    return example
