"""The training loop of reader and entailment: processes that share each step, and a checkpoint."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import torch
import torch.distributed
import torch.multiprocessing
from tokenizers import Tokenizer
from torch import Tensor, nn

from rag.models.precision import native_precision
from training.reader.network import MasterWeights, read_weights, write_weights

EMBEDDING = Path("rag/bundled/embedding")
CHECKPOINT_EVERY = 100
BATCH_TOKENS = 4096


class Sized(Protocol):
    """A batch, with its token ids."""

    @property
    def ids(self) -> Tensor:
        """The ids: n x length."""
        ...


B = TypeVar("B", bound=Sized)
Stream = Callable[[argparse.Namespace, Tokenizer, int, int], Iterator[B]]
"""Gives one process's batches without end, by its rank and the step that it begins after."""


def add_options(parser: argparse.ArgumentParser, *, tokens: float) -> None:
    """Add the options that every training run has."""
    parser.add_argument("--out", type=Path, required=True, help="folder for the run")
    parser.add_argument("--from", dest="start", type=Path, help="weights to begin with")
    parser.add_argument("--tokens", type=float, default=tokens, help="to learn from, in all")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="processes, a core each")


def load_tokenizer() -> Tokenizer:
    """Return the bundled embedding's tokenizer, which neither cuts off nor fills up."""
    tokenizer = Tokenizer.from_file(str(EMBEDDING / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def run(
    options: argparse.Namespace,
    build: Callable[[Path, torch.dtype], nn.Module],
    stream: Stream[B],
    loss: Callable[[nn.Module, B], Tensor],
    name: str,
) -> None:
    """Train until `options.tokens` are seen; weights go to `name` in `options.out`.

    `build`, `stream` and `loss` are functions of a module, since each process looks them up.
    """
    options.out.mkdir(parents=True, exist_ok=True)
    torch.multiprocessing.spawn(  # type: ignore[attr-defined, no-untyped-call]
        _work, (options, build, stream, loss, name), nprocs=options.workers
    )


def mix(
    epochs: Mapping[str, Callable[[], Iterator[B]]],
    shares: Sequence[float],
    rank: int,
    rng: np.random.Generator,
) -> Iterator[B]:
    """Yield batches without end, of the epochs named, each in the share asked for.

    Raises ValueError if there is nothing to learn from in one of them.
    """

    def endless(name: str) -> Iterator[B]:
        for number in count(1):
            if rank == 0:
                print(f"epoch {number} of {name}", flush=True)
            batch = None
            for batch in epochs[name]():
                yield batch
            if batch is None:
                raise ValueError(f"there is nothing to learn from in {name}: give it no share")

    streams = [endless(name) for name in epochs]
    likely = np.array(shares) / sum(shares)
    while True:
        yield next(streams[rng.choice(len(streams), p=likely)])


def _work(
    rank: int,
    options: argparse.Namespace,
    build: Callable[[Path, torch.dtype], nn.Module],
    stream: Stream[B],
    loss: Callable[[nn.Module, B], Tensor],
    name: str,
) -> None:
    """Train as one of several processes, which take a share of each batch and stay alike.

    A thread a process: two threads at one batch wait for each other, and where another program
    takes a core, nearly all the time (300 tokens a second; two processes 2,200).
    """
    torch.set_num_threads(1)
    torch.distributed.init_process_group(
        "gloo",
        init_method=f"file://{options.out.absolute()}/meet-{os.getppid()}",
        rank=rank,
        world_size=options.workers,
    )
    torch.manual_seed(options.seed)
    # Products in bfloat16 without hardware for it: 1.3 GFLOP a second, in float32 70.
    network = build(EMBEDDING, getattr(torch, native_precision())).train()
    if options.start:
        read_weights(network, options.start)
    # Beside products on AMX, what stands between them takes most of a step: 3,600 tokens a second,
    # compiled 4,900.
    network.compile(dynamic=True)
    weights = MasterWeights(network.parameters(), options.rate)
    checkpoint, seen, step = options.out / "checkpoint.pt", 0, 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        weights.restore(state)
        seen, step = state["seen"], state["step"]
        print(f"goes on after step {step}", flush=True)

    began, at_first, recent = time.monotonic(), seen, []
    batches = stream(options, load_tokenizer(), rank, step)
    while seen < options.tokens:
        batch = next(batches)
        value = loss(network, batch)
        value.backward()  # type: ignore[no-untyped-call]
        size = torch.tensor([float(batch.ids.numel()), value.item()])
        weights.share(options.workers)
        torch.distributed.all_reduce(size)
        weights.step(options.rate * _schedule(seen / options.tokens))
        seen += int(size[0])
        step += 1
        recent.append(float(size[1]) / options.workers)
        if step % 50 == 0 and rank == 0:
            pace = (seen - at_first) / (time.monotonic() - began)
            print(
                f"step {step} tokens {seen / 1e6:.2f} M loss {np.mean(recent):.4f}"
                f" {pace:.0f} tokens a second",
                flush=True,
            )
            recent = []
        if rank == 0 and (step % CHECKPOINT_EVERY == 0 or seen >= options.tokens):
            written = checkpoint.with_suffix(".new")
            torch.save({**weights.state(), "seen": seen, "step": step}, written)
            written.replace(checkpoint)
            write_weights(network, options.out / name)


def _schedule(done: float) -> float:
    """Return the share of the full rate: rising over the first 4 %, then falling to a twentieth."""
    return min(1.0, (done + 1e-3) / 0.04, 1.0 - 0.95 * done)
