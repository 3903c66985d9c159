"""Late interaction, on vectors that can be checked by hand."""

import numpy as np
import pytest

from rag.models.token_vectors import TokenVectors, max_similarities

EAST, NORTH, HALF = [1.0, 0.0], [0.0, 1.0], [0.6, 0.8]


def vectors(*tokens):
    return TokenVectors(np.array(tokens[0]), np.array(tokens))


def test_each_question_token_scores_by_its_nearest_token():
    question = vectors(EAST, NORTH)
    texts = [vectors(EAST, HALF), vectors(NORTH), vectors(HALF, HALF)]
    assert max_similarities(question, texts) == pytest.approx(
        np.array([[1.0, 0.8], [0.0, 1.0], [0.6, 0.8]])
    )


def test_a_repeated_token_does_not_raise_the_score():
    question = vectors(EAST)
    once, twice = max_similarities(question, [vectors(HALF), vectors(HALF, HALF)])
    assert once == twice


def test_without_texts_there_are_no_rows():
    assert max_similarities(vectors(EAST, NORTH), []).shape == (0, 2)
