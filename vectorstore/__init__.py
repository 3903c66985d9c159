"""The store of articles: passages found by meaning (Chroma) and by their words (tantivy).

Each name is imported when it is first asked for: the command starts, and opens its port, without
Chroma and LangChain.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vectorstore.catalog.listing import ArticlePage, ListedArticle
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
        BadAddress,
        NoStore,
        OnlyIndexed,
        OtherEmbedding,
        StoreBusy,
        StoreDamaged,
        StoreError,
        StoreReplaced,
        StoreUnreachable,
        StoreUnreadable,
        StoreUnwritable,
    )
    from vectorstore.filters import Filter
    from vectorstore.langchain import PassageVectorStore
    from vectorstore.lexical.query_terms import QueryTerms, Term, ngrams_of, terms_of
    from vectorstore.records import Article, Passage, Skipped, Span, article_id
    from vectorstore.repair.inspection import Fault, inspect_store
    from vectorstore.repair.repair import Embedder, Mended, repair_store
    from vectorstore.results import Counts, Hit, SearchResult
    from vectorstore.shared.address import StoreAddress, read_address
    from vectorstore.shared.folder import (
        build_shared_store,
        follow_store,
        open_shared_store,
    )
    from vectorstore.shared.inspection import inspect_shared, repair_shared
    from vectorstore.store import Store

__all__ = [
    "Article",
    "ArticlePage",
    "BadAddress",
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
    "QueryTerms",
    "SearchResult",
    "Skipped",
    "Span",
    "Store",
    "StoreAddress",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreReplaced",
    "StoreStatus",
    "StoreUnreachable",
    "StoreUnreadable",
    "StoreUnwritable",
    "Term",
    "article_id",
    "build_shared_store",
    "build_store",
    "follow_store",
    "inspect_shared",
    "inspect_store",
    "ngrams_of",
    "open_shared_store",
    "open_store",
    "read_address",
    "read_status",
    "rebuilding",
    "repair_shared",
    "repair_store",
    "stored_articles",
    "terms_of",
    "writing",
]

_HOMES = {
    "Article": "vectorstore.records",
    "ArticlePage": "vectorstore.catalog.listing",
    "BadAddress": "vectorstore.errors",
    "Counts": "vectorstore.results",
    "Embedder": "vectorstore.repair.repair",
    "Fault": "vectorstore.repair.inspection",
    "Filter": "vectorstore.filters",
    "Hit": "vectorstore.results",
    "ListedArticle": "vectorstore.catalog.listing",
    "Mended": "vectorstore.repair.repair",
    "NoStore": "vectorstore.errors",
    "OnlyIndexed": "vectorstore.errors",
    "OtherEmbedding": "vectorstore.errors",
    "Passage": "vectorstore.records",
    "PassageVectorStore": "vectorstore.langchain",
    "QueryTerms": "vectorstore.lexical.query_terms",
    "SearchResult": "vectorstore.results",
    "Skipped": "vectorstore.records",
    "Span": "vectorstore.records",
    "Store": "vectorstore.store",
    "StoreAddress": "vectorstore.shared.address",
    "StoreBusy": "vectorstore.errors",
    "StoreDamaged": "vectorstore.errors",
    "StoreError": "vectorstore.errors",
    "StoreReplaced": "vectorstore.errors",
    "StoreUnreachable": "vectorstore.errors",
    "StoreStatus": "vectorstore.data_folder",
    "StoreUnreadable": "vectorstore.errors",
    "StoreUnwritable": "vectorstore.errors",
    "Term": "vectorstore.lexical.query_terms",
    "article_id": "vectorstore.records",
    "build_shared_store": "vectorstore.shared.folder",
    "build_store": "vectorstore.data_folder",
    "follow_store": "vectorstore.shared.folder",
    "inspect_shared": "vectorstore.shared.inspection",
    "inspect_store": "vectorstore.repair.inspection",
    "ngrams_of": "vectorstore.lexical.query_terms",
    "open_shared_store": "vectorstore.shared.folder",
    "open_store": "vectorstore.data_folder",
    "read_address": "vectorstore.shared.address",
    "read_status": "vectorstore.data_folder",
    "rebuilding": "vectorstore.data_folder",
    "repair_shared": "vectorstore.shared.inspection",
    "repair_store": "vectorstore.repair.repair",
    "stored_articles": "vectorstore.data_folder",
    "terms_of": "vectorstore.lexical.query_terms",
    "writing": "vectorstore.data_folder",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
