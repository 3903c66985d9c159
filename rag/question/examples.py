"""Example questions, made from the titles of indexed articles."""

from __future__ import annotations

from collections.abc import Sequence

from rag.phrases import PHRASES
from vectorstore import Article

_LONGEST_TITLE_ASKED = 100


def example_questions(articles: Sequence[Article], language: str, most: int = 4) -> list[str]:
    """Return questions in a language about single articles: what one of this title is about.

    The articles are spread evenly over those in this language, or over all if none is.
    """
    askable = [article for article in articles if 10 <= len(article.title) <= _LONGEST_TITLE_ASKED]
    askable = [article for article in askable if article.language == language] or askable
    step = max(1, len(askable) // most)
    asked = PHRASES[language].example
    return [asked.format(title=article.title) for article in askable[::step][:most]]
