"""Errors as visitors of the page read them: without the server's folders."""

from __future__ import annotations

import logging

import pytest

from rag.errors import BadQuestion, CitationNotVerbatim, ReaderUnavailable
from ui.visitors import BUSY, NO_INDEX, UNEXPECTED, UNREADABLE, describe_error
from vectorstore import NoStore, StoreBusy, StoreDamaged, StoreReplaced


def test_a_quote_that_is_gone_names_the_file_of_its_article_alone():
    error = CitationNotVerbatim("/srv/news/a b/bruecke.txt", 0, 7, "Die neu")
    assert describe_error(error) == (
        "bruecke.txt no longer holds 'Die neu' at characters 0 to 7: it was changed or removed"
        " while the answer was made; ask again"
    )
    nameless = CitationNotVerbatim("", 0, 7, "Die neu")
    assert describe_error(nameless) == str(nameless).strip()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (NoStore("no index in /srv/data: run it"), NO_INDEX),
        (StoreBusy("another process is writing to /srv/data"), BUSY),
        (StoreDamaged("the dense index in /srv/data is damaged"), UNREADABLE),
        (ReaderUnavailable("the weights /srv/reader are missing"), UNEXPECTED),
    ],
)
def test_a_path_is_in_the_log_and_not_in_the_line(error, line, caplog):
    with caplog.at_level(logging.WARNING):
        assert describe_error(error) == line
    assert "/srv" not in line
    assert str(error) in caplog.text


@pytest.mark.parametrize("kind", [BadQuestion, StoreReplaced])
def test_an_error_without_paths_is_said_as_it_is(kind, caplog):
    with caplog.at_level(logging.WARNING):
        assert describe_error(kind("the question is\nempty")) == "the question is empty"
    assert caplog.text == ""
