"""The store of articles: passages found by meaning (Chroma) and by wording (tantivy)."""

from vectorstore.data_folder import (
    Status,
    build_store,
    open_store,
    read_status,
    rebuilding,
    stored_articles,
    writing,
)
from vectorstore.errors import (
    NoStore,
    OtherEmbedding,
    StoreBusy,
    StoreError,
    StoreReplaced,
    StoreUnreadable,
    StoreUnwritable,
)
from vectorstore.query_terms import Term, Wording, grams, terms_of
from vectorstore.records import Article, Passage, Skipped, Span, article_id
from vectorstore.store import Counts, Found, Hit, Store

__all__ = [
    "Article",
    "Counts",
    "Found",
    "Hit",
    "NoStore",
    "OtherEmbedding",
    "Passage",
    "Skipped",
    "Span",
    "Status",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreReplaced",
    "StoreUnreadable",
    "StoreUnwritable",
    "Term",
    "Wording",
    "article_id",
    "build_store",
    "grams",
    "open_store",
    "read_status",
    "rebuilding",
    "stored_articles",
    "terms_of",
    "writing",
]
