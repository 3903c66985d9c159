"""The growth benchmark: its articles, vectors and floors by hand, and two tiny sizes."""

import json

import numpy as np
import pytest
from fakes import WordEmbeddings
from fakes import make_article as fake_article

from benchmarks import growth
from benchmarks.support.floors import Rates, Size, floors
from benchmarks.support.recombined import (
    Real,
    learn,
    load_pooled,
    make_article,
    passages_in,
    real_of,
    split_lines,
)

REAL = [
    Real("Hafen", tuple(f"Der Hafen, Satz {n}." for n in range(5))),
    Real("Markt", tuple(f"Der Markt, Satz {n}." for n in range(4))),
]


def test_real_articles_come_first_and_are_kept_whole():
    assert make_article(REAL, 1, seed=1)["title"] == "Markt"
    assert make_article(REAL, 1, seed=1)["text"].split("\n") == list(REAL[1].sentences)


def test_a_recombined_article_has_real_sentences_and_is_the_same_for_a_seed():
    real = {sentence for one in REAL for sentence in one.sentences}
    made = [make_article(REAL, number, seed=1) for number in range(2, 30)]
    assert {line for row in made for line in row["text"].split("\n")} <= real
    assert made == [make_article(REAL, number, seed=1) for number in range(2, 30)]
    assert made != [make_article(REAL, number, seed=2) for number in range(2, 30)]


def test_a_short_article_is_no_source_of_sentences():
    text = "Erster Satz hier.  Zweiter  Satz hier.\nDritter Satz hier."
    assert real_of([fake_article("/a.txt", text, "Titel"), fake_article("/b.txt", "Kurz.")]) == [
        Real("Titel", ("Erster Satz hier.", "Zweiter Satz hier.", "Dritter Satz hier."))
    ]


def test_passages_are_four_lines_each_and_verbatim():
    text = "\n".join(REAL[0].sentences)
    passages = split_lines(fake_article("/a.txt", text))
    assert [passage.text for passage in passages] == [
        "\n".join(REAL[0].sentences[:4]),
        REAL[0].sentences[4],
    ]
    assert [len(passage.sentences) for passage in passages] == [4, 1]
    assert passages_in({"text": text}) == 2


def test_a_passage_has_the_mean_of_its_lines_by_their_length(tmp_path):
    pooled = learn(["Hafen", "Markt Markt"], WordEmbeddings(("hafen", "markt")))
    # 5 characters of (1, 0) and 11 of (0, 2), to length 1.
    expected = np.array([5.0, 22.0, 0.0]) / np.hypot(5, 22)
    assert pooled.embed_query("Hafen\nMarkt Markt") == pytest.approx(expected.tolist())
    pooled.save(tmp_path)
    assert load_pooled(tmp_path).embed_query("Hafen") == [1.0, 0.0, 0.0]
    with pytest.raises(KeyError):
        pooled.embed_query("Brücke")


def test_floors_of_round_rates_by_hand():
    rates = Rates(scan=1e9, gather=1e8, write=1e8, hash=1e9, multiply=1e12)
    size = Size(
        passages=1000, dimensions=384, text_bytes=336, file_bytes=5 * 10**8, postings=1000.0
    )
    # A node is 384 numbers and 32 links of 4 bytes: 1,664 bytes.
    assert floors(size, rates) == pytest.approx(
        {
            "passages_per_second": 50_000.0,
            "dense_ms": 13.312,
            "lexical_ms": 0.002,
            "search_ms": 13.314,
            "memory_mb": 1.664,
            "disk_mb": 2.0,
            "start_up_s": 0.001664,
            "unchanged_s": 0.5,
            "one_changed_s": 0.5,
            "one_removed_s": 0.5,
        }
    )


def test_two_tiny_sizes_grow_one_store(tmp_path, capsys):
    out = tmp_path / "growth.json"
    growth.main(
        ["seeds", "--sizes", "60", "30", "--real", "4", "--questions", "3", "--json", str(out)]
        + ["--work", str(tmp_path / "work")]
    )
    small, large = json.loads(out.read_text())["sizes"]
    # An article is written whole, and one is removed.
    assert 20 <= small["passages"] < 50 <= large["passages"] < 80
    assert large["passages_added"] < large["passages"]
    assert small["recall_at_10"] == large["recall_at_10"] == 1.0
    assert small["ms"].keys() == {"no filter", "one outlet", "one month", "twenty articles"}
    assert small["ms"]["one month"].keys() == {"dense", "lexical", "search"}
    assert small["times_floor"].keys() == small["floors"].keys()
    assert len(capsys.readouterr().out.splitlines()) == 2
    with pytest.raises(SystemExit, match="has an index already"):
        growth.main(["seeds", "--work", str(tmp_path / "work")])
