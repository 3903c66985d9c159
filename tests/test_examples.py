"""Example questions of a new conversation."""

from dataclasses import replace

import pytest
from conftest import news

from rag.question.examples import example_questions


def titled(number, title, language="de"):
    return replace(news(f"{number}.md", "Es regnet.", language), title=title)


TWO = [titled(1, "Brücke wieder offen"), titled(2, "Ferry returns to the lake", "en")]


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("de", "Worum geht es in „Brücke wieder offen“?"),
        ("en", "What is “Ferry returns to the lake” about?"),
    ],
)
def test_a_reader_is_offered_questions_about_articles_in_the_same_language(language, question):
    assert example_questions(TWO, language) == [question]


def test_a_reader_without_articles_in_the_same_language_is_offered_the_others():
    assert example_questions([titled(1, "Köprü yeniden açıldı", "tr")], "en") == [
        "What is “Köprü yeniden açıldı” about?"
    ]


def test_example_questions_are_spread_over_the_articles():
    articles = [titled(number, f"Meldung Nummer {number:02}") for number in range(12)]
    assert example_questions(articles, "de") == [
        f"Worum geht es in „Meldung Nummer {number:02}“?" for number in (0, 3, 6, 9)
    ]


def test_too_short_and_too_long_titles_are_left_out():
    articles = [titled(1, "Kurz"), titled(2, "L" * 101), titled(3, "Genau {richtig} lang")]
    assert example_questions(articles, "de") == ["Worum geht es in „Genau {richtig} lang“?"]


def test_without_articles_there_are_no_example_questions():
    assert example_questions([], "de") == []
