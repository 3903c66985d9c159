"""The store of articles: passages found by meaning (Chroma) and by their words (tantivy)."""

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
