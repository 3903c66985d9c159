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

# What sentence-transformers gives for a text when asked for all that it has.
_Encoded = dict[str, Any]
# Beyond this a passage is too long to point at, whatever the model can read.
_MOST_TOKENS_READ = 512
# Texts that one thread embeds at once. Passages a second on two cores, a thread each: 94 by 8, 92
# by 16, 84 by 32; both cores at the same batch of 32, as sentence-transformers does: 81.
_TEXTS_AT_ONCE = 8
# The names under which models ship a passage's prompt. sentence-transformers 6.2 looks for them in
# this order too, but is content with an empty first one, which it puts there itself.
_PASSAGE_PROMPTS = ("document", "passage", "corpus")
# Prefixes of questions and passages that a model was trained with and does not ship as prompts, by
# what its name holds; the first that matches. From the models' cards.
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

    Questions and passages get the prompts that the model ships for them; where it ships none,
    those that models of its name are known to need.
    """

    def __init__(self, name: str, model: SentenceTransformer) -> None:
        self.name = name
        self._model = model
        if not any(model.prompts.values()):
            model.prompts.update(_known_prompts(name))
        # The search and the reranker embed the same question one after the other.
        self._read_question = lru_cache(maxsize=8)(self._encode_question)

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads, those that frame it left out."""
        frame = int(self._model.tokenizer.num_special_tokens_to_add())
        read = min(self._model.max_seq_length or _MOST_TOKENS_READ, _MOST_TOKENS_READ)
        return read - frame - self.count_tokens([self._passage_prompt])[0]

    @property
    def precision(self) -> str:
        """The number format that the model computes in, such as "bfloat16"."""
        return str(self._model.dtype).removeprefix("torch.")

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens the model makes of each text."""
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
        """Return the vectors of each passage or sentence and of its tokens, at least one."""
        vectors: list[TokenVectors] = self._in_batches(self._encode_tokens, texts)
        return vectors

    def embed_keywords(self, text: str, keywords: Sequence[str]) -> TokenVectors:
        """Return the vectors of a question and of its tokens that belong to the keywords.

        Of all its tokens if none does, or if the tokenizer does not say where a token stands.
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
        # One of its own: to count, a tokenizer is told not to pad and not to cut off, which breaks
        # those that other threads are at ("Already borrowed").
        return copy.deepcopy(self._model.tokenizer)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        import torch

        # The first text sets how the tokenizer pads, which no two threads may do at once.
        self._encode_documents([""])
        return ThreadPoolExecutor(torch.get_num_threads(), "embed", initializer=one_core)

    def _in_batches(self, encode: Callable[[list[str]], list[Any]], texts: Sequence[str]) -> Any:  # noqa: ANN401
        """Encode texts of like length together, a batch a thread; return them in their order."""
        # By tokens: batches of texts alike in characters are filled up by 15 %, a seventh of the
        # time.
        tokens = self.count_tokens(texts)
        order = sorted(range(len(texts)), key=lambda at: -tokens[at])
        batches = [order[at : at + _TEXTS_AT_ONCE] for at in range(0, len(order), _TEXTS_AT_ONCE)]
        parts = [[texts[at] for at in batch] for batch in batches]
        encoded = self._threads.map(encode, parts) if len(parts) > 1 else map(encode, parts)
        found = dict(zip(order, (vector for part in encoded for vector in part), strict=True))
        return [found[at] for at in range(len(texts))]

    def _encode_documents(self, texts: list[str]) -> list[list[float]]:
        vectors = self._model.encode_document(
            texts, prompt=self._passage_prompt, show_progress_bar=False
        )
        unit: list[list[float]] = _unit(vectors).tolist()
        return unit

    def _encode_tokens(self, texts: list[str]) -> list[TokenVectors]:
        encoded = self._model.encode_document(
            texts, prompt=self._passage_prompt, output_value=None, show_progress_bar=False
        )
        return [self._token_vectors(cast("_Encoded", one))[0] for one in encoded]

    def _encode_question(self, text: str) -> tuple[TokenVectors, list[tuple[int, int]]]:
        """Return the vectors of a question and where in it each token stands, if that is known."""
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
        """Return the vectors of an encoded text, and the places of the tokens that are text.

        Tokens that fill up, frame the text, or are the prompt's are left out if others are left.
        """
        ids = encoded["input_ids"].tolist()
        framing = self._model.tokenizer.get_special_tokens_mask(
            ids, already_has_special_tokens=True
        )
        read = [row for row, seen in enumerate(encoded["attention_mask"].tolist()) if seen]
        behind = encoded.get("prompt_length") or 0
        rows = [row for row in read if row >= behind and not framing[row]] or read
        tokens = encoded["token_embeddings"][rows].float().numpy()
        vector = encoded["sentence_embedding"].float().numpy()
        return TokenVectors(_unit(vector), _unit(tokens).astype(np.float32)), rows


def _known_prompts(name: str) -> dict[str, str]:
    model = Path(name).name.casefold()
    for pattern, question, passage in _PREFIXES:
        if re.search(pattern, model):
            return {"query": question, "document": passage}
    return {}


def _unit(vectors: object) -> np.ndarray:
    """Bring vectors to length 1, which in bfloat16 they are only to within .003."""
    exact = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(exact, axis=-1, keepdims=True)
    return np.asarray(exact / np.maximum(lengths, 1e-12))
