"""The catalog: states of an article version, spans and vectors, paths, digests."""

import sqlite3

import numpy as np
import pytest
from fakes import by_line, make_article, whole

from vectorstore.catalog.catalog import Catalog, open_catalog
from vectorstore.catalog.reader import read_only


@pytest.fixture
def catalog(tmp_path):
    catalog = open_catalog(tmp_path / "catalog.sqlite3")
    yield catalog
    catalog.close()


def write(catalog, *articles, split=whole):
    batch = [(article, split(article)) for article in articles]
    count = sum(len(passages) for _, passages in batch)
    return catalog.write_pending(batch, np.arange(count * 2, dtype=float).reshape(count, 2))


def publish(catalog, *articles):
    keys = write(catalog, *articles)
    catalog.publish_pending()
    return keys


OLD = make_article("/a/x.txt", "Alt.")
NEW = make_article("/a/x.txt", "Neu.")
OTHER = make_article("/a/y.txt", "Anders.")


def test_a_pending_article_is_hidden_from_everything(catalog):
    keys = write(catalog, OLD)
    assert catalog.hidden() == keys
    assert catalog.visible(keys) == []
    assert catalog.keys_of([passage.id for passage in whole(OLD)]) == []
    assert catalog.passages(keys) == {}
    assert catalog.article(OLD.id) is None
    assert list(catalog.articles()) == []
    assert catalog.sample(5) == []
    assert catalog.counts() == (0, 0)
    assert catalog.languages() == {}
    assert catalog.hashes_under("/a") == {}
    assert list(catalog.all_vectors()) == []


def test_publishing_shows_the_new_version_and_hides_the_old(catalog):
    [old] = publish(catalog, OLD)
    [new] = write(catalog, NEW)
    assert catalog.article(OLD.id) == OLD
    catalog.publish_pending()
    assert catalog.article(OLD.id) == NEW
    assert catalog.hidden() == [old]
    assert catalog.visible([old, new]) == [new]
    assert catalog.keys_of([whole(OLD)[0].id, whole(NEW)[0].id]) == [new]
    assert catalog.counts() == (1, 1)


def test_dropping_tells_how_many_were_visible(catalog):
    [key] = publish(catalog, OLD)
    assert catalog.drop([OLD.id, OTHER.id]) == 1
    assert catalog.drop([OLD.id]) == 0
    assert catalog.drop([]) == 0
    assert catalog.hidden() == [key]
    assert catalog.article(OLD.id) is None


def test_what_is_hidden_is_forgotten_and_its_keys_never_come_again(catalog):
    [old] = publish(catalog, OLD)
    [new] = publish(catalog, NEW)
    catalog.forget_hidden()
    assert catalog.hidden() == []
    assert catalog.vectors([old]) == {}
    catalog.drop([NEW.id])
    catalog.forget_hidden()
    assert write(catalog, OLD) == [new + 1]


def test_the_edition_grows_only_when_something_visible_or_indexed_changed(catalog):
    assert catalog.edition() == 0
    publish(catalog, OLD)
    assert catalog.edition() == 1
    catalog.forget_hidden()
    catalog.drop([OTHER.id])
    write(catalog, NEW)
    assert catalog.edition() == 1
    catalog.publish_pending()
    assert catalog.edition() == 2
    catalog.forget_hidden()
    assert catalog.edition() == 3
    catalog.drop([NEW.id])
    assert catalog.edition() == 4


def test_keys_and_vectors_are_in_the_order_of_the_passages(catalog):
    keys = write(catalog, make_article("/a/1", "a\nb\nc"), OTHER, split=by_line)
    assert keys == sorted(keys)
    assert {key: vector.tolist() for key, vector in catalog.vectors(keys).items()} == {
        keys[0]: [0, 1],
        keys[1]: [2, 3],
        keys[2]: [4, 5],
        keys[3]: [6, 7],
    }
    catalog.publish_pending()
    passages = catalog.passages(keys)
    assert [passages[key].text for key in keys] == ["a", "b", "c", "Anders."]


def test_all_vectors_are_given_in_parts_and_only_visible_ones(catalog):
    publish(catalog, make_article("/a/1", "verworfen"))
    catalog.drop([make_article("/a/1", "").id])
    long = make_article("/a/2", "\n" * 2_499)
    keys = write(catalog, long, split=by_line)
    catalog.publish_pending()
    write(catalog, OTHER)
    parts = list(catalog.all_vectors())
    assert [len(found) for found, _ in parts] == [1000, 1000, 500]
    assert [key for found, _ in parts for key in found] == keys
    assert np.concatenate([vectors for _, vectors in parts]).tolist() == [
        [2 * n, 2 * n + 1] for n in range(2_500)
    ]


def test_an_index_is_whole_with_all_that_is_visible_and_nothing_unknown(catalog):
    publish(catalog, OLD, OTHER)
    write(catalog, NEW)

    def whole_with(n):
        return catalog.holds_as_many(lambda: n)

    # Two are visible; a third may be in the index already.
    assert [n for n in range(6) if whole_with(n)] == [2, 3]
    catalog.publish_pending()
    assert [n for n in range(6) if whole_with(n)] == [2, 3]
    catalog.forget_hidden()
    assert [n for n in range(6) if whole_with(n)] == [2]


def test_an_index_is_counted_again_if_another_process_writes_meanwhile(catalog):
    publish(catalog, OLD)
    counts = iter([1, 2])

    def count():
        if (n := next(counts)) == 1:
            publish(catalog, OTHER)
        return n

    assert catalog.holds_as_many(count)


def test_articles_come_in_the_order_of_adding_past_a_page(catalog):
    articles = [make_article(f"/a/{n}", f"Text {n}") for n in range(250)]
    publish(catalog, *reversed(articles))
    assert list(catalog.articles()) == articles[::-1]


def test_a_folder_is_what_lies_below_it_and_not_what_begins_like_it(catalog):
    paths = [
        "/a/x.txt",
        "/a/b/y.txt",
        "/a.txt",
        "/ab/z.txt",
        "/a0",
        "/a\\w.txt",
        "/ä/v.txt",
        "/A/x",
    ]
    publish(catalog, *[make_article(path, path) for path in paths])

    def under(path):
        return {where for where, _ in catalog.hashes_under(path).values()}

    assert under("/a") == {"/a/x.txt", "/a/b/y.txt"}
    assert under("/a/b/y.txt") == {"/a/b/y.txt"}
    assert under("/a/b") == {"/a/b/y.txt"}
    assert under("/ä") == {"/ä/v.txt"}
    assert under("/a%") == under("/_") == under("/nowhere") == set()
    assert under("/") == set(paths)


def test_hashes_are_those_of_the_articles(catalog):
    publish(catalog, OLD, OTHER)
    assert catalog.hashes_under("/a") == {
        OLD.id: ("/a/x.txt", OLD.content_hash),
        OTHER.id: ("/a/y.txt", OTHER.content_hash),
    }


def test_a_path_that_is_not_unicode_is_simply_not_there(catalog):
    publish(catalog, OLD)
    assert catalog.hashes_under("/a/\udcff") == {}
    assert catalog.file_digest("/a/\udcff.txt") is None


def test_digests_are_kept_replaced_and_forgotten(catalog):
    catalog.note_files([("/a/x", "1"), ("/a/y", "2")])
    catalog.note_files([("/a/x", "3")])
    assert catalog.file_digest("/a/x") == "3"
    catalog.forget_files(["/a/x", "/a/z"])
    assert catalog.file_digest("/a/x") is None
    assert catalog.file_digest("/a/y") == "2"


@pytest.mark.parametrize("name", ["50% #1?mode=rw.sqlite3", "mit leer.sqlite3", "ä%20.sqlite3"])
def test_a_catalog_is_read_only_whatever_its_folder_is_called(tmp_path, name):
    catalog = open_catalog(tmp_path / name)
    publish(catalog, OLD)
    with read_only(tmp_path / name) as looked_at:
        assert looked_at.article(OLD.id) == OLD
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            Catalog(looked_at._db, tmp_path / name).note("key", "value")
    catalog.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_publishing_does_not_look_at_every_article(catalog):
    def steps():
        count = 0

        def step():
            nonlocal count
            count += 1

        write(catalog, NEW)
        catalog._db.set_progress_handler(step, 1)
        catalog.publish_pending()
        catalog.forget_hidden()
        catalog._db.set_progress_handler(None, 0)
        return count

    publish(catalog, NEW)
    few = steps()
    publish(catalog, *[make_article(f"/b/{n}", "Text") for n in range(500)])
    assert few <= steps() < few + 20
