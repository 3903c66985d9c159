"""Errors as visitors of the page read them: without the server's folders."""

from __future__ import annotations

import logging

import pytest

from rag.errors import BadQuestion, CitationNotVerbatim, ReaderUnavailable
from ui.visitors import find_fault
from ui.words import ENGLISH, WORDS, Fault
from vectorstore import NoStore, StoreBusy, StoreDamaged, StoreReplaced


def test_a_quote_that_is_gone_names_the_file_of_its_article_alone():
    error = CitationNotVerbatim("/srv/news/a b/bruecke.txt", 0, 7, "Die neu")
    assert find_fault(error) == Fault("article_changed", "bruecke.txt")
    assert ENGLISH.say(find_fault(error)) == (
        "bruecke.txt was changed or removed while the answer was made: ask again."
    )
    assert find_fault(CitationNotVerbatim("", 0, 7, "Die neu")) == Fault("article_changed", "…")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NoStore("no index in /srv/data: run it"), "no_index"),
        (StoreBusy("another process is writing to /srv/data"), "busy"),
        (StoreDamaged("the dense index in /srv/data is damaged"), "unreadable"),
        (ReaderUnavailable("the weights /srv/reader are missing"), "unexpected"),
    ],
)
def test_a_path_is_in_the_log_and_not_in_the_fault(error, kind, caplog):
    with caplog.at_level(logging.WARNING):
        assert find_fault(error) == Fault(kind)
    assert str(error) in caplog.text


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (BadQuestion("the question is\nempty"), Fault("bad_question", "the question is empty")),
        (StoreReplaced("the index was rebuilt"), Fault("replaced")),
    ],
)
def test_an_error_without_paths_is_not_logged(error, fault, caplog):
    with caplog.at_level(logging.WARNING):
        assert find_fault(error) == fault
    assert caplog.text == ""


def test_a_name_with_braces_is_said_as_it_is():
    said = [words.say(Fault("article_changed", "{0}{about}.txt")) for words in WORDS.values()]
    assert [line.split()[0] for line in said] == ["{0}{about}.txt"] * 2
