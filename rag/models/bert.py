"""BERT (Devlin et al., 2019) on torch alone, to the bit as transformers computes it.

Importing transformers and sentence-transformers takes longer than all else on the way from the
command line to an answer: two fifths of its time. The bundled models need nothing of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

Weights = Mapping[str, "Tensor"]
"""Weights by the names that they have in a model's file."""
FirstLayer = Callable[..., "Tensor"]
"""Makes the first states of `input_ids` and `token_type_ids`: n x length x size."""

EMBEDDINGS = "embeddings."
"""The beginning of the names of the first layer's weights."""


@dataclass(frozen=True)
class Shape:
    """The sizes of a network, by the names in a model's config.json."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int
    type_vocab_size: int = 2
    layer_norm_eps: float = 1e-12

    def of_embeddings(self) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the first layer's weights."""
        size = (self.hidden_size,)
        return {
            "embeddings.word_embeddings.weight": (self.vocab_size, *size),
            "embeddings.position_embeddings.weight": (self.max_position_embeddings, *size),
            "embeddings.token_type_embeddings.weight": (self.type_vocab_size, *size),
            "embeddings.LayerNorm.weight": size,
            "embeddings.LayerNorm.bias": size,
        }

    def of_layers(self) -> dict[str, tuple[int, ...]]:
        """Return the shapes of all other weights."""
        size, wide = self.hidden_size, self.intermediate_size
        sizes = {f"attention.self.{part}": (size, size) for part in ("query", "key", "value")}
        sizes["attention.output.dense"] = (size, size)
        sizes["intermediate.dense"] = (wide, size)
        sizes["output.dense"] = (size, wide)
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in range(self.num_hidden_layers):
            start = f"encoder.layer.{layer}."
            for name, matrix in sizes.items():
                shapes |= {f"{start}{name}.weight": matrix, f"{start}{name}.bias": matrix[:1]}
            for name in ("attention.output.LayerNorm", "output.LayerNorm"):
                shapes |= {f"{start}{name}.{part}": (size,) for part in ("weight", "bias")}
        return shapes


@dataclass(frozen=True)
class Embeddings:
    """The vectors of words, of their places and of the text that they stand in."""

    shape: Shape
    weights: Weights

    def __call__(self, input_ids: Tensor, token_type_ids: Tensor) -> Tensor:
        """Return the first states of tokens: n x length x size."""
        import torch

        places = torch.arange(input_ids.shape[1], device=input_ids.device)[None]
        states = self._vectors("word", input_ids) + self._vectors("token_type", token_type_ids)
        states = states + self._vectors("position", places)
        return _normal(self.shape, self.weights, "embeddings.LayerNorm", states)

    def _vectors(self, kind: str, ids: Tensor) -> Tensor:
        from torch.nn.functional import embedding

        return embedding(ids, self.weights[f"embeddings.{kind}_embeddings.weight"])


@dataclass(frozen=True)
class Bert:
    """The network without a head; `embeddings` may be another network's, to share them."""

    shape: Shape
    weights: Weights
    embeddings: FirstLayer

    def __call__(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Return the last states of tokens: n x length x size; `mask` is 1 for those to be seen."""
        states = self.embeddings(input_ids=ids, token_type_ids=types)
        length = ids.shape[1]
        # Without a mask torch takes another way, and the last bits differ.
        seen = None if mask.all() else mask.bool()[:, None, None].expand(-1, 1, length, length)
        for layer in range(self.shape.num_hidden_layers):
            states = self._layer(f"encoder.layer.{layer}.", states, seen)
        return states

    def _layer(self, start: str, states: Tensor, seen: Tensor | None) -> Tensor:
        from torch.nn.functional import gelu

        mixed = self._attend(f"{start}attention.self.", states, seen)
        mixed = self._linear(f"{start}attention.output.dense", mixed) + states
        mixed = _normal(self.shape, self.weights, f"{start}attention.output.LayerNorm", mixed)
        wide = gelu(self._linear(f"{start}intermediate.dense", mixed))
        narrow = self._linear(f"{start}output.dense", wide) + mixed
        return _normal(self.shape, self.weights, f"{start}output.LayerNorm", narrow)

    def _attend(self, start: str, states: Tensor, seen: Tensor | None) -> Tensor:
        from torch.nn.functional import scaled_dot_product_attention

        rows, length, size = states.shape
        heads = (rows, length, self.shape.num_attention_heads, -1)
        query, key, value = (
            self._linear(start + part, states).view(heads).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = scaled_dot_product_attention(query, key, value, attn_mask=seen)
        return mixed.transpose(1, 2).reshape(rows, length, size)

    def _linear(self, name: str, states: Tensor) -> Tensor:
        from torch.nn.functional import linear

        return linear(states, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])


def read_shape(folder: Path) -> Shape:
    """Return the sizes of the model in a folder."""
    stated = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return Shape(**{one.name: stated[one.name] for one in fields(Shape) if one.name in stated})


def _normal(shape: Shape, weights: Weights, name: str, states: Tensor) -> Tensor:
    from torch.nn.functional import layer_norm

    scale, shift = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return layer_norm(states, (shape.hidden_size,), scale, shift, shape.layer_norm_eps)
