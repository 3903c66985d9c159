"""A sentence-transformers model as a LangChain embedding, also of single tokens."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.models.threads import one_core
from rag.models.token_vectors import TokenVectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_Encoded = dict[str, Any]
"""A text as sentence-transformers encodes it with `output_value=None`."""
# A longer passage is too long for a citation, even if the model can read it.
_MOST_TOKENS_READ = 512
# Texts in a batch of one thread. Passages a second on two cores, one thread each: 94 with batches
# of 8, 92 with 16, 84 with 32. Both cores on one batch of 32, as in sentence-transformers: 81.
_TEXTS_AT_ONCE = 8
# On a GPU, which one thread feeds. Not measured.
_TEXTS_AT_ONCE_ON_GPU = 128
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


class SentenceEmbedding(Embeddings):
    """A sentence-transformers model as a LangChain embedding; all vectors have length 1.

    Questions and passages get the prompts that the model ships. If it ships none, they get those
    that models of its name are known to need.
    """

    def __init__(self, name: str, model: SentenceTransformer) -> None:
        self.name = name
        self._model = model
        if not any(model.prompts.values()):
            model.prompts.update(_known_prompts(name))
        # The search and the reranker embed the same question in turn.
        self._read_question = lru_cache(maxsize=8)(self._encode_question)

    @property
    def max_tokens(self) -> int:
        """The number of tokens of a text that the model reads, without special tokens."""
        frame = int(self._model.tokenizer.num_special_tokens_to_add())
        read = min(self._model.max_seq_length or _MOST_TOKENS_READ, _MOST_TOKENS_READ)
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
        if not texts:
            return []
        encoded = self._counter(list(texts), add_special_tokens=False, verbose=False)
        return [len(tokens) for tokens in encoded["input_ids"]]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each passage or sentence."""
        vectors: list[list[float]] = self._in_batches(self._encode_documents, texts)
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        vector: list[float] = self._read_question(text)[0].vector.tolist()
        return vector

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the vectors of each passage or sentence and of its tokens, at least one token."""
        vectors: list[TokenVectors] = self._in_batches(self._encode_tokens, texts)
        return vectors

    def embed_keywords(self, text: str, keywords: Sequence[str]) -> TokenVectors:
        """Return the vectors of a question and of those of its tokens that are in the keywords.

        If none is, or the tokenizer gives no positions, return the vectors of all its tokens.
        """
        question, spans = self._read_question(text)
        wanted = {word.casefold() for word in keywords}
        places = [m.span() for m in re.finditer(r"\w+", text) if m.group().casefold() in wanted]
        rows = [
            row
            for row, (start, end) in enumerate(spans)
            if any(start < last and first < end for first, last in places)
        ]
        return TokenVectors(question.vector, question.tokens[rows]) if rows else question

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

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        import torch

        # The first text sets the tokenizer's padding, which two threads must not do at once.
        self._encode_documents([""])
        if self._on_gpu:
            return ThreadPoolExecutor(1, "embed")
        return ThreadPoolExecutor(torch.get_num_threads(), "embed", initializer=one_core)

    @property
    def _on_gpu(self) -> bool:
        return not self.device.startswith("cpu")

    def _in_batches(self, encode: Callable[[list[str]], list[Any]], texts: Sequence[str]) -> Any:  # noqa: ANN401
        """Encode texts of similar length together, a batch a thread; return them in order."""
        # Length in tokens: in batches of similar length in characters 15 % are padding, a seventh
        # of the time.
        tokens = self.count_tokens(texts)
        order = sorted(range(len(texts)), key=lambda at: -tokens[at])
        size = _TEXTS_AT_ONCE_ON_GPU if self._on_gpu else _TEXTS_AT_ONCE
        batches = [order[at : at + size] for at in range(0, len(order), size)]
        parts = [[texts[at] for at in batch] for batch in batches]
        encoded = self._threads.map(encode, parts) if len(parts) > 1 else map(encode, parts)
        found = dict(zip(order, (vector for part in encoded for vector in part), strict=True))
        return [found[at] for at in range(len(texts))]

    def _encode_documents(self, texts: list[str]) -> list[list[float]]:
        vectors = self._model.encode_document(
            texts,
            prompt=self._passage_prompt,
            batch_size=len(texts),
            show_progress_bar=False,
        )
        unit: list[list[float]] = _unit(vectors).tolist()
        return unit

    def _encode_tokens(self, texts: list[str]) -> list[TokenVectors]:
        encoded = self._model.encode_document(
            texts,
            prompt=self._passage_prompt,
            batch_size=len(texts),
            output_value=None,
            show_progress_bar=False,
        )
        return [self._token_vectors(cast("_Encoded", one))[0] for one in encoded]

    def _encode_question(self, text: str) -> tuple[TokenVectors, list[tuple[int, int]]]:
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
        return TokenVectors(_unit(vector), _unit(tokens).astype(np.float32)), rows


def _known_prompts(name: str) -> dict[str, str]:
    model = Path(name).name.casefold()
    for pattern, question, passage in _PREFIXES:
        if re.search(pattern, model):
            return {"query": question, "document": passage}
    return {}


def _unit(vectors: object) -> np.ndarray:
    """Scale vectors to length 1; in bfloat16 the model's are up to .003 off."""
    exact = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(exact, axis=-1, keepdims=True)
    return np.asarray(exact / np.maximum(lengths, 1e-12))
