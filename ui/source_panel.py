"""The article that is opened beside the conversation, or the reason why it cannot be."""

from __future__ import annotations

import logging
from collections.abc import Callable

from rag.errors import RagError
from ui.html.article_tools import render_tools
from ui.html.page import find_citation
from ui.html.source import (
    NO_SOURCE,
    Opening,
    render_notice,
    render_reading,
    render_source,
    render_trouble,
)
from ui.turns import Turn, number_articles, shown_citations
from ui.visitors import find_fault
from ui.words import Words
from vectorstore import Article, StoreError

logger = logging.getLogger(__name__)


def open_source(
    read_article: Callable[[str], Article], turns: tuple[Turn, ...], opening: Opening, words: Words
) -> str:
    """Return the panel of a pressed citation, or the reason why its article cannot be shown."""
    if opening.article:
        return open_reading(read_article, opening, words)
    citation = find_citation(turns, opening.turn, opening.citation)
    answer = turns[opening.turn].answer if citation is not None else None
    if citation is None or answer is None:
        return NO_SOURCE
    try:
        article = read_article(citation.article)
    except LookupError:
        return render_notice(words.gone, citation, words, opening=opening)
    except (RagError, StoreError) as error:
        said = words.say(find_fault(error))
        return render_notice(said, citation, words, opening=opening)
    except Exception:
        logger.exception("No article %s to show", citation.article)
        return render_notice(words.not_shown, citation, words, opening=opening)
    number = number_articles(answer)[citation.article]
    label = words.source.format(number=number) if answer.found else words.nearest
    also = shown_citations(answer)
    tools = render_tools(opening.turn, opening.citation, answer, words)
    return render_source(article, citation, also, words, label=label, opening=opening, tools=tools)


def open_reading(read_article: Callable[[str], Article], opening: Opening, words: Words) -> str:
    """Return the panel of an article without a citation, or the reason why it cannot be shown."""
    try:
        return render_reading(read_article(opening.article), words, opening=opening)
    except LookupError:
        said = words.unknown
    except (RagError, StoreError) as error:
        said = words.say(find_fault(error))
    except Exception:
        logger.exception("No article %s to read", opening.article)
        said = words.not_shown
    return render_trouble(said, words, opening=opening)
