"""Errors of SQLite, Chroma, tantivy and the system become errors of the store; bugs stay bugs."""

import errno
import json
import os
import resource
import signal
import sqlite3
from contextlib import closing

import pytest
from chromadb.errors import InternalError, InvalidArgumentError
from fakes import make_article, whole
from stores import folder_of, opened, run_elsewhere, written

from vectorstore import (
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreUnreadable,
    StoreUnwritable,
    terms_of,
)
from vectorstore.catalog.catalog import open_catalog
from vectorstore.faults import named_errors
from vectorstore.lexical.index import open_lexical_index

HARBOUR = make_article("/a/hafen.txt", "Der Hafen wächst.")


@pytest.fixture
def store(tmp_path):
    """The folder of a store below the data folder."""
    folder = tmp_path / "store-1"
    folder.mkdir()
    return folder


def line(raised):
    """The text of an error, which is one line and never a raw structure of a library."""
    text = str(raised.value)
    assert "\n" not in text
    assert len(text) < 400
    return text


# SQLite -----------------------------------------------------------------------------------------


def busy(path):
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as holder,
        closing(sqlite3.connect(path, timeout=0)) as other,
    ):
        holder.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO meta VALUES ('a', 'b')")


def read_only(path):
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        db.execute("INSERT INTO meta VALUES ('a', 'b')")


def full(path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA max_page_count = 1")
        db.execute("INSERT INTO meta VALUES ('a', zeroblob(1000000))")


def garbage(path):
    with closing(sqlite3.connect(path)) as db:
        path.write_bytes(b"garbage " * 1000)
        db.execute("SELECT * FROM meta")


def gone(path):
    with closing(sqlite3.connect(f"{path.as_uri()}-gone?mode=ro", uri=True)) as db:
        db.execute("SELECT * FROM meta")


@pytest.mark.parametrize(
    ("fault", "kind", "text"),
    [
        (busy, StoreBusy, "another process is writing to {data}: try again in a moment"),
        (
            read_only,
            StoreUnwritable,
            "the index in {data} may not be written to (attempt to write a readonly database): get"
            " the right to write there, or name another folder with --data",
        ),
        (
            full,
            StoreUnwritable,
            "no room for the index in {data} (database or disk is full): make room on its disk and"
            " run the same command again; what was indexed is kept",
        ),
        (
            garbage,
            StoreDamaged,
            "the catalog of the index in {data} is damaged (file is not a database): run"
            " `article-chat check --repair`, which keeps what can be read of it",
        ),
        (
            gone,
            StoreUnreadable,
            "the index in {data} cannot be read or written (unable to open database file): check"
            " the rights to the folder and the room on its disk, then try again",
        ),
    ],
)
def test_an_error_of_sqlite_says_what_to_do(store, fault, kind, text):
    open_catalog(store / "catalog.sqlite3").close()
    with pytest.raises(kind) as raised, named_errors(store):
        fault(store / "catalog.sqlite3")
    assert line(raised) == text.format(data=store.parent)
    assert isinstance(raised.value.__cause__, sqlite3.Error)


@pytest.mark.parametrize("statement", ["SELEKT", "SELECT nothing FROM nowhere"])
def test_a_statement_of_ours_that_is_wrong_keeps_its_error(store, statement):
    with (
        pytest.raises(sqlite3.OperationalError),
        named_errors(store),
        closing(sqlite3.connect(":memory:")) as db,
    ):
        db.execute(statement)


def test_a_connection_that_was_closed_before_keeps_its_error(store):
    db = sqlite3.connect(":memory:")
    db.close()
    with pytest.raises(sqlite3.ProgrammingError), named_errors(store):
        db.execute("SELECT 1")


# Chroma and the system --------------------------------------------------------------------------

CHROMA = "Query error: Database error: error returned from database: (code: {}) {}"


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        (CHROMA.format(5, "database is locked"), StoreBusy, "another process is writing"),
        (CHROMA.format(1032, "attempt to write a readonly database"), StoreUnwritable, "readonly"),
        (CHROMA.format(13, "database or disk is full"), StoreUnwritable, "no room"),
        (CHROMA.format(778, "disk I/O error"), StoreUnreadable, "the room on its disk"),
        ("IO error: No space left on device (os error 28)", StoreUnwritable, "no room"),
        (CHROMA.format(11, "database disk image is malformed"), StoreDamaged, "dense index"),
        ("Error creating hnsw segment reader: Nothing found on disk", StoreDamaged, "dense index"),
    ],
)
def test_an_error_of_chroma_says_what_to_do(store, text, kind, reason):
    with pytest.raises(StoreError, match=reason) as raised, named_errors(store):
        raise InternalError(text)
    assert type(raised.value) is kind
    line(raised)


def test_a_damaged_dense_index_is_made_again_from_the_catalog(store):
    with pytest.raises(StoreDamaged) as raised, named_errors(store):
        raise InternalError("Nothing found\n  on disk")
    assert line(raised) == (
        f"the dense index in {store.parent} is damaged (Nothing found on disk): run `article-chat"
        " check --repair`, which makes it again from the catalog"
    )


@pytest.mark.parametrize(
    ("code", "reason"), [(errno.ENOSPC, "no room"), (errno.EROFS, "may not be written to")]
)
def test_a_full_or_locked_disk_is_named(store, code, reason):
    with pytest.raises(StoreUnwritable, match=reason) as raised, named_errors(store):
        raise OSError(code, "what the system says")
    line(raised)


@pytest.mark.parametrize(
    "bug",
    [
        KeyError("passage"),
        InvalidArgumentError("Collection expecting embedding with dimension of 8, got 2"),
        FileNotFoundError(errno.ENOENT, "No such file"),
        OSError("without a number"),
    ],
)
def test_other_errors_stay_as_they_are(store, bug):
    with pytest.raises(type(bug)) as raised, named_errors(store):
        raise bug
    assert raised.value is bug


# tantivy ----------------------------------------------------------------------------------------


def fill(store):
    index = open_lexical_index(store)
    index.add([1], whole(HARBOUR))
    index.commit()
    index.close()


@pytest.mark.parametrize("suffix", ["idx", "store", "term", "fast", "fieldnorm"])
@pytest.mark.parametrize("damage", ["missing", "cut", "garbage", "a byte"])
def test_a_damaged_lexical_index_is_named_on_opening(store, suffix, damage):
    fill(store)
    [file] = (store / "lexical").glob(f"*.{suffix}")
    whole_file = file.read_bytes()
    if damage == "missing":
        file.unlink()
    elif damage == "a byte":  # of its content, not of the checksum at its end
        file.write_bytes(bytes([whole_file[0] ^ 1]) + whole_file[1:])
    else:
        file.write_bytes(whole_file[:20] if damage == "cut" else b"garbage " * 50)
    with pytest.raises(StoreDamaged, match="the lexical index in .* is damaged") as raised:
        open_lexical_index(store)
    assert "run `article-chat check --repair`" in line(raised)


def test_files_that_were_found_whole_are_not_read_again_before_size_or_time_change(store):
    fill(store)
    open_lexical_index(store).close()
    [file] = (store / "lexical").glob("*.term")
    before, whole_file = file.stat(), file.read_bytes()
    file.write_bytes(bytes([whole_file[0] ^ 1]) + whole_file[1:])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    open_lexical_index(store).close()
    with pytest.raises(StoreDamaged, match="another checksum"):
        open_lexical_index(store, read_all=True)
    os.utime(file)
    with pytest.raises(StoreDamaged, match="another checksum"):
        open_lexical_index(store)


@pytest.mark.parametrize("record", ["garbage", "[]", "[1]", '{"a": 1}', ""])
def test_a_damaged_record_of_whole_files_is_as_good_as_none(store, record):
    fill(store)
    (store / "lexical-whole.json").write_text(record)
    open_lexical_index(store).close()
    assert len(json.loads((store / "lexical-whole.json").read_text())) > 3


@pytest.mark.parametrize("meta", ["garbage", "", "{}"])
def test_a_lexical_index_with_a_damaged_list_of_files_is_named_on_opening(store, meta):
    fill(store)
    (store / "lexical" / "meta.json").write_text(meta)
    with pytest.raises(StoreDamaged) as raised:
        open_lexical_index(store)
    line(raised)


def test_a_lexical_index_that_another_process_writes_to_is_busy(store):
    first, second = open_lexical_index(store), open_lexical_index(store)
    first.add([1], whole(HARBOUR))
    with pytest.raises(StoreBusy, match="another process is writing to"):
        second.add([2], whole(HARBOUR))
    first.commit()
    first.close()
    second.add([2], whole(HARBOUR))  # once the other is done
    second.close()


# Through the whole store ------------------------------------------------------------------------


def add_with_little_room(data):
    # A file may grow to 300 kB: more than is there, less than a thousand articles take.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with written(data) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        many = [make_article(f"/b/{n}.txt", f"Die Wahl {n}. " * 20) for n in range(1_000)]
        try:
            store.add([(article, whole(article)) for article in many])
        except (StoreUnwritable, StoreUnreadable) as error:
            assert "room" in str(error)
            return
    raise AssertionError("nothing was raised")


def test_a_disk_that_fills_up_is_named_and_loses_nothing(tmp_path):
    with written(tmp_path) as store:
        store.add([(HARBOUR, whole(HARBOUR))])
    assert run_elsewhere(add_with_little_room, tmp_path) == 0
    with written(tmp_path) as store:
        assert store.count().articles == 1
        [hit] = store.search("hafen", 5, terms=terms_of("Hafen")).hits
        assert (hit.passage.text, hit.bm25 > 0) == (HARBOUR.text, True)


def test_a_store_that_is_open_goes_on_though_its_lexical_index_is_lost(tmp_path):
    with written(tmp_path) as store:
        store.add([(HARBOUR, whole(HARBOUR))])
    with opened(tmp_path) as store:
        for file in (folder_of(tmp_path) / "lexical").iterdir():
            file.unlink()
        # The files are gone, but not what was read of them.
        [hit] = store.search("hafen", 5, terms=terms_of("Hafen")).hits
        assert (hit.passage.text, hit.bm25 > 0) == (HARBOUR.text, True)
    with pytest.raises(StoreDamaged, match="lexical index") as raised, opened(tmp_path):
        pass
    line(raised)
