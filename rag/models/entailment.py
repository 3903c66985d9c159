"""The bundled entailment model, which judges whether quoted sentences bear out a claim.

A cross-encoder over the bundled embedding's word vectors with three classes, as in natural
language inference (Bowman et al., 2015). It reads German and English, also across the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rag.models.cross_encoder import CrossEncoder, frame_of, load_cross_encoder

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

LANGUAGES = frozenset({"de", "en"})
"""The languages that it reads."""
PREMISE_TOKENS = 200
CLAIM_TOKENS = 60
_WEIGHTS = ("nli.0.weight", "nli.0.bias", "nli.2.weight", "nli.2.bias")


class Judgement(NamedTuple):
    """The probabilities that a premise supports a claim, does not say it, contradicts it."""

    supported: float
    not_said: float
    contradicted: float


@dataclass(frozen=True)
class EncodedClaim:
    """`[CLS] premise [SEP] claim [SEP]` as token ids; `second` is where the claim begins."""

    ids: tuple[int, ...]
    second: int


class Entailment:
    """Judges claims by quoted sentences; any thread may call it."""

    def __init__(self, encoder: CrossEncoder, head: Sequence[Tensor]) -> None:
        self._encoder = encoder
        self._weights = head

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Judge each pair of a premise and a claim, in their order.

        A premise is an article's title and what it quotes, as `premise_of` writes it. Of longer
        texts only the beginning is read.
        """
        encoded = encode_claims(self._encoder.tokenizer, pairs)
        return self._encoder.read(encoded, self._classify)

    def _classify(
        self, pairs: Sequence[EncodedClaim], states: Tensor, mask: Tensor
    ) -> list[Judgement]:
        import torch
        from torch.nn.functional import gelu, linear

        seen = mask[..., None].to(states.dtype)
        mean = (states * seen).sum(dim=1) / seen.sum(dim=1)
        weight, bias, last_weight, last_bias = self._weights
        hidden = gelu(linear(torch.cat((states[:, 0], mean), dim=-1), weight, bias))
        chances = linear(hidden, last_weight, last_bias).float().softmax(dim=-1)
        return [Judgement(*row) for row in chances.tolist()]


def premise_of(title: str, sentences: Sequence[str]) -> str:
    """Return a title and the quoted sentences as the model reads them."""
    heading = title.strip()
    if heading and heading[-1] not in ".!?…":
        heading += "."
    return " ".join((heading, *sentences)).strip()


def encode_claims(tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]]) -> list[EncodedClaim]:
    """Return premises and claims as token ids, the same in training and in use."""
    cls, sep = frame_of(tokenizer)
    premises = tokenizer.encode_batch([one for one, _ in pairs], add_special_tokens=False)
    claims = tokenizer.encode_batch([one for _, one in pairs], add_special_tokens=False)
    encoded = []
    for premise, claim in zip(premises, claims, strict=True):
        first = (cls, *premise.ids[:PREMISE_TOKENS], sep)
        encoded.append(EncodedClaim((*first, *claim.ids[:CLAIM_TOKENS], sep), len(first)))
    return encoded


def load_entailment(embeddings: Any = None) -> Entailment:  # noqa: ANN401
    """Load the bundled model; `embeddings` are the bundled embedding's, if it is loaded anyway.

    Raises ReaderUnavailable if the file is missing, is broken or holds other weights.
    """
    with as_file(files("rag") / "bundled") as folder:
        return load_entailment_from(folder / "reader", folder / "embedding", embeddings)


def load_entailment_from(folder: Path, embedding: Path, embeddings: Any = None) -> Entailment:  # noqa: ANN401
    """Load the weights in `folder` over the word vectors of the model in `embedding`."""
    path = folder / "entailment.safetensors"
    encoder, head = load_cross_encoder(path, embedding, _WEIGHTS, embeddings)
    return Entailment(encoder, head)
