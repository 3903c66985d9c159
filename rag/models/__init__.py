"""Loading and calling models: embeddings, the reader and chat models."""
