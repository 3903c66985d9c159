"""Bringing a store up to date with files, also by runs that are stopped."""

import json
import os
import shutil
from pathlib import Path

import pytest
from fakes import (
    InterruptedEmbeddings,
    KilledAfter,
    KilledEmbeddings,
    WordEmbeddings,
    die,
    whole,
)
from stores import catalog_rows, content, opened, passage_keys, run_elsewhere, written

from rag.errors import NothingToIndex
from rag.ingest.update import Change, count_articles, embed_again, index_paths, remove_path
from vectorstore import (
    Counts,
    Skipped,
    Store,
    article_id,
    rebuilding,
    stored_articles,
    terms_of,
    writing,
)

HARBOUR = "Der Hafen von Lindau wächst seit Jahren, und die Stadt freut sich darüber."
BRIDGE = "Die Brücke über den Fluss wird im Herbst gesperrt, sagte der Bürgermeister."
ELECTION = "Die Wahl am Sonntag war so knapp wie keine andere in den letzten Jahren."


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    return folder


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_rows(path, rows):
    """Write {id: text} as JSON lines."""
    lines = [json.dumps({"id": id, "text": text, "language": "de"}) for id, text in rows.items()]
    return write(path, "".join(line + "\n" for line in lines))


def index(data, *paths, embeddings=None):
    """Index paths; return the changes by kind, and the skipped files and rows."""
    with written(data, embeddings) as store:
        return sort_out(index_paths(store, list(paths), whole))


def sort_out(items):
    kinds = {}
    for item in items:
        if isinstance(item, Skipped):
            kinds.setdefault("skipped", []).append((item.path, item.row))
        else:
            kinds.setdefault(item.kind, []).append(item.path)
    return kinds


def stored_texts(data):
    passage_keys(data)
    return sorted(text for (text,) in catalog_rows(data, "text", "articles"))


# Changes -----------------------------------------------------------------------------------------


def test_new_articles_are_embedded_and_found(data, folder):
    a, b = write(folder / "a.txt", HARBOUR), write(folder / "sub" / "b.txt", BRIDGE)
    embeddings = WordEmbeddings()
    assert index(data, folder, embeddings=embeddings) == {"added": [str(a), str(b)]}
    assert [text.split("\n")[-1] for text in embeddings.embedded] == [HARBOUR, BRIDGE]
    with opened(data) as store:
        [hit] = store.search("brücke", 1, terms=terms_of("")).hits
        assert (hit.passage.text, hit.passage.article.path) == (BRIDGE, str(b))


def test_an_unchanged_article_is_not_embedded_again(data, folder):
    a, b = write(folder / "a.txt", HARBOUR), write(folder / "b.txt", BRIDGE)
    index(data, folder)
    before = content(data)
    embeddings = WordEmbeddings()
    assert index(data, folder, embeddings=embeddings) == {"unchanged": [str(a), str(b)]}
    assert embeddings.embedded == []
    assert content(data) == before


def test_only_the_changed_article_is_embedded(data, folder):
    a, b = write(folder / "a.txt", HARBOUR), write(folder / "b.txt", BRIDGE)
    index(data, folder)
    write(b, ELECTION)
    embeddings = WordEmbeddings()
    assert index(data, folder, embeddings=embeddings) == {
        "unchanged": [str(a)],
        "changed": [str(b)],
    }
    assert [text.split("\n")[-1] for text in embeddings.embedded] == [ELECTION]
    assert stored_texts(data) == sorted([HARBOUR, ELECTION])


def test_a_touched_file_is_not_read_again(data, folder, monkeypatch):
    a = write(folder / "a.txt", HARBOUR)
    index(data, folder)
    os.utime(a, (0, 0))
    monkeypatch.setattr("rag.ingest.update.read_file", lambda path: pytest.fail(f"{path} was read"))
    assert index(data, folder) == {"unchanged": [str(a)]}


def test_a_file_of_other_bytes_and_the_same_article_is_not_embedded_again(data, folder):
    a = write_rows(folder / "a.jsonl", {"1": HARBOUR})
    index(data, folder)
    write(a, a.read_text() + "\n\n")
    embeddings = WordEmbeddings()
    assert index(data, folder, embeddings=embeddings) == {"unchanged": [str(a)]}
    assert embeddings.embedded == []


def test_a_renamed_file_takes_the_place_of_the_old_one(data, folder):
    a = write(folder / "a.txt", HARBOUR)
    index(data, folder)
    b = a.rename(folder / "b.txt")
    embeddings = WordEmbeddings()
    changes = index(data, folder, embeddings=embeddings)
    assert changes == {"added": [str(b)], "removed": [str(a)]}
    assert embeddings.embedded == []
    assert catalog_rows(data, "path", "articles") == [(str(b),)]


def test_a_moved_folder_is_not_embedded_again_and_leaves_its_old_path(data, folder, tmp_path):
    write(folder / "a.txt", HARBOUR)
    write_rows(folder / "sub" / "b.jsonl", {"1": BRIDGE, "2": ELECTION})
    index(data, folder)
    before = [row[2:] for row in content(data)]
    moved = folder.rename(tmp_path / "moved")
    embeddings = WordEmbeddings()
    assert index(data, moved, embeddings=embeddings) == {
        "added": [str(moved / "a.txt"), *[str(moved / "sub" / "b.jsonl")] * 2],
        "removed": [str(folder / "a.txt"), *[str(folder / "sub" / "b.jsonl")] * 2],
    }
    assert embeddings.embedded == []
    assert sorted(row[2:] for row in content(data)) == sorted(before)
    # Moved back, it is read again: nothing is noted of the old path.
    moved.rename(folder)
    changes = index(data, folder, embeddings=embeddings)
    assert (len(changes["added"]), len(changes["removed"])) == (3, 3)
    assert embeddings.embedded == []
    assert stored_texts(data) == sorted([HARBOUR, BRIDGE, ELECTION])


def test_a_copy_of_a_folder_is_not_embedded_again_and_both_stay(data, folder, tmp_path):
    a = write(folder / "a.txt", HARBOUR)
    index(data, folder)
    b = shutil.copy(a, tmp_path / "b.txt")
    embeddings = WordEmbeddings()
    assert index(data, b, embeddings=embeddings) == {"added": [str(b)]}
    assert embeddings.embedded == []
    assert stored_texts(data) == [HARBOUR, HARBOUR]


def test_a_moved_file_that_was_changed_too_is_embedded_and_the_old_article_stays(
    data, folder, tmp_path
):
    a = write(folder / "a.txt", HARBOUR)
    index(data, folder)
    a.unlink()
    b = write(tmp_path / "moved" / "a.txt", BRIDGE)
    embeddings = WordEmbeddings()
    assert index(data, b, embeddings=embeddings) == {"added": [str(b)]}
    assert [text.split("\n")[-1] for text in embeddings.embedded] == [BRIDGE]
    assert stored_texts(data) == sorted([HARBOUR, BRIDGE])


def test_rows_are_added_changed_and_dropped_one_by_one(data, folder):
    file = write_rows(folder / "a.jsonl", {"1": HARBOUR, "2": BRIDGE, "3": ELECTION})
    index(data, folder)
    write_rows(file, {"3": ELECTION, "2": BRIDGE + " Neu.", "4": HARBOUR + " Neu."})
    embeddings = WordEmbeddings()
    path = str(file)
    assert index(data, folder, embeddings=embeddings) == {
        "unchanged": [path],
        "changed": [path],
        "added": [path],
        "removed": [path],
    }
    assert len(embeddings.embedded) == 2
    assert stored_texts(data) == sorted([ELECTION, BRIDGE + " Neu.", HARBOUR + " Neu."])
    assert index(data, folder) == {"unchanged": [path] * 3}


# Removals ----------------------------------------------------------------------------------------


def test_a_gone_file_is_dropped_only_from_the_folder_that_is_indexed(data, tmp_path):
    gone = [
        write(tmp_path / name / "a.txt", text) for name, text in [("x", HARBOUR), ("xy", BRIDGE)]
    ]
    kept = [write(tmp_path / name / "b.txt", ELECTION + name) for name in ("x", "xy")]
    index(data, tmp_path / "x", tmp_path / "xy")
    for file in gone:
        file.unlink()
    assert index(data, tmp_path / "x") == {"unchanged": [str(kept[0])], "removed": [str(gone[0])]}
    assert stored_texts(data) == sorted([BRIDGE, ELECTION + "x", ELECTION + "xy"])


def test_indexing_a_single_file_keeps_its_neighbours(data, folder):
    a, b = write(folder / "a.txt", HARBOUR), write(folder / "b.txt", BRIDGE)
    index(data, folder)
    b.unlink()
    assert index(data, a) == {"unchanged": [str(a)]}
    assert stored_texts(data) == sorted([HARBOUR, BRIDGE])


def test_a_file_that_comes_back_is_indexed_again(data, folder):
    a, _ = write(folder / "a.txt", HARBOUR), write(folder / "b.txt", BRIDGE)
    index(data, folder)
    a.unlink()
    index(data, folder)
    write(a, HARBOUR)
    assert index(data, folder)["added"] == [str(a)]
    assert stored_texts(data) == sorted([HARBOUR, BRIDGE])


def test_removed_articles_are_indexed_again_when_asked_for(data, folder):
    a, b = write(folder / "a.txt", HARBOUR), write(folder / "sub" / "b.txt", BRIDGE)
    index(data, folder)
    with written(data) as store:
        assert remove_path(store, folder / "sub") == 1
        assert remove_path(store, folder / "sub") == 0
    assert stored_texts(data) == [HARBOUR]
    assert index(data, folder) == {"unchanged": [str(a)], "added": [str(b)]}
    shutil.rmtree(folder)
    with written(data) as store:
        assert remove_path(store, folder) == 2
    assert stored_texts(data) == []


def test_an_empty_or_missing_folder_is_an_error_and_loses_nothing(data, folder):
    a = write(folder / "a.txt", HARBOUR)
    index(data, folder)
    a.unlink()
    with pytest.raises(NothingToIndex):
        index(data, folder)
    folder.rmdir()
    with pytest.raises(NothingToIndex):
        index(data, folder)
    assert stored_texts(data) == [HARBOUR]


def test_a_folder_without_one_article_is_an_error_and_loses_nothing(data, folder):
    a = write(folder / "a.txt", HARBOUR)
    index(data, folder)
    a.unlink()
    picture = write(folder / "a.png", "picture")
    with written(data) as store:
        items = index_paths(store, [folder], whole)
        assert next(items).path == str(picture)
        with pytest.raises(NothingToIndex) as raised:
            next(items)
    assert str(raised.value) == f"no article in {folder}: nothing was changed"
    assert stored_texts(data) == [HARBOUR]


def test_one_missing_folder_stops_the_others_before_anything_changes(data, folder):
    write(folder / "a.txt", HARBOUR)
    with pytest.raises(NothingToIndex, match="nowhere"):
        index(data, folder, folder / "nowhere")
    with opened(data) as store:
        assert store.count() == Counts(0, 0, {})


def test_what_a_link_out_of_the_folder_shows_is_skipped_and_dropped(data, folder, tmp_path):
    own, secret = write(folder / "a.txt", HARBOUR), write(tmp_path / "secret.txt", BRIDGE)
    link = write(folder / "b.txt", BRIDGE)
    index(data, folder)
    link.unlink()
    link.symlink_to(secret)
    assert index(data, folder) == {
        "unchanged": [str(own)],
        "skipped": [(str(link), None)],
        "removed": [str(link)],
    }
    assert stored_texts(data) == [HARBOUR]


# Unreadable files --------------------------------------------------------------------------------


def test_a_file_that_became_unreadable_keeps_its_article(data, folder):
    a, b = write(folder / "a.txt", HARBOUR), write(folder / "b.txt", BRIDGE)
    index(data, folder)
    a.write_bytes(b"")
    assert index(data, folder) == {"skipped": [(str(a), None)], "unchanged": [str(b)]}
    assert stored_texts(data) == sorted([HARBOUR, BRIDGE])
    write(a, HARBOUR)
    assert index(data, folder) == {"unchanged": [str(a), str(b)]}


def test_a_folder_that_cannot_be_opened_keeps_its_articles(data, folder):
    disk = folder / ".disk"
    a, _ = write(folder / "a.txt", HARBOUR), write(disk / "b.txt", BRIDGE)
    link = folder / "link"
    link.symlink_to(disk)
    assert index(data, folder) == {"added": [str(a), str(link / "b.txt")]}
    disk.rename(folder / ".not mounted")
    assert index(data, folder) == {"unchanged": [str(a)], "skipped": [(str(link), None)]}
    assert stored_texts(data) == sorted([HARBOUR, BRIDGE])


def test_files_with_skipped_rows_are_reported_each_time(data, folder):
    rows = [json.dumps({"text": HARBOUR}), "{nonsense", json.dumps({"text": BRIDGE})]
    file = write(folder / "a.jsonl", "\n".join(rows))
    path = str(file)
    assert index(data, folder) == {"added": [path, path], "skipped": [(path, "2")]}
    assert index(data, folder) == {"unchanged": [path, path], "skipped": [(path, "2")]}


def test_a_row_that_became_unreadable_keeps_its_article_and_a_gone_one_goes(data, folder):
    rows = [json.dumps({"text": text}) for text in (HARBOUR, BRIDGE, ELECTION)]
    file = write(folder / "a.jsonl", "\n".join(rows))
    index(data, folder)
    write(file, "\n".join([rows[0], "{nonsense"]))
    path = str(file)
    assert index(data, folder) == {
        "unchanged": [path],
        "skipped": [(path, "2")],
        "removed": [path],
    }
    assert stored_texts(data) == sorted([HARBOUR, BRIDGE])


def test_a_file_whose_name_is_not_unicode_stops_nothing(data, folder):
    try:
        Path(os.fsdecode(os.fsencode(folder) + b"/\xff.txt")).write_text(ELECTION)
    except OSError:
        pytest.skip("this file system takes only names in Unicode")
    a = write(folder / "a.txt", HARBOUR)
    kinds = index(data, folder)
    assert kinds["added"] == [str(a)]
    assert len(kinds["skipped"]) == 1
    with written(data) as store, pytest.raises(NothingToIndex):
        list(index_paths(store, [Path(os.fsdecode(os.fsencode(folder) + b"/\xff"))], whole))


def test_a_named_pipe_is_not_waited_for(data, folder):
    os.mkfifo(folder / "pipe.jsonl")
    write(folder / "a.txt", HARBOUR)
    assert count_articles([folder]) == 2
    assert index(data, folder)["skipped"] == [(str(folder / "pipe.jsonl"), None)]


# Spellings of paths ------------------------------------------------------------------------------


def test_the_same_folder_and_folders_within_are_read_once(data, folder):
    a, b = write(folder / "a.txt", HARBOUR), write(folder / "sub" / "b.txt", BRIDGE)
    assert index(data, folder, folder, folder / "sub", b) == {"added": [str(a), str(b)]}
    a.unlink()
    assert index(data, b, folder / "sub", folder) == {
        "unchanged": [str(b)],
        "removed": [str(a)],
    }


@pytest.mark.parametrize("spelled", [".", "sub/..", "../news", "./sub/../../news/"])
def test_all_spellings_of_a_folder_are_one_folder(data, folder, monkeypatch, spelled):
    a, b = write(folder / "a.txt", HARBOUR), write(folder / "sub" / "b.txt", BRIDGE)
    monkeypatch.chdir(folder)
    assert index(data, Path(spelled)) == {"added": [str(a), str(b)]}
    b.unlink()
    assert index(data, Path(spelled)) == {"unchanged": [str(a)], "removed": [str(b)]}
    a.unlink()
    with written(data) as store:
        assert remove_path(store, Path(spelled) / "a.txt") == 1


def test_dots_behind_a_link_are_kept(data, folder, tmp_path):
    there = tmp_path / "there"
    write(there / "a.txt", BRIDGE)
    write(folder / "a.txt", HARBOUR)
    (there / "sub").mkdir()
    (folder / "link").symlink_to(there / "sub")
    index(data, folder)
    through = folder / "link" / ".." / "a.txt"  # in `there`, not in `folder`
    assert index(data, through) == {"added": [str(through)]}
    assert index(data, through) == {"unchanged": [str(through)]}
    assert stored_texts(data) == sorted([HARBOUR, BRIDGE])


def test_rows_are_counted_by_lines(folder):
    write_rows(folder / "a.jsonl", {"1": HARBOUR, "2": BRIDGE})
    write(folder / "b.CSV", "text\neins\nzwei\n")
    write(folder / "c.txt", HARBOUR)
    assert count_articles([folder, folder / "c.txt"]) == 2 + 3 + 1


def test_stored_articles_are_embedded_again_in_batches(data, folder):
    file = write_rows(folder / "a.jsonl", {str(n): f"Markt {n}" for n in range(150)})
    index(data, folder)
    before = content(data)
    embeddings = WordEmbeddings(["markt"])
    with (
        writing(data),
        stored_articles(data) as catalog,
        rebuilding(data, embeddings, embedding_name="fake") as store,
    ):
        changes = list(embed_again(store, catalog.articles(), whole))
    assert changes == [Change("embedded again", str(file))] * 150
    assert len(embeddings.embedded) == 150
    assert [row[:-1] for row in content(data)] == [row[:-1] for row in before]
    # The files are unchanged, and the new store does not embed them again.
    assert index(data, folder, embeddings=WordEmbeddings(["markt"])) == {
        "unchanged": [str(file)] * 150
    }


# Stopped runs ------------------------------------------------------------------------------------

# Three batches of articles; the second run finds some of each changed, gone and added.
FIRST = {str(n): f"Der Hafen, Meldung {n}." for n in range(140)}
SECOND = {
    **{str(n): f"Der Hafen, Meldung {n}." for n in range(40, 80)},
    **{str(n): f"Die Wahl, Meldung {n}." for n in range(80, 140)},
    **{str(n): f"Neues vom Markt, Meldung {n}." for n in range(140, 180)},
}


def write_first(folder):
    write_rows(folder / "rows.jsonl", FIRST)
    write(folder / "gone.txt", HARBOUR)
    write(folder / "stays.txt", BRIDGE)


def write_second(folder):
    write_rows(folder / "rows.jsonl", SECOND)
    (folder / "gone.txt").unlink()
    write(folder / "new.txt", ELECTION)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A folder in its first and second state, a store of the first, and the contents of both."""
    base = tmp_path_factory.mktemp("stopped")
    folder, data = base / "news", base / "data"
    folder.mkdir()
    write_first(folder)
    index(data, folder)
    shutil.copytree(data, base / "first")
    first = content(data)
    write_second(folder)
    index(data, folder)
    second = content(data)
    assert len(first) == 142
    assert len(second) == 142
    return base, first, second


def index_until_killed(data, folder, part, method, n):
    with written(data) as store:
        parts = {"catalog": store._catalog, "dense": store._dense, "lexical": store._lexical}
        parts[part] = KilledAfter(parts[part], method, n)
        list(index_paths(Store(**parts), [folder], whole))


def index_until_embedding(data, folder, n):
    index(data, folder, embeddings=KilledEmbeddings(n))


def check_whole(data, first, second):
    """Check that each visible article is, as a whole, that of the first or the second run."""
    either = {row[:-1] for row in first} | {row[:-1] for row in second}
    with opened(data) as store:
        for question, keywords in [("hafen", "Hafen"), ("wahl", "Wahl"), ("markt", "Neues")]:
            for hit in store.search(question, 200, terms=terms_of(keywords)).hits:
                article = hit.passage.article
                assert store.article(article.id) == article
                span = (hit.passage.start, hit.passage.end)
                row = (article.path, article.row, article.content_hash, article.text, *span)
                assert (*row, json.dumps(hit.passage.sentences)) in either
        counts = store.count()
        assert counts.articles == counts.passages
        # An article of both runs is always there, in one of its versions.
        in_both = {row[:2] for row in first} & {row[:2] for row in second}
        assert len(in_both) == 101
        assert all(store.article(article_id(*key)) for key in in_both)


@pytest.mark.parametrize(
    ("part", "method", "n"),
    [
        ("catalog", "write_pending", 2),
        ("dense", "add", 2),
        ("lexical", "add", 1),
        ("lexical", "commit", 1),
        ("catalog", "publish_pending", 1),
        ("dense", "remove", 1),
        ("lexical", "remove", 2),
        ("catalog", "forget_hidden", 2),
        ("catalog", "drop", 1),
        ("catalog", "note_files", 1),
        ("catalog", "note_files", 2),
        ("catalog", "forget_files", 1),
    ],
)
def test_a_run_that_is_killed_loses_nothing_and_the_next_one_ends_the_same(
    undisturbed, part, method, n
):
    base, first, second = undisturbed
    shutil.rmtree(base / "data")
    shutil.copytree(base / "first", base / "data")
    job = (index_until_killed, base / "data", base / "news", part, method, n)
    assert run_elsewhere(*job) == -9
    check_whole(base / "data", first, second)
    index(base / "data", base / "news")
    assert content(base / "data") == second


@pytest.mark.parametrize("n", [1, 2])
def test_a_run_that_is_killed_while_embedding_ends_the_same(undisturbed, n):
    base, first, second = undisturbed
    shutil.rmtree(base / "data")
    shutil.copytree(base / "first", base / "data")
    assert run_elsewhere(index_until_embedding, base / "data", base / "news", n) == -9
    check_whole(base / "data", first, second)
    embeddings = WordEmbeddings()
    index(base / "data", base / "news", embeddings=embeddings)
    # 60 rows and 41 articles are new; a batch of 64 that was stored is not embedded again.
    assert len(embeddings.embedded) == 101 - 64 * (n - 1)
    assert content(base / "data") == second


def remove_until_killed(data, path):
    with written(data) as store:
        killed = KilledAfter(store._catalog, "drop", 1)
        remove_path(Store(killed, store._dense, store._lexical), path)


def test_a_removal_that_is_killed_leaves_no_file_that_counts_as_done(data, folder):
    a, b = write(folder / "a.txt", HARBOUR), write(folder / "b.txt", BRIDGE)
    index(data, folder)
    assert run_elsewhere(remove_until_killed, data, a) == -9
    assert index(data, folder) == {"added": [str(a)], "unchanged": [str(b)]}
    assert stored_texts(data) == sorted([HARBOUR, BRIDGE])


def test_ctrl_c_keeps_what_was_stored_and_the_next_run_goes_on(undisturbed):
    base, first, second = undisturbed
    shutil.rmtree(base / "data")
    shutil.copytree(base / "first", base / "data")
    with pytest.raises(KeyboardInterrupt):
        index(base / "data", base / "news", embeddings=InterruptedEmbeddings(2))
    check_whole(base / "data", first, second)
    index(base / "data", base / "news")
    assert content(base / "data") == second


def die_reading_the_last(data, folder):
    def split(article):
        if article.path.endswith("last.txt"):
            die()
        return whole(article)

    with written(data) as store:
        list(index_paths(store, [folder], split))


def test_lost_rows_are_removed_before_their_file_is_complete(data, folder):
    file = write_rows(folder / "a.jsonl", {"1": HARBOUR, "2": BRIDGE})
    index(data, folder)
    write_rows(file, {"1": HARBOUR})
    write_rows(folder / "b.jsonl", {str(n): f"Markt {n}" for n in range(64)})
    write(folder / "last.txt", ELECTION)
    assert run_elsewhere(die_reading_the_last, data, folder) == -9
    assert index(data, folder)["added"] == [str(folder / "last.txt")]
    assert stored_texts(data) == sorted([HARBOUR, ELECTION, *(f"Markt {n}" for n in range(64))])
