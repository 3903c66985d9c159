"""The lexical index: BM25 over words and their character 4-grams, kept by tantivy on disk."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import tantivy

from vectorstore.deleting import delete_folder, delete_remains
from vectorstore.errors import StoreDamaged
from vectorstore.faults import LEXICAL, damaged, named_tantivy_errors
from vectorstore.lexical.files import find_broken
from vectorstore.lexical.query_terms import ngrams_of
from vectorstore.lexical.searcher import EVERY, LexicalSearcher
from vectorstore.records import Passage

logger = logging.getLogger(__name__)

# One thread writes one segment a commit; 50 MB is ample for a batch of articles.
_WRITER_BYTES = 50_000_000


class LexicalIndex:
    """BM25 over passages by key; additions and removals count after `commit`."""

    def __init__(
        self, index: tantivy.Index, folder: Path, links: TemporaryDirectory[str] | None = None
    ) -> None:
        self._index = index
        self._folder = folder
        self._links = links
        self._writer: tantivy.IndexWriter | None = None

    def count(self) -> int:
        """Return how many passages the index holds."""
        with named_tantivy_errors(self._folder):
            return int(self._index.searcher().num_docs)

    def add(self, keys: Iterable[int], passages: Iterable[Passage]) -> None:
        """Add passages by key."""
        for key, passage in zip(keys, passages, strict=True):
            document = tantivy.Document(
                ngrams=" ".join(ngrams_of(passage.indexed_text)),
                every=EVERY,
                language=passage.article.language,
                article=passage.article.id,
            )
            document.add_unsigned("key", key)
            if passage.article.source is not None:
                document.add_text("source", passage.article.source)
            if passage.article.day is not None:
                document.add_unsigned("day", passage.article.day)
            with self._writing() as writer:
                writer.add_document(document)

    def remove(self, keys: Iterable[int]) -> None:
        """Remove passages; unknown keys are no error."""
        gone = tantivy.Query.term_set_query(self._index.schema, "key", list(keys))
        with self._writing() as writer:
            writer.delete_documents_by_query(gone)

    def make_again(self, passages: Iterable[dict[int, Passage]]) -> None:
        """Put the passages of these dicts, by key, in place of all others at once."""
        with self._writing() as writer:
            writer.delete_all_documents()
        for some in passages:
            self.add(some.keys(), some.values())
        self.commit()

    def commit(self) -> None:
        """Make additions and removals durable and searchable."""
        with self._writing() as writer:
            writer.commit()
        self.reload()

    def close(self) -> None:
        """Wait for tantivy's merging threads and release its lock on the folder."""
        if self._writer is not None:
            with self._writing() as writer:
                writer.wait_merging_threads()
            self._writer = None
        if self._links is not None:
            self._links.cleanup()

    def reload(self) -> None:
        """See the commits of other processes."""
        with named_tantivy_errors(self._folder):
            if self._links is not None:
                _link(self._folder / LEXICAL, Path(self._links.name))
            self._index.reload()

    def searcher(self) -> LexicalSearcher:
        """Return the passages as the last `reload` or `commit` saw them, to search."""
        with named_tantivy_errors(self._folder):
            return LexicalSearcher(self._index.searcher(), self._index.schema, self._folder)

    @contextmanager
    def _writing(self) -> Iterator[tantivy.IndexWriter]:
        """Give the writer; after an error it is thrown away with all that it had not committed."""
        with named_tantivy_errors(self._folder):
            try:
                if self._writer is None:
                    self._writer = self._index.writer(_WRITER_BYTES, num_threads=1)
                yield self._writer
            except BaseException:
                self._writer = None
                raise


def open_lexical_index(
    store: Path, *, to_write: bool = False, read_all: bool = False
) -> LexicalIndex:
    """Open or make the index of the store in a folder; BM25 has tantivy's k1 1.2 and b .75.

    Raises StoreDamaged if its files cannot be read; with `to_write` an empty index takes their
    place, and what is left of deleted ones goes. Files that were found whole before are compared by
    size and time alone, unless `read_all`.
    """
    if to_write:
        delete_remains(store)
    try:
        return _open(store, read_all=read_all)
    except StoreDamaged as error:
        if not to_write:
            raise
        logger.warning("making the lexical index again: %s", error.__cause__ or error)
    delete_folder(store / LEXICAL)
    return _open(store)


def _open(store: Path, *, read_all: bool = False) -> LexicalIndex:
    folder = store / LEXICAL
    links = None
    if os.access(folder if folder.exists() else store, os.W_OK):
        folder.mkdir(parents=True, exist_ok=True)
    else:
        # tantivy makes a file to lock even to read: here it does so beside links to its files.
        links = TemporaryDirectory(prefix="article-chat-")
        _link(folder, Path(links.name))
    schema = (
        tantivy.SchemaBuilder()
        .add_unsigned_field("key", indexed=True, fast=True)
        .add_text_field("ngrams", tokenizer_name="whitespace", index_option="freq")
        .add_text_field("every", tokenizer_name="raw", index_option="basic")
        .add_text_field("language", tokenizer_name="raw", index_option="basic")
        .add_text_field("article", tokenizer_name="raw", index_option="basic")
        .add_text_field("source", tokenizer_name="raw", index_option="basic")
        .add_unsigned_field("day", indexed=True, fast=True)
        .build()
    )
    if broken := find_broken(folder, read_all=read_all):
        raise damaged(store, LEXICAL, f"{broken} has another checksum")
    with named_tantivy_errors(store):
        index = tantivy.Index(schema, path=links.name if links else str(folder))
        # By default tantivy would show the commits of other processes at a moment of its choice.
        index.config_reader(reload_policy="manual")
    return LexicalIndex(index, store, links)


def _link(folder: Path, links: Path) -> None:
    """Link the files of an index into another folder, those that are not yet there."""
    for file in folder.iterdir():
        if file.suffix != ".lock":
            with suppress(FileExistsError):
                (links / file.name).symlink_to(file.absolute())
