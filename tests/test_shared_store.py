"""A store on a Chroma server: several processes, a server that is lost, a token."""

import json
import shutil
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from fakes import KilledAfter, WordEmbeddings, make_article, whole
from servers import chroma_server, guarded
from stores import (
    ELECTION,
    HARBOUR,
    NAME,
    address_of,
    catalog_rows,
    chroma_collection,
    opened,
    passage_keys,
    run_elsewhere,
    share,
    start_elsewhere,
    written,
)

from vectorstore import (
    BadAddress,
    Counts,
    NoStore,
    OtherEmbedding,
    StoreReplaced,
    StoreUnreachable,
    StoreUnreadable,
    build_store,
    follow_store,
    open_shared_store,
    open_store,
    read_address,
    read_status,
    terms_of,
    writing,
)
from vectorstore.shared.server import open_server


@pytest.fixture
def url(chroma, tmp_path):
    return f"{chroma.url}/{tmp_path.name.replace('_', '-')}"


@pytest.fixture
def one(tmp_path, url):
    return share(tmp_path / "one", url)


@pytest.fixture
def other(tmp_path, url):
    return share(tmp_path / "other", url)


def add_to(data, *articles):
    with written(data) as store:
        store.add([(article, whole(article)) for article in articles])


def remove_from(data, *articles):
    with written(data) as store:
        store.remove([article.id for article in articles])


def following(data, pause=0.05):
    return closing(
        open_shared_store(
            data, address_of(data), WordEmbeddings(), embedding_name=NAME, pause=pause
        )
    )


def texts(store, question, k=10):
    return {hit.passage.text for hit in store.search(question, k, terms=terms_of(question)).hits}


def content(data):
    """All that is visible but the vectors, which the server makes of length 1 again."""
    passage_keys(data)
    return catalog_rows(
        data,
        "a.path, a.row, a.content_hash, a.text, p.start, p.end, p.sentences",
        "articles a LEFT JOIN passages p ON p.article = a.key",
    )


def wait_until(holds):
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


# Several processes ------------------------------------------------------------------------------


def test_what_one_folder_writes_is_found_from_another_without_embedding_it(one, other):
    add_to(one, HARBOUR, ELECTION)
    model = WordEmbeddings()
    with opened(other, model) as store:
        assert texts(store, "hafen", k=1) == {HARBOUR.text}
        assert store.article(HARBOUR.id) == HARBOUR
        assert store.count() == Counts(2, 2, {"de": 2})
    assert model.embedded == []
    assert content(one) == content(other)


def test_an_open_store_follows_what_another_process_adds_changes_and_removes(one, other):
    add_to(one, ELECTION)
    with following(other) as store:
        assert run_elsewhere(add_to, one, HARBOUR) == 0
        wait_until(lambda: texts(store, "hafen", k=1) == {HARBOUR.text})
        newer = make_article(HARBOUR.path, "Der Hafen schließt.")
        assert run_elsewhere(add_to, one, newer) == 0
        wait_until(lambda: texts(store, "hafen") == {newer.text, ELECTION.text})
        assert run_elsewhere(remove_from, one, newer) == 0
        wait_until(lambda: texts(store, "hafen") == {ELECTION.text})
        assert store.trouble == ""
    assert content(one) == content(other)


def test_each_process_sees_what_the_other_has_written(one, other):
    add_to(one, HARBOUR)
    add_to(other, ELECTION)
    remove_from(other, HARBOUR)
    with written(one) as store:
        assert store.count() == Counts(1, 1, {"de": 1})
        assert store.article(ELECTION.id) == ELECTION
    assert content(one) == content(other)


def add_one_by_one(data, articles):
    with written(data) as store:
        for article in articles:
            store.add([(article, whole(article))])


def test_two_processes_write_at_once_and_come_to_the_same(one, other):
    both = [make_article(f"/a/both{n}.txt", f"Der Hafen, Artikel {n}.") for n in range(8)]
    first = [make_article(f"/a/one{n}.txt", f"Die Wahl, Artikel {n}.") for n in range(8)]
    writers = [
        start_elsewhere(add_one_by_one, one, [*both, *first]),
        start_elsewhere(add_one_by_one, other, [*both[::-1], ELECTION]),
    ]
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    for data in (one, other):
        follow_store(data, address_of(data))
    assert content(one) == content(other)
    assert read_status(one).counts == Counts(17, 17, {"de": 17})


def test_more_articles_than_one_request_asks_for_are_followed(one, other):
    many = [make_article(f"/a/{n}.txt", f"Nummer {n}") for n in range(450)]
    add_to(one, *many)
    follow_store(other, address_of(other))
    assert read_status(other).counts == Counts(450, 450, {"de": 450})


def test_an_article_without_passages_is_followed(one, other):
    with written(one) as store:
        store.add([(ELECTION, [])])
    with opened(other) as store:
        assert store.article(ELECTION.id) == ELECTION


def test_a_file_is_read_again_when_another_process_has_removed_its_article(one, other):
    add_to(one, HARBOUR, ELECTION)
    with written(one) as store:
        store.note_files([(HARBOUR.path, "2aa"), (ELECTION.path, "2bb")])
    remove_from(other, HARBOUR)
    with written(one) as store:
        assert store.file_digest(HARBOUR.path) is None
        assert store.file_digest(ELECTION.path) == "2bb"


# Stopped at any moment --------------------------------------------------------------------------


def add_until_killed(data, method, *articles):
    with written(data) as store:
        store._changes = KilledAfter(store._changes, method, 1)
        store.add([(article, whole(article)) for article in articles])


class KilledWithin:
    """Changes whose writer is killed when its passages are on the server, and no record is."""

    def __init__(self, changes):
        self._changes = changes

    def put(self, batch, vectors, writer, change):
        changes = KilledAfter(self._changes, "put_passages", 1)
        changes.put_passages([passage for _, some in batch for passage in some], vectors)

    def __getattr__(self, name):
        return getattr(self._changes, name)


def add_passages_until_killed(data, *articles):
    with written(data) as store:
        store._changes = KilledWithin(store._changes)
        store.add([(article, whole(article)) for article in articles])


def test_of_a_writer_killed_before_the_record_nothing_is_seen_until_it_runs_again(one, other):
    add_to(one, ELECTION)
    assert run_elsewhere(add_passages_until_killed, one, HARBOUR) == -9
    with chroma_collection(one) as passages:
        assert passages.count() == 2
    for data in (one, other):
        with opened(data) as store:
            assert texts(store, "hafen", k=1) == {ELECTION.text}
    add_to(one, HARBOUR)
    with opened(other) as store:
        assert texts(store, "hafen", k=1) == {HARBOUR.text}


def test_what_a_killed_writer_had_completed_is_seen_by_all(one, other):
    add_to(one, ELECTION)
    assert run_elsewhere(add_until_killed, one, "put", HARBOUR) == -9
    for data in (one, other):
        with opened(data) as store:
            assert texts(store, "hafen", k=1) == {HARBOUR.text}
    add_to(one, make_article("/a/neu.txt", "Die Brücke."))
    with opened(other) as store:
        assert store.count() == Counts(3, 3, {"de": 3})


def test_what_a_writer_could_not_tell_of_is_found_at_the_next_start(one, other):
    add_to(one, HARBOUR)
    address = address_of(one)
    with closing(open_server(address)) as server:
        writers = server.find().writers
        [writer] = writers.get()["ids"]
        writers.update(ids=[writer], metadatas=[{"change": 0}])
    with opened(other) as store:
        assert store.article(HARBOUR.id) == HARBOUR


def test_no_passage_of_a_replaced_version_stays_on_the_server(one):
    add_to(one, HARBOUR, ELECTION)
    newer = make_article(HARBOUR.path, "Der Hafen schließt.")
    add_to(one, newer)
    remove_from(one, ELECTION)
    with chroma_collection(one) as passages:
        assert passages.get()["ids"] == [whole(newer)[0].id]


def test_a_copied_folder_writes_under_a_name_of_its_own(one, tmp_path, url):
    add_to(one, HARBOUR)
    copied = share(tmp_path / "copied", url)
    shutil.copytree(one, copied)
    add_to(copied, ELECTION)
    add_to(one, make_article("/a/neu.txt", "Die Brücke."))
    follow_store(copied, address_of(copied))
    assert content(one) == content(copied)
    with closing(open_server(address_of(one))) as server:
        assert server.find().writers.count() == 2


def test_a_record_that_is_not_what_was_written_is_not_shown(one, other, caplog):
    add_to(one, HARBOUR, ELECTION)
    with closing(open_server(address_of(one))) as server:
        server.find().articles.update(
            ids=[HARBOUR.id],
            embeddings=[[0, 1]],
            documents=[HARBOUR.text.replace("wächst", "brennt")],
        )
    with opened(other) as store:
        assert store.article(HARBOUR.id) is None
        assert texts(store, "hafen") == {ELECTION.text}
    assert "1 articles on the server are incomplete" in caplog.text
    add_to(one, HARBOUR)
    with opened(other) as store:
        assert store.article(HARBOUR.id) == HARBOUR


# The server is lost -----------------------------------------------------------------------------


def test_without_a_server_the_error_names_its_address(one, tmp_path):
    with chroma_server(tmp_path / "chroma") as server:
        share(one, server.url)
        add_to(one, HARBOUR)
        server.stop()
        for open_it in (opened, written):
            with pytest.raises(StoreUnreachable, match=server.url), open_it(one):
                pass


def test_a_server_lost_and_back_again_changes_no_result_and_needs_no_restart(one, other, tmp_path):
    with chroma_server(tmp_path / "chroma") as server:
        share(one, server.url), share(other, server.url)
        add_to(one, HARBOUR, ELECTION)
        with following(other) as store:
            there = store.search("hafen", 2, terms=terms_of("markt")).hits
            assert not store.is_cut_off
            server.stop()
            assert store.search("hafen", 2, terms=terms_of("markt")).hits == there
            assert store.is_cut_off
            assert server.url in store.trouble
            with pytest.raises(StoreUnreachable), written(other):
                pass
            server.start()
            add_to(one, make_article("/a/neu.txt", "Die Brücke."))
            wait_until(lambda: texts(store, "brücke", k=1) == {"Die Brücke."})
            wait_until(lambda: not store.is_cut_off)
            assert store.trouble == ""


def test_a_write_that_fails_changes_nothing_and_succeeds_later(one, tmp_path):
    with chroma_server(tmp_path / "chroma") as server:
        share(one, server.url)
        with written(one) as store:
            store.add([(ELECTION, whole(ELECTION))])
            server.stop()
            with pytest.raises(StoreUnreachable):
                store.add([(HARBOUR, whole(HARBOUR))])
            with pytest.raises(StoreUnreachable):
                store.remove([ELECTION.id])
            assert store.count() == Counts(1, 1, {"de": 1})
            server.start()
            store.add([(HARBOUR, whole(HARBOUR))])
            assert store.count() == Counts(2, 2, {"de": 2})


def test_a_store_made_anew_is_said_and_its_copy_is_fetched_again(one, other, tmp_path):
    add_to(one, HARBOUR)
    with following(other, pause=60) as store, closing(open_server(address_of(one))) as server:
        for name in server._names():
            server._api.delete_collection(name)
        with pytest.raises(StoreReplaced, match="start article-chat again"):
            store.search("hafen", 1, terms=terms_of("hafen"))
    with pytest.raises(NoStore, match="--store"), opened(other):
        pass
    add_to(one, ELECTION)
    with opened(other) as store:
        assert store.sample(5) == [ELECTION]


def test_what_is_no_chroma_server_is_said(one, tmp_path):
    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, *values):
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as page:
        Thread(target=page.serve_forever, daemon=True).start()
        share(one, f"http://127.0.0.1:{page.server_port}")
        with pytest.raises(StoreUnreachable, match="no Chroma server"), opened(one):
            pass
        page.shutdown()


# Addresses and tokens ---------------------------------------------------------------------------


def test_the_token_opens_the_store_and_no_other_does(chroma, url, one, tmp_path):
    add_to(one, HARBOUR)
    with guarded(chroma, "s3cret-t0ken") as guard:
        there = f"{guard}/{url.rpartition('/')[2]}"
        follow_store(tmp_path / "let in", read_address(there, "s3cret-t0ken"))
        assert read_status(tmp_path / "let in").counts == Counts(1, 1, {"de": 1})
        for token in ("", "an0ther-t0ken"):
            with pytest.raises(StoreUnreachable, match="ARTICLE_CHAT_STORE_TOKEN") as refused:
                follow_store(tmp_path / "kept out", read_address(there, token))
            assert "t0ken" not in str(refused.value)


def test_an_address_does_not_print_its_token():
    address = read_address("https://news.example/desk", "s3cret")
    assert "s3cret" not in f"{address!r} {address} {address.url}"
    assert address.url == "https://news.example:443/desk"


def test_addresses_that_are_none_are_refused_without_repeating_them():
    for url in ("news.example", "ftp://a", "http://", "http://a/b/c", "http://a:x", "http://a?b=c"):
        with pytest.raises(BadAddress, match="http://HOST:PORT"):
            read_address(url)
    with pytest.raises(BadAddress, match="ARTICLE_CHAT_STORE_TOKEN") as refused:
        read_address("http://me:pa55@news.example")
    assert "pa55" not in str(refused.value)


# The data folder --------------------------------------------------------------------------------


def test_an_index_of_ones_own_is_never_made_a_copy(one, other):
    add_to(one, HARBOUR)
    with writing(other), closing(build_store(other, WordEmbeddings(), embedding_name=NAME)) as own:
        own.add([(ELECTION, whole(ELECTION))])
    for open_it in (opened, written):
        with pytest.raises(StoreUnreadable, match="--data"), open_it(other):
            pass
    assert read_status(other).counts == Counts(1, 1, {"de": 1})


def test_a_copy_is_not_opened_without_its_server(one, url):
    add_to(one, HARBOUR)
    with pytest.raises(StoreUnreadable, match=f"--store {url}"):
        open_store(one, WordEmbeddings(), embedding_name=NAME)
    with writing(one), pytest.raises(StoreUnreadable, match=f"--store {url}"):
        build_store(one, WordEmbeddings(), embedding_name=NAME)


def test_a_copy_of_another_store_is_fetched_again(one, other, url):
    add_to(one, HARBOUR)
    share(other, f"{url}-b")
    add_to(other, ELECTION)
    share(other, url)
    with opened(other) as store:
        assert store.sample(5) == [HARBOUR]


def test_another_embedding_than_the_one_on_the_server_is_refused(one, other):
    add_to(one, HARBOUR)
    for open_it in (opened, written):
        with (
            pytest.raises(OtherEmbedding, match=NAME),
            open_it(other, WordEmbeddings(("eins", "zwei", "drei"))),
        ):
            pass


def test_a_record_names_the_article_legibly(one):
    add_to(one, HARBOUR)
    with closing(open_server(address_of(one))) as server:
        found = server.find().articles.get(ids=[HARBOUR.id])
    [metadata] = found["metadatas"]
    assert found["documents"] == [HARBOUR.text]
    assert (metadata["path"], metadata["title"]) == (HARBOUR.path, "Ausbau")
    assert metadata["version"] == HARBOUR.content_hash
    assert json.loads(metadata["facts"])["passages"] == [[0, 37, [[0, 37]]]]
