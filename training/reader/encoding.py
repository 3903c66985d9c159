"""Examples as token ids with their targets, in batches of like length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from rag.models.cross_encoder import stack
from rag.models.reader import EncodedWindow, Window, encode_windows, heading_of
from training.reader.examples import Example, Span

# Examples that are sorted by length together before they are cut into batches.
_POOL = 2048


@dataclass(frozen=True)
class Encoded:
    """`[CLS] question [SEP] title passage [SEP]` and where in it the answer is.

    `second` and `passage` are the places of the first tokens of title and passage.
    `starts` and `ends` are the first and last tokens of answers, (0,) where there is none.
    `sentences` are half-open token ranges of answering sentences.
    """

    question: str
    ids: tuple[int, ...]
    second: int
    passage: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Batch:
    """Examples side by side: n x length, and for each the target probabilities of its tokens.

    Rows with the same number in `question` are passages of one question.
    """

    question: Tensor
    ids: Tensor
    types: Tensor
    mask: Tensor
    passage: Tensor
    start: Tensor
    end: Tensor
    sentence: Tensor
    has_sentence: Tensor


def encode(examples: Sequence[Example], tokenizer: Tokenizer) -> list[Encoded]:
    """Encode examples as the reader does in use; those whose answer is cut off are left out."""
    found = []
    for example in examples:
        window = Window(heading_of(example.title, example.date), example.passage)
        read = encode_windows(tokenizer, example.question, [window])[0]
        spans = _tokens(read, example.answers)
        sentences = _tokens(read, example.sentences)
        answered = bool(example.answers or example.sentences)
        if answered and not (spans or sentences):
            continue
        nothing = () if answered else (0,)
        found.append(
            Encoded(
                example.question,
                read.ids,
                read.second,
                read.passage,
                tuple(first for first, _ in spans) or nothing,
                tuple(last - 1 for _, last in spans) or nothing,
                sentences,
            )
        )
    return found


def batches(
    examples: Iterable[Example],
    tokenizer: Tokenizer,
    tokens: int,
    rng: np.random.Generator,
) -> Iterator[Batch]:
    """Yield batches of about `tokens` tokens, of examples of like length, in random order.

    Passages of one question that follow each other stay together.
    """
    stream = iter(examples)
    while pool := list(islice(stream, _POOL)):
        by_question = [
            list(some) for _, some in groupby(encode(pool, tokenizer), lambda one: one.question)
        ]
        by_question.sort(key=lambda some: max(len(one.ids) for one in some))
        cut: list[list[list[Encoded]]] = [[]]
        for some in by_question:
            longest = max(len(one.ids) for one in some)
            if cut[-1] and (sum(map(len, cut[-1])) + len(some)) * longest > tokens:
                cut.append([])
            cut[-1].append(some)
        # Of a pool whose answers are all cut off nothing is left.
        for at in rng.permutation(len(cut) if by_question else 0):
            yield collate(cut[at])


def collate(groups: Sequence[Sequence[Encoded]]) -> Batch:
    """Put encoded examples, grouped by question, side by side, filled up to the longest."""
    encoded = [one for some in groups for one in some]
    ids, types, mask = stack(encoded)
    question = torch.tensor([number for number, some in enumerate(groups) for _ in some])
    passage = torch.zeros(ids.shape, dtype=torch.bool)
    start, end, sentence = (torch.zeros(ids.shape) for _ in range(3))
    for row, one in enumerate(encoded):
        size = len(one.ids)
        # Where an answer may be: the passage, and [CLS] for none.
        passage[row, one.passage : size - 1] = True
        passage[row, 0] = True
        start[row, list(one.starts)] = 1.0
        end[row, list(one.ends)] = 1.0
        for first, last in one.sentences:
            sentence[row, first:last] = 1.0
    return Batch(question, ids, types, mask, passage, start, end, sentence, sentence.any(dim=1))


def _tokens(read: EncodedWindow, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the half-open token ranges of spans of the passage, those cut off left out."""
    found = []
    for start, end in spans:
        inside = np.flatnonzero((read.places[:, 0] < end) & (start < read.places[:, 1]))
        if len(inside):
            found.append((read.passage + int(inside[0]), read.passage + int(inside[-1]) + 1))
    return tuple(found)
