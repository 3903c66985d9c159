"""Example questions, made from the titles of indexed articles."""

from __future__ import annotations

from collections.abc import Sequence

from rag.phrases import PHRASES
from vectorstore import Article

_LONGEST_TITLE_ASKED = 100


def example_questions(articles: Sequence[Article], most: int = 4) -> list[str]:
    """Return questions about single articles: what the article of this title is about.

    The articles are spread evenly over the corpus. Each question is in its article's language.
    """
    askable = [article for article in articles if 10 <= len(article.title) <= _LONGEST_TITLE_ASKED]
    step = max(1, len(askable) // most)
    return [
        PHRASES.get(article.language, PHRASES["en"]).example.format(title=article.title)
        for article in askable[::step][:most]
    ]
