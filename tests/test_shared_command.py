"""The commands with `--store`: several processes on one Chroma server, and the server lost."""

import json
import shutil
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from commands import check_contract, failure, lines, misuse
from conftest import split_words
from files import write
from servers import chroma_server, guarded
from stores import folder_of
from written import BRIDGE, QUESTION, retriever

from rag.chain import build_chain
from ui.cli import main
from ui.commands.printing import answer_fields, said_lines
from ui.wiring import open_chain
from vectorstore import build_shared_store, open_shared_store, read_address, writing
from vectorstore.shared.folder import bring_up_to_date
from vectorstore.shared.server import open_server

ASKED = "Was hat der Stadtrat von Lindau beschlossen?"
CUT_OFF = (
    "The shared store cannot be reached; this answer is from the copy here, which may lack the"
    " newest articles."
)


@pytest.fixture
def store(chroma, tmp_path):
    return f"{chroma.url}/{tmp_path.name.replace('_', '-')}"


@pytest.fixture
def news(tmp_path):
    write(tmp_path / "news" / "faehre.txt")
    return tmp_path / "news"


def test_what_one_folder_indexes_another_answers_from(here, store, news):
    [report] = lines("index", news, "--data", "one", "--store", store)
    assert report == "1 added; the index holds 1 article (1 de), 1 passage"
    [said] = lines("ask", ASKED, "--json", "--data", "other", "--store", store)
    answer = json.loads(said)
    check_contract(answer)
    assert answer["found"] and "notice" not in answer
    [report] = lines("index", news, "--data", "other", "--store", store)
    assert report == "0 added, 1 unchanged; the index holds 1 article (1 de), 1 passage"
    assert lines("remove", news, "--data", "other", "--store", store)[-1] == (
        "the index holds 0 articles, 0 passages"
    )
    assert "is empty: run `article-chat index FOLDER --store" in failure(
        "ask", ASKED, "--data", "one", "--store", store
    )


def test_removing_looks_at_the_server_once_before_it_writes(here, store, news, monkeypatch):
    lines("index", news, "--store", store)
    looked = []
    monkeypatch.setattr(
        "vectorstore.shared.folder.bring_up_to_date",
        lambda *about: looked.append(about[0]) or bring_up_to_date(*about),
    )
    assert lines("remove", news, "--store", store)[-1] == "the index holds 0 articles, 0 passages"
    assert looked == [Path(".article-chat")]


def test_status_names_the_store_and_an_index_of_ones_own_has_none(here, store, news, monkeypatch):
    monkeypatch.setenv("ARTICLE_CHAT_STORE", store)
    lines("index", news)
    assert f"store      {store}, of which the index is a copy" in lines("status")
    monkeypatch.delenv("ARTICLE_CHAT_STORE")
    assert f"--store {store}" in failure("ask", ASKED)
    lines("index", news, "--data", "own")
    assert not [line for line in lines("status", "--data", "own") if line.startswith("store")]


def test_without_a_server_each_command_ends_with_one_line_that_names_it(here, news):
    lines("index", news, "--data", "own")
    nobody = "http://127.0.0.1:1"
    for command in (
        ["ask", ASKED],
        ["index", news],
        ["remove", news],
        ["status"],
        ["check", "--repair"],
    ):
        said = failure(*command, "--data", "copy", "--store", nobody)
        assert said == (
            f"the store at {nobody} cannot be reached (Connection refused): start it, or correct"
            " --store"
        )


def test_a_token_is_read_from_the_environment_and_never_printed(
    here, chroma, store, news, monkeypatch
):
    with guarded(chroma, "s3cret-t0ken") as guard:
        there = f"{guard}/{store.rpartition('/')[2]}"
        refused = failure("index", news, "--store", there)
        assert "set a token in ARTICLE_CHAT_STORE_TOKEN" in refused
        monkeypatch.setenv("ARTICLE_CHAT_STORE_TOKEN", "an0ther-t0ken")
        refused = failure("index", news, "--store", there)
        assert "set another token in ARTICLE_CHAT_STORE_TOKEN" in refused
        assert "t0ken" not in refused
        monkeypatch.setenv("ARTICLE_CHAT_STORE_TOKEN", "s3cret-t0ken")
        lines("index", news, "--store", there)
        said = "\n".join(lines("status", "--store", there) + lines("check", "--store", there))
        assert "t0ken" not in said


def test_an_address_that_is_none_is_wrong_usage(here):
    assert "http://HOST:PORT" in misuse("status", "--store", "news.example")
    said = misuse("status", "--store", "http://me:pa55@news.example")
    assert "ARTICLE_CHAT_STORE_TOKEN" in said and "pa55" not in said


def test_a_shared_index_is_not_made_again(here, store):
    assert "/NAME" in misuse("index", "--rebuild", "--store", store)


def test_check_says_what_cannot_be_seen_from_here(here, store, news):
    lines("index", news, "--store", store)
    shutil.move(news, here / "elsewhere")  # as on the machine of another process
    fine, cannot = lines("check", "--store", store)
    assert fine.startswith("no fault in .article-chat: 1 article")
    assert cannot == (
        f".article-chat is a copy of {store}: what other processes keep, and the files of the"
        " server, cannot be checked from here"
    )


def test_check_adds_the_passages_that_the_server_lacks(here, store, news):
    lines("index", news, "--store", store)
    with closing(open_server(read_address(store))) as server:
        passages = server.find().passages
        passages.delete(ids=passages.get()["ids"])
    made = CliRunner().invoke(main, ["check", "--store", store])
    assert made.exit_code == 1
    assert made.stdout == (
        f"the store at {store} lacks 1 passages: `article-chat check --repair` adds them\n"
    )
    assert f"wrote 1 articles to the store at {store} again" in lines(
        "check", "--repair", "--store", store
    )
    assert lines("check", "--store", store)[0].startswith("no fault")
    [said] = lines("ask", ASKED, "--json", "--data", "other", "--store", store)
    assert json.loads(said)["found"]


def test_check_fetches_a_damaged_copy_again(here, store, news):
    lines("index", news, "--store", store)
    (folder_of(here / ".article-chat") / "catalog.sqlite3").write_bytes(b"\x00" * 4096)
    assert CliRunner().invoke(main, ["check", "--store", store]).exit_code == 1
    assert lines("check", "--repair", "--store", store)[0] == (
        f"fetched the copy in .article-chat again from the store at {store}"
    )
    [said] = lines("ask", ASKED, "--json", "--store", store)
    assert json.loads(said)["found"]


def test_an_article_of_another_machine_is_not_taken_for_moved(here, store):
    write(here / "a" / "faehre.txt")
    lines("index", here / "a", "--data", "one", "--store", store)
    shutil.rmtree(here / "a")  # the other machine has no such folder
    write(here / "b" / "faehre.txt")
    [report] = lines("index", here / "b", "--data", "other", "--store", store)
    assert report == "1 added; the index holds 2 articles (2 de), 2 passages"


def test_an_answer_says_that_the_server_was_lost_meanwhile(tmp_path, words):
    with chroma_server(tmp_path / "chroma") as server:
        address, data = read_address(server.url), tmp_path / "data"
        with (
            writing(data),
            closing(build_shared_store(data, address, words, embedding_name="words")) as store,
        ):
            store.add([(BRIDGE, split_words(BRIDGE))])
        with closing(
            open_shared_store(data, address, words, embedding_name="words", pause=60)
        ) as store:
            chain = build_chain(retriever(store, words))
            there = chain.invoke(QUESTION)
            assert there.found and there.notices == ""
            server.stop()
            lost = chain.invoke(QUESTION)
            assert answer_fields(lost)["notice"] == CUT_OFF
            assert next(said_lines(lost)) == f"Note: {CUT_OFF}"
            assert lost.citations == there.citations


def test_a_chat_opened_over_an_empty_store_answers_from_what_others_index(here, store, news):
    opened = open_chain(here / "chat", None, shared=read_address(store), reader=False, empty=True)
    with closing(opened.store):
        assert opened.store.count().articles == 0
        lines("index", news, "--data", "other", "--store", store)
        until = time.monotonic() + 60
        while not opened.store.count().articles:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert opened.chain.invoke(ASKED).found
