"""The reader's loss: finding an answer within its passage, and among passages that mislead."""

from __future__ import annotations

import torch
from torch import Tensor

from training.reader.encoding import Batch


def reading_loss(start: Tensor, end: Tensor, batch: Batch) -> Tensor:
    """Return the mean log-loss of the answers, or of none, over the rows of a batch.

    `start` and `end` are logits, n x length, -inf where no answer can be. Where a question comes
    with further passages, its answer also has to be found among the tokens of all: in use, answers
    are compared across passages (the shared normalisation of Clark and Gardner, 2018; each
    passage's null is the common measure).
    """
    within = _answers(start.log_softmax(-1), end.log_softmax(-1), batch)
    among = _answers(_among(start, batch.question), _among(end, batch.question), batch)
    compared = _same(batch.question).sum(dim=1) > 1
    answered = batch.start[:, 0] == 0
    return (within + torch.where(compared & answered, among, torch.zeros_like(among))).mean()


def _answers(starts: Tensor, ends: Tensor, batch: Batch) -> Tensor:
    """Return each row's loss, given log-probabilities.

    Where sentences are known, the words count half, and half that start and end fall into them.
    """
    words = _missed(starts, batch.start) + _missed(ends, batch.end)
    whole = _missed(starts, batch.sentence) + _missed(ends, batch.sentence)
    has_words = batch.start.any(dim=1)
    both = torch.where(
        batch.has_sentence & has_words,
        0.5 * words + 0.5 * whole,
        torch.where(has_words, words, whole),
    )
    return both / 2


def _among(logits: Tensor, question: Tensor) -> Tensor:
    """Return the log-probability of each token among all passages of its question, or no answer."""
    odds = logits - logits[:, :1]
    mass = odds[:, 1:].logsumexp(-1)
    every = mass[None, :].masked_fill(~_same(question), float("-inf")).logsumexp(-1)
    return odds - torch.logaddexp(every, torch.zeros_like(every))[:, None]


def _same(question: Tensor) -> Tensor:
    return question[:, None] == question[None, :]


def _missed(logs: Tensor, wanted: Tensor) -> Tensor:
    """Return the log-loss of the probability that falls on what is wanted, 0 where nothing is."""
    kept = logs.masked_fill(wanted == 0, float("-inf"))
    any_wanted = wanted.any(dim=1)
    kept = torch.where(any_wanted[:, None], kept, torch.zeros_like(kept))
    return torch.where(any_wanted, -kept.logsumexp(-1), torch.zeros(len(kept)))
