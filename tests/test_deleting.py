"""Folders are deleted although a thread of tantivy, or a signal, comes in between."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from fakes import make_article, whole
from stores import content, folder_of, opened, run_elsewhere, written

from vectorstore import StoreDamaged, repair_store
from vectorstore.deleting import delete_folder, delete_remains
from vectorstore.lexical.index import open_lexical_index

ARTICLE = make_article("/a/hafen.txt", "Der Hafen wächst.")


@pytest.fixture
def data(tmp_path):
    with written(tmp_path / "data") as store:
        store.add([(ARTICLE, whole(ARTICLE))])
    return tmp_path / "data"


def before_each_rmdir(monkeypatch, act):
    real = os.rmdir

    def rmdir(path, **options):
        act(Path(path))
        real(path, **options)

    monkeypatch.setattr(os, "rmdir", rmdir)


def repair(data):
    list(repair_store(data, lambda: pytest.fail("nothing has to be embedded")))


def open_to_write(data):
    open_lexical_index(folder_of(data), to_write=True).close()


@pytest.mark.parametrize("delete", [repair, open_to_write])
def test_a_file_that_tantivy_makes_meanwhile_does_not_stop_an_index_from_being_made_again(
    data, monkeypatch, delete
):
    lexical = folder_of(data) / "lexical"
    (lexical / "meta.json").write_text("garbage")

    def lock(path):  # as tantivy's thread that reads an index which was opened
        with suppress(FileNotFoundError):
            (lexical / ".tantivy-meta.lock").touch()

    before_each_rmdir(monkeypatch, lock)
    delete(data)
    monkeypatch.undo()
    with written(data):
        pass
    assert len(content(data)) == 1
    assert not list(data.rglob("deleted-*"))


def repair_until_killed(data):
    os.rmdir = lambda *path, **options: os.kill(os.getpid(), signal.SIGKILL)
    repair(data)


def test_what_a_killed_deletion_leaves_is_deleted_by_the_next_writer(data):
    before = content(data)
    (folder_of(data) / "lexical" / "meta.json").write_text("garbage")
    assert run_elsewhere(repair_until_killed, data) == -9
    [left] = folder_of(data).glob("deleted-*")
    with pytest.raises(StoreDamaged), opened(data):
        pass
    assert left.exists()
    with written(data):
        pass
    assert not left.exists()
    assert content(data) == before


def test_what_is_left_of_a_whole_store_is_deleted_by_the_next_writer(data):
    (data / "deleted-x" / "store-7").mkdir(parents=True)
    with opened(data):
        pass
    assert (data / "deleted-x").exists()
    with written(data):
        pass
    assert not (data / "deleted-x").exists()


def test_a_file_made_in_the_moment_of_the_move_stays_for_the_next_writer(tmp_path, monkeypatch):
    folder = tmp_path / "lexical"
    folder.mkdir()

    def make_late(path):
        if path.name.startswith("deleted-"):
            (path / "late").touch()

    before_each_rmdir(monkeypatch, make_late)
    delete_folder(folder)
    assert not folder.exists()
    assert len(list(tmp_path.rglob("late"))) == 1
    monkeypatch.undo()
    delete_remains(tmp_path)
    assert list(tmp_path.iterdir()) == []
