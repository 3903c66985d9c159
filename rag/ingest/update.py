"""Bring a store up to date with files: embed only changes, and remove articles that are gone.

An article of a folder that was moved, or is mounted elsewhere, is not embedded again. It leaves its
old path if no file is there any more, unless the store is shared and the file may be elsewhere.

A run can be stopped at any moment and run again. Articles become visible a batch at a time. A file
is noted as complete only when all its articles are visible and those it lost are removed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.errors import NothingToIndex
from rag.ingest.files import absolute_path, find_files, read_file
from vectorstore import Article, Passage, Skipped, Store, article_id

Split = Callable[[Article], list[Passage]]

# Part of every file's digest: raise it when reading changes, so that all files are read again.
_READER = "2"
_LEAVES = "it is a link that leaves the folder; name what it points to"
# About 300 passages of news, a few seconds of embedding, which a stopped run has to repeat.
_ARTICLES_AT_ONCE = 64


@dataclass(frozen=True)
class Change:
    """The change to one article; `removed` ones come last."""

    kind: Literal["added", "changed", "unchanged", "removed", "embedded again"]
    path: str


def index_paths(store: Store, paths: Sequence[Path], split: Split) -> Iterator[Change | Skipped]:
    """Bring the store up to date with files and folders; yield the change to each article.

    `split` makes the passages of an article. Articles of a file that cannot be read now stay as
    they were. Raises NothingToIndex before any change if there is no file under one of the paths,
    and after the run if there was no article in any.
    """
    paths = [_as_found(path) for path in paths]
    found = [find_files(path) for path in paths]
    files = list(dict.fromkeys(file for one in found for file in one.files))
    leaving = dict.fromkeys(link for one in found for link in one.leaving)
    stored: dict[str, tuple[str, str]] = {}
    for path in paths:
        stored |= store.hashes_under(str(path))
    run = _Run(store, split, stored)
    for file in files:
        yield from run.read(file)
    run.flush()
    yield from (Skipped(str(link), _LEAVES) for link in leaving if link not in files)
    if not run.present:
        raise NothingToIndex(
            f"no article in {', '.join(str(path) for path in paths)}: nothing was changed"
        )
    gone = [id for id in stored if id not in run.present]
    _remove(store, {id: stored[id] for id in gone if id not in run.removed})
    yield from (Change("removed", stored[id][0]) for id in gone)
    yield from (Change("removed", path) for path in run.moved.values())


def count_articles(paths: Sequence[Path]) -> int:
    """Return the approximate number of articles; in .jsonl and .csv each line counts as one.

    Raises NothingToIndex if there is no file under one of the paths.
    """
    files = {file for path in paths for file in find_files(path).files}
    return sum(_lines(file) if file.suffix.lower() in (".jsonl", ".csv") else 1 for file in files)


def embed_again(store: Store, articles: Iterable[Article], split: Split) -> Iterator[Change]:
    """Add stored articles to a new store, after a change of the embedding model."""
    run = _Run(store, split, {})
    for article in articles:
        run.add(article)
        yield Change("embedded again", article.path)
    run.flush()


class _Run:
    """One pass over files: the articles met so far, and the batch that is not stored yet."""

    def __init__(self, store: Store, split: Split, stored: dict[str, tuple[str, str]]) -> None:
        self.present: set[str] = set()
        self.removed: set[str] = set()
        self._store = store
        self._split = split
        self._stored = stored
        self._in_file: dict[str, list[str]] = {}
        for id, (path, _) in stored.items():
            self._in_file.setdefault(path, []).append(id)
        self._batch: dict[str, Article] = {}
        self.moved: dict[str, str] = {}
        """{id: path} of articles elsewhere whose file is gone and whose content was added here."""
        self._gone: list[str] = []
        self._read: list[tuple[str, str]] = []

    def read(self, file: Path) -> Iterator[Change | Skipped]:
        """Store the articles of a file, unless the same bytes were stored before."""
        path = str(file)
        known = self._in_file.get(path, [])
        digest = digest_file(file)
        if digest is not None and digest == self._store.file_digest(path):
            self.present.update(known)
            yield from (Change("unchanged", path) for _ in known)
            return
        whole = True
        for item in read_file(file):
            if isinstance(item, Article):
                yield self.add(item)
                continue
            whole = False
            # It may be readable again later: keep its stored articles, and those of all files below
            # if it is a folder.
            if item.row is None:
                self.present.update(self._store.hashes_under(path))
            else:
                self.present.update({article_id(path, item.row)} & self._stored.keys())
            yield item
        # A file with a skipped row is read, and reported, in every run.
        if whole and digest is not None:
            self._gone += [id for id in known if id not in self.present]
            self._read.append((path, digest))

    def add(self, article: Article) -> Change:
        """Put an article into the batch, unless it is stored already."""
        self.present.add(article.id)
        _, stored_hash = self._stored.get(article.id, ("", None))
        if stored_hash == article.content_hash:
            return Change("unchanged", article.path)
        self._batch[article.id] = article
        if stored_hash is None and not self._store.is_shared:
            self._find_moved(article)
        if len(self._batch) >= _ARTICLES_AT_ONCE:
            self.flush()
        return Change("added" if stored_hash is None else "changed", article.path)

    def flush(self) -> None:
        """Store the batch, remove the articles its files lost, then note the files as complete."""
        if self._batch:
            self._store.add([(article, self._split(article)) for article in self._batch.values()])
            self._batch.clear()
        if self._gone:
            # A file that stays noted as complete would not be read again when it comes back.
            self._store.forget_files({self.moved[id] for id in self._gone if id in self.moved})
            self._store.remove(self._gone)
            self.removed.update(self._gone)
            self._gone.clear()
        self._store.note_files(self._read)
        self._read.clear()

    def _find_moved(self, article: Article) -> None:
        for id, path in self._store.with_content(article.content_hash).items():
            elsewhere = id not in self._stored and id not in self.present
            if elsewhere and id not in self.moved and not os.path.exists(path):
                self.moved[id] = path
                self._gone.append(id)


def remove_path(store: Store, path: Path) -> int:
    """Remove the articles of a file, or of all files below a folder; return their number.

    The file or folder need not exist any more.
    """
    found = store.hashes_under(str(_as_found(path)))
    _remove(store, found)
    return len(found)


def _remove(store: Store, articles: dict[str, tuple[str, str]]) -> None:
    # Files first: a file that stays noted as complete would not be read again when it comes back.
    store.forget_files({path for path, _ in articles.values()})
    store.remove(list(articles))


def _as_found(path: Path) -> Path:
    """Return the path in the form that find_files gives, even if it no longer exists."""
    path = absolute_path(path)
    return path if path.exists() else Path(os.path.abspath(path))


def _lines(file: Path) -> int:
    if not os.path.isfile(file):  # opening a named pipe would wait for a writer
        return 1
    try:
        with file.open("rb") as stream:
            return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
    except OSError:
        return 1


def digest_file(file: Path) -> str | None:
    """Return a digest of a file's bytes and of how it is read, None if it cannot be opened.

    Its last 64 characters depend on the bytes alone.
    """
    if not os.path.isfile(file):
        return None
    try:
        with file.open("rb") as stream:
            return _READER + hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
