"""The student's lesson: to say of a German text what the teacher says of its translation."""

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
# How sharply the nearest of the batch's texts stand out, as in the teacher's own training.
_TEMPERATURE = 0.05
_SPAN_WEIGHT = 0.5
_RANKING_WEIGHT = 0.1


@dataclass(frozen=True)
class Encoded:
    """Texts as a model reads them: tokens and, of each token, the sentence it belongs to.

    Both are (texts, length); `sentence` counts through the batch from 0, and is -1 for the frame
    and the padding. `attention` is 1 where there is a token.
    """

    tokens: Tensor
    attention: Tensor
    sentence: Tensor
    sentences: int


def encode(texts: Sequence[Sequence[NDArray[np.int32]]], tokenizer: Tokenizer) -> Encoded:
    """Frame and pad texts that are given as sentences in tokens; what is too long is cut."""
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
    """Return the mean state of each text, frame included, and of each sentence within its text.

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
    """Return how far the student is from the teacher over a batch of texts.

    Three terms: the cosine of each text's vector to the teacher's, that of each sentence within
    its text (late pooling), and how differently the two would rank the batch's texts.
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
