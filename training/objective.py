"""The loss: the distance of a German text's vectors to the teacher's of its translation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import cosine_similarity, kl_div, log_softmax, normalize, softmax

LONGEST = 256
# The temperature of the teacher's own training.
_TEMPERATURE = 0.05
_SPAN_WEIGHT = 0.5
_RANKING_WEIGHT = 0.1


@dataclass(frozen=True)
class Encoded:
    """Texts as a model reads them: the tokens, and the sentence of each token.

    Both are (texts, length). `sentence` is numbered through the batch from 0, and is -1 for special
    tokens and padding. `attention` is 1 for each token. `sentences` is their number in the batch.
    """

    tokens: Tensor
    attention: Tensor
    sentence: Tensor
    sentences: int


def encode(texts: Sequence[Sequence[NDArray[np.int32]]], tokenizer: Tokenizer) -> Encoded:
    """Add special tokens and padding to texts given as sentences of tokens; cut long ones."""
    first, last = (int(tokenizer.token_to_id(mark) or 0) for mark in ("[CLS]", "[SEP]"))
    room = LONGEST - 2
    length = min(room, max(sum(len(s) for s in text) for text in texts)) + 2
    tokens = np.zeros((len(texts), length), dtype=np.int64)
    sentence = np.full((len(texts), length), -1, dtype=np.int64)
    attention = np.zeros((len(texts), length), dtype=np.int64)
    number = 0
    for row, text in enumerate(texts):
        joined = np.concatenate(text)[:room]
        owner = np.repeat(np.arange(number, number + len(text)), [len(s) for s in text])[:room]
        number += len(text)
        size = len(joined)
        tokens[row, 0], tokens[row, size + 1] = first, last
        tokens[row, 1 : size + 1] = joined
        sentence[row, 1 : size + 1] = owner
        attention[row, : size + 2] = 1
    return Encoded(
        torch.from_numpy(tokens), torch.from_numpy(attention), torch.from_numpy(sentence), number
    )


def pool(states: Tensor, encoded: Encoded) -> tuple[Tensor, Tensor]:
    """Return the mean state of each text, special tokens included, and of each of its sentences.

    A sentence that was cut off has the zero vector.
    """
    states = states.float()
    mask = encoded.attention.unsqueeze(-1).float()
    whole = (states * mask).sum(1) / mask.sum(1)
    owner = encoded.sentence.flatten()
    inside = owner >= 0
    sums = torch.zeros(encoded.sentences, states.shape[-1]).index_add_(
        0, owner[inside], states.flatten(0, 1)[inside]
    )
    sizes = torch.bincount(owner[inside], minlength=encoded.sentences).unsqueeze(-1)
    return whole, sums / sizes.clamp(min=1)


def loss(student: tuple[Tensor, Tensor], teacher: tuple[Tensor, Tensor]) -> Tensor:
    """Return the distance of the student from the teacher over a batch of texts.

    It has three terms: the cosine distance of each text's vector, that of each sentence within its
    text (late pooling), and the divergence of the two rankings of the batch's texts.
    """
    (text, sentence), (text_target, sentence_target) = student, teacher
    texts = 1 - cosine_similarity(text, text_target)
    both = (sentence.abs().sum(-1) > 0) & (sentence_target.abs().sum(-1) > 0)
    sentences = 1 - cosine_similarity(sentence[both], sentence_target[both])
    target = normalize(text_target)
    ranking = kl_div(
        log_softmax(normalize(text) @ target.T / _TEMPERATURE, dim=-1),
        softmax(target @ target.T / _TEMPERATURE, dim=-1),
        reduction="batchmean",
    )
    return texts.mean() + _SPAN_WEIGHT * sentences.mean() + _RANKING_WEIGHT * ranking
