"""The contents of a store, to compare with those of another."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vectorstore import stored_articles

Content = dict[tuple[str, str, str, str], np.ndarray]
"""The vector of each passage, by its id, article's path and hash, and its text."""


def read_content(data: Path) -> Content:
    """Return the visible passages of the store in a data folder."""
    with stored_articles(data) as catalog:
        return {
            (passage.id, passage.article.path, passage.article.content_hash, passage.text): vector
            for passages, vectors in catalog.all_embedded()
            for passage, vector in zip(passages, vectors, strict=True)
        }
