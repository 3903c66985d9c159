"""Many at once: searches see a complete state while others write, and wait for nobody."""

import os
import random
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fakes import WordEmbeddings, make_article, whole
from stores import (
    NAME,
    folder_of,
    make_counter,
    make_event,
    opened,
    run_elsewhere,
    start_elsewhere,
    written,
)

from vectorstore import Filter, Store, StoreUnwritable, build_store, indexes, terms_of

HARBOUR = make_article("/a/hafen.txt", "Der Hafen wächst.", "Ausbau")
ELECTION = make_article("/a/wahl.txt", "Die Wahl war knapp.", "Ergebnis")


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def add_to(data, *articles):
    with written(data) as store:
        store.add([(article, whole(article)) for article in articles])


def remove_from(data, id):
    with written(data) as store:
        store.remove([id])


def texts(store, question, k=100, **options):
    hits = store.search(question, k, terms=terms_of(question), **options).hits
    return {hit.passage.text for hit in hits}


# A write that is held ---------------------------------------------------------------------------


class HeldIndex:
    """A dense index that has half of a batch, says so, and then waits to be released."""

    def __init__(self, dense):
        self._dense = dense
        self.begun, self.released = threading.Event(), threading.Event()

    def add(self, passages, vectors):
        self._dense.add(passages[:1], vectors[:1])
        self.begun.set()
        assert self.released.wait(60)
        self._dense.add(passages[1:], vectors[1:])

    def __getattr__(self, name):
        return getattr(self._dense, name)


@pytest.mark.parametrize("searched_before", [True, False])
def test_a_search_sees_the_last_complete_state_while_a_batch_is_written(data, searched_before):
    other = make_article("/a/markt.txt", "Der Markt am Hafen.")
    add_to(data, ELECTION)
    with written(data) as store:
        held = HeldIndex(store._dense)
        holding = Store(store._catalog, held, store._lexical)
        if searched_before:
            assert texts(holding, "hafen markt") == {ELECTION.text}
        batch = [(article, whole(article)) for article in (HARBOUR, other)]
        thread = threading.Thread(target=holding.add, args=(batch,))
        thread.start()
        assert held.begun.wait(60)
        assert texts(holding, "hafen markt") == {ELECTION.text}
        assert [passage for passage, _ in holding.nearest("hafen", 5)] == whole(ELECTION)
        held.released.set()
        thread.join()
        assert texts(holding, "hafen markt") == {HARBOUR.text, ELECTION.text, other.text}


def hold_files(data, held, done):
    """Keep Chroma's files to itself, as a writer does while it makes a large graph again."""
    with written(data) as store, store._dense._files.touching():
        held.set()
        done.wait(60)


@pytest.mark.parametrize("searched_before", [True, False])
def test_a_search_does_not_wait_for_another_process_that_holds_the_files(
    data, monkeypatch, searched_before
):
    monkeypatch.setattr(indexes, "_PATIENCE", 0)
    monkeypatch.setattr(indexes, "_PAUSE", 0)
    add_to(data, HARBOUR, ELECTION)
    held, done = make_event(), make_event()
    with opened(data) as store:
        if searched_before:
            assert texts(store, "hafen", k=1) == {HARBOUR.text}
        writer = start_elsewhere(hold_files, data, held, done)
        assert held.wait(60)
        assert texts(store, "hafen", k=1) == {HARBOUR.text}
        assert ("another process is writing" in store.trouble) is not searched_before
        done.set()
        writer.join()
        store._indexes.read_graph()
        assert store.trouble == ""
        assert texts(store, "hafen", k=1) == {HARBOUR.text}


# Chroma's graph lags behind the catalog ---------------------------------------------------------


def test_what_was_added_or_removed_since_the_graph_was_read_counts_at_once(data):
    nearer = [make_article(f"/a/{n}.txt", "Hafen " * (9 - n) + "Wahl") for n in range(9)]
    found = [article.text for article in nearer]
    add_to(data, *nearer[1::2], HARBOUR)
    with opened(data) as store:

        def nearest(k, filter=None):
            return [passage.text for passage, _ in store.nearest("hafen", k, filter)]

        assert nearest(4)[1:] == found[1:6:2]
        add_to_graph = store._indexes._snapshot
        assert run_elsewhere(add_to, data, *nearer[::2]) == 0
        assert run_elsewhere(remove_from, data, HARBOUR.id) == 0
        assert nearest(100) == found
        assert nearest(3) == found[:3]
        assert nearest(2, Filter(languages=["de"])) == found[:2]
        assert store._indexes._snapshot is add_to_graph
        store._indexes.read_graph()
        assert store._indexes._snapshot is not add_to_graph
        assert nearest(100) == found


def test_the_graph_is_not_read_again_by_a_search(data, monkeypatch):
    monkeypatch.setattr(indexes, "_PAUSE", 0)
    monkeypatch.setattr(indexes, "_PAUSE_PER_SECOND_OF_READING", 0)
    add_to(data, ELECTION)
    with opened(data) as store:
        assert texts(store, "wahl") == {ELECTION.text}
        read, threads = store._dense.read, []

        def note(*values):
            threads.append(threading.current_thread())
            return read(*values)

        monkeypatch.setattr(store._dense, "read", note)
        assert texts(store, "wahl") == {ELECTION.text}
        assert run_elsewhere(add_to, data, HARBOUR) == 0
        assert texts(store, "hafen wahl") == {HARBOUR.text, ELECTION.text}
        store._indexes.close()  # waits for the thread
        assert len(threads) == 1
        assert threads[0] is not threading.current_thread()


def test_the_graph_is_not_read_again_within_the_pause(data):
    add_to(data, ELECTION)
    with opened(data) as store:
        assert texts(store, "wahl") == {ELECTION.text}
        before = store._indexes._snapshot
        assert run_elsewhere(add_to, data, HARBOUR) == 0
        store._indexes._due += 1_000
        assert texts(store, "hafen wahl") == {HARBOUR.text, ELECTION.text}
        assert store._indexes._reading is None
        assert store._indexes._snapshot is before


def test_a_reader_names_its_trouble_until_a_writer_has_mended_it(data):
    add_to(data, HARBOUR, ELECTION)
    shutil.rmtree(folder_of(data) / "dense" / "chroma")
    with opened(data) as store:
        assert store.trouble == ""
        assert texts(store, "hafen", k=1) == {HARBOUR.text}
        assert store.trouble == (
            f"the dense index in {data} is lost or incomplete: run `article-chat check --repair`,"
            " which makes it again from the catalog; until then each passage is compared with the"
            " question"
        )
        assert run_elsewhere(add_to, data) == 0  # a writer opens it, and adds nothing
        store._indexes.read_graph()
        assert store.trouble == ""
        assert texts(store, "hafen", k=1) == {HARBOUR.text}


# Threads and processes, against what was reported ------------------------------------------------


def history(seed, steps):
    """Seeded changes to six articles, and the texts that are there before and after each."""
    draw = random.Random(seed)
    there, states, changes = {}, [frozenset()], []
    for step in range(steps):
        paths = draw.sample([f"/a/{n}.txt" for n in range(6)], draw.randint(1, 3))
        if draw.random() < 0.4 and any(path in there for path in paths):
            changes.append(("remove", [make_article(path, "").id for path in paths]))
            for path in paths:
                there.pop(path, None)
        else:
            added = [make_article(path, f"Der Hafen, {step}, {path}.") for path in paths]
            changes.append(("add", [(article, whole(article)) for article in added]))
            there.update((article.path, article.text) for article in added)
        states.append(frozenset(there.values()))
    return changes, states


def write_history(store, seed, steps, begun, reported):
    for method, values in history(seed, steps)[0]:
        begun.value += 1
        getattr(store, method)(values)
        reported.value += 1


def write_history_elsewhere(data, seed, steps, begun, reported):
    with written(data) as store:
        write_history(store, seed, steps, begun, reported)


def search_until(store, states, begun, reported, failures):
    """Search until all is written; note each result that was not a state reported meanwhile."""
    while True:
        first = reported.value
        hits = store.search("hafen", 100, terms=terms_of("Hafen")).hits
        possible = states[first : begun.value + 1]
        found = frozenset(hit.passage.text for hit in hits)
        if found not in possible or any(hit.bm25 <= 0 or hit.cosine <= 0.99 for hit in hits):
            failures.append((first, len(possible), sorted(found)))
        if first == len(states) - 1:
            return


@pytest.mark.parametrize("elsewhere", [False, True], ids=["a thread writes", "a process writes"])
def test_each_search_sees_a_state_between_what_was_reported_and_what_was_begun(
    data, monkeypatch, elsewhere
):
    monkeypatch.setattr(indexes, "_PAUSE", 0)
    monkeypatch.setattr(indexes, "_PAUSE_PER_SECOND_OF_READING", 0)
    seed, steps = 7, 25
    states = history(seed, steps)[1]
    assert len(set(states)) == 25  # it is empty twice
    begun, reported = make_counter(), make_counter()
    failures = []
    with written(data):
        pass
    with (opened if elsewhere else written)(data) as store:
        searching = [
            threading.Thread(target=search_until, args=(store, states, begun, reported, failures))
            for _ in range(3)
        ]
        for thread in searching:
            thread.start()
        if elsewhere:
            job = write_history_elsewhere
            assert run_elsewhere(job, data, seed, steps, begun, reported) == 0
        else:
            write_history(store, seed, steps, begun, reported)
        for thread in searching:
            thread.join()
        assert failures == []
        assert texts(store, "hafen") == states[-1]


# A folder that can only be read -----------------------------------------------------------------


def search_without_rights(data):
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    with opened(data) as store:
        assert texts(store, "hafen", k=1) == {HARBOUR.text}
        assert store.search("brücke", 1, terms=terms_of("knapp")).hits[1].bm25 > 0
        assert store.article(ELECTION.id) == ELECTION
        assert "may not be written to (EROFS)" in store.trouble
        try:
            store.remove([ELECTION.id])
        except StoreUnwritable as error:
            assert "may not be written to" in str(error)
        else:
            os._exit(3)
        assert store.count().articles == 2
    try:
        with written(data):
            os._exit(4)
    except StoreUnwritable as error:
        assert str(error) == (
            f"no index can be kept in {data} (Permission denied): name another folder with --data"
        )


@contextmanager
def read_only(data):
    """Let everybody enter a data folder, and nobody write in it."""
    os.chmod(data.parent, 0o755)
    for path in [data, *data.rglob("*")]:
        os.chmod(path, 0o555 if path.is_dir() else 0o444)
    try:
        yield
    finally:
        for path in [data, *data.rglob("*")]:
            os.chmod(path, 0o755 if path.is_dir() else 0o644)


def test_a_folder_without_the_right_to_write_is_searched_and_written_to_by_nobody():
    # Not below pytest's own folder, which only its owner may enter.
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        add_to(data, HARBOUR, ELECTION)
        with read_only(data):
            assert run_elsewhere(search_without_rights, data) == 0


def hold_log(data):
    """Leave the catalog with a log that is not written back, as a killed writer does."""
    store = build_store(data, WordEmbeddings(), embedding_name=NAME)
    store.add([(HARBOUR, whole(HARBOUR))])
    os._exit(0)


def search_beside_a_log(data):
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    with opened(data) as store:
        assert texts(store, "hafen") == {HARBOUR.text}


def test_a_catalog_with_a_log_is_read_with_it_though_nothing_may_be_written():
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        assert run_elsewhere(hold_log, data) == 0
        assert (folder_of(data) / "catalog.sqlite3-wal").stat().st_size > 0
        with read_only(data):
            assert run_elsewhere(search_beside_a_log, data) == 0
