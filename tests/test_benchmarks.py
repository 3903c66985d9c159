"""The benchmark's figures on numbers worked out by hand, and its output on a tiny file."""

from __future__ import annotations

import json
import runpy
import sys
from math import log2

import pytest

from benchmarks.retrieval import auroc, rank_figures
from benchmarks.squad import read_paragraphs, read_questions

GERMAN = [
    [
        ("Der Turm von Aalen ist 40 Meter hoch.", [("q1", "Wie hoch ist der Turm?", ["40 Meter"])]),
        (
            "Die Brücke öffnet im Mai.",
            [("q2", "Wann öffnet die Brücke?", ["im Mai", "Mai", "Mai"])],
        ),
    ],
    [("Der Markt ist am Samstag.", [("q3", "Wann ist der Markt?", ["Samstag"])])],
]
ENGLISH = [
    [
        (
            "The tower of Aalen is 40 metres high.",
            [("q1", "How high is the tower?", ["40 metres"])],
        ),
        ("The bridge opens in May.", [("q2", "When does the bridge open?", ["in May"])]),
    ],
    [("Market day is Saturday.", [("q3", "When is the market?", ["Saturday"])])],
]


def write_squad(path, articles):
    data = [
        {
            "paragraphs": [
                {
                    "context": context,
                    "qas": [
                        {
                            "id": id,
                            "question": question,
                            "answers": [
                                {"text": text, "answer_start": context.index(text)}
                                for text in texts
                            ],
                        }
                        for id, question, texts in asked
                    ],
                }
                for context, asked in article
            ]
        }
        for article in articles
    ]
    path.write_text(json.dumps({"data": data}), encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path):
    return write_squad(tmp_path / "de.json", GERMAN), write_squad(tmp_path / "en.json", ENGLISH)


def test_rank_figures_of_places_by_hand():
    assert rank_figures([1, 2, 11, None]) == pytest.approx(
        {
            "R@1": 1 / 4,
            "R@5": 2 / 4,
            "R@10": 2 / 4,
            "MRR@10": (1 + 1 / 2) / 4,
            "nDCG@10": (1 + 1 / log2(3)) / 4,
        }
    )


def test_the_tenth_place_counts_and_the_sixth_is_not_among_five():
    assert rank_figures([6, 10]) == pytest.approx(
        {
            "R@1": 0,
            "R@5": 0,
            "R@10": 1,
            "MRR@10": (1 / 6 + 1 / 10) / 2,
            "nDCG@10": (1 / log2(7) + 1 / log2(11)) / 2,
        }
    )


@pytest.mark.parametrize(
    ("higher", "lower", "share"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1], [0.9], 0.0),
        ([0.9, 0.5], [0.5, 0.1], 3.5 / 4),
        ([0.5, 0.5], [0.5], 0.5),
    ],
)
def test_auroc_counts_the_pairs_in_the_right_order_and_ties_half(higher, lower, share):
    assert auroc(higher, lower) == pytest.approx(share)


def test_paragraphs_are_read_in_the_order_of_the_file(files):
    assert read_paragraphs(files[0]) == [context for article in GERMAN for context, _ in article]


def test_a_question_knows_its_paragraph_its_article_and_each_answer_once(files):
    asked = read_questions(files[0], files[0])
    assert [(one.text, one.answers, one.paragraph, one.topic) for one in asked] == [
        ("Wie hoch ist der Turm?", ("40 Meter",), 0, range(0, 2)),
        ("Wann öffnet die Brücke?", ("im Mai", "Mai"), 1, range(0, 2)),
        ("Wann ist der Markt?", ("Samstag",), 2, range(2, 3)),
    ]


def test_across_languages_the_answers_are_in_the_words_of_the_paragraphs(files):
    german, english = files
    asked = read_questions(german, english)
    assert [(one.text, one.answers) for one in asked] == [
        ("How high is the tower?", ("40 Meter",)),
        ("When does the bridge open?", ("im Mai", "Mai")),
        ("When is the market?", ("Samstag",)),
    ]


def test_an_answer_that_only_the_questions_file_knows_is_taken_from_there(files, tmp_path):
    without = [[(context, []) for context, _ in article] for article in GERMAN]
    contexts = write_squad(tmp_path / "without.json", without)
    assert [one.answers for one in read_questions(contexts, files[1])][0] == ("40 metres",)


def test_the_command_prints_exactly_the_promised_figures(files, monkeypatch, capsys):
    german, english = map(str, files)
    args = ["retrieval", "--contexts", german, "--questions", english, "--json"]
    monkeypatch.setattr(sys, "argv", args)
    monkeypatch.delitem(sys.modules, "benchmarks.retrieval")
    runpy.run_module("benchmarks.retrieval", run_name="__main__")
    [line] = capsys.readouterr().out.splitlines()
    figures = json.loads(line)
    assert list(figures) == ["dense", "lexical", "fused", "reranked", "answers"]
    for name in ("dense", "lexical", "fused", "reranked"):
        assert list(figures[name]) == ["R@1", "R@5", "R@10", "MRR@10", "nDCG@10"]
    # Three paragraphs: whichever way they are ranked, all are among the first five.
    assert figures["dense"]["R@5"] == figures["fused"]["R@5"] == 1.0
    assert {"first_hit", "any_hit", "refusal_auroc", "refusal_accuracy"} <= set(figures["answers"])
    assert all(0 <= value <= 1 for name, value in figures["answers"].items() if name != "sentences")
