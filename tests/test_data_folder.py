"""Opening, making and rebuilding a store, and every way in which that cannot be done."""

import datetime
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from fakes import WordEmbeddings, die, make_article, whole
from langchain_core.embeddings import Embeddings
from stores import (
    NAME,
    content,
    folder_of,
    make_event,
    opened,
    run_elsewhere,
    start_elsewhere,
    written,
)

from vectorstore import (
    Counts,
    Embedder,
    Filter,
    NoStore,
    OtherEmbedding,
    StoreBusy,
    StoreDamaged,
    StoreReplaced,
    StoreStatus,
    StoreUnreadable,
    StoreUnwritable,
    build_store,
    inspect_store,
    open_store,
    read_status,
    rebuilding,
    repair_store,
    stored_articles,
    terms_of,
    writing,
)
from vectorstore.catalog.schema import article_row
from vectorstore.compatibility import PROBE
from vectorstore.lexical.index import open_lexical_index

ARTICLE = make_article("/a/hafen.txt", "Der Hafen wächst.", date="2024-06-19")


class Turned(Embeddings):
    """Fixed vectors of two numbers, at an angle to (1, 0)."""

    def __init__(self, degrees):
        self._vector = [float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))]

    def embed_documents(self, texts):
        return [self._vector for _ in texts]

    def embed_query(self, text):
        return self._vector


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def filled(data):
    with written(data) as store:
        store.add([(ARTICLE, whole(ARTICLE))])
    return data


def one_line(raised):
    text = str(raised.value)
    assert "\n" not in text
    return text


# No store, or none that can be used -------------------------------------------------------------


@pytest.mark.parametrize(
    "use", [read_status, lambda data: open_store(data, None, embedding_name="")]
)
def test_where_nothing_was_indexed_the_command_to_index_is_named(data, use):
    for _ in range(2):
        with pytest.raises(NoStore) as raised:
            use(data)
        assert one_line(raised) == f"no index in {data}: run `article-chat index FOLDER` first"
        data.mkdir(exist_ok=True)


def test_asking_makes_no_folder(data):
    with pytest.raises(NoStore):
        read_status(data)
    assert not data.exists()


@pytest.mark.parametrize("current", [b"store-7\n", b"", b"../elsewhere", b"store-1/..", b"."])
def test_a_store_whose_folder_is_lost_is_unreadable(filled, current):
    (filled / "CURRENT").write_bytes(current)
    for use in (read_status, lambda data: build_store(data, WordEmbeddings(), embedding_name=NAME)):
        with pytest.raises(StoreDamaged, match="has lost its folder") as raised:
            use(filled)
        assert one_line(raised).endswith(": run `article-chat check --repair`")


def test_a_current_file_of_garbage_is_unreadable(filled):
    (filled / "CURRENT").write_bytes(b"\xff\xfe\x00garbage")
    with pytest.raises(StoreDamaged) as raised:
        read_status(filled)
    assert one_line(raised) == (
        f"{filled} has lost the text of CURRENT, which names its index: run `article-chat check"
        " --repair`"
    )


def test_a_lost_current_file_is_not_taken_for_an_empty_folder(filled):
    (filled / "CURRENT").unlink()
    for use in (read_status, lambda data: build_store(data, WordEmbeddings(), embedding_name=NAME)):
        with pytest.raises(StoreDamaged, match="has lost the file CURRENT") as raised:
            use(filled)
        one_line(raised)
    assert (filled / "store-1").is_dir()


def test_a_lost_catalog_is_named(filled):
    (folder_of(filled) / "catalog.sqlite3").unlink()
    with pytest.raises(StoreDamaged) as raised:
        read_status(filled)
    assert one_line(raised) == (
        f"{filled} has lost the catalog of its index: run `article-chat check --repair`"
    )


def test_a_store_of_another_format_is_unreadable_and_left_as_it_is(filled):
    catalog = folder_of(filled) / "catalog.sqlite3"
    with closing(sqlite3.connect(catalog)) as connection, connection:
        connection.execute("UPDATE meta SET value = '0' WHERE key = 'format'")
        connection.execute("DROP TABLE passages")
    before = catalog.read_bytes()
    for use in (read_status, lambda data: open_store(data, WordEmbeddings(), embedding_name=NAME)):
        with pytest.raises(StoreUnreadable, match="made by another version .format 0") as raised:
            use(filled)
        assert "--data" in one_line(raised)
    assert catalog.read_bytes() == before


@pytest.mark.parametrize("garbage", [b"garbage " * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_catalog_of_garbage_is_unreadable(filled, garbage):
    catalog = folder_of(filled) / "catalog.sqlite3"
    for file in catalog.parent.glob("catalog*"):
        file.unlink()
    catalog.write_bytes(garbage)
    for use in (read_status, lambda data: open_store(data, WordEmbeddings(), embedding_name=NAME)):
        with pytest.raises(StoreDamaged) as raised:
            use(filled)
        assert one_line(raised) == (
            f"the catalog of the index in {filled} is damaged (file is not a database): run"
            " `article-chat check --repair`, which keeps what can be read of it"
        )


def test_an_empty_catalog_is_unreadable(filled):
    catalog = folder_of(filled) / "catalog.sqlite3"
    for file in catalog.parent.glob("catalog*"):
        file.unlink()
    catalog.touch()
    with pytest.raises(StoreDamaged, match="no such table: meta.: run"):
        read_status(filled)


# Folders that cannot be written to --------------------------------------------------------------


def enter(data):
    with writing(data):
        pass


def test_a_file_in_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreUnwritable) as raised:
        enter(tmp_path / "data")
    assert one_line(raised) == (
        f"no index can be kept in {tmp_path / 'data'} (File exists): name another folder with"
        " --data"
    )
    assert (tmp_path / "data").read_text() == "a file"


def test_a_folder_below_a_file_is_named(tmp_path):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(StoreUnwritable, match="Not a directory"):
        enter(tmp_path / "file" / "data")


def test_a_name_that_is_too_long_is_named(tmp_path):
    with pytest.raises(StoreUnwritable, match="too long"):
        enter(tmp_path / ("x" * 300))


def test_a_lock_that_cannot_be_made_is_named(data):
    (data / "lock").mkdir(parents=True)
    with pytest.raises(StoreUnwritable, match="name another folder"):
        enter(data)


def try_without_rights(data):
    os.chmod(data, 0o555)
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        enter(data)
    except StoreUnwritable as error:
        os._exit(0 if "Permission denied" in str(error) else 3)
    os._exit(4)


def test_a_folder_without_the_right_to_write_is_named():
    # Not below pytest's own folder, which only its owner may enter.
    with TemporaryDirectory() as data:
        assert run_elsewhere(try_without_rights, Path(data)) == 0


# Two at a time ----------------------------------------------------------------------------------


def hold(data, held, done):
    with writing(data):
        held.set()
        done.wait()


def test_two_processes_cannot_write_and_one_can_read_meanwhile(filled):
    held, done = make_event(), make_event()
    holder = start_elsewhere(hold, filled, held, done)
    held.wait()
    with pytest.raises(StoreBusy) as raised:
        enter(filled)
    assert one_line(raised) == (
        f"another article-chat is writing to {filled}: wait until it is done, then try again"
    )
    with opened(filled) as store:
        assert len(store.search("hafen", 1, terms=terms_of("hafen")).hits) == 1
    done.set()
    holder.join()
    enter(filled)


def hold_and_die(data):
    with writing(data):
        die()


def test_a_killed_process_holds_nothing(filled):
    assert run_elsewhere(hold_and_die, filled) == -9
    enter(filled)


def test_an_error_inside_is_not_taken_for_a_busy_store(data):
    with pytest.raises(TimeoutError), writing(data):
        raise TimeoutError("of something else")
    enter(data)


# The embedding ----------------------------------------------------------------------------------


def test_another_embedding_is_refused_and_the_command_named(filled):
    with pytest.raises(OtherEmbedding) as raised:
        open_store(filled, WordEmbeddings(["anderes"]), embedding_name="another one")
    assert one_line(raised) == (
        f"the index in {filled} was made with the embedding 'fake', not 'another one': give"
        " `--embedding fake`, or run `article-chat index --rebuild --embedding 'another one'` to"
        " embed its articles again"
    )
    with pytest.raises(OtherEmbedding):
        build_store(filled, WordEmbeddings(["anderes"]), embedding_name="another one")
    assert read_status(filled).counts == Counts(1, 1, {"de": 1})


def test_other_weights_under_the_same_name_are_refused(data):
    with written(data, Turned(0)):
        pass
    with pytest.raises(OtherEmbedding) as raised:
        open_store(data, Turned(9), embedding_name=NAME)
    assert one_line(raised) == (
        f"the embedding 'fake' is no longer the one that made the index in {data}: run"
        " `article-chat index --rebuild --embedding fake` to embed its articles again"
    )


def test_weights_that_are_the_same_but_for_rounding_are_accepted(data):
    with written(data, Turned(0)):
        pass
    with opened(data, Turned(2)):  # cosine .9994
        pass


def test_the_same_weights_under_another_name_are_accepted_and_indexing_keeps_the_new_name(filled):
    open_store(filled, WordEmbeddings(), embedding_name="moved").close()
    assert read_status(filled).embedding == NAME
    build_store(filled, WordEmbeddings(), embedding_name="moved").close()
    assert read_status(filled) == StoreStatus(filled, "moved", Counts(1, 1, {"de": 1}))


def test_status_needs_no_embedding(filled):
    assert read_status(filled) == StoreStatus(filled, NAME, Counts(1, 1, {"de": 1}))
    with stored_articles(filled) as catalog:
        assert list(catalog.articles()) == [ARTICLE]


# An earlier format ------------------------------------------------------------------------------

FORMAT_3 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE articles (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, state INTEGER NOT NULL, content_hash TEXT NOT NULL,
    path TEXT NOT NULL, row TEXT, title TEXT NOT NULL, language TEXT NOT NULL,
    source TEXT, date TEXT, url TEXT, body TEXT NOT NULL, text TEXT NOT NULL
);
CREATE UNIQUE INDEX one_visible ON articles (id) WHERE state = 1;
CREATE TABLE passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (key),
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, sentences TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE TABLE files (path TEXT PRIMARY KEY, digest TEXT NOT NULL);
"""


@pytest.fixture
def earlier(data):
    """A data folder as format 3 had it; without its indexes, which a rebuild does not read."""
    (data / "store-1").mkdir(parents=True)
    (data / "CURRENT").write_text("store-1\n")
    probe = WordEmbeddings().embed_query(PROBE)
    with closing(sqlite3.connect(data / "store-1" / "catalog.sqlite3")) as db, db:
        db.executescript(FORMAT_3)
        db.executemany(
            "INSERT INTO meta VALUES (?, ?)",
            [("format", "3"), ("embedding", NAME), ("probe", json.dumps(probe))],
        )
        db.execute(
            "INSERT INTO articles (state, id, content_hash, path, row, title, language, source,"
            " date, url, body, text) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            article_row(ARTICLE),
        )
        vector = np.float32([1, 0, 0, 0, 0]).tobytes()
        db.execute("INSERT INTO passages VALUES (1, 1, 0, 17, '[[0, 17]]', ?)", (vector,))
        db.execute("INSERT INTO files VALUES ('/a/hafen.txt', 'digest')")
    return data


def test_a_store_of_the_format_before_is_brought_up_to_date_by_a_writer(earlier):
    with pytest.raises(StoreUnreadable) as raised:
        open_store(earlier, WordEmbeddings(), embedding_name=NAME)
    assert one_line(raised) == (
        f"the index in {earlier} was made by an earlier version: run `article-chat index FOLDER` to"
        " bring it up to date; its articles need not be embedded again"
    )
    assert read_status(earlier) == StoreStatus(earlier, NAME, Counts(1, 1, {"de": 1}))
    embeddings = WordEmbeddings()
    with written(earlier, embeddings) as store:
        assert embeddings.embedded == []
        assert store.article(ARTICLE.id) == ARTICLE
        assert store.file_digest("/a/hafen.txt") == "digest"
        june = Filter(date_from=datetime.date(2024, 6, 1))
        [hit] = store.search("hafen", 1, terms=terms_of("Hafen"), filter=june).hits
        assert (hit.passage, hit.cosine, hit.bm25 > 0) == (*whole(ARTICLE), 1.0, True)
    assert len(content(earlier)) == 1
    assert sorted(path.name for path in earlier.iterdir()) == ["CURRENT", "lock", "store-2"]
    with opened(earlier) as store:
        assert store.passages([whole(ARTICLE)[0].id]) == whole(ARTICLE)


def test_an_upgrade_that_is_killed_changes_nothing_and_the_next_run_ends_it(earlier):
    assert run_elsewhere(die_before_the_switch, earlier) == -9
    assert (earlier / "CURRENT").read_text() == "store-1\n"
    with written(earlier) as store:
        assert store.article(ARTICLE.id) == ARTICLE
    assert len(content(earlier)) == 1


def die_before_the_switch(data):
    (data / "CURRENT.new").mkdir()  # so that naming the new store fails
    try:
        enter_to_write(data)
    except OSError:
        (data / "CURRENT.new").rmdir()
        die()


def test_a_store_of_the_format_before_is_not_upgraded_with_another_embedding(earlier):
    with pytest.raises(OtherEmbedding):
        build_store(earlier, WordEmbeddings(["anderes"]), embedding_name="another")
    assert [path.name for path in earlier.glob("store-*")] == ["store-1"]


@pytest.mark.parametrize("format", ["2", "3"])
def test_the_articles_of_an_earlier_format_can_be_embedded_again(earlier, format):
    with closing(sqlite3.connect(earlier / "store-1" / "catalog.sqlite3")) as db, db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (format,))
    if format == "2":
        with pytest.raises(StoreUnreadable, match="run `article-chat index --rebuild` to embed"):
            build_store(earlier, WordEmbeddings(), embedding_name=NAME)
    rebuild(earlier)
    with opened(earlier, NEW) as store:
        assert store.article(ARTICLE.id) == ARTICLE
        assert len(store.search("wächst", 1, terms=terms_of("")).hits) == 1


@pytest.mark.parametrize("format", ["2", "3"])
def test_a_check_names_an_earlier_format_and_its_repair_brings_it_up_to_date(earlier, format):
    with closing(sqlite3.connect(earlier / "store-1" / "catalog.sqlite3")) as db, db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (format,))
    [fault] = inspect_store(earlier)
    assert fault.kind == "format"
    assert "made by an earlier version: run `article-chat index" in fault.text
    list(repair_store(earlier, lambda: Embedder(WordEmbeddings(), NAME, whole)))
    assert inspect_store(earlier) == []
    with opened(earlier) as store:
        assert store.article(ARTICLE.id) == ARTICLE


# The lexical index ------------------------------------------------------------------------------


def lose(lexical):
    shutil.rmtree(lexical)


def empty(lexical):
    shutil.rmtree(lexical)
    open_lexical_index(lexical.parent).close()


def spoil(lexical):
    (lexical / "meta.json").write_text("garbage")


def cut(lexical):
    [terms] = lexical.glob("*.term")
    os.truncate(terms, terms.stat().st_size // 2)


@pytest.mark.parametrize("damage", [lose, empty, spoil, cut])
def test_a_lexical_index_that_lost_passages_is_an_error_and_made_again_by_a_writer(filled, damage):
    before = content(filled)
    with opened(filled) as store:
        [hit] = store.search("hafen", 1, terms=terms_of("Hafen wächst")).hits
    damage(folder_of(filled) / "lexical")
    for _ in range(2):
        with pytest.raises(StoreDamaged, match="the lexical index in .* `article-chat check") as e:
            open_store(filled, WordEmbeddings(), embedding_name=NAME)
        assert str(filled) in one_line(e)
    embeddings = WordEmbeddings()
    with written(filled, embeddings) as store:
        assert store.search("hafen", 1, terms=terms_of("Hafen wächst")).hits == (hit,)
    assert embeddings.embedded == []
    assert content(filled) == before
    with opened(filled) as store:
        assert store.search("hafen", 1, terms=terms_of("Hafen wächst")).hits == (hit,)


def test_a_lexical_index_that_holds_unknown_passages_is_made_again(filled, caplog):
    index = open_lexical_index(folder_of(filled))
    index.add([77, 78], whole(ARTICLE) * 2)
    index.commit()
    index.close()
    with pytest.raises(StoreDamaged, match="lost or incomplete"):
        open_store(filled, WordEmbeddings(), embedding_name=NAME)
    with written(filled):
        pass
    assert "making its lexical index again" in caplog.text
    assert len(content(filled)) == 1


def test_an_open_store_says_that_its_lexical_index_was_lost_until_a_writer_made_it_again(filled):
    other = make_article("/a/wahl.txt", "Die Wahl.")
    with opened(filled) as store:
        assert run_elsewhere(add_and_lose_index, filled, other) == 0
        with pytest.raises(StoreDamaged, match="lexical index"):
            store.search("wahl", 1, terms=terms_of("Wahl"))
        assert run_elsewhere(enter_to_write, filled) == 0
        [hit] = store.search("wahl", 1, terms=terms_of("Wahl")).hits
        assert (hit.passage.text, hit.bm25 > 0) == (other.text, True)


def add_and_lose_index(data, article):
    with written(data) as store:
        store.add([(article, whole(article))])
    shutil.rmtree(folder_of(data) / "lexical")


def enter_to_write(data):
    with written(data):
        pass


# Rebuilding -------------------------------------------------------------------------------------

NEW = WordEmbeddings(["wächst"])


def rebuild(data, then=lambda: None):
    with (
        writing(data),
        stored_articles(data) as catalog,
        rebuilding(data, NEW, embedding_name="new") as store,
    ):
        store.add([(article, whole(article)) for article in catalog.articles()])
        then()


def test_a_rebuild_takes_the_place_of_the_store_and_the_old_folder_goes(filled):
    rebuild(filled)
    assert read_status(filled) == StoreStatus(filled, "new", Counts(1, 1, {"de": 1}))
    assert sorted(path.name for path in filled.iterdir()) == ["CURRENT", "lock", "store-2"]
    with opened(filled, NEW) as store:
        assert store.article(ARTICLE.id) == ARTICLE
        [hit] = store.search("wächst", 1, terms=terms_of("")).hits
        assert hit.cosine == pytest.approx(1, abs=1e-6)
    with pytest.raises(OtherEmbedding):
        open_store(filled, WordEmbeddings(), embedding_name=NAME)


def interrupt():
    raise KeyboardInterrupt


def test_a_rebuild_that_is_interrupted_changes_nothing(filled):
    before = content(filled)
    with pytest.raises(KeyboardInterrupt):
        rebuild(filled, then=interrupt)
    assert content(filled) == before
    assert read_status(filled).embedding == NAME
    assert sorted(path.name for path in filled.iterdir()) == ["CURRENT", "lock", "store-1"]


def rebuild_and_die(data):
    rebuild(data, then=die)


def test_a_rebuild_that_is_killed_changes_nothing_and_the_next_run_clears_up(filled):
    before = content(filled)
    assert run_elsewhere(rebuild_and_die, filled) == -9
    assert (filled / "store-2").exists()
    assert content(filled) == before
    assert read_status(filled).embedding == NAME
    with written(filled):
        pass
    assert sorted(path.name for path in filled.iterdir()) == ["CURRENT", "lock", "store-1"]
    assert content(filled) == before


def die_before_it_is_current(data):
    class Killed(WordEmbeddings):
        def embed_query(self, text):
            die()

    with writing(data):
        build_store(data, Killed(), embedding_name=NAME)


def test_a_first_run_that_is_killed_leaves_no_store(data):
    assert run_elsewhere(die_before_it_is_current, data) == -9
    with pytest.raises(NoStore):
        read_status(data)
    with written(data) as store:
        assert store.count() == Counts(0, 0, {})
    assert len(list(data.glob("store-*"))) == 1


def test_other_things_in_the_data_folder_stay(filled):
    (filled / "store-photos").mkdir()
    (filled / "store-9.txt").write_text("mine")
    rebuild(filled)
    assert (filled / "store-photos").is_dir()
    assert (filled / "store-9.txt").read_text() == "mine"


def rebuild_elsewhere(data):
    rebuild(data)


def test_a_store_that_is_rebuilt_while_it_is_open_says_so(filled):
    with opened(filled) as store:
        assert len(store.search("hafen", 1, terms=terms_of("hafen")).hits) == 1
        assert run_elsewhere(rebuild_elsewhere, filled) == 0
        with pytest.raises(StoreReplaced) as raised:
            store.search("hafen", 1, terms=terms_of("hafen"))
        assert one_line(raised) == "the index was rebuilt: start article-chat again"


def test_a_stopped_run_leaves_no_article_in_a_store_that_is_opened_to_write(filled):
    other = make_article("/a/wahl.txt", "Die Wahl.")
    with written(filled) as store:
        store._catalog.write_pending([(other, whole(other))], np.ones((1, 5)))
        store._catalog.drop([ARTICLE.id])
    with written(filled) as store:
        assert store.count() == Counts(0, 0, {})
    assert content(filled) == []
