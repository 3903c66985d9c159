"""Scores of two languages made comparable, on scores that can be checked by hand."""

import pytest

from rag.retrieval.score_normalisation import normalise_languages


def order(scores, languages):
    normalised = normalise_languages(scores, languages)
    return sorted(range(len(scores)), key=lambda place: -normalised[place])


def test_no_scores_give_no_scores():
    assert normalise_languages([], []) == []


def test_within_a_language_the_order_stays():
    scores = [0.3, 0.9, 0.1, 0.5, 0.7, 0.6]
    assert order(scores, ["de", "de", "de", "en", "en", "en"])[:2] == [1, 4]
    assert order(scores, ["de"] * 6) == [1, 4, 5, 3, 0, 2]


def test_equal_leads_within_two_languages_count_the_same():
    german = [0.9, 0.7, 0.7, 0.7]
    english = [score - 0.5 for score in german]
    normalised = normalise_languages([*german, *english], ["de"] * 4 + ["en"] * 4)
    assert normalised[:4] == pytest.approx(normalised[4:])


def test_a_passage_that_stands_out_in_the_other_language_is_not_buried():
    german = [0.70, 0.69, 0.68, 0.67, 0.66]
    english = [0.60, 0.30, 0.30, 0.30, 0.30]
    assert order([*german, *english], ["de"] * 5 + ["en"] * 5)[0] == 5


def test_the_only_passage_of_its_language_comes_first_if_it_is_far_the_best():
    german = [0.45, 0.4, 0.35, 0.3, 0.3, 0.25, 0.2, 0.2]
    assert order([*german, 0.9], ["de"] * 8 + ["en"])[0] == 8


def test_the_only_passage_of_its_language_comes_last_if_it_is_far_the_worst():
    german = [0.45, 0.4, 0.35, 0.3, 0.3, 0.25, 0.2, 0.2]
    assert order([*german, 0.01], ["de"] * 8 + ["en"])[-1] == 8


def test_two_good_passages_of_a_language_do_not_bury_each_other():
    german = [0.45, 0.4, 0.35, 0.3, 0.3, 0.25, 0.2, 0.2]
    assert order([*german, 0.9, 0.85], ["de"] * 8 + ["en"] * 2)[:2] == [8, 9]


def test_scores_that_are_all_alike_are_not_blown_up():
    normalised = normalise_languages([0.500, 0.501, 0.500, 0.500], ["de"] * 4)
    assert max(normalised) - min(normalised) < 0.01
