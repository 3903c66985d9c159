"""Train the entailment head: whether a claim is borne out by the sentences that it quotes.

    python -m training.reader.train_entailment --nli DIR --claims FILE… --news DIR --pairs FILE
        --from READER --out DIR [--tokens N] …

It begins with the reader's weights, which have learnt to find in one text the words of another.
Claims are those written on news; `--pairs` are German–English sentences, of which true and altered
translations are made. DIR keeps a checkpoint. LOG.md says what was tried.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import softplus

from rag.language.lexicon import load_lexicon
from training.reader.claims import (
    SOURCES,
    Pairs,
    batches,
    news_epoch,
    public_epoch,
    read_news,
    read_public,
    read_translations,
    twins_epoch,
)
from training.reader.loop import BATCH_TOKENS, add_options, mix, run
from training.reader.network import CrossEncoder
from training.reader.switching import Switcher

# Without it, after five epochs of the claims on news, the sound one of two twins about roles was
# likelier in .96 of those learnt from; of roles in the development claims 2 of 21 were caught.
_DROPOUT = 0.1
# Licences that forbid commercial use.
_NON_COMMERCIAL = frozenset({"multi30k", "ted_iwslt17"})


class Judge(CrossEncoder):
    """Logits of supported, not said, contradicted, from `[CLS]` and the mean of all tokens."""

    def __init__(self, embedding: Path, dtype: torch.dtype = torch.bfloat16) -> None:
        super().__init__(embedding, dtype, _DROPOUT)
        size = self.bert.config.hidden_size
        self.nli = nn.Sequential(
            nn.Linear(2 * size, size, dtype=dtype), nn.GELU(), nn.Linear(size, 3, dtype=dtype)
        )

    def forward(self, batch: Pairs) -> Tensor:
        """Return the logits: n x 3."""
        states = self.states(batch.ids, batch.types, batch.mask)
        kept = batch.mask[..., None].to(states.dtype)
        mean = (states * kept).sum(dim=1) / kept.sum(dim=1)
        logits: Tensor = self.nli(torch.cat([states[:, 0], mean], dim=-1)).float()
        return logits


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description="Train the entailment head.")
    parser.add_argument("--nli", type=Path, required=True, help="folder of public claims")
    parser.add_argument("--claims", type=Path, nargs="+", required=True, help="claims on news")
    parser.add_argument("--news", type=Path, required=True, help="folder of the news files")
    parser.add_argument("--pairs", type=Path, required=True, help="German, English, source")
    parser.add_argument(
        "--shares",
        type=float,
        nargs=3,
        default=(0.4, 0.45, 0.15),
        metavar=("PUBLIC", "NEWS", "PAIRS"),
        help="of the batches",
    )
    add_options(parser, tokens=6e6)
    run(parser.parse_args(), Judge, _mixed, _loss, "entailment.safetensors")


def _loss(network: nn.Module, batch: Pairs) -> Tensor:
    """Return the mean log-loss; of a binary label that of supported or not.

    Of two claims about one quote, the sound one also has to be likelier than the other: twins
    differ in a word or two, and what they share says nothing.
    """
    logs = network(batch).log_softmax(-1)
    return _of_labels(logs, batch) + _of_twins(logs, batch)


def _of_twins(logs: Tensor, batch: Pairs) -> Tensor:
    log_odds = logs[:, 0] - logs[:, 1:].logsumexp(-1)
    sound = batch.label == 0
    same = batch.quoted[:, None] == batch.quoted[None, :]
    pairs = same & sound[:, None] & ~sound[None, :]
    apart = log_odds[:, None] - log_odds[None, :]
    return (softplus(-apart) * pairs).sum() / len(logs)


def _of_labels(logs: Tensor, batch: Pairs) -> Tensor:
    of_three = -logs.gather(1, batch.label[:, None])[:, 0]
    of_two = torch.where(batch.label == 0, -logs[:, 0], -logs[:, 1:].logsumexp(-1))
    return torch.where(batch.binary, of_two, 0.5 * (of_two + of_three)).mean()


def _mixed(
    options: argparse.Namespace, tokenizer: Tokenizer, rank: int, step: int
) -> Iterator[Pairs]:
    """Yield one process's batches without end, in the shares asked for."""
    rng = np.random.default_rng((options.seed, rank, step))
    switcher = Switcher(load_lexicon())
    public = {name: read_public(options.nli, name) for name in SOURCES}
    news = [pair for path in options.claims for pair in read_news(path, options.news)]
    translations = read_translations(options.pairs, _NON_COMMERCIAL)
    size = BATCH_TOKENS // options.workers
    epochs = {
        "public": lambda: batches(public_epoch(public, switcher, rng), tokenizer, size, rng),
        "news": lambda: batches(news_epoch(news, rng), tokenizer, size, rng),
        "pairs": lambda: batches(twins_epoch(translations, rng), tokenizer, size, rng),
    }
    yield from mix(epochs, options.shares, rank, rng)


if __name__ == "__main__":
    main()
