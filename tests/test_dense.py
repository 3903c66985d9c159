"""The dense index: the nearest passages, what Chroma holds, being stopped while Chroma saves."""

import logging
import os
import shutil
from contextlib import closing

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings
from chromadb.errors import InvalidArgumentError
from fakes import WordEmbeddings, die, make_article
from langchain_chroma import Chroma
from stores import make_event, run_elsewhere, start_elsewhere

from vectorstore import Passage, StoreBusy, StoreDamaged
from vectorstore.dense.index import open_dense_index

# More than Chroma keeps in its log before it saves the graph.
MANY = 1_200
ARTICLE = make_article(
    "/news/a.txt",
    "Der Hafen wächst. Die Wahl war knapp.",
    "Ausbau",
    source="Blatt",
    date="2024-06-19",
)


def on_circle(n):
    """n vectors of length 1, in steps of equal angles from (1, 0) to nearly (0, 1)."""
    angles = np.arange(n) * np.pi / 2 / n
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def passages(numbers):
    """Passages that are known by where they start."""
    return [Passage(ARTICLE, number, number + 1, ()) for number in numbers]


def ids(numbers):
    return [passage.id for passage in passages(numbers)]


def open_index(folder, numbers=(), vectors=None, *, is_whole=lambda count: True):
    """Open the index in `folder`; writing would make it again with these passages if it is torn."""

    def stored():
        return [(passages(numbers), vectors)] if len(numbers) else []

    return open_dense_index(folder.parent, WordEmbeddings(), is_whole=is_whole, stored=stored)


def numbers_of(found):
    return [int(id.split(":")[1].split("-")[0]) for id in found]


def search(index, x, y, k):
    graph = index.read()
    if graph is None:
        return []
    with closing(graph):
        return numbers_of(graph.search(np.float32([x, y]), k))


def write(index):
    """Write to the index without changing it."""
    index.remove(ids([77_777]))


def stored_numbers(index):
    with closing(index.read()) as graph:
        return set(numbers_of(graph.collection.get(include=[])["ids"]))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "dense"


# Searching --------------------------------------------------------------------------------------


def test_the_nearest_come_first(folder):
    index = open_index(folder)
    index.add(passages([7, 8, 9, 10]), on_circle(4))
    assert search(index, 1, 0, 3) == [7, 8, 9]
    assert search(index, 0, 1, 2) == [10, 9]
    assert search(index, 0, 1, 50) == [10, 9, 8, 7]
    index.close()


def test_an_empty_index_finds_nothing(folder):
    index = open_index(folder)
    write(index)
    assert index.read() is None
    index.close()


def test_removed_passages_are_not_found_and_unknown_ones_no_error(folder):
    index = open_index(folder)
    index.remove(ids([1]))
    index.add(passages([1, 2, 3]), on_circle(3))
    index.remove(ids([1, 99]))
    assert search(index, 1, 0, 3) == [2, 3]
    index.remove(ids([2, 3]))
    assert search(index, 1, 0, 3) == []
    index.close()


def test_a_passage_that_is_added_again_is_there_once(folder):
    index = open_index(folder)
    index.add(passages([1, 2]), on_circle(2))
    index.add(passages([1]), np.float32([[0, 1]]))
    assert search(index, 0, 1, 5) == [1, 2]
    index.close()


def test_more_are_added_and_removed_than_chroma_takes_at_once(folder):
    index = open_index(folder)
    index.add(passages(range(6_000)), on_circle(6_000))
    assert len(stored_numbers(index)) == 6_000
    index.remove(ids(range(5_990)))
    assert stored_numbers(index) == set(range(5_990, 6_000))
    assert set(search(index, 1, 0, 20)) == set(range(5_990, 6_000))
    index.close()


def test_vectors_have_length_one(folder):
    index = open_index(folder)
    assert index.embed(["Hafen Hafen Wahl", "Haus"]) == pytest.approx(
        np.array([[2 / 5**0.5, 0, 1 / 5**0.5, 0, 0], [0, 0, 0, 0, 1]]), abs=1e-6
    )
    assert index.embed_question("Markt Markt Markt").tolist() == [0, 0, 0, 1, 0]
    assert len(index.embed([])) == 0
    assert index.embed_question("Hafen").dtype == index.embed(["Hafen"]).dtype == np.float32


def test_added_passages_are_there_after_closing(folder):
    index = open_index(folder)
    index.add(passages(range(MANY)), on_circle(MANY))
    index.close()
    index.close()
    again = open_index(folder)
    assert search(again, 1, 0, 3) == [0, 1, 2]
    assert len(stored_numbers(again)) == MANY
    again.close()


def add_elsewhere(folder, first, count):
    index = open_index(folder)
    index.add(passages(range(first, first + count)), on_circle(count))
    index.close()


def test_a_graph_shows_what_was_there_when_it_was_read(folder):
    index = open_index(folder)
    index.add(passages([5_000]), np.float32([[0.6, 0.8]]))
    graph = index.read()
    assert run_elsewhere(add_elsewhere, folder, 0, MANY) == 0
    index.add(passages([6_000]), np.float32([[1, 0]]))
    assert numbers_of(graph.search(np.float32([1, 0]), 2)) == [5_000]
    assert search(index, 1, 0, 3) == [0, 6_000, 1]
    # Reading again does not change a graph that was read before.
    assert numbers_of(graph.search(np.float32([1, 0]), 2)) == [5_000]
    graph.close()
    index.close()


def hold(folder, held, done):
    with open_index(folder)._files.touching():
        held.set()
        done.wait(60)


def test_reading_a_graph_waits_for_a_writer_no_longer_than_it_is_told(folder):
    index = open_index(folder)
    index.add(passages([1]), np.float32([[1, 0]]))
    held, done = make_event(), make_event()
    writer = start_elsewhere(hold, folder, held, done)
    assert held.wait(60)
    with pytest.raises(StoreBusy, match="another process is writing to"):
        index.read(patience=0)
    done.set()
    writer.join()
    assert search(index, 1, 0, 1) == [1]
    index.close()


# As other programs see it -----------------------------------------------------------------------

FIRST, SECOND = Passage(ARTICLE, 0, 17, ((0, 17),)), Passage(ARTICLE, 18, 37, ((18, 37),))
BARE = Passage(make_article("/b.txt", "Der Markt."), 0, 10, ((0, 10),))


@pytest.fixture
def filled(folder):
    """The folder of Chroma's own files, holding three passages."""
    index = open_index(folder)
    index.add([FIRST, SECOND, BARE], on_circle(3))
    index.close()
    return folder / "chroma"


def test_chroma_shows_passages_with_their_facts(filled):
    client = chromadb.PersistentClient(str(filled), Settings(anonymized_telemetry=False))
    collection = client.get_collection("passages")
    found = collection.get(ids=[FIRST.id, BARE.id])
    assert found["documents"] == ["Der Hafen wächst.", "Der Markt."]
    assert found["metadatas"] == [
        {
            "article": ARTICLE.id,
            "path": "/news/a.txt",
            "title": "Ausbau",
            "source": "Blatt",
            "date": "2024-06-19",
            "day": 20240619,
            "language": "de",
            "start": 0,
            "end": 17,
        },
        {
            "article": BARE.article.id,
            "path": "/b.txt",
            "title": "",
            "language": "de",
            "start": 0,
            "end": 10,
        },
    ]
    in_june = {"$and": [{"day": {"$gte": 20240601}}, {"day": {"$lte": 20240630}}]}
    assert set(collection.get(where=in_june)["ids"]) == {FIRST.id, SECOND.id}
    assert collection.get(where={"source": "anderes Blatt"})["ids"] == []
    client.close()


def test_langchain_chroma_finds_and_filters_passages(filled):
    client = chromadb.PersistentClient(str(filled), Settings(anonymized_telemetry=False))
    store = Chroma("passages", client=client)
    near = store.similarity_search_by_vector([1.0, 0.0], k=2)
    assert [document.page_content for document in near] == ["Der Hafen wächst.", SECOND.text]
    [only] = store.similarity_search_by_vector([1.0, 0.0], k=2, filter={"article": BARE.article.id})
    assert (only.id, only.page_content) == (BARE.id, "Der Markt.")
    client.close()


def test_an_id_is_of_one_text_and_the_same_on_every_machine():
    assert FIRST.id == "f9f0787840db503b:0-17:23847cd3"
    changed = make_article("/news/a.txt", "Der Hafen brennt.", "Ausbau")
    assert Passage(changed, 0, 17, ()).id.split(":")[:2] == FIRST.id.split(":")[:2]
    assert Passage(changed, 0, 17, ()).id != FIRST.id


# Being stopped ----------------------------------------------------------------------------------


def stop_while_adding(folder, first, count, tear):
    """Add, and be killed before that counts as finished; perhaps leave a file half written."""
    index = open_index(folder)
    vectors = on_circle(count)
    with index._files.touching() as collection:
        collection.add(ids=ids(range(first, first + count)), embeddings=vectors)
        if tear:
            [graph] = (folder / "chroma").glob(f"*/{tear}")
            os.truncate(graph, graph.stat().st_size // 2)
        die()


@pytest.mark.parametrize("torn", ["index_metadata.pickle", "data_level0.bin", "link_lists.bin"])
def test_an_index_that_was_stopped_while_saving_is_made_again(folder, torn, caplog):
    index = open_index(folder)
    index.add(passages(range(MANY)), on_circle(MANY))
    index.close()
    assert run_elsewhere(stop_while_adding, folder, MANY, MANY, torn) == -9
    # The catalog shows none of the passages that were being added.
    again = open_index(folder, range(MANY), on_circle(MANY))
    write(again)
    assert search(again, 1, 0, 3) == [0, 1, 2]
    assert stored_numbers(again) == set(range(MANY))
    assert "making it again" in caplog.text
    again.close()


def test_an_index_that_was_stopped_before_saving_goes_on_from_its_log(folder, caplog):
    index = open_index(folder)
    index.add(passages([1_000]), np.float32([[1, 0]]))
    index.close()
    assert run_elsewhere(stop_while_adding, folder, 0, 10, None) == -9
    again = open_index(folder)  # with nothing to make it again from
    assert stored_numbers(again) == {*range(10), 1_000}
    assert "again" not in caplog.text
    again.close()


def stop_while_made_again(folder):
    def stored():
        yield passages(range(0, MANY)), on_circle(MANY)
        die()

    open_dense_index(
        folder.parent, WordEmbeddings(), is_whole=lambda count: True, stored=stored
    ).repair()


def test_an_index_that_was_stopped_while_made_again_is_made_again(folder):
    assert run_elsewhere(stop_while_made_again, folder) == -9
    index = open_index(folder, [1, 2], on_circle(2))
    write(index)
    assert search(index, 1, 0, 5) == [1, 2]
    index.close()


def test_an_index_whose_files_are_gone_is_made_again(folder):
    index = open_index(folder)
    index.add(passages([1]), np.float32([[1, 0]]))
    index.close()
    shutil.rmtree(folder / "chroma")
    again = open_index(folder, [3, 4], on_circle(2))
    write(again)
    assert search(again, 1, 0, 5) == [3, 4]
    again.close()


def test_an_index_that_lacks_passages_is_made_again(folder, caplog):
    index = open_index(folder)
    index.add(passages([1]), np.float32([[1, 0]]))
    index.close()
    again = open_index(folder, [3, 4], on_circle(2), is_whole=lambda count: count() == 2)
    write(again)
    assert search(again, 1, 0, 5) == [3, 4]
    assert "making it again" in caplog.text
    again.close()


@pytest.mark.parametrize("name", ["chroma.sqlite3", "*/index_metadata.pickle"])
def test_an_index_that_chroma_cannot_open_is_made_again(folder, caplog, name):
    index = open_index(folder)
    index.add(passages(range(MANY)), on_circle(MANY))
    index.close()
    [file] = (folder / "chroma").glob(name)
    file.write_bytes(b"garbage" * 1_000)
    again = open_index(folder, range(MANY), on_circle(MANY))
    write(again)
    assert search(again, 1, 0, 3) == [0, 1, 2]
    assert "making it again" in caplog.text
    again.close()


def tear(folder):
    assert run_elsewhere(stop_while_adding, folder, MANY, MANY, "data_level0.bin") == -9


def lose(folder):
    shutil.rmtree(folder / "chroma")


def spoil(folder):
    (folder / "chroma" / "chroma.sqlite3").write_bytes(b"garbage" * 1_000)


def swap(folder):
    """Put another index in its place, as a backup that was played back would be."""
    shutil.rmtree(folder / "chroma")
    other = open_index(folder)
    other.add(passages([1]), np.float32([[1, 0]]))
    other.close()


@pytest.mark.parametrize("damage", [tear, lose, spoil, swap])
def test_a_reader_leaves_repairing_to_a_writer(folder, damage):
    index = open_index(folder)
    index.add(passages(range(MANY)), on_circle(MANY))
    index.close()
    damage(folder)
    for _ in range(2):
        reader = open_index(folder, is_whole=lambda count: count() == MANY)
        with pytest.raises(StoreDamaged, match="the dense index in"):
            reader.read()
    writer = open_index(folder, range(MANY), on_circle(MANY))
    assert writer.repair() is True
    assert writer.repair() is False
    assert search(writer, 1, 0, 3) == [0, 1, 2]
    writer.close()
    assert search(open_index(folder), 1, 0, 3) == [0, 1, 2]


def test_an_error_while_adding_leaves_the_index_usable(folder):
    index = open_index(folder)
    index.add(passages([1]), np.float32([[1, 0]]))
    with pytest.raises(InvalidArgumentError, match="dimension"):
        index.add(passages([2]), np.float32([[1, 0, 0]]))
    index.add(passages([3]), np.float32([[0, 1]]))
    assert search(index, 1, 0, 5) == [1, 3]
    index.close()


def test_an_index_that_was_interrupted_is_read_from_its_files_again(folder):
    index = open_index(folder)
    index.add(passages([1]), np.float32([[1, 0]]))
    with pytest.raises(KeyboardInterrupt), index._files.touching():
        raise KeyboardInterrupt
    assert index._files.collection is None
    assert search(index, 1, 0, 5) == [1]
    index.close()


def test_nothing_is_opened_before_it_is_needed(folder, caplog):
    caplog.set_level(logging.DEBUG, logger="vectorstore")
    open_index(folder).close()
    assert not folder.exists()
    assert caplog.text == ""
