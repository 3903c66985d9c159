"""Retrieval and answers: from files to passages, from a question to an answer that cites them.

These are the names for other programs. Each is imported when it is first asked for, so that the
command starts without loading a model's libraries.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.answer import Answer, Citation
    from rag.chain import build_chain
    from rag.ingest.update import index_paths
    from rag.models.embedding import load_embedding
    from rag.models.entailment import load_entailment
    from rag.models.reader import load_reader
    from rag.question.messages import to_message
    from rag.retrieval.retriever import ArticleRetriever

__all__ = [
    "Answer",
    "ArticleRetriever",
    "Citation",
    "build_chain",
    "index_paths",
    "load_embedding",
    "load_entailment",
    "load_reader",
    "to_message",
]

_HOMES = {
    "Answer": "rag.answer",
    "ArticleRetriever": "rag.retrieval.retriever",
    "Citation": "rag.answer",
    "build_chain": "rag.chain",
    "index_paths": "rag.ingest.update",
    "load_embedding": "rag.models.embedding",
    "load_entailment": "rag.models.entailment",
    "load_reader": "rag.models.reader",
    "to_message": "rag.question.messages",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
