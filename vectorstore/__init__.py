"""The store of articles: passages found by meaning (Chroma) and by wording (tantivy)."""

from vectorstore.errors import (
    NoStore,
    OtherEmbedding,
    StoreBusy,
    StoreError,
    StoreReplaced,
    StoreUnreadable,
    StoreUnwritable,
)
from vectorstore.opening import (
    Status,
    build_store,
    open_store,
    read_status,
    rebuilding,
    stored_articles,
    writing,
)
from vectorstore.records import Article, Passage, Skipped, Span, article_id
from vectorstore.store import Counts, Found, Hit, Store
from vectorstore.wording import Term, Wording, grams, terms_of

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
