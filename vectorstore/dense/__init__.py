"""Search by meaning: embeddings in Chroma."""
