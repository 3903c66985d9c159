"""The evidence of a sentence, on weights and vectors that can be checked by hand."""

import pytest
from conftest import UnitWords
from fakes import ranked

from rag.question.question import Question
from rag.retrieval.evidence import weigh_sentences
from rag.retrieval.reranker import rerank
from vectorstore import QueryTerms, terms_of

QUESTION = Question("neue Brücke", "de")
QUERY_TERMS = QueryTerms(
    terms=terms_of("neue Brücke"),
    factors={"=neue": 1.0, "=brucke": 1.0},
    weights={"=neue": 1.0, "=brucke": 3.0},
)


def passage(*sentences, **options):
    return ranked(" ".join(sentences), query_terms=QUERY_TERMS, **options)


def weigh(*passages):
    return weigh_sentences(rerank(QUESTION, passages, UnitWords()))


def test_without_passages_there_is_no_evidence():
    assert weigh() == []


def test_share_is_the_part_of_the_questions_weight_that_a_sentence_holds():
    evidence = weigh(passage("Eine Brücke.", "Der neue Tag.", "Die neue Brücke.", "Nichts."))
    assert {found.text: found.share for found in evidence} == {
        "Eine Brücke.": 0.75,
        "Der neue Tag.": 0.25,
        "Die neue Brücke.": 1.0,
        "Nichts.": 0.0,
    }


def test_cosine_is_that_of_question_and_sentence():
    [found] = weigh(passage("Die neue Brücke."))
    assert found.cosine == pytest.approx(2 / (2 * 3) ** 0.5)


def test_spans_are_places_in_the_article_not_in_the_passage():
    [best, _] = weigh(passage("Nichts.", "Die neue Brücke.", start=100))
    assert (best.text, best.span) == ("Die neue Brücke.", (108, 124))


@pytest.mark.parametrize("place", range(4))
def test_the_sentence_that_holds_the_question_is_best_wherever_it_stands(place):
    sentences = ["Es regnet.", "Alle kamen.", "Man sprach lange."]
    sentences.insert(place, "Die neue Brücke ist offen.")
    assert weigh(passage(*sentences))[0].text == "Die neue Brücke ist offen."


def test_a_sentence_gains_by_the_topic_named_in_the_sentence_before_it():
    after = weigh(passage("Die neue Brücke.", "Sie kostete viel.", "Es regnete."))
    scores = {found.text: found.score for found in after}
    assert scores["Sie kostete viel."] > scores["Es regnete."]


def test_a_sentence_of_a_better_passage_is_better():
    one = passage("Es regnete gestern.", path="/news/a.md", score=0.1)
    other = passage("Es schneite gestern.", path="/news/b.md", score=0.9)
    assert [found.text for found in weigh(one, other)] == [
        "Es schneite gestern.",
        "Es regnete gestern.",
    ]


def test_headings_and_questions_are_no_evidence():
    text = "Die neue Brücke\nWie lang ist die neue Brücke? Sie misst zwölf Meter."
    evidence = weigh(ranked(text, query_terms=QUERY_TERMS))
    assert [found.text for found in evidence] == ["Sie misst zwölf Meter."]


def test_a_question_is_evidence_if_there_is_nothing_else():
    assert [found.text for found in weigh(passage("Wie lang ist die neue Brücke?"))] == [
        "Wie lang ist die neue Brücke?"
    ]


def test_a_sentence_in_two_overlapping_passages_is_weighed_once():
    first = passage("Eins.", "Die neue Brücke.")
    second = passage("Die neue Brücke.", "Drei.", start=6)
    assert sorted(found.text for found in weigh(first, second)) == [
        "Die neue Brücke.",
        "Drei.",
        "Eins.",
    ]


def test_the_same_words_in_another_article_are_another_sentence():
    twice = weigh(passage("Die neue Brücke."), passage("Die neue Brücke.", path="/news/b.md"))
    assert len(twice) == 2
