"""Claims of one's own are checked as a chat model's sentences are, a line for a line."""

from __future__ import annotations

import json
import sys
from functools import partial

import pytest
from judging import OneMeaning, SaidWords

from benchmarks import claims, verification
from benchmarks.support.claim_lines import read_line
from benchmarks.support.sentence_pairs import make_passage
from benchmarks.verification import Made
from rag.checking.check import check
from rag.language.lexicon import load_lexicon

BURNS = "Der Hafen brennt seit gestern."
ASKS = "Brennt der Hafen seit gestern?"


def line(id, claim, *quotes, **fields):
    return json.dumps({"id": id, "claim": claim, "language": "de", "quotes": quotes, **fields})


def quote(text, passage="", **fields):
    return {"text": text, "passage": passage or text, "language": "de", **fields}


LINES = [
    line("a", BURNS, quote(BURNS)),
    line("b", "Kein Markt ist heute voll.", quote(BURNS)),
    line("c", BURNS, quote("Der Hafen brannte", BURNS)),
    line("d", "Der Hafen brennt seit 3 Tagen.", quote("Der Hafen brennt seit 4 Tagen.")),
    line("e", BURNS, quote(ASKS)),
    line("f", BURNS),
]


@pytest.fixture
def model(monkeypatch):
    """Hand the command models whose results can be worked out."""
    said = SaidWords()
    embedding = OneMeaning()
    embedding.word_vectors = "words"
    monkeypatch.setattr(claims, "load_embedding", lambda **_: embedding)
    monkeypatch.setattr(claims, "load_entailment", {"words": said}.get)
    return said


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["claims", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        claims.main()
    out, err = capsys.readouterr()
    return ended.value.code, out.splitlines(), err.splitlines()


def test_each_line_gets_a_line_with_id_status_reason_and_confidence(
    model, tmp_path, monkeypatch, capsys
):
    file = tmp_path / "claims.jsonl"
    file.write_text("\n".join(LINES), encoding="utf-8")
    code, out, err = run(monkeypatch, capsys, file, "--json")
    assert (code, err) == (0, [])
    printed = [json.loads(one) for one in out]
    assert [list(one) for one in printed] == [["id", "status", "reason", "confidence"]] * 6
    assert [(one["id"], one["status"], one["confidence"]) for one in printed] == [
        ("a", "supported", 1.0),
        # None of its words is quoted.
        ("b", "weak", 0.0),
        ("c", "unsupported", 0.0),
        ("d", "weak", 0.1),
        # The guard, which a model's sentence passes too.
        ("e", "unsupported", 0.0),
        ("f", "unsupported", 0.0),
    ]
    assert [one["reason"] for one in printed] == [
        "",
        "the quoted words do not say that “Kein Markt ist heute voll”",
        "the words that it quotes are not in the article",
        "it says “3 Tagen” where the quoted words say “4 Tagen”",
        "it rests on a question",
        "it quotes nothing",
    ]


def test_the_verdict_is_that_of_the_check_that_answers_pass(model):
    given = [read_line(one) for one in LINES]
    lexicon = load_lexicon()
    checked = list(claims.check_claims(given, OneMeaning(), lexicon, model))
    judge = partial(check, embeddings=OneMeaning(), lexicon=lexicon, entailment=model)
    asked = claims.Question("", "de")
    assert [one.line for one in checked] == given
    assert [one.verdict for one in checked] == [judge(g.claim, g.passages, asked) for g in given]


def test_without_a_model_there_is_no_confidence(model, tmp_path, monkeypatch, capsys):
    file = tmp_path / "claims.jsonl"
    file.write_text("\n".join(LINES[:2]), encoding="utf-8")
    _, out, _ = run(monkeypatch, capsys, file, "--json", "--no-reader")
    assert [json.loads(one)["confidence"] for one in out] == [None, None]
    assert model.pairs == []


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("{", "it is no JSON ("),
        ('{"claim": "\udcfc"}', "it is no JSON ('utf-8'"),
        ('{"claim": "\\ud83d", "quotes": []}', "“claim” has half a character"),
        ("[1]", "it is no JSON object"),
        ('{"claim": "Er kam."}', "“quotes” has to be a list"),
        ('{"claim": 3, "quotes": []}', "“claim” has to be a text"),
        ('{"claim": " ", "quotes": []}', "“claim” has to be a text"),
        ('{"claim": "Er kam.", "quotes": ["Er kam."]}', "a quote has to be an object"),
        ('{"claim": "Er kam.", "quotes": [{"passage": "Er."}]}', "“text” has to be a text"),
    ],
)
def test_a_broken_line_is_named_by_its_number_and_the_others_are_checked(
    broken, why, model, tmp_path, monkeypatch, capsys
):
    file = tmp_path / "claims.jsonl"
    lines = "\n".join([LINES[0], "", broken, LINES[1]])
    file.write_bytes(lines.encode(errors="surrogateescape"))
    code, out, err = run(monkeypatch, capsys, file, "--json")
    assert code == 1
    assert [json.loads(one)["id"] for one in out] == ["a", "b"]
    [said] = err
    assert said.startswith(f"{file}, line 3: {why}")
    assert said.endswith("; mend it, the other lines are checked")


def test_a_missing_file_is_named_with_the_next_step(model, tmp_path, monkeypatch, capsys):
    code, out, err = run(monkeypatch, capsys, tmp_path / "none.jsonl")
    assert (code, out) == (2, [])
    missing = tmp_path / "none.jsonl"
    assert err[-1].endswith(f"there is no file {missing}: give one with a claim a line")


def test_quotes_may_be_places_in_a_news_article(model, tmp_path, monkeypatch, capsys):
    article = {"title": "Brand", "date": "2024-05-01", "text": f"Es war laut. {BURNS} Ende."}
    rows = "\n".join(map(json.dumps, [{"text": "anderes"}, article]))
    (tmp_path / "news.jsonl").write_text(rows, encoding="utf-8")
    start = article["text"].index(BURNS)
    named = {"file": "news.jsonl", "row": 1, "quotes": [[start, start + len(BURNS)]]}
    row = {"id": "a", "claim": BURNS, **named}
    lost = {**row, "id": "b", "row": 7}
    file = tmp_path / "claims.jsonl"
    file.write_text(f"{json.dumps(row)}\n{json.dumps(lost)}", encoding="utf-8")
    code, out, err = run(monkeypatch, capsys, file, "--json", "--news", tmp_path)
    assert [json.loads(one)["status"] for one in out] == ["supported"]
    assert model.pairs == [(f"Brand. {BURNS}", BURNS)]
    assert code == 1
    assert err[0].startswith(f"{file}, line 2: it names no place in an article of {tmp_path}")


def test_labels_say_how_many_errors_are_caught_and_sound_ones_flagged(
    model, tmp_path, monkeypatch, capsys
):
    labels = ["supported", "contradicted", "not said", "supported"]
    rows = [{**json.loads(one), "label": label} for one, label in zip(LINES, labels, strict=False)]
    file = tmp_path / "claims.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    _, _, err = run(monkeypatch, capsys, file)
    # Confidence of the sound ones: 1 and .1. Of the others: 0.
    assert err == [
        "errors caught: 2 of 2 (1.000)",
        "sound ones flagged: 1 of 2 (0.500)",
        "AUROC of the confidence: 1.000",
        "errors caught with 10% of the sound ones flagged (confidence below 0.100): 1.000",
        "sound, flagged: 1 it says …",
    ]


def test_planted_claims_are_checked_as_a_models_sentences_are():
    model = SaidWords()
    judge = partial(check, embeddings=OneMeaning(), lexicon=load_lexicon(), entailment=model)
    planted = [
        Made("sound", "de-de", BURNS, BURNS, make_passage(BURNS, "de")),
        Made("name", "de-de", "Kein Markt ist heute voll.", BURNS, make_passage(BURNS, "de")),
        Made("sound", "de-de", BURNS, ASKS, make_passage(ASKS, "de")),
    ]
    judged = list(verification.judge(planted, judge))
    assert [one.verdict.status for one in judged] == ["supported", "weak", "unsupported"]
    assert model.pairs[0] == (BURNS, BURNS)
    assert verification.count(judged) == {
        "sound": {"de-de": (1, 2)},
        "name": {"de-de": (1, 1)},
    }
