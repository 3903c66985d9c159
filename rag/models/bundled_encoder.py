"""The bundled embedding on torch and tokenizers alone, to the bit as sentence-transformers has it.

Its folder is a plain sentence-transformers model: BERT, the mean of its tokens, length 1.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.models.cross_encoder import frame_of
from rag.models.sentence_embedding import Span
from rag.models.token_vectors import TokenVectors, unit

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer
    from torch import Tensor

    from rag.models.bert import Bert


class BundledEncoder:
    """Encodes texts with the bundled embedding, which has no prompts."""

    def __init__(self, network: Bert, tokenizer: Tokenizer, max_tokens: int) -> None:
        self.max_tokens = max_tokens
        self._network = network
        self._tokenizer = tokenizer
        self._frame = frame_of(tokenizer)
        known = tokenizer.get_added_tokens_decoder().items()
        self._special = {id for id, token in known if token.special}

    @property
    def precision(self) -> str:
        """The number format that the model computes in, such as "bfloat16"."""
        return str(self._weight.dtype).removeprefix("torch.")

    @property
    def device(self) -> str:
        """The device that the model runs on, such as "cpu" or "cuda:0"."""
        return str(self._weight.device)

    @property
    def word_vectors(self) -> Any:  # noqa: ANN401 - a torch module, and torch is not loaded here
        """The module with the vectors of words and positions, the model's first layer."""
        return self._network.embeddings

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text."""
        return [len(text.ids) for text in self._tokenize(texts)]

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return the vectors of passages as rows, computed together."""
        _, vectors = self._read(self._tokenize(texts))
        return unit(vectors.float().cpu().numpy())

    def encode_tokens(self, texts: list[str]) -> list[TokenVectors]:
        """Return the vectors of passages and of their tokens, computed together."""
        tokenized = self._tokenize(texts)
        states, vectors = self._read(tokenized)
        return [
            self._token_vectors(one, *computed)[0]
            for one, *computed in zip(tokenized, states, vectors, strict=True)
        ]

    def encode_question(self, text: str) -> tuple[TokenVectors, list[Span]]:
        """Return the vectors of a question and the places of its tokens."""
        [tokenized] = self._tokenize([text])
        [states], [vector] = self._read([tokenized])
        vectors, rows = self._token_vectors(tokenized, states, vector)
        places = [(0, 0), *tokenized.offsets[: self.max_tokens], (0, 0)]
        return vectors, [places[row] for row in rows]

    @property
    def _weight(self) -> Tensor:
        return self._network.weights["embeddings.word_embeddings.weight"]

    def _tokenize(self, texts: Sequence[str]) -> list[Encoding]:
        return self._tokenizer.encode_batch(list(texts), add_special_tokens=False)

    def _read(self, texts: Sequence[Encoding]) -> tuple[Tensor, Tensor]:
        """Return the states of all tokens, n x length x size, and the vectors of the texts."""
        import torch
        from torch.nn.functional import normalize

        cls, sep = self._frame
        framed = [[cls, *text.ids[: self.max_tokens], sep] for text in texts]
        ids = torch.zeros((len(framed), max(map(len, framed))), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, tokens in enumerate(framed):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            mask[row, : len(tokens)] = 1
        ids, mask = ids.to(self._weight.device), mask.to(self._weight.device)
        with torch.inference_mode():
            states = self._network(ids, torch.zeros_like(ids), mask)
            seen = mask[..., None].to(states.dtype)
            total = (states * seen).sum(dim=1, dtype=torch.float32)
            mean = total / seen.sum(dim=1, dtype=torch.float32)
            return states, normalize(mean.to(states.dtype), p=2, dim=-1)

    def _token_vectors(
        self, text: Encoding, states: Tensor, vector: Tensor
    ) -> tuple[TokenVectors, list[int]]:
        """Return the vectors of a text, and the positions of its tokens.

        Special tokens are left out, unless there is nothing else; a word that is not known is one.
        """
        ids = text.ids[: self.max_tokens]
        rows = [row for row, id in enumerate(ids, start=1) if id not in self._special]
        rows = rows or list(range(len(ids) + 2))
        tokens = unit(states[rows].float().cpu().numpy()).astype(np.float32)
        return TokenVectors(unit(vector.float().cpu().numpy()), tokens), rows


def load_bundled_encoder(folder: Path, device: str, dtype: str) -> BundledEncoder:
    """Load the bundled embedding from its folder to a device, in a number format of torch's."""
    import torch
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    from rag.models.bert import Bert, Embeddings, read_shape

    shape = read_shape(folder)
    stored = load_file(str(folder / "model.safetensors"), device=device)
    needed = shape.of_embeddings() | shape.of_layers()
    weights = {name: stored[name].to(getattr(torch, dtype)) for name in needed}
    network = Bert(shape, weights, Embeddings(shape, weights))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    stated = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
    framed = len(frame_of(tokenizer))
    return BundledEncoder(network, tokenizer, int(stated["max_seq_length"]) - framed)
