"""The store: found by words and by meaning, replaced, removed, counted; seen by others."""

import shutil
import threading
from dataclasses import replace
from datetime import date
from math import sqrt

import pytest
from fakes import KilledAfter, WordEmbeddings, by_line, make_article, whole
from stores import (
    ELECTION,
    HARBOUR,
    NAME,
    catalog_rows,
    chroma_collection,
    dense_keys,
    folder_of,
    lexical_keys,
    opened,
    passage_keys,
    run_elsewhere,
    share,
    start_elsewhere,
    written,
)

from vectorstore import Counts, Passage, Store, open_store, terms_of, writing


@pytest.fixture(params=["disk", "server"])
def data(request, tmp_path):
    """The data folder of a store on disk, or of the copy of one on a server."""
    data = tmp_path / "data"
    if request.param == "disk":
        return data
    return share(data, f"{request.getfixturevalue('chroma').url}/{tmp_path.name.replace('_', '-')}")


on_disk = pytest.mark.parametrize("data", ["disk"], indirect=True)


def add_to(data, *articles, split=whole):
    with written(data) as store:
        store.add([(article, split(article)) for article in articles])


def found(store, question, k=10, keywords=None):
    hits = store.search(
        question, k, terms=terms_of(question if keywords is None else keywords)
    ).hits
    return {hit.passage.text: hit for hit in hits}


def texts(store, question, k=10, keywords=None):
    return set(found(store, question, k, keywords))


# Finding ----------------------------------------------------------------------------------------


def test_an_article_is_found_by_meaning_alone(data):
    add_to(data, HARBOUR, ELECTION)
    with opened(data) as store:
        assert texts(store, "hafen", k=1, keywords="") == {HARBOUR.text}
        assert texts(store, "wahl", k=1, keywords="") == {ELECTION.text}


def test_an_article_is_found_by_its_words_alone(data):
    add_to(data, HARBOUR, ELECTION)
    with opened(data) as store:
        # "knapp" is no dimension of the fake, so by meaning the nearest is any.
        assert ELECTION.text in texts(store, "brücke", k=1, keywords="knapp")
        assert HARBOUR.text in texts(store, "brücke", k=1, keywords="wächst")


def test_cosines_are_those_of_the_vectors_whichever_index_found_the_passage(data):
    add_to(data, HARBOUR, ELECTION)
    with opened(data) as store:
        # HARBOUR is (2, 0, 0, 1, 0), ELECTION (0, 0, 1, 0, 0), the question (1, 0, 1, 0, 0).
        hits = found(store, "hafen wahl", k=2)
        assert hits[HARBOUR.text].cosine == pytest.approx(2 / sqrt(5) / sqrt(2), abs=1e-6)
        assert hits[ELECTION.text].cosine == pytest.approx(1 / sqrt(2), abs=1e-6)
        # By meaning only HARBOUR is found, by its words only ELECTION.
        hits = found(store, "hafen", k=1, keywords="knapp")
        assert hits[HARBOUR.text].cosine == pytest.approx(2 / sqrt(5), abs=1e-6)
        assert hits[ELECTION.text].cosine == pytest.approx(0, abs=1e-6)


def test_bm25_is_known_whichever_index_found_the_passage(data):
    add_to(data, HARBOUR, ELECTION)
    with opened(data) as store:
        alone = found(store, "", k=2, keywords="hafen markt wahl")
        assert 0 < alone[ELECTION.text].bm25 < alone[HARBOUR.text].bm25
        # ELECTION is found by meaning only: HARBOUR takes the one place of the lexical index.
        hits = found(store, "wahl", k=1, keywords="hafen markt wahl")
        assert set(hits) == {HARBOUR.text, ELECTION.text}
        assert hits[ELECTION.text].bm25 == pytest.approx(alone[ELECTION.text].bm25)
        assert hits[HARBOUR.text].bm25 == pytest.approx(alone[HARBOUR.text].bm25)


def test_a_passage_that_shares_no_ngram_has_bm25_zero(data):
    add_to(data, ELECTION)
    with opened(data) as store:
        assert found(store, "wahl", keywords="xyz")[ELECTION.text].bm25 == 0.0


def test_the_title_counts_for_finding_and_is_not_in_the_passage(data):
    bridge = make_article("/a/b.txt", "Sie ist fertig.", "Die Brücke")
    add_to(data, bridge, ELECTION)
    with opened(data) as store:
        hits = found(store, "brücke", k=1)
        assert set(hits) == {"Sie ist fertig."}
        assert hits["Sie ist fertig."].cosine == pytest.approx(1, abs=1e-6)
        assert hits["Sie ist fertig."].bm25 > 0
        assert hits["Sie ist fertig."].passage == Passage(bridge, 0, 15, ((0, 15),))


def test_more_is_asked_for_than_there_is(data):
    add_to(data, HARBOUR, ELECTION)
    with opened(data) as store:
        assert texts(store, "hafen", k=1000) == {HARBOUR.text, ELECTION.text}


def test_an_empty_store_finds_nothing_and_counts_nothing(data):
    with written(data) as store:
        assert store.search("hafen", 5, terms=terms_of("hafen")).hits == ()
        assert store.count() == Counts(0, 0, {})
    with opened(data) as store:
        assert store.search("hafen", 5, terms=terms_of("hafen")).hits == ()


def test_what_is_stored_comes_back_as_it_was(data):
    text = "Erster Satz.\r\n\r\n  Zweiter „Satz“ 😀.\n\tDritter.\0"
    article = make_article(
        "/ä/ö 1.jsonl",
        text,
        "Töne\n",
        source="Blatt",
        date="2024-06-19",
        url="https://a.example/?q=1",
        row="7",
    )
    passage = Passage(article, 2, 30, ((2, 12), (18, 30)))
    with written(data) as store:
        store.add([(article, [passage])])
    with opened(data) as store:
        assert store.article(article.id) == article
        assert store.article("no such id") is None
        [hit] = store.search("hafen", 1, terms=terms_of("")).hits
        assert hit.passage == passage


def test_an_article_without_passages_is_stored(data):
    with written(data) as store:
        store.add([(ELECTION, [])])
        assert store.count() == Counts(1, 0, {"de": 1})
        assert store.article(ELECTION.id) == ELECTION
        assert store.search("wahl", 5, terms=terms_of("wahl")).hits == ()


@on_disk
def test_thousands_of_passages_of_one_article_are_stored(data):
    # Chroma takes at most 5,461 at once.
    long = make_article("/a/long.txt", "\n".join(f"Zeile {n}" for n in range(5_500)) + "\nHafen")
    add_to(data, long, split=by_line)
    with opened(data) as store:
        assert store.count() == Counts(1, 5_501, {"de": 1})
        assert "Hafen" in texts(store, "wahl", k=1, keywords="Hafen")
    assert len(passage_keys(data)) == 5_501


# Replacing and removing -------------------------------------------------------------------------


def test_passages_of_a_replaced_version_are_never_returned(data):
    add_to(data, HARBOUR, ELECTION)
    newer = make_article(HARBOUR.path, "Der Hafen schließt.", "Ende")
    with written(data) as store:
        store.add([(newer, whole(newer))])
        assert store.article(HARBOUR.id) == newer
        assert texts(store, "hafen markt wächst") == {newer.text, ELECTION.text}
        assert store.count() == Counts(2, 2, {"de": 2})
    assert len(passage_keys(data)) == 2


def test_a_removed_article_leaves_nothing_in_any_part(data):
    add_to(data, HARBOUR, ELECTION)
    [before] = [key for key in passage_keys(data) if key == max(passage_keys(data))]
    with written(data) as store:
        assert store.remove([HARBOUR.id, "no such id"]) == 1
        assert store.remove([HARBOUR.id]) == 0
        assert store.article(HARBOUR.id) is None
        assert texts(store, "hafen markt wächst") == {ELECTION.text}
        assert store.count() == Counts(1, 1, {"de": 1})
    assert dense_keys(data) == lexical_keys(data) == {before}
    assert catalog_rows(data, "path", "articles") == [(ELECTION.path,)]
    assert catalog_rows(data, "key", "passages") == [(before,)]


def test_all_is_removed_and_added_again(data):
    add_to(data, HARBOUR, ELECTION)
    with written(data) as store:
        assert store.remove([HARBOUR.id, ELECTION.id]) == 2
        assert store.search("hafen", 5, terms=terms_of("hafen")).hits == ()
        store.add([(HARBOUR, whole(HARBOUR))])
        assert texts(store, "hafen") == {HARBOUR.text}
    assert len(passage_keys(data)) == 1


@on_disk
def test_more_articles_are_removed_at_once_than_a_statement_takes_parameters(data):
    many = [make_article(f"/a/{n}.txt", f"Nummer {n}") for n in range(3_100)]
    with written(data) as store:
        store.add([(article, whole(article)) for article in many])
        assert store.remove([article.id for article in many[:-1]]) == 3_099
        assert texts(store, "hafen", keywords="Nummer") == {"Nummer 3099"}
    assert len(passage_keys(data)) == 1


def nearer_and_nearer(n):
    """Articles, the first of them nearest to "hafen" and none as near as another."""
    return [make_article(f"/a/{i}.txt", "Hafen " * (n - i) + "Wahl") for i in range(n)]


def test_hidden_passages_take_no_places(data):
    *many, last = nearer_and_nearer(301)
    with written(data) as store:
        store.add([(article, whole(article)) for article in [*many, last]])
        # As after a kill: dropped, and still in both indexes, nearer than what is left.
        assert store._catalog.drop([article.id for article in many]) == 300
        assert texts(store, "hafen", k=1, keywords="") == {last.text}
        assert texts(store, "brücke", k=1, keywords="hafen") == {last.text}
        assert store.count() == Counts(1, 1, {"de": 1})


@on_disk
def test_a_failed_batch_is_not_published_by_the_next(data):
    class Failing:
        def __init__(self, dense):
            self._dense = dense

        def add(self, keys, vectors):
            self._dense.add(keys[:1], vectors[:1])
            raise OSError("disk full")

        def __getattr__(self, name):
            return getattr(self._dense, name)

    add_to(data, ELECTION)
    newer = make_article(ELECTION.path, "Die Wahl wird wiederholt.")
    with written(data) as store:
        failing = Store(store._catalog, Failing(store._dense), store._lexical)
        with pytest.raises(OSError, match="disk full"):
            failing.add([(HARBOUR, whole(HARBOUR)), (newer, whole(newer))])
        assert texts(store, "hafen wahl") == {ELECTION.text}
        store.add([(newer, whole(newer))])
        assert texts(store, "hafen wahl") == {newer.text}
        assert store.count() == Counts(1, 1, {"de": 1})
    assert len(passage_keys(data)) == 1


def test_the_days_of_a_store_are_those_of_its_visible_articles(data):
    dated = [replace(HARBOUR, date=day) for day in ("2024-06-20", "2024-06-17T08:00:00+02:00")]
    with written(data) as store:
        assert store.days() is None
        store.add([(ELECTION, whole(ELECTION))])
        assert store.days() is None
        store.add([(dated[0], whole(dated[0]))])
        other = replace(dated[1], path="/news/other.txt")
        store.add([(other, whole(other))])
        assert store.days() == (date(2024, 6, 17), date(2024, 6, 20))
        store.remove([other.id])
        assert store.days() == (date(2024, 6, 20), date(2024, 6, 20))


def test_counts_by_language_have_the_most_frequent_first(data):
    english = [replace(make_article(f"/a/{n}.txt", "Text"), language="en") for n in range(2)]
    add_to(data, HARBOUR, *english)
    with opened(data) as store:
        assert store.count() == Counts(3, 3, {"en": 2, "de": 1})
        assert list(store.count().languages) == ["en", "de"]


def test_a_sample_is_spread_over_the_order_of_adding(data):
    articles = [make_article(f"/a/{n}.txt", f"Text {n}") for n in range(10)]
    add_to(data, *articles)
    with opened(data) as store:
        assert [article.text for article in store.sample(5)] == [
            f"Text {n}" for n in range(0, 10, 2)
        ]
        assert [article.text for article in store.sample(3)] == ["Text 0", "Text 4", "Text 8"]
        assert len(store.sample(100)) == 10


def test_a_version_that_is_added_twice_stays_in_both_indexes(data):
    with written(data) as store:
        store.add([(HARBOUR, whole(HARBOUR))])
        # The new version has the ids of the old one, which is dropped.
        store.add([(HARBOUR, whole(HARBOUR))])
        assert texts(store, "hafen") == {HARBOUR.text}
    assert len(passage_keys(data)) == 1


@on_disk
def test_a_passage_keeps_its_id_when_another_article_is_added_or_all_is_made_again(data, tmp_path):
    add_to(data, HARBOUR)
    add_to(data, ELECTION)
    add_to(tmp_path / "elsewhere", ELECTION, HARBOUR)
    with chroma_collection(data) as one, chroma_collection(tmp_path / "elsewhere") as other:
        assert set(one.get()["ids"]) == set(other.get()["ids"])
        assert set(one.get()["ids"]) == {whole(HARBOUR)[0].id, whole(ELECTION)[0].id}


# The dense index is damaged ---------------------------------------------------------------------


@on_disk
def test_a_reader_without_a_dense_index_finds_the_same_and_says_so(data, caplog):
    *many, last = nearer_and_nearer(30)
    add_to(data, *many, last, HARBOUR)
    with opened(data) as store:
        before = found(store, "hafen wahl", k=7, keywords="Markt")
    shutil.rmtree(folder_of(data) / "dense" / "chroma")
    with opened(data) as store:
        assert found(store, "hafen wahl", k=7, keywords="Markt") == before
        assert caplog.text.count("the dense index in") == 1
        assert "each passage is compared with the question" in caplog.text
        assert run_elsewhere(add_to, data) == 0  # a writer opens it, and adds nothing
        caplog.clear()
        assert found(store, "hafen wahl", k=7, keywords="Markt") == before
        assert caplog.text == ""
    assert len(passage_keys(data)) == 31


# Other processes and threads --------------------------------------------------------------------


def remove_from(data, id):
    with written(data) as store:
        store.remove([id])


@on_disk
def test_what_another_process_writes_is_seen_by_the_next_search(data):
    add_to(data, ELECTION)
    with opened(data) as store:
        assert texts(store, "hafen") == {ELECTION.text}
        assert run_elsewhere(add_to, data, HARBOUR) == 0
        assert texts(store, "hafen") == {HARBOUR.text, ELECTION.text}
        assert texts(store, "hafen", k=1) == {HARBOUR.text}
        assert HARBOUR.text in texts(store, "wahl", k=1, keywords="wächst")
        newer = make_article(HARBOUR.path, "Der Hafen schließt.")
        assert run_elsewhere(add_to, data, newer) == 0
        assert texts(store, "hafen") == {newer.text, ELECTION.text}
        assert run_elsewhere(remove_from, data, HARBOUR.id) == 0
        assert texts(store, "hafen") == {ELECTION.text}
        assert store.count() == Counts(1, 1, {"de": 1})


def remove_until_killed(data, ids, part, method):
    with written(data) as store:
        parts = {"catalog": store._catalog, "dense": store._dense, "lexical": store._lexical}
        parts[part] = KilledAfter(parts[part], method, 1)
        killed = Store(**parts)
        killed.remove(ids)


def sweep_until_killed(data):
    # Opening to write sweeps; here that is done by hand, to stop in the middle of it.
    with writing(data):
        store = open_store(data, WordEmbeddings(), embedding_name=NAME)
        Store(store._catalog, KilledAfter(store._dense, "remove", 1), store._lexical).repair()


@on_disk
def test_passages_that_another_process_is_removing_take_no_places(data):
    *many, last = nearer_and_nearer(301)
    add_to(data, *many, last)
    ids = [article.id for article in many]
    with opened(data) as store:
        assert run_elsewhere(remove_until_killed, data, ids, "catalog", "drop") == -9
        assert texts(store, "hafen", k=1, keywords="") == {last.text}
        # Gone from Chroma's files, and still in the graph that this process has in memory.
        assert run_elsewhere(sweep_until_killed, data) == -9
        assert texts(store, "hafen", k=1, keywords="") == {last.text}


def write_versions(data):
    with written(data) as store:
        for number in range(20):
            article = make_article("/a/a.txt", f"Der Hafen, Fassung {number}.")
            store.add([(article, whole(article))])


@on_disk
def test_a_search_finds_one_version_of_an_article_while_another_process_replaces_it(data):
    add_to(data, make_article("/a/a.txt", "Der Hafen, Fassung 0."))
    with opened(data) as store:
        writer = start_elsewhere(write_versions, data)
        seen = []
        while writer.is_alive():
            [text] = texts(store, "hafen")
            seen.append(int(text.removeprefix("Der Hafen, Fassung ").removesuffix(".")))
        writer.join()
        assert writer.exitcode == 0
        assert seen == sorted(seen)
        assert texts(store, "hafen") == {"Der Hafen, Fassung 19."}


class HeldEmbeddings(WordEmbeddings):
    """Says when it has begun to embed passages, and then waits to be released."""

    def __init__(self):
        super().__init__()
        self.begun, self.released = threading.Event(), threading.Event()

    def embed_documents(self, texts):
        self.begun.set()
        assert self.released.wait(60)
        return super().embed_documents(texts)


class HeldIndex:
    """A dense index that says when it is to add passages, and then waits to be released."""

    def __init__(self, dense):
        self._dense = dense
        self.begun, self.released = threading.Event(), threading.Event()

    def add(self, *values):
        self.begun.set()
        assert self.released.wait(60)
        self._dense.add(*values)

    def __getattr__(self, name):
        return getattr(self._dense, name)


def add_in_a_thread(store, article):
    thread = threading.Thread(target=store.add, args=([(article, whole(article))],))
    thread.start()
    return thread


@on_disk
def test_nobody_waits_for_a_batch_that_is_being_embedded(data):
    add_to(data, ELECTION)
    held = HeldEmbeddings()
    with written(data, held) as store:
        thread = add_in_a_thread(store, HARBOUR)
        assert held.begun.wait(60)
        assert texts(store, "wahl hafen") == {ELECTION.text}
        assert store.article(ELECTION.id) == ELECTION
        assert store.article(HARBOUR.id) is None
        assert store.remove([ELECTION.id]) == 1
        held.released.set()
        thread.join()
        assert texts(store, "wahl hafen") == {HARBOUR.text}


@on_disk
def test_reading_an_article_does_not_wait_for_a_batch_that_is_being_written(data):
    add_to(data, ELECTION)
    with written(data) as store:
        held = HeldIndex(store._dense)
        holding = Store(store._catalog, held, store._lexical)
        thread = add_in_a_thread(holding, HARBOUR)
        assert held.begun.wait(60)
        assert holding.article(ELECTION.id) == ELECTION
        assert holding.count() == Counts(1, 1, {"de": 1})
        assert holding.languages() == {"de"}
        assert holding.sample(5) == [ELECTION]
        held.released.set()
        thread.join()
        assert holding.article(HARBOUR.id) == HARBOUR


@on_disk
def test_many_threads_read_at_once(data):
    add_to(data, HARBOUR, ELECTION)
    together = threading.Barrier(8)
    read = []
    with opened(data) as store:

        def read_both():
            together.wait(60)
            read.extend(store.article(id) for id in [HARBOUR.id, ELECTION.id] * 20)

        threads = [threading.Thread(target=read_both) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert read.count(HARBOUR) == read.count(ELECTION) == 160


@on_disk
def test_threads_search_while_another_adds(data):
    add_to(data, ELECTION)
    failures = []
    done = threading.Event()
    with written(data) as store:

        def search():
            try:
                while not done.is_set():
                    [hit] = store.search("wahl", 1, terms=terms_of("wahl")).hits
                    assert hit.passage.text == ELECTION.text
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=search) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(20):
            article = make_article(f"/a/{number}.txt", f"Markt {number}")
            store.add([(article, whole(article))])
        done.set()
        for thread in threads:
            thread.join()
        assert failures == []
        assert store.count() == Counts(21, 21, {"de": 21})
