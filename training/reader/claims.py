"""Claims with the sentences they are judged by, as the entailment head is trained on them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from rag.models.cross_encoder import stack
from rag.models.entailment import EncodedClaim, encode_claims, premise_of
from training.reader.altering import alter
from training.reader.derived import copies, hung_on
from training.reader.pair import CONTRADICTED, LABELS, NOT_SAID, SUPPORTED, Pair
from training.reader.switching import Switcher, switch

# "neutral" of a binary set only means "not entailed": either of the other two.
_ENTAILMENT = {"entailment": SUPPORTED, "neutral": NOT_SAID, "contradiction": CONTRADICTED}
# Public sets, and the share of each that an epoch takes. Captions and templates are thin: they
# teach minimal edits, and little of news.
SOURCES = {
    "nli-mnli-dev": 0.6,
    "nli-mnli-train10k-de-mt": 1.0,
    "nli-rte3-de": 1.0,
    "nli-rte3-en": 0.5,
    "nli-pawsx-dev": 1.0,
    "nli-fever-dev-pairs": 0.6,
    "nli-fever-symmetric": 1.0,
    "nli-foolmetwice-dev-test": 1.0,
    "nli-begin": 0.4,
    "nli-snli-counterfactual": 0.25,
    "nli-negation": 0.4,
    "nli-summedits": 0.0,
}
# Share of English public pairs of which one side or both are switched word by word into German.
SWITCHED = 0.5
# Share of quotes that come with a changed copy of theirs, with a clause about something else.
COPIED, HUNG_ON = 0.2, 0.15
_POOL = 4096


@dataclass(frozen=True)
class Pairs:
    """Pairs side by side: n x length, and for each its label.

    Rows with the same number in `quoted` are claims about one quote.
    """

    ids: Tensor
    types: Tensor
    mask: Tensor
    label: Tensor
    binary: Tensor
    quoted: Tensor


Row = tuple[EncodedClaim, Pair]


def read_public(folder: Path, name: str) -> list[Pair]:
    """Read a set of premises and hypotheses; those with very long premises are left out."""
    found = []
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if len(row["premise"]) > 900:
                continue
            english = row["language_premise"] == row["language_hypothesis"] == "en"
            found.append(
                Pair(
                    row["premise"],
                    row["hypothesis"],
                    _ENTAILMENT[row["label"]],
                    bool(row.get("binary")),
                    "en" if english else "",
                )
            )
    return found


def read_news(path: Path, news: Path) -> list[Pair]:
    """Read claims written on news; a quoted sentence comes with its article's title."""
    articles: dict[str, list[dict[str, str]]] = {}
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["file"] not in articles:
            lines = (news / row["file"]).read_text(encoding="utf-8").splitlines()
            articles[row["file"]] = [json.loads(one) for one in lines]
        article = articles[row["file"]][row["row"]]
        quotes = [article["text"][start:end] for start, end in row["quotes"]]
        found.append(
            Pair(
                premise_of(article.get("title", ""), quotes),
                row["claim"],
                LABELS[row["label"]],
                language=row["language"],
                sentence=quotes[0],
            )
        )
    return found


def read_translations(path: Path, left_out: frozenset[str]) -> list[tuple[str, str]]:
    """Read German–English pairs of sentences of some length."""
    found = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            german, english, source = line.rstrip("\n").split("\t")
            if source not in left_out and 50 < len(german) < 260:
                found.append((german, english))
    return found


def public_epoch(
    sources: dict[str, list[Pair]], switcher: Switcher, rng: np.random.Generator
) -> Iterator[Pair]:
    """Yield one epoch of public pairs in random order, half of the English ones switched."""
    chosen = [
        pairs[at]
        for name, pairs in sources.items()
        for at in rng.permutation(len(pairs))[: int(SOURCES[name] * len(pairs))]
    ]
    for at in rng.permutation(len(chosen)):
        pair = chosen[at]
        if pair.language == "en" and rng.random() < SWITCHED:
            side = rng.integers(3)
            if side != 0:
                pair = replace(pair, quoted=switch(pair.quoted, (), switcher, rng)[0])
            if side != 1:
                pair = replace(pair, claim=switch(pair.claim, (), switcher, rng)[0])
        yield pair


def twins_epoch(
    translations: Sequence[tuple[str, str]], rng: np.random.Generator
) -> Iterator[Pair]:
    """Yield true translations, and some of them again with one thing altered in the claim."""
    for at in rng.permutation(len(translations)):
        one, other = translations[at]
        if rng.random() < 0.5:
            one, other = other, one
        altered = alter(other, rng)
        if altered:
            yield Pair(one, other, SUPPORTED)
            yield Pair(one, altered, CONTRADICTED)


def news_epoch(pairs: Sequence[Pair], rng: np.random.Generator) -> Iterator[Pair]:
    """Yield claims on news in random order, those on one quote that follow each other together.

    Some come with claims that are derived from them.
    """
    twins = [list(some) for _, some in groupby(pairs, lambda pair: pair.quoted)]
    for at in rng.permutation(len(twins)):
        yield from twins[at]
        one = twins[at][int(rng.integers(len(twins[at])))]
        if rng.random() < COPIED:
            yield from copies(one, pairs, rng)
        if rng.random() < HUNG_ON:
            yield from hung_on(one, pairs, rng)


def batches(
    pairs: Iterator[Pair], tokenizer: Tokenizer, tokens: int, rng: np.random.Generator
) -> Iterator[Pairs]:
    """Yield batches of about `tokens` tokens, of pairs of like length, in random order.

    Claims about one quote that follow each other stay together.
    """
    while pool := list(islice(pairs, _POOL)):
        claims = encode_claims(tokenizer, [(pair.quoted, pair.claim) for pair in pool])
        rows = zip(claims, pool, strict=True)
        twins = [list(some) for _, some in groupby(rows, lambda row: row[1].quoted)]
        twins.sort(key=_longest)
        cut: list[list[list[Row]]] = [[]]
        for some in twins:
            if cut[-1] and (sum(map(len, cut[-1])) + len(some)) * _longest(some) > tokens:
                cut.append([])
            cut[-1].append(some)
        for number in rng.permutation(len(cut) if twins else 0):
            yield _collate(cut[number])


def _longest(rows: Sequence[Row]) -> int:
    return max(len(encoded.ids) for encoded, _ in rows)


def _collate(twins: Sequence[Sequence[Row]]) -> Pairs:
    rows = [row for some in twins for row in some]
    return Pairs(
        *stack([encoded for encoded, _ in rows]),
        torch.tensor([pair.label for _, pair in rows]),
        torch.tensor([pair.binary for _, pair in rows]),
        torch.tensor([number for number, some in enumerate(twins) for _ in some]),
    )
