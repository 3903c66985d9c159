"""From text to sentences: what of it is article and not clutter, and where its sentences are."""

from rag.prose.clutter import Body, find_body
from rag.prose.sentences import split_sentences

__all__ = ["Body", "find_body", "split_sentences"]
