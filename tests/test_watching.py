"""A watched folder: what is told of its changes, and which folders can be watched."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from contextlib import closing

import pytest
from commands import failure
from pages import wait_until
from runners import Here, Words

from ui.bringing.opening import Teller, bringing, index_first
from ui.bringing.runs import Job, Report
from ui.bringing.watching import check_watched, watch_folder
from ui.errors import BadWatch
from vectorstore import Counts, Skipped, open_store

LONG = 60
"""Seconds that a busy machine may take to tell of a change."""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    return folder


@pytest.fixture
def told(folder):
    """The files deleted in each change of the watched folder, the first for its start."""
    told, stop = queue.Queue(), threading.Event()
    watcher = threading.Thread(
        target=watch_folder,
        args=(folder, lambda _, gone: told.put(gone), lambda line: None, stop),
        daemon=True,
    )
    watcher.start()
    yield told
    stop.set()
    watcher.join(timeout=LONG)
    assert not watcher.is_alive()


def test_a_deleted_file_is_told_and_a_hidden_one_is_not(folder, told):
    (folder / "a.md").touch()
    (folder / ".hidden.md").touch()
    assert told.get(timeout=LONG) == set()
    (folder / "warm.md").touch()  # watching may begin later than it is told
    while True:
        try:
            told.get(timeout=2)
            break
        except queue.Empty:
            (folder / "warm.md").write_text("x")
    (folder / ".hidden.md").unlink()
    (folder / "a.md").unlink()
    gone = set()
    while not gone:
        gone = told.get(timeout=LONG)
    assert gone == {folder / "a.md"}


def test_a_folder_with_the_index_in_sight_is_refused(folder):
    data = folder / "index"
    with pytest.raises(BadWatch, match="lies in"):
        check_watched(folder, data)
    with pytest.raises(BadWatch, match="is no folder"):
        check_watched(folder / "none", data)
    assert check_watched(folder, folder / ".article-chat") == folder
    assert check_watched(folder, folder.parent / "data") == folder


def test_the_terminal_has_a_line_for_each_change_and_for_each_skipped_file_once(folder):
    lines = []
    tell = Teller(lines.append).tell
    job = Job((folder,))
    skipped = (Skipped("/news/x.docx", "unknown format"),)
    counts = Counts(2, 3, {"de": 2})
    tell(job, Report(Counter(added=1, unchanged=1), skipped, counts))
    tell(job, Report(Counter(unchanged=2), skipped, counts))
    tell(job, Report(Counter(), (), counts, nothing="no article in /news: nothing was changed"))
    tell(Job(uploads=True), Report(Counter(removed=1), (), Counts(1, 1, {"de": 1})))
    tell(job, "the disk is full")
    assert lines == [
        f"{folder}: 1 added; the index holds 2 articles (2 de), 3 passages",
        "skipped /news/x.docx: unknown format",
        "no article in /news: nothing was changed",
        "the page: 1 removed; the index holds 1 article (1 de), 1 passage",
        f"{folder}: not indexed: the disk is full",
    ]


def test_an_empty_folder_is_watched_and_what_appears_in_it_is_indexed(folder, tmp_path):
    data, lines = tmp_path / "data", []
    runner = Here(data)
    index_first(runner, data, folder, lines.append)
    assert lines == [f"Indexing {folder} …"]
    with closing(open_store(data, Words(), embedding_name="words")) as store:
        assert store.count().articles == 0
        with bringing(runner, store, data / "uploads", folder, lines.append) as arrivals:
            assert wait_until(lambda: len(lines) == 3)
            assert lines[1] == f"Watching {folder}"
            assert lines[2].startswith(f"{folder}: holds no files; put articles in it")
            (folder / "a.md").write_text("Die Fähre fährt wieder über den See.")
            assert wait_until(lambda: store.count().articles == 1)
            arrivals.wait()


def test_a_folder_with_articles_is_indexed_before_the_page_is_served(folder, tmp_path):
    data, lines = tmp_path / "data", []
    (folder / "a.md").write_text("Die Fähre fährt wieder über den See.")
    index_first(Here(data), data, folder, lines.append)
    assert lines[1:] == ["1 added; the index holds 1 article (1 de), 1 passage"]


def test_a_folder_to_watch_that_is_not_there_is_one_line(here):
    assert failure("chat", "--watch", "nowhere") == "nowhere is no folder: name one with --watch"
