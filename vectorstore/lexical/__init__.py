"""Search by words: BM25 in tantivy."""
