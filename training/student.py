"""The student model: the teacher's transformer with word embeddings for German pieces."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from training.alignment import Translations

WORDS = "embeddings.word_embeddings.weight"
"""The name of the word embeddings among the weights."""


class TwoTables(nn.Module):
    """Word embeddings in two tables, the teacher's and the new ones, with two learning rates."""

    place: Tensor
    numbers: Tensor

    def __init__(self, rows: Tensor, new: Iterable[int]) -> None:
        super().__init__()
        place = torch.full((len(rows),), -1)
        numbers = torch.tensor(sorted(new))
        place[numbers] = torch.arange(len(numbers))
        self.register_buffer("place", place, persistent=False)
        self.register_buffer("numbers", numbers, persistent=False)
        self.known = nn.Parameter(rows.clone())
        self.new = nn.Parameter(rows[numbers].clone())

    def forward(self, tokens: Tensor) -> Tensor:
        """Return a row for each token."""
        place = self.place[tokens]
        known = nn.functional.embedding(tokens, self.known)
        new = nn.functional.embedding(place.clamp(min=0), self.new)
        return torch.where((place >= 0).unsqueeze(-1), new, known)

    def joined(self) -> Tensor:
        """Return one table with all rows."""
        rows = self.known.detach().clone()
        rows[self.numbers] = self.new.detach()
        return rows


def starting_rows(
    teacher: NDArray[np.float32], size: int, new: Iterable[int], translations: Translations
) -> NDArray[np.float32]:
    """Return word embeddings in which each new piece is the mean of its translations.

    `translations` go from German pieces to English ones. The mean is weighted by the product of
    both directions. A piece without a translation gets the mean of all pieces.
    """
    rows = np.tile(teacher.mean(0), (size, 1))
    rows[: len(teacher)] = teacher
    is_new = np.zeros(size, dtype=bool)
    is_new[list(new)] = True
    used = is_new[translations.source] & ~is_new[translations.target]
    piece, meaning = translations.source[used], translations.target[used]
    weight = translations.mutual[used].astype(np.float64)
    total = np.bincount(piece, weight, minlength=size)
    for column in range(teacher.shape[1]):
        sums = np.bincount(piece, weight * teacher[meaning, column], minlength=size)
        rows[total > 0, column] = (sums[total > 0] / total[total > 0]).astype(np.float32)
    return rows


def write_model(
    out: Path, teacher: Path, tokenizer: Tokenizer, weights: dict[str, Tensor], dtype: torch.dtype
) -> None:
    """Write a sentence-transformers folder: the teacher's files, with new words and weights."""
    for file in teacher.rglob("*.json"):
        copy = out / file.relative_to(teacher)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    config = json.loads((teacher / "config.json").read_text(encoding="utf-8"))
    config["vocab_size"] = len(weights[WORDS])
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    tokenizer.save(str(out / "tokenizer.json"))
    kept = {name: weight.to(dtype).contiguous() for name, weight in weights.items()}
    save_file(kept, str(out / "model.safetensors"), metadata={"format": "pt"})


def read_weights(folder: Path) -> dict[str, Tensor]:
    """Return a model's weights in float32."""
    weights = load_file(str(folder / "model.safetensors"))
    return {name: weight.float() for name, weight in weights.items() if weight.is_floating_point()}
