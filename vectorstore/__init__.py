"""The store of articles: passages found by meaning (Chroma) and by their words (tantivy).

Each name is imported when it is first asked for: the command starts, and opens its port, without
Chroma and LangChain.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vectorstore.data_folder import (
        StoreStatus,
        build_store,
        open_store,
        read_status,
        rebuilding,
        stored_articles,
        writing,
    )
    from vectorstore.errors import (
        NoStore,
        OnlyIndexed,
        OtherEmbedding,
        StoreBusy,
        StoreDamaged,
        StoreError,
        StoreReplaced,
        StoreUnreadable,
        StoreUnwritable,
    )
    from vectorstore.filters import Filter
    from vectorstore.inspection import Fault, inspect_store
    from vectorstore.langchain import PassageVectorStore
    from vectorstore.listing import ArticlePage, ListedArticle
    from vectorstore.query_terms import QueryTerms, Term, ngrams_of, terms_of
    from vectorstore.records import Article, Passage, Skipped, Span, article_id
    from vectorstore.repair import Embedder, Mended, repair_store
    from vectorstore.results import Counts, Hit, SearchResult
    from vectorstore.store import Store

__all__ = [
    "Article",
    "ArticlePage",
    "Counts",
    "Embedder",
    "Fault",
    "Filter",
    "Hit",
    "ListedArticle",
    "Mended",
    "NoStore",
    "OnlyIndexed",
    "OtherEmbedding",
    "Passage",
    "PassageVectorStore",
    "SearchResult",
    "Skipped",
    "Span",
    "StoreStatus",
    "Store",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreReplaced",
    "StoreUnreadable",
    "StoreUnwritable",
    "Term",
    "QueryTerms",
    "article_id",
    "build_store",
    "inspect_store",
    "ngrams_of",
    "open_store",
    "read_status",
    "rebuilding",
    "repair_store",
    "stored_articles",
    "terms_of",
    "writing",
]

_HOMES = {
    "Article": "vectorstore.records",
    "ArticlePage": "vectorstore.listing",
    "Counts": "vectorstore.results",
    "Embedder": "vectorstore.repair",
    "Fault": "vectorstore.inspection",
    "Filter": "vectorstore.filters",
    "Hit": "vectorstore.results",
    "ListedArticle": "vectorstore.listing",
    "Mended": "vectorstore.repair",
    "NoStore": "vectorstore.errors",
    "OnlyIndexed": "vectorstore.errors",
    "OtherEmbedding": "vectorstore.errors",
    "Passage": "vectorstore.records",
    "PassageVectorStore": "vectorstore.langchain",
    "QueryTerms": "vectorstore.query_terms",
    "SearchResult": "vectorstore.results",
    "Skipped": "vectorstore.records",
    "Span": "vectorstore.records",
    "Store": "vectorstore.store",
    "StoreBusy": "vectorstore.errors",
    "StoreDamaged": "vectorstore.errors",
    "StoreError": "vectorstore.errors",
    "StoreReplaced": "vectorstore.errors",
    "StoreStatus": "vectorstore.data_folder",
    "StoreUnreadable": "vectorstore.errors",
    "StoreUnwritable": "vectorstore.errors",
    "Term": "vectorstore.query_terms",
    "article_id": "vectorstore.records",
    "build_store": "vectorstore.data_folder",
    "inspect_store": "vectorstore.inspection",
    "ngrams_of": "vectorstore.query_terms",
    "open_store": "vectorstore.data_folder",
    "read_status": "vectorstore.data_folder",
    "rebuilding": "vectorstore.data_folder",
    "repair_store": "vectorstore.repair",
    "stored_articles": "vectorstore.data_folder",
    "terms_of": "vectorstore.query_terms",
    "writing": "vectorstore.data_folder",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
