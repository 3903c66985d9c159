"""Both search indexes of a store, kept at one edition of its catalog."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from vectorstore.catalog_reader import CatalogReader
from vectorstore.dense import DenseIndex
from vectorstore.errors import StoreDamaged, StoreReplaced
from vectorstore.faults import LEXICAL, incomplete
from vectorstore.lexical import LexicalIndex

logger = logging.getLogger(__name__)

# How often a search is repeated. It takes milliseconds, a batch of another process seconds.
_MOST_SEARCHES = 20

_Found = TypeVar("_Found")


class SearchIndexes:
    """The dense and the lexical index of the store in a folder; used by one thread at a time.

    `edition` is that of the catalog which both show, -1 until the first search reads them.
    """

    def __init__(self, folder: Path, dense: DenseIndex, lexical: LexicalIndex) -> None:
        self.edition = -1
        self._folder = folder
        self._dense = dense
        self._lexical = lexical
        self._dense_damaged = False

    def settled(
        self, catalog: CatalogReader, find: Callable[[DenseIndex | None], _Found]
    ) -> _Found:
        """Return the result of a search during which no other process wrote.

        If one writes meanwhile, an article that it replaces may be missing from the result. `find`
        is given the dense index, None if it is damaged.
        """
        for _ in range(_MOST_SEARCHES):
            self._refresh(catalog)
            found = find(None if self._dense_damaged else self._dense)
            if catalog.edition() == self.edition:
                break
        return found

    def check(self, catalog: CatalogReader) -> None:
        """Raise StoreDamaged if the lexical index lacks passages.

        Without it every BM25 would be 0, and the weights of query terms, which refusing depends on,
        would be those of an empty index: no answer is better than one by other rules.
        """

        def count() -> int:
            self._lexical.reload()
            return self._lexical.count()

        if not catalog.holds_as_many(count):
            raise incomplete(self._folder, LEXICAL)

    def _refresh(self, catalog: CatalogReader) -> None:
        edition = catalog.edition()
        if edition == self.edition:
            return
        if catalog.is_replaced():
            raise StoreReplaced("the index was rebuilt: start article-chat again")
        self.check(catalog)
        try:
            self._dense.reopen()
            self._dense_damaged = False
        except StoreDamaged as error:
            # The catalog has all vectors: comparing each with the question is slower, never wrong.
            self._dense_damaged = True
            if catalog.size():
                logger.warning("%s; until then each passage is compared with the question", error)
        self.edition = edition
