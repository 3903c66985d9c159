"""`make chat`: each folder of articles is asked alone."""

from __future__ import annotations

import os
import subprocess

import pytest
from conftest import ROOT
from files import write

COMMAND = """#!/bin/sh
echo "$@ in ${ARTICLE_CHAT_DATA:-the default index}" >> calls
"""


@pytest.fixture
def calls(here):
    """Return a function that runs the script and returns the commands that the script ran."""
    write(here / "article-chat", COMMAND).chmod(0o755)
    for folder in ("seeds", "my news", "other/my news"):
        (here / folder).mkdir(parents=True)

    def run(articles, **variables):
        (here / "calls").unlink(missing_ok=True)
        script = ["sh", ROOT / "scripts" / "chat.sh", "./article-chat", articles]
        subprocess.run(script, check=True, env={**os.environ, **variables}, capture_output=True)
        return (here / "calls").read_text(encoding="utf-8").splitlines()

    return run


def index_of(calls, articles):
    """Return the index that the chat over a folder answers from."""
    indexed, chat = calls(articles)
    data = chat.removeprefix("chat in ")
    assert indexed == f"index {articles} in {data}"
    return data


def test_seeds_have_the_default_index(calls, here):
    assert index_of(calls, "seeds") == "the default index"
    assert index_of(calls, "./seeds/") == "the default index"
    assert index_of(calls, here / "seeds") == "the default index"


def test_another_folder_has_an_index_of_its_own_whichever_way_it_is_written(calls, here):
    own = index_of(calls, "my news")
    assert own.startswith(".article-chat-my news-")
    assert index_of(calls, here / "my news") == own
    assert index_of(calls, "other/my news") not in (own, "the default index")


def test_an_index_named_in_the_environment_is_used_for_any_folder(calls):
    assert index_of(lambda a: calls(a, ARTICLE_CHAT_DATA="kept"), "seeds") == "kept"
    assert index_of(lambda a: calls(a, ARTICLE_CHAT_DATA="kept"), "my news") == "kept"


def test_make_hands_the_folder_to_the_script():
    made = subprocess.run(
        ["make", "-n", "--no-print-directory", "chat", "ARTICLES=my news"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    last = made.stdout.splitlines()[-1]
    assert last == 'sh scripts/chat.sh .venv/bin/article-chat "my news"'
