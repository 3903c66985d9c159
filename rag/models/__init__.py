"""The models that are loaded and called: embeddings and chat models."""
