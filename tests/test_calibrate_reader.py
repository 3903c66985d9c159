"""The reader's constants are fitted to outcomes, which keep what they say in a file."""

import numpy as np
import pytest
from conftest import UnitWords
from test_evidence import QUESTION, passage
from test_reader import Finds

from benchmarks.calibrate_reader import _fit_choice, _hit, _sentences
from benchmarks.support.outcomes import (
    Outcome,
    Place,
    Sentence,
    observe,
    read_outcomes,
    write_outcomes,
)
from rag.retrieval.evidence import weigh_sentences
from rag.retrieval.reading import READING_WEIGHT, read_or_rerank

OUTCOME = Outcome(
    True,
    (4.0, 0.5, 0.25),
    (Sentence(True, 4.0, 2.0, 1), Sentence(False, -3.0, 0.0, 0)),
    (Place(False, 0.5, -3.0), Place(True, 0.25, 4.0)),
)


def test_outcomes_are_read_as_they_were_written(tmp_path):
    write_outcomes(tmp_path / "some.jsonl", [OUTCOME, None])
    assert read_outcomes(tmp_path / "some.jsonl") == [OUTCOME]


def test_an_outcome_has_the_fused_score_of_each_passage_and_the_place_of_each_sentence():
    passages = [
        passage("Es regnet.", "Die neue Brücke.", path="/news/a.md", score=0.75),
        passage("Dann kam Vietnam.", path="/news/b.md", score=0.5),
    ]
    read = read_or_rerank(QUESTION, passages, UnitWords(), Finds("Vietnam"))
    found = observe(read, weigh_sentences(read), lambda one: "Vietnam" in one.text)
    assert [place.right for place in found.passages] == [True, False]
    assert [place.fused for place in found.passages] == pytest.approx([0.5, 0.75])
    assert {(one.right, one.passage) for one in found.sentences} == {(True, 0), (False, 1)}
    assert read[0].score == pytest.approx(0.5 + READING_WEIGHT * found.passages[0].log_odds)
    assert found.answerable


def test_what_no_reader_read_has_no_outcome():
    reranked = read_or_rerank(QUESTION, [passage("Es regnet.")], UnitWords(), None)
    assert observe(reranked, weigh_sentences(reranked), lambda one: True) is None


def test_a_passage_counts_by_its_retrieval_and_not_by_what_was_read_in_it():
    measures, right = _sentences(OUTCOME)
    assert measures.tolist() == [[4.0, 2.0, 0.25], [-3.0, 0.0, 0.5]]
    assert right.tolist() == [True, False]


def test_weights_are_those_by_which_the_right_one_was_chosen():
    rng, weights = np.random.default_rng(0), np.array([1.0, 0.5, -0.25])
    choices = []
    for _ in range(800):
        measures = rng.normal(size=(6, 3)) * 2
        right = np.zeros(6, dtype=bool)
        # What wins with noise of this kind follows a conditional logit (Gumbel).
        right[np.argmax(measures @ weights + rng.gumbel(size=6))] = True
        choices.append((measures, right))
    assert _fit_choice(choices) == pytest.approx(weights, abs=0.12)


def test_a_hit_is_a_right_one_among_the_best():
    choice = np.array([[1.0], [3.0], [2.0]]), np.array([True, False, False])
    assert [_hit(choice, np.array([1.0]), k) for k in (1, 2, 3)] == [False, False, True]
