"""The figures of the extraction benchmark, computed by hand."""

import gzip

import pytest
from files import PROSE

from benchmarks.extraction import extract_pages, score_bodies, score_segments


def test_a_page_counts_once_whatever_the_length_of_its_text():
    truth = {"a": {"articleBody": "one two three four five"}, "b": {"articleBody": "x y"}}
    # a: of the runs 1234 and 2346 that are found, 1234 is one of the two expected. b: all right.
    texts = {"a": "one two three four six", "b": "x, y"}
    assert score_bodies(truth, texts) == {"precision": 0.75, "recall": 0.75, "F1": 0.75}


def test_a_repeated_run_of_words_is_found_once():
    truth = {"a": {"articleBody": "one two three four"}}
    texts = {"a": "one two three four one two three four"}
    scores = score_bodies(truth, texts)
    # 5 runs found, of which the expected one twice
    assert scores["precision"] == pytest.approx(1 / 5)
    assert scores["recall"] == 1.0
    assert scores["F1"] == pytest.approx(1 / 3)


def test_a_page_without_extracted_text_counts_for_recall_only():
    truth = {"a": {"articleBody": "one two three four"}, "b": {"articleBody": "x"}}
    assert score_bodies(truth, {"a": "", "b": "x"}) == {
        "precision": 1.0,
        "recall": 0.5,
        "F1": pytest.approx(2 / 3),
    }


def test_segments_are_found_whatever_the_whitespace():
    truth = {"a": {"with": ["one two", "four"], "without": ["five", "one  two"]}}
    assert score_segments(truth, {"a": "one\n two three"}) == {"kept": 0.5, "dropped": 0.5}


def test_each_page_is_extracted_by_every_system(tmp_path):
    page = f"<html><body><p>{PROSE}</p><p>{PROSE} Nochmals.</p></body></html>"
    (tmp_path / "x.html.gz").write_bytes(gzip.compress(page.encode()))
    for name in ("x", "x.html.gz"):
        found = extract_pages(tmp_path, {name: {}})
        assert list(found) == ["trafilatura, defaults", "Article.text", "Article.body"]
        assert all(PROSE in texts[name] for texts in found.values())
