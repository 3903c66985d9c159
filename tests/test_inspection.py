"""Every file of a store cut, lost or overwritten: named on opening or by a check, and mended."""

import os
import random
import resource
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from fakes import WordEmbeddings, by_line, make_article
from stores import NAME, content, folder_of, opened, run_elsewhere, written

from vectorstore import (
    Embedder,
    Filter,
    NoStore,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreUnreadable,
    StoreUnwritable,
    inspect_store,
    repair_store,
    terms_of,
    writing,
)
from vectorstore.lexical.index import open_lexical_index

# Chroma saves its graph with the thousandth passage.
ARTICLES = [
    make_article(f"/news/{n}.txt", f"Der Hafen {n} wächst.\nDie Wahl {n} war knapp.")
    for n in range(500)
]
GRAPH, LEXICAL = "dense/chroma/*/", "lexical/*"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    data = tmp_path_factory.mktemp("pristine") / "data"
    with written(data) as store:
        store.add([(article, by_line(article)) for article in ARTICLES])
    return data, content(data)


@pytest.fixture
def data(pristine, tmp_path):
    shutil.copytree(pristine[0], tmp_path / "data")
    return tmp_path / "data"


def cut(path):
    os.truncate(path, path.stat().st_size // 2)


def empty(path):
    os.truncate(path, 0)


def lose(path):
    path.unlink()


def overwrite(path):
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def overwrite_half(path):
    half = path.stat().st_size // 2
    path.write_bytes(path.read_bytes()[:half] + random.Random(1).randbytes(half))


def overwrite_middle(path):
    quarter = path.stat().st_size // 4
    whole = path.read_bytes()
    noise = random.Random(1).randbytes(quarter)
    path.write_bytes(whole[:quarter] + noise + whole[2 * quarter :])


def load():
    return Embedder(WordEmbeddings(), NAME, by_line)


def never_load():
    pytest.fail("nothing has to be embedded")


def kinds(data):
    faults = inspect_store(data)
    assert all("\n" not in fault.text and len(fault.text) < 400 for fault in faults)
    assert all("`article-chat check --repair`" in fault.text for fault in faults)
    return [fault.kind for fault in faults]


def mend(data, loaded=never_load):
    return [mended.text for mended in repair_store(data, loaded)]


def ask(data):
    with opened(data) as store:
        return store.search("hafen", 5, terms=terms_of("Hafen 77")).hits


# Nothing wrong ----------------------------------------------------------------------------------


def test_a_sound_store_has_no_fault_and_a_repair_does_nothing(data, pristine):
    assert kinds(data) == []
    assert mend(data) == []
    assert content(data) == pristine[1]


@pytest.mark.parametrize("seconds", [0, 4_000_000_000])
def test_times_of_files_do_not_matter(data, seconds):
    for path in data.rglob("*"):
        os.utime(path, (seconds, seconds))
    assert kinds(data) == []
    assert len(ask(data)) >= 5


def test_a_moved_data_folder_has_no_fault(data, tmp_path):
    moved = data.rename(tmp_path / "moved")
    assert kinds(moved) == []
    assert len(ask(moved)) >= 5


def test_without_an_index_none_is_made(tmp_path):
    for use in (inspect_store, lambda data: list(repair_store(data, never_load))):
        with pytest.raises(NoStore):
            use(tmp_path / "nowhere")
        assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_written_to_is_not_looked_at(data):
    with writing(data), pytest.raises(StoreBusy):
        inspect_store(data)


# Files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "damage", "found"),
    [
        ("dense/chroma/chroma.sqlite3", cut, "dense"),
        ("dense/chroma/chroma.sqlite3", overwrite_middle, "dense"),
        (GRAPH + "data_level0.bin", overwrite, "dense"),
        (GRAPH + "header.bin", overwrite_half, "dense"),
        (GRAPH + "index_metadata.pickle", lose, "dense"),
        ("dense/checksums", overwrite, "dense"),
        (LEXICAL + ".idx", overwrite_middle, "lexical"),
        (LEXICAL + ".term", cut, "lexical"),
        (LEXICAL + ".fast", overwrite_middle, "lexical"),
        (LEXICAL + ".store", lose, "lexical"),
        ("lexical/meta.json", lose, "lexical"),
        ("lexical/.managed.json", overwrite, "lexical"),
    ],
)
def test_a_damaged_file_of_an_index_is_found_and_the_index_made_again(
    data, pristine, name, damage, found
):
    [path] = folder_of(data).glob(name)
    damage(path)
    if found == "lexical":
        with pytest.raises(StoreDamaged):
            ask(data)
    else:  # by comparing the question with every passage
        assert len(ask(data)) >= 5
    assert kinds(data) == [found]
    assert mend(data) == [f"making the {found} index in {data} again from the catalog"]
    assert kinds(data) == []
    assert content(data) == pristine[1]


@pytest.mark.parametrize("damage", [lose, overwrite])
def test_a_damaged_file_that_names_the_store_is_found_and_written_again(data, pristine, damage):
    damage(data / "CURRENT")
    with pytest.raises(StoreDamaged):
        ask(data)
    assert kinds(data) == ["folder"]
    assert mend(data) == [f"found the index of {data} again, in store-1"]
    assert kinds(data) == []
    assert content(data) == pristine[1]


@pytest.mark.parametrize("name", ["lock", "store-1/dense/lock", "store-1/dense/checksums"])
def test_a_file_that_is_not_needed_may_be_lost(data, name):
    (data / name).unlink()
    assert kinds(data) == []
    assert (data / name).exists()


@pytest.mark.parametrize("damage", [empty, lose])
def test_a_catalog_of_which_nothing_is_left_is_set_aside_and_its_files_are_named(data, damage):
    damage(folder_of(data) / "catalog.sqlite3")
    with pytest.raises(StoreDamaged):
        ask(data)
    assert kinds(data) in (["folder"], ["catalog"])
    [mended] = repair_store(data, load)
    assert mended.text.startswith(f"no article could be read from the index in {data}; what is")
    assert set(mended.lost) == {article.path for article in ARTICLES}
    with pytest.raises(NoStore):
        inspect_store(data)
    assert (data / "damaged-1" / "dense").is_dir()
    with written(data) as store:
        assert store.count().articles == 0


@pytest.mark.parametrize("damage", [cut, overwrite_middle])
def test_of_a_damaged_catalog_all_that_can_be_read_is_kept(data, damage):
    damage(folder_of(data) / "catalog.sqlite3")
    with pytest.raises(StoreDamaged):
        ask(data)
    assert kinds(data) == ["catalog"]
    [mended] = repair_store(data, load)
    assert kinds(data) == []
    with opened(data) as store:
        kept = [article for article in ARTICLES if store.article(article.id) == article]
        assert store.count().articles == len(kept) > 10
    assert mended.text.startswith(f"read {len(kept):,} articles from the damaged catalog")
    assert set(mended.lost) == {article.path for article in ARTICLES if article not in kept}
    assert (data / "damaged-1").is_dir()


def repair_with_little_room(data):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    with pytest.raises((StoreUnwritable, StoreUnreadable), match="room"):
        list(repair_store(data, load))


def test_a_repair_that_fills_the_disk_says_so_and_can_be_repeated(data, pristine):
    shutil.rmtree(folder_of(data) / "dense")
    assert run_elsewhere(repair_with_little_room, data) == 0
    mend(data)
    assert kinds(data) == []
    assert content(data) == pristine[1]


# What is in the files ---------------------------------------------------------------------------


def change(data, statement, *values):
    with closing(sqlite3.connect(folder_of(data) / "catalog.sqlite3")) as db, db:
        db.execute(statement, values)


def test_a_text_that_was_changed_is_dropped_and_its_file_named(data):
    change(data, "UPDATE articles SET text = replace(text, 'knapp', 'klar') WHERE key = 7")
    assert kinds(data) == ["text"]
    [mended] = repair_store(data, never_load)
    assert mended.lost == ("/news/6.txt",)
    assert kinds(data) == []
    with opened(data) as store:
        assert store.count().articles == 499


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE articles SET body = 'x'", "a row of it has no places in a text"),
        ("UPDATE articles SET body = '[1, 2]'", "a row of it has no places in a text"),
        ("UPDATE passages SET sentences = '{'", "a row of it has no places in a text"),
        ("UPDATE passages SET vector = x'000000'", "a row of it has no vector"),
        ("UPDATE meta SET value = 'many' WHERE key = 'edition'", "its edition is 'many'"),
        ("UPDATE meta SET value = 'x' WHERE key = 'probe'", "the facts about its embedding"),
    ],
)
def test_a_row_that_is_not_as_it_was_written_is_an_error_of_the_store(data, statement, reason):
    change(data, statement)
    with pytest.raises(StoreDamaged) as error, opened(data) as store:
        # Few articles are compared one by one, so that their vectors are read.
        store.search("hafen", 3, terms=[], filter=Filter(articles=[ARTICLES[7].id]))
    assert str(error.value).startswith(f"the catalog of the index in {data} is damaged ({reason}")
    assert "check --repair" in str(error.value)


def look_without_rights(data):
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    for look in (inspect_store, lambda data: list(repair_store(data, never_load))):
        try:
            look(data)
        except StoreUnwritable as error:
            assert str(error) == (
                f"the index in {data} cannot be locked, so it is not looked through (Permission"
                " denied): get the right to write there, or check a copy of the folder"
            )
        else:
            os._exit(3)
    os._exit(0)


def test_a_store_without_the_right_to_write_is_named_and_not_looked_through(data):
    # Not below pytest's own folder, which only its owner may enter.
    with TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copytree(data, copied := Path(folder) / "data")
        (copied / "lock").unlink(missing_ok=True)
        copied.chmod(0o555)
        assert run_elsewhere(look_without_rights, copied) == 0


def test_a_text_that_is_no_utf_8_is_an_error_of_the_store(data):
    change(data, "UPDATE articles SET text = CAST(x'ff41' AS TEXT) WHERE key = 7")
    with opened(data) as store, pytest.raises(StoreDamaged, match="Could not decode"):
        store.article(ARTICLES[6].id)
    assert kinds(data) == ["text"]


@pytest.mark.parametrize(
    "change_to",
    [
        "start = 3",
        "sentences = 'garbage'",
        "vector = x'00'",
        "vector = x'0000c07f0000c07f0000c07f0000c07f0000c07f'",
    ],
)
def test_passages_that_are_not_verbatim_or_have_no_sound_vector_are_embedded_again(
    data, pristine, change_to
):
    change(data, f"UPDATE passages SET {change_to} WHERE key = 13")
    assert kinds(data)[-1:] == ["passages"]
    assert "embedded 1 articles again" in mend(data, load)
    assert kinds(data) == []
    assert sorted(content(data)) == sorted(pristine[1])


def test_passages_that_only_one_index_has_are_added_and_dropped(data, pristine):
    extra = make_article("/news/extra.txt", "Der Markt.")
    with written(data) as store:
        store._dense.remove([passage.id for passage in by_line(ARTICLES[3])])
        store._dense.add(by_line(extra), np.float32([[0, 0, 0, 1, 0]]))
    index = open_lexical_index(folder_of(data))
    index.remove([1, 2, 3])
    index.add([9_999, 9_998, 9_997], by_line(extra) * 3)
    index.commit()
    index.close()
    texts = [fault.text for fault in inspect_store(data)]
    assert [text.split(": ")[0] for text in texts] == [
        f"the dense index in {data} lacks 2 passages",
        f"the dense index in {data} holds 1 unknown passages",
        f"the lexical index in {data} lacks 3 passages and holds 3 unknown ones",
    ]
    assert len(mend(data)) == 3
    assert kinds(data) == []
    assert content(data) == pristine[1]


@pytest.mark.parametrize(
    "change_to",
    [
        {"documents": ["Ein anderer Text."], "embeddings": [[1.0, 0, 0, 0, 0]]},
        {"embeddings": [[0, 0, 0, 1.0, 0]]},
        {"metadatas": [{"language": "en"}]},
    ],
)
def test_a_passage_that_is_another_in_the_dense_index_is_found(data, pristine, change_to):
    with written(data) as store, store._dense._files.touching() as collection:
        collection.update(ids=[by_line(ARTICLES[3])[0].id], **change_to)
    [fault] = inspect_store(data)
    assert "holds 1 passages with another text, vector or facts" in fault.text
    mend(data)
    assert kinds(data) == []
    assert content(data) == pristine[1]


# Stopped runs -----------------------------------------------------------------------------------


def test_a_run_that_was_stopped_is_finished(data, pristine):
    changed = make_article("/news/3.txt", "Der Markt 3.")
    new = make_article("/news/new.txt", "Der Markt ist neu.")
    with written(data) as store:
        pairs = [(article, by_line(article)) for article in (changed, new)]
        store._catalog.write_pending(pairs, np.float32([[0, 0, 0, 1, 0]] * 2))
    assert kinds(data) == ["unfinished"]
    assert mend(data)[0] == f"finished the run in {data} that was stopped"
    assert kinds(data) == []
    with opened(data) as store:
        assert (store.article(changed.id), store.article(new.id)) == (changed, new)
        assert store.count().articles == 501
    assert len(content(data)) == 1_000


def test_the_remains_of_a_rebuild_are_deleted(data, pristine):
    (data / "store-2").mkdir()
    assert kinds(data) == ["leftovers"]
    mend(data)
    assert kinds(data) == []
    assert not (data / "store-2").exists()


def test_a_repair_that_is_stopped_is_repeated(data, pristine):
    shutil.rmtree(folder_of(data) / "lexical")
    empty(folder_of(data) / "dense" / "chroma" / "chroma.sqlite3")
    repair = repair_store(data, never_load)
    next(repair)
    repair.close()
    with pytest.raises(StoreError):
        ask(data)
    mend(data)
    assert kinds(data) == []
    assert content(data) == pristine[1]
