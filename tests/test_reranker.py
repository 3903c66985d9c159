"""Passages in the order of their best sentences, on vectors that can be checked by hand."""

import pytest
from conftest import UnitWords
from test_evidence import QUESTION, passage

from rag.retrieval.reranker import rerank


def test_without_passages_nothing_is_embedded():
    words = UnitWords()
    assert rerank(QUESTION, [], words) == []
    assert words.embedded == []


def test_each_sentence_has_its_cosine():
    [found] = rerank(QUESTION, [passage("Die neue Brücke.", "Nichts.")], UnitWords())
    assert found.similarities.cosines == pytest.approx((2 / (2 * 3) ** 0.5, 0.0))


def test_nearness_is_the_mean_over_keywords_of_the_nearest_word():
    [found] = rerank(
        QUESTION, [passage("Die neue Straße.", "Eine Brücke.", "Neue Brücke.")], UnitWords()
    )
    assert found.similarities.nearnesses == pytest.approx((0.5, 0.5, 1.0))
    assert found.similarities.nearness == pytest.approx(1.0)


def test_the_nearness_of_a_passage_counts_all_its_sentences():
    [found] = rerank(QUESTION, [passage("Die neue Straße.", "Eine Brücke.")], UnitWords())
    assert found.similarities.nearness == pytest.approx(1.0)


def test_each_sentence_is_embedded_once():
    words = UnitWords()
    rerank(QUESTION, [passage("Eins.", "Zwei."), passage("Zwei.", "Drei.", start=6)], words)
    assert sorted(words.embedded) == ["Drei.", "Eins.", "Zwei."]


def test_a_passage_with_one_sentence_to_the_point_beats_one_slightly_better_as_a_whole():
    vague = passage("Brücke hier.", "Neue dort.", path="/news/a.md", score=0.50)
    exact = passage("Neue Brücke.", "Es regnet.", path="/news/b.md", score=0.45)
    assert [one.article.path for one in rerank(QUESTION, [vague, exact], UnitWords())] == [
        "/news/b.md",
        "/news/a.md",
    ]


def test_a_passage_much_better_as_a_whole_stays_first():
    vague = passage("Brücke hier.", "Neue dort.", path="/news/a.md", score=2.0)
    exact = passage("Neue Brücke.", "Es regnet.", path="/news/b.md", score=0.45)
    assert rerank(QUESTION, [vague, exact], UnitWords())[0].article.path == "/news/a.md"


def test_equal_passages_keep_their_order():
    passages = [passage("Es regnet.", path=f"/news/{name}.md") for name in "cab"]
    assert [one.article.path for one in rerank(QUESTION, passages, UnitWords())] == [
        "/news/c.md",
        "/news/a.md",
        "/news/b.md",
    ]
