"""Keep the turns of a conversation while they are answered, and read them back checked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from rag.answer import Citation
from rag.errors import RagError
from ui.conversations.store import Conversation, ConversationStore
from ui.errors import NotKept
from ui.turns import Turn, shown_citations
from vectorstore import Article, StoreError

logger = logging.getLogger(__name__)

ReadArticle = Callable[[str], Article]


def keep_turns(
    turns: Generator[Turn, None, None],
    store: ConversationStore,
    person: str,
    id: str,
    replaced: Sequence[Turn] = (),
) -> Iterator[Turn]:
    """Yield the states of a turn with its key; a finished turn is on disk before it is yielded.

    `replaced` are earlier turns that it takes the place of once it is finished. If nobody reads
    on, the turn is kept as far as it came, and replaces nothing. A turn that cannot be kept has no
    key; the reason is logged.
    """
    gone = [one.key for one in replaced if one.key is not None]
    turn, key = None, None
    with closing(turns):
        try:
            for turn in turns:
                if key is None and turn.answer is None and turn.state == "asking":
                    key = _ask(store, person, id, turn)
                elif key is not None and turn.state == "asking":
                    store.grow(key, turn)
                elif key is not None:
                    key = _finish(store, key, turn, gone)
                yield replace(turn, key=key)
        finally:
            if key is not None and turn is not None and turn.state == "asking":
                _finish(store, key, replace(turn, state="stopped"), ())


def read_conversation(
    store: ConversationStore, person: str, id: str, read_article: ReadArticle
) -> Conversation | None:
    """Return a conversation with its citations checked, None if there is none. Raises NotKept."""
    found = store.read(person, id)
    if found is None:
        return None
    articles: dict[str, Article | None] = {}
    turns = tuple(_check(turn, read_article, articles) for turn in found.turns)
    return replace(found, turns=turns)


def refresh(
    store: ConversationStore,
    person: str,
    id: str,
    turns: tuple[Turn, ...],
    read_article: ReadArticle,
) -> tuple[Turn, ...]:
    """Return the turns of a conversation as they are kept, which another device may have added to.

    The turns shown stay as they are if they could not be kept.
    """
    if not id or any(turn.key is None for turn in turns):
        return turns
    try:
        found = read_conversation(store, person, id, read_article)
    except NotKept as error:
        logger.warning("%s", error)
        return turns
    return found.turns if found else turns


def _ask(store: ConversationStore, person: str, id: str, turn: Turn) -> int | None:
    try:
        return store.ask(person, id, turn)
    except NotKept as error:
        logger.warning("%s", error)
        return None


def _finish(store: ConversationStore, key: int, turn: Turn, replaced: Sequence[int]) -> int | None:
    try:
        store.finish(key, turn, replaced)
    except NotKept as error:
        logger.warning("%s", error)
        return None
    return key


def _check(turn: Turn, read_article: ReadArticle, articles: dict[str, Article | None]) -> Turn:
    """Return a turn with `lost` set, and without contexts that are no longer in the articles."""
    if turn.answer is None:
        return turn

    def stands(article: str, start: int, end: int, text: str) -> bool:
        if article not in articles:
            articles[article] = _read(read_article, article)
        found = articles[article]
        return found is not None and found.text[start:end] == text

    def checked(citation: Citation) -> Citation:
        near = citation.context
        if near is None or stands(citation.article, near.start, near.end, near.text):
            return citation
        return replace(citation, context=None)

    shown = shown_citations(turn.answer)
    lost = frozenset(
        position
        for position, one in enumerate(shown)
        if not stands(one.article, one.start, one.end, one.quote)
    )
    answer = replace(
        turn.answer,
        citations=tuple(map(checked, turn.answer.citations)),
        further=tuple(map(checked, turn.answer.further)),
    )
    return replace(turn, answer=answer, lost=lost)


def _read(read_article: ReadArticle, id: str) -> Article | None:
    """Return an article, None if there is none or it cannot be read: then no quote is verbatim."""
    try:
        return read_article(id)
    except LookupError:
        return None
    except (RagError, StoreError) as error:
        logger.warning("%s", error)
        return None
