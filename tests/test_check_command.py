"""The command `check`: what it prints, its exit codes, and files that have changed."""

from __future__ import annotations

import shutil

import pytest
from commands import failure, lines, run
from files import PROSE, write

pytestmark = pytest.mark.usefixtures("here")

SOUND = (
    "no fault in .article-chat: 2 articles (2 de), 2 passages, each passage verbatim and in both"
    " indexes"
)


@pytest.fixture
def indexed(here):
    for name in ("a", "b"):
        write(here / "news" / f"{name}.txt", f"{PROSE} Das war {name}.")
    lines("index", "news")
    return here / "news"


def test_without_a_fault_one_line_says_so(indexed):
    assert lines("check") == [SOUND]
    assert lines("check", "--repair") == [SOUND]


def test_without_an_index_the_command_to_index_is_named(here):
    assert failure("check") == "no index in .article-chat: run `article-chat index FOLDER` first"
    assert list(here.iterdir()) == []


def test_files_that_have_changed_or_are_gone_are_named_and_no_fault(indexed):
    a = write(indexed / "a.txt", PROSE)
    (indexed / "b.txt").unlink()
    assert lines("check") == [
        SOUND,
        f"changed since it was indexed: {a}",
        f"to index what has changed: `article-chat index {a}`",
        f"gone since it was indexed: {indexed / 'b.txt'}",
        f"to drop what is gone: `article-chat remove {indexed / 'b.txt'}`",
    ]


def test_a_table_with_a_row_that_is_skipped_is_compared_by_its_articles(here):
    table = write(here / "rows.jsonl", f'{{"text": "{PROSE}"}}\n{{nonsense\n')
    lines("index", table)
    assert len(lines("check")) == 1
    write(table, f'{{"text": "{PROSE} Neu."}}\n{{nonsense\n')
    assert lines("check")[1] == f"changed since it was indexed: {table}"


def test_a_moved_folder_of_articles_is_gone_and_removed_as_a_whole(indexed, here):
    for name in "cdef":
        write(indexed / f"{name}.txt", f"{PROSE} Das war {name}.")
    lines("index", "news")
    indexed.rename(here / "moved")
    assert lines("check")[-1] == f"to drop what is gone: `article-chat remove {indexed}`"


def test_a_fault_is_exit_code_1_and_a_repair_mends_it(indexed, here):
    shutil.rmtree(here / ".article-chat" / "store-1" / "lexical")
    made = run("check")
    assert (made.exit_code, made.stderr) == (1, "")
    assert made.stdout == (
        "the lexical index in .article-chat lacks 2 passages and holds 0 unknown ones:"
        " `article-chat check --repair` makes it again\n"
    )
    assert lines("check", "--repair") == [
        "making the lexical index in .article-chat again from the catalog",
        SOUND,
    ]
    assert lines("check") == [SOUND]


def test_a_lost_catalog_is_exit_code_1_and_the_files_to_index_are_named(indexed, here):
    (here / ".article-chat" / "store-1" / "catalog.sqlite3").unlink()
    made = run("check", "--repair")
    assert made.exit_code == 1
    assert made.stdout.splitlines()[-1] == (
        "articles of 2 files are lost from the index: run `article-chat index"
        f" {indexed / 'a.txt'} {indexed / 'b.txt'}`"
    )
    lines("index", indexed)
    assert lines("check") == [SOUND]
