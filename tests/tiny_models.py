"""A cross-encoder small enough to make in a test: two layers of size 16, tokens are words."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from torch import Tensor
from transformers import BertConfig, BertModel

WORDS = "der die das hafen brücke markt brennt öffnet schließt nicht heute gestern . :".split()
SIZE = 16
LARGEST = 24
"""Size of weights that do not fit."""


def make_config(size: int = SIZE) -> BertConfig:
    return BertConfig(
        vocab_size=4 + len(WORDS),
        hidden_size=size,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * size,
        max_position_embeddings=400,
        # Far enough from zero that words make a difference.
        initializer_range=0.5,
    )


def make_tokenizer() -> Tokenizer:
    numbers = {word: n for n, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def make_embedding(folder: Path) -> Path:
    """Save an embedding of random word vectors with its tokenizer; return the folder."""
    folder.mkdir()
    torch.manual_seed(1)
    BertModel(make_config(), add_pooling_layer=False).save_pretrained(folder)
    make_tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def make_layers(size: int = SIZE) -> dict[str, Tensor]:
    """Return random weights of the layers, as a training run names them."""
    torch.manual_seed(2)
    network = BertModel(make_config(size), add_pooling_layer=False)
    return {
        f"bert.{name}": weight.detach().clone()
        for name, weight in network.state_dict().items()
        if not name.startswith("embeddings.")
    }


def make_reader(size: int = SIZE) -> dict[str, Tensor]:
    """Return random weights of a reader."""
    layers = make_layers(size)
    return {**layers, "head.weight": torch.randn(2, size), "head.bias": torch.randn(2)}


def make_entailment(size: int = SIZE) -> dict[str, Tensor]:
    """Return random weights of an entailment model."""
    return {
        **make_layers(size),
        # Small, so that no probability is near 0 or 1.
        "nli.0.weight": 0.2 * torch.randn(size, 2 * size),
        "nli.0.bias": torch.zeros(size),
        "nli.2.weight": 0.5 * torch.randn(3, size),
        "nli.2.bias": torch.zeros(3),
    }


def save(weights: dict[str, Tensor], path: Path) -> Path:
    save_file({name: weight.contiguous() for name, weight in weights.items()}, str(path))
    return path
