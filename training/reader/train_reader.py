"""Train the bundled reader.

    python -m training.reader.train_reader --qa DIR --out DIR [--tokens N] …
    python -m training.reader.train_reader --qa DIR --windows FILE --paragraphs FILE…
        --shares .3 .55 .15 --from WEIGHTS --out DIR [--tokens N] …

One stage a call. The first learns to read from public questions, English ones switched word by
word into German. The second goes on with questions written for this project on German news
(`training.reader.windows`) and on paragraphs of its own (`paragraphs-*.jsonl` beside this file).
DIR keeps a checkpoint, so a run that was stopped goes on where it was. LOG.md says what was tried.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from torch import Tensor, nn

from rag.language.lexicon import load_lexicon
from training.reader.encoding import Batch, batches
from training.reader.examples import (
    SOURCES,
    news_epoch,
    public_epoch,
    read_paragraphs,
    read_public,
    read_windows,
    written_epoch,
)
from training.reader.loop import BATCH_TOKENS, add_options, mix, run
from training.reader.loss import reading_loss
from training.reader.network import Reader
from training.reader.switching import Switcher


def main() -> None:
    """Run one stage from the command line."""
    parser = argparse.ArgumentParser(description="Train the bundled reader.")
    parser.add_argument("--qa", type=Path, required=True, help="folder of public questions")
    parser.add_argument("--windows", type=Path, nargs="*", default=[], help="news questions")
    parser.add_argument("--paragraphs", type=Path, nargs="*", default=[], help="written ones")
    parser.add_argument(
        "--shares",
        type=float,
        nargs=3,
        default=(1.0, 0.0, 0.0),
        metavar=("PUBLIC", "NEWS", "WRITTEN"),
        help="of the batches",
    )
    parser.add_argument(
        "--negatives", type=float, default=0.8, help="share with a misleading passage too"
    )
    add_options(parser, tokens=9e6)
    run(parser.parse_args(), Reader, _mixed, _loss, "reader.safetensors")


def _loss(network: nn.Module, batch: Batch) -> Tensor:
    start, end = network(batch)
    return reading_loss(start, end, batch)


def _mixed(
    options: argparse.Namespace, tokenizer: Tokenizer, rank: int, step: int
) -> Iterator[Batch]:
    """Yield one process's batches without end, public and news questions in the share asked for."""
    rng = np.random.default_rng((options.seed, rank, step))
    switcher = Switcher(load_lexicon())
    public = {name: read_public(options.qa, name) for name in SOURCES} if options.shares[0] else {}
    groups = [group for path in options.windows for group in read_windows(path)]
    written = [example for path in options.paragraphs for example in read_paragraphs(path)]
    size = BATCH_TOKENS // options.workers
    epochs = {
        "public": lambda: batches(
            public_epoch(public, SOURCES, switcher, rng), tokenizer, size, rng
        ),
        "news": lambda: batches(news_epoch(groups, options.negatives, rng), tokenizer, size, rng),
        "written": lambda: batches(written_epoch(written, rng), tokenizer, size, rng),
    }
    yield from mix(epochs, options.shares, rank, rng)


if __name__ == "__main__":
    main()
