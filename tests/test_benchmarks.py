"""The benchmark's figures on numbers worked out by hand, and its output on a tiny file."""

from __future__ import annotations

import json
import runpy
import sys
from math import log2
from random import Random

import pytest

from benchmarks.retrieval import auroc, rank_figures
from benchmarks.support.alterations import change_name, change_number, drop_negation
from benchmarks.support.distortions import drop_hedge, reword, swap_names, turn_round
from benchmarks.support.sentence_pairs import Pair, make_passage, read_asked, read_sentences
from benchmarks.support.squad import read_paragraphs, read_questions
from benchmarks.verification import Planted, count
from rag.checking.claim import Verdict

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


def pair(german, english):
    sentences = {"de": german, "en": english}
    return Pair(sentences, {code: make_passage(text, code) for code, text in sentences.items()})


TOWER = pair(
    "Aalen baut nicht mehr als zwei Türme in Köln.", "Aalen builds no more than two towers in Köln."
)


@pytest.mark.parametrize(
    ("alter", "claim"),
    [
        (drop_negation, "Aalen baut mehr als zwei Türme in Köln."),
        (turn_round, "Aalen baut nicht weniger als zwei Türme in Köln."),
        (reword, None),
        (drop_hedge, None),
    ],
)
def test_a_sentence_is_altered_in_one_way(alter, claim):
    assert alter(TOWER, "de", Random(1)) == claim


def test_two_names_change_places():
    drive = pair("Er fuhr von Aalen sehr schnell nach Köln.", "He drove from Aalen fast to Köln.")
    assert swap_names(drive, "de", Random(1)) == "Er fuhr von Köln sehr schnell nach Aalen."


def test_another_number_is_none_of_the_sentences_own():
    words = {change_number(TOWER, "de", Random(seed)).split()[5] for seed in range(20)}
    assert "zwei" not in words
    assert words <= set("drei vier fünf sechs sieben acht neun zehn elf zwölf".split())


def test_another_name_is_one_of_those_given():
    change = change_name({"de": ["Bonn", "Köln"], "en": []})
    assert change(TOWER, "de", Random(1)) == "Aalen baut nicht mehr als zwei Türme in Bonn."


def test_a_question_is_asked_of_the_sentence_that_its_answer_begins_in(tmp_path):
    text = "Im Mai regnet es. Die Brücke öffnet im Mai."
    path = write_squad(tmp_path / "de.json", [[(text, [("q", "Wann öffnet sie?", ["im Mai"])])]])
    [asked] = read_asked(path, path, [make_passage(text, "de")])
    assert (asked.claim, asked.sentence) == (
        "Wann öffnet sie: im Mai.",
        "Die Brücke öffnet im Mai.",
    )


def test_sentences_are_read_in_the_language_that_most_texts_are_in(tmp_path):
    texts = ["Der Turm ist hoch. Er ist alt.", "Das Haus ist klein.", "The house is small."]
    path = tmp_path / "news.jsonl"
    path.write_text("\n".join(json.dumps({"text": text}) for text in texts), encoding="utf-8")
    assert [one.sentences for one in read_sentences(path)] == [
        {"de": "Der Turm ist hoch."},
        {"de": "Er ist alt."},
        {"de": "Das Haus ist klein."},
    ]


def test_flagged_claims_are_counted_by_kind_and_direction():
    supported, weak = Verdict("supported", (), ""), Verdict("weak", (), "why")
    planted = [
        Planted("name", "de-de", "", "", weak),
        Planted("name", "de-de", "", "", supported),
        Planted("name", "en-de", "", "", Verdict("unsupported", (), "why")),
        Planted("sound", "de-de", "", "", supported),
    ]
    assert count(planted) == {
        "name": {"de-de": (1, 2), "en-de": (1, 1)},
        "sound": {"de-de": (0, 1)},
    }


def test_the_verification_benchmark_judges_every_sentence_and_question(files, monkeypatch, capsys):
    german, english = map(str, files)
    args = ["verification", "--german", german, "--english", english, "--others", german, "--json"]
    monkeypatch.setattr(sys, "argv", args)
    monkeypatch.delitem(sys.modules, "benchmarks.verification")
    runpy.run_module("benchmarks.verification", run_name="__main__")
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["parallel", german]
    sound = figures["parallel"]["sound"]
    assert [row[1] for row in sound.values()] == [3, 3, 3, 3]
    assert figures["parallel"]["number"] == {
        "de-de": [1, 1],
        "en-en": [1, 1],
        "en-de": [1, 1],
        "de-en": [1, 1],
    }
    assert figures[german]["asked"]["de-de"][1] == 3
