"""A sentence-transformers model of the hub or a folder, to embed texts with."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from rag.models.sentence_embedding import MOST_TOKENS_READ, Span
from rag.models.token_vectors import TokenVectors, unit

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_Encoded = dict[str, Any]
"""A text as sentence-transformers encodes it with `output_value=None`."""
# Names under which models ship the prompt of a passage. sentence-transformers 6.2 tries them in
# this order too, but stops at an empty first one, which it adds itself.
_PASSAGE_PROMPTS = ("document", "passage", "corpus")
# Prefixes of questions and passages that a model was trained with and does not ship as prompts, by
# a pattern of its name; the first match counts. From the models' cards.
_PREFIXES = (
    (
        r"e5-.*instruct",
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\n"
        "Query: ",
        "",
    ),
    (r"\be5-", "query: ", "passage: "),
    (r"nomic-embed", "search_query: ", "search_document: "),
    (r"bge-\w+-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    (
        r"bge-\w+-en|arctic-embed-(xs|s|m|l|m-long)$|mxbai-embed",
        "Represent this sentence for searching relevant passages: ",
        "",
    ),
    (r"arctic-embed", "query: ", ""),
)


class HubEncoder:
    """Encodes texts with a sentence-transformers model.

    Questions and passages get the prompts that the model ships. If it ships none, they get those
    that models of its name are known to need.
    """

    def __init__(self, name: str, model: SentenceTransformer) -> None:
        self._model = model
        if not any(model.prompts.values()):
            model.prompts.update(_known_prompts(name))

    @property
    def max_tokens(self) -> int:
        """The number of tokens of a text that the model reads, without special tokens."""
        frame = int(self._model.tokenizer.num_special_tokens_to_add())
        read = min(self._model.max_seq_length or MOST_TOKENS_READ, MOST_TOKENS_READ)
        return read - frame - self.count_tokens([self._passage_prompt])[0]

    @property
    def precision(self) -> str:
        """The number format that the model computes in, such as "bfloat16"."""
        return str(self._model.dtype).removeprefix("torch.")

    @property
    def device(self) -> str:
        """The device that the model runs on, such as "cpu" or "cuda:0"."""
        return str(self._model.device)

    @property
    def word_vectors(self) -> Any:  # noqa: ANN401 - a torch module, and torch is not loaded here
        """The module with the vectors of words and positions, the model's first layer."""
        transformer: Any = self._model.transformers_model
        return transformer.embeddings

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text."""
        encoded = self._counter(list(texts), add_special_tokens=False, verbose=False)
        return [len(tokens) for tokens in encoded["input_ids"]]

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return the vectors of passages as rows, computed together."""
        vectors = self._model.encode_document(
            texts,
            prompt=self._passage_prompt,
            batch_size=len(texts),
            show_progress_bar=False,
        )
        return unit(vectors)

    def encode_tokens(self, texts: list[str]) -> list[TokenVectors]:
        """Return the vectors of passages and of their tokens, computed together."""
        encoded = self._model.encode_document(
            texts,
            prompt=self._passage_prompt,
            batch_size=len(texts),
            output_value=None,
            show_progress_bar=False,
        )
        return [self._token_vectors(cast("_Encoded", one))[0] for one in encoded]

    def encode_question(self, text: str) -> tuple[TokenVectors, list[Span]]:
        """Return the vectors of a question and the places of its tokens, if these are known."""
        prompt = self._question_prompt
        encoded = self._model.encode_query(
            text, prompt=prompt, output_value=None, show_progress_bar=False
        )
        vectors, rows = self._token_vectors(cast("_Encoded", encoded))
        if not self._counter.is_fast:
            return vectors, []
        places = self._counter(prompt + text, return_offsets_mapping=True)["offset_mapping"]
        shift = len(prompt)
        return vectors, [(places[row][0] - shift, places[row][1] - shift) for row in rows]

    @property
    def _passage_prompt(self) -> str:
        names = [*_PASSAGE_PROMPTS, self._model.default_prompt_name or ""]
        return next((prompt for name in names if (prompt := self._model.prompts.get(name))), "")

    @property
    def _question_prompt(self) -> str:
        prompts = self._model.prompts
        return str(prompts.get("query", prompts.get(self._model.default_prompt_name or "", "")))

    @cached_property
    def _counter(self) -> Any:  # noqa: ANN401 - tokenizers have no common type
        # A copy: counting turns padding and truncation off, which breaks a call of another thread
        # ("Already borrowed").
        return copy.deepcopy(self._model.tokenizer)

    def _token_vectors(self, encoded: _Encoded) -> tuple[TokenVectors, list[int]]:
        """Return the vectors of an encoded text, and the positions of its tokens.

        Padding, special tokens and the prompt are left out, unless there is nothing else.
        """
        ids = encoded["input_ids"].tolist()
        framing = self._model.tokenizer.get_special_tokens_mask(
            ids, already_has_special_tokens=True
        )
        read = [row for row, seen in enumerate(encoded["attention_mask"].tolist()) if seen]
        behind = encoded.get("prompt_length") or 0
        rows = [row for row in read if row >= behind and not framing[row]] or read
        tokens = encoded["token_embeddings"][rows].float().cpu().numpy()
        vector = encoded["sentence_embedding"].float().cpu().numpy()
        return TokenVectors(unit(vector), unit(tokens).astype(np.float32)), rows


def _known_prompts(name: str) -> dict[str, str]:
    model = Path(name).name.casefold()
    for pattern, question, passage in _PREFIXES:
        if re.search(pattern, model):
            return {"query": question, "document": passage}
    return {}
