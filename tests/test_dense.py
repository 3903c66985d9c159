"""The dense index: what is nearest, and that it survives being stopped while Chroma saves."""

import os
import shutil

import numpy as np
import pytest
from fakes import WordEmbeddings, die
from stores import run_elsewhere

from vectorstore.dense import open_dense_index

# More than Chroma keeps in its log before it saves the graph.
MANY = 1_200


def on_circle(n):
    """n vectors of length 1, in steps of equal angles from (1, 0) to nearly (0, 1)."""
    angles = np.arange(n) * np.pi / 2 / n
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def open_index(folder, keys=(), vectors=None):
    """Open the index in `folder`, which would be made anew with these keys and vectors."""
    return open_dense_index(
        folder.parent, WordEmbeddings(), lambda: [(list(keys), vectors)] if len(keys) else []
    )


def stored_keys(index):
    return {int(key) for key in index._open().get(include=[])["ids"]}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "dense"


# Searching --------------------------------------------------------------------------------------


def test_the_nearest_come_first(folder):
    index = open_index(folder)
    index.add([7, 8, 9, 10], on_circle(4))
    assert index.search(np.float32([1, 0]), 3) == [7, 8, 9]
    assert index.search(np.float32([0, 1]), 2) == [10, 9]
    assert index.search(np.float32([0, 1]), 50) == [10, 9, 8, 7]
    index.close()


def test_an_empty_index_finds_nothing(folder):
    index = open_index(folder)
    assert index.search(np.float32([1, 0]), 3) == []
    index.close()


def test_removed_passages_are_not_found_and_unknown_ones_no_error(folder):
    index = open_index(folder)
    index.remove([1])
    index.add([1, 2, 3], on_circle(3))
    index.remove([1, 99])
    assert index.search(np.float32([1, 0]), 3) == [2, 3]
    index.remove([2, 3])
    assert index.search(np.float32([1, 0]), 3) == []
    index.close()


def test_more_are_added_and_removed_than_chroma_takes_at_once(folder):
    index = open_index(folder)
    index.add(range(6_000), on_circle(6_000))
    assert len(stored_keys(index)) == 6_000
    index.remove(range(5_990))
    assert stored_keys(index) == set(range(5_990, 6_000))
    assert set(index.search(np.float32([1, 0]), 20)) == set(range(5_990, 6_000))
    index.close()


def test_vectors_have_length_one(folder):
    index = open_index(folder)
    assert index.embed(["Hafen Hafen Wahl", "Haus"]) == pytest.approx(
        np.array([[2 / 5**0.5, 0, 1 / 5**0.5, 0, 0], [0, 0, 0, 0, 1]]), abs=1e-6
    )
    assert index.embed_question("Markt Markt Markt").tolist() == [0, 0, 0, 1, 0]
    assert len(index.embed([])) == 0
    assert index.embed_question("Hafen").dtype == index.embed(["Hafen"]).dtype == np.float32


def test_what_was_added_is_there_after_closing(folder):
    index = open_index(folder)
    index.add(range(MANY), on_circle(MANY))
    index.close()
    index.close()
    again = open_index(folder)
    assert again.search(np.float32([1, 0]), 3) == [0, 1, 2]
    assert len(stored_keys(again)) == MANY
    again.close()


def add_elsewhere(folder, first, count):
    index = open_index(folder)
    index.add(range(first, first + count), on_circle(count))
    index.close()


def test_what_another_process_added_is_found_after_reopening(folder):
    index = open_index(folder)
    index.add([5_000], np.float32([[0.6, 0.8]]))
    assert run_elsewhere(add_elsewhere, folder, 0, MANY) == 0
    assert index.search(np.float32([1, 0]), 2) == [5_000]
    index.reopen()
    assert index.search(np.float32([1, 0]), 2) == [0, 1]
    index.close()


# Being stopped ----------------------------------------------------------------------------------


def stop_while_adding(folder, first, count, tear):
    """Add, and be killed before that counts as finished; perhaps leave a file half written."""
    index = open_index(folder)
    vectors = on_circle(count)
    with index._touching() as chroma:
        keys = [str(key) for key in range(first, first + count)]
        chroma._collection.add(ids=keys, embeddings=vectors)
        if tear:
            [graph] = (folder / "chroma").glob(f"*/{tear}")
            os.truncate(graph, graph.stat().st_size // 2)
        die()


@pytest.mark.parametrize("torn", ["index_metadata.pickle", "data_level0.bin", "link_lists.bin"])
def test_an_index_that_was_stopped_while_saving_is_made_anew(folder, torn, caplog):
    index = open_index(folder)
    index.add(range(MANY), on_circle(MANY))
    index.close()
    assert run_elsewhere(stop_while_adding, folder, MANY, MANY, torn) == -9
    # Of the passages that were being added, the catalog shows none.
    again = open_index(folder, range(MANY), on_circle(MANY))
    assert again.search(np.float32([1, 0]), 3) == [0, 1, 2]
    assert stored_keys(again) == set(range(MANY))
    assert "making it anew" in caplog.text
    again.close()


def test_an_index_that_was_stopped_before_saving_goes_on_from_its_log(folder, caplog):
    index = open_index(folder)
    index.add([1_000], np.float32([[1, 0]]))
    index.close()
    assert run_elsewhere(stop_while_adding, folder, 0, 10, None) == -9
    again = open_index(folder)  # with nothing to make it anew from
    assert stored_keys(again) == {*range(10), 1_000}
    assert "anew" not in caplog.text
    again.close()


def stop_while_made_anew(folder):
    def stored():
        yield range(0, MANY), on_circle(MANY)
        die()

    open_dense_index(folder.parent, WordEmbeddings(), stored).reopen()


def test_an_index_that_was_stopped_while_made_anew_is_made_anew(folder):
    assert run_elsewhere(stop_while_made_anew, folder) == -9
    index = open_index(folder, [1, 2], on_circle(2))
    assert index.search(np.float32([1, 0]), 5) == [1, 2]
    index.close()


def test_an_index_whose_files_are_gone_is_made_anew(folder):
    index = open_index(folder)
    index.add([1], np.float32([[1, 0]]))
    index.close()
    shutil.rmtree(folder / "chroma")
    again = open_index(folder, [3, 4], on_circle(2))
    assert again.search(np.float32([1, 0]), 5) == [3, 4]
    again.close()


@pytest.mark.parametrize("name", ["chroma.sqlite3", "*/index_metadata.pickle"])
def test_an_index_that_chroma_cannot_open_is_made_anew(folder, caplog, name):
    index = open_index(folder)
    index.add(range(MANY), on_circle(MANY))
    index.close()
    [file] = (folder / "chroma").glob(name)
    file.write_bytes(b"garbage" * 1_000)
    again = open_index(folder, range(MANY), on_circle(MANY))
    assert again.search(np.float32([1, 0]), 3) == [0, 1, 2]
    assert "cannot be opened" in caplog.text
    again.close()


def test_an_error_while_adding_leaves_the_index_usable(folder):
    index = open_index(folder)
    index.add([1], np.float32([[1, 0]]))
    with pytest.raises(Exception, match="dimension"):
        index.add([2], np.float32([[1, 0, 0]]))
    index.add([3], np.float32([[0, 1]]))
    assert index.search(np.float32([1, 0]), 5) == [1, 3]
    index.close()


def test_an_index_that_was_interrupted_is_read_from_its_files_again(folder):
    index = open_index(folder)
    index.add([1], np.float32([[1, 0]]))
    with pytest.raises(KeyboardInterrupt), index._touching():
        raise KeyboardInterrupt
    assert index._opened is None
    assert index.search(np.float32([1, 0]), 5) == [1]
    index.close()


def test_nothing_is_opened_before_it_is_needed(folder):
    open_index(folder).close()
    assert list(folder.iterdir()) == []
