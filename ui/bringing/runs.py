"""One run that brings the store up to date, and its report: the command's, step by step."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import NothingToIndex
from rag.ingest.passages import build_splitter
from rag.ingest.update import count_articles, index_paths, remove_path
from rag.models.sentence_embedding import SentenceEmbedding
from ui.wiring import build_index, writing_to
from vectorstore import Counts, Skipped, Store, StoreAddress


@dataclass(frozen=True)
class Job:
    """Files and folders to index, and those whose articles leave the store.

    `gone` only takes effect where nothing is at the path any more. `uploads` are files that were
    brought to us: of those, a file without any article is deleted again.
    """

    paths: tuple[Path, ...] = ()
    gone: tuple[Path, ...] = ()
    uploads: bool = False


@dataclass(frozen=True)
class Step:
    """How many articles a run has read, of about how many."""

    done: int
    total: int


@dataclass(frozen=True)
class Report:
    """The end of a run; `nothing` says why there was nothing to index, "" if there was."""

    changes: Counter[str] = field(default_factory=Counter)
    skipped: tuple[Skipped, ...] = ()
    counts: Counts = field(default_factory=lambda: Counts(0, 0, {}))
    nothing: str = ""

    def __add__(self, later: Report) -> Report:
        """Return one report on both runs, which holds what the store held after the later."""
        return Report(
            self.changes + later.changes,
            self.skipped + later.skipped,
            later.counts,
            later.nothing,
        )


def run_job(
    data: Path, model: SentenceEmbedding, job: Job, shared: StoreAddress | None = None
) -> Iterator[Step | Report]:
    """Bring the store in a data folder up to date; the last thing yielded is the report.

    The store may be the copy of a shared one, and then is that one too.
    Raises StoreError; StoreBusy while another process writes.
    """
    with writing_to(data, shared), closing(build_index(data, shared, model)) as store:
        changes: Counter[str] = Counter()
        skipped: list[Skipped] = []
        nothing = ""
        # An upload can be removed before its turn comes.
        paths = [path for path in job.paths if os.path.lexists(path) or not job.uploads]
        if paths:
            try:
                total = count_articles(paths)
                yield Step(0, total)
                split = build_splitter(model.count_tokens, model.max_tokens)
                for done, item in enumerate(index_paths(store, paths, split), start=1):
                    if isinstance(item, Skipped):
                        skipped.append(item)
                    else:
                        changes[item.kind] += 1
                    yield Step(done, max(done, total))
            except NothingToIndex as error:
                nothing = str(error)
        # After indexing: a file that was moved has taken its articles along by now.
        for path in job.gone:
            if not os.path.lexists(path):
                changes["removed"] += remove_path(store, path)
        if job.uploads:
            _delete_unread(store, paths)
        yield Report(changes, tuple(skipped), store.count(), nothing)


def _delete_unread(store: Store, files: list[Path]) -> None:
    for file in files:
        if not store.hashes_under(str(file)):
            # Noted as complete, it would not be read when it is brought again.
            store.forget_files([str(file)])
            file.unlink(missing_ok=True)
