"""The load benchmark: what counts as a wrong citation, and a run of a few seconds."""

import json
import random
import sys

import pytest
from fakes import make_article

from benchmarks import load
from benchmarks.support.page_client import citations_in, failure_in
from benchmarks.support.shelf import Shelf, read_articles

BUTTON = '<button type="button" class="number" data-turn="{}" data-citation="{}" aria-label="x">'


@pytest.fixture
def shelf(tmp_path):
    articles = [make_article(f"/{n}.txt", f"Der Hafen, {n}.", f"Titel {n}") for n in range(20)]
    shelf = Shelf(articles, tmp_path)
    for number in range(10):
        shelf.put(number)
    return shelf


def test_an_article_on_the_shelf_is_read_as_it_was(shelf):
    read = list(read_articles([shelf.folder]))
    assert [(article.title, article.text) for article in read] == [
        (article.title, article.text) for article in shelf.articles[:10]
    ]


def test_a_change_takes_five_away_and_puts_five_new_ones_in_their_place(shelf):
    gone = shelf.change(random.Random(1))
    assert len(gone) == 5
    assert len(shelf.lying) == 10
    assert not shelf.lying & set(gone)
    assert {int(path.stem) for path in shelf.folder.iterdir()} == shelf.lying


def test_a_quote_is_wrong_if_it_is_nowhere_or_was_reported_removed_before_the_question(shelf):
    assert shelf.may_be_cited("Hafen, 3.", asked=10.0)
    assert not shelf.may_be_cited("Hafen, 33.", asked=10.0)
    assert not shelf.may_be_cited("", asked=10.0)
    shelf.removed[3] = 9.0
    assert not shelf.may_be_cited("Hafen, 3.", asked=10.0)
    shelf.removed[3] = 11.0
    assert shelf.may_be_cited("Hafen, 3.", asked=10.0)


def test_citations_and_errors_are_those_of_the_last_turn():
    page = BUTTON.format(0, 0) + BUTTON.format(1, 0) + BUTTON.format(1, 2) + BUTTON.format(1, 0)
    assert citations_in(page) == [(1, 0), (1, 2)]
    assert citations_in("<p>nothing</p>") == []
    assert failure_in('<p class="error"><strong>Error.</strong> Too &amp; long</p>') == (
        "Error. Too & long"
    )
    assert failure_in(page) == ""


def test_few_askers_for_a_few_seconds_meet_no_error_and_no_wrong_citation(
    monkeypatch, capsys, tmp_path
):
    command = ["load", "seeds", "--askers", "2", "--seconds", "2", "--articles", "6"]
    monkeypatch.setattr(sys, "argv", [*command, "--out", str(tmp_path / "load.json")])
    load.main()
    figures = json.loads(capsys.readouterr().out)
    assert json.loads((tmp_path / "load.json").read_text()) == figures
    assert figures["errors"] == {}
    assert figures["wrong_citations"] == []
    assert figures["answers"] >= 2
    assert figures["citations"] >= 1
    assert figures["index_runs"] >= 1
    assert figures["memory_mb"]["highest"] > 0
