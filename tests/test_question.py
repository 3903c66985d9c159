"""What a question is understood as, before anything is looked for."""

import pytest

from rag.errors import BadQuestion
from rag.phrases import PHRASES
from rag.question.question import LONGEST_QUESTION, Question, read_question


@pytest.mark.parametrize("text", ["", " \n\t", "?", "?!… – „“", "\u200b", "🙂"])
def test_a_question_without_a_word_is_refused(text):
    with pytest.raises(BadQuestion) as error:
        read_question(text)
    assert str(error.value) == "the question is empty: ask something in a few words"


def test_a_question_of_ten_thousand_characters_is_refused_not_cut():
    with pytest.raises(BadQuestion) as error:
        read_question("ab" * 5000)
    assert str(error.value) == (
        "the question has 10,000 characters, at most 2,000 are read: ask something shorter"
    )


def test_the_longest_question_is_still_read_whole():
    text = "wer " * (LONGEST_QUESTION // 4 - 1) + "kam?"
    assert len(text) == LONGEST_QUESTION
    assert read_question(text).text == text


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(BadQuestion, match="not valid text"):
        read_question("Was ist \udcff?")


def test_space_around_a_question_is_not_part_of_it():
    assert read_question("\n Was verspricht der Vertrag? ") == Question(
        "Was verspricht der Vertrag?", "de"
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Was verspricht der Vertrag?", "de"),
        ("what does the treaty promise?", "en"),
        ("Que promet le traité ?", "fr"),
        ("¿Qué promete el tratado?", "es"),
        ("Что обещает договор?", "ru"),
    ],
)
def test_a_question_is_known_by_its_language(text, language):
    assert read_question(text).language == language


@pytest.mark.parametrize(
    "text",
    [
        "東京の天気はどうですか",
        "조약은 무엇을 약속합니까?",
        "Τι υπόσχεται η συνθήκη;",
        "Anlaşma ne vaat ediyor?",
        "Co slibuje smlouva?",
        "2024?",
    ],
)
def test_a_question_in_a_language_without_phrases_is_answered_in_english(text):
    assert read_question(text).language == "en"


def test_keywords_are_the_question_without_its_function_words():
    assert Question("Was verspricht der Vertrag?", "de").keywords == ("verspricht", "Vertrag")
    assert Question("what does the treaty promise?", "en").keywords == ("treaty", "promise")


def test_function_words_are_those_of_the_questions_language():
    assert Question("Die Hard was made when?", "en").keywords == ("Die", "Hard", "made")


def test_a_question_of_nothing_but_function_words_keeps_them_all():
    assert Question("Wer ist das?", "de").keywords == ("Wer", "ist", "das")


def test_every_language_has_all_its_phrases_and_names_the_title():
    for language, phrases in PHRASES.items():
        assert all(vars(phrases).values()), language
        assert phrases.example.format(title="Neuer Vertrag").count("Neuer Vertrag") == 1


def test_context_is_no_keyword_unless_there_is_nothing_else():
    asked = Question("Vertrag, Nordkorea: Und der Handel?", "de", ("Vertrag", "Nordkorea"))
    assert asked.keywords == ("Handel",)
    bare = Question("Vertrag: Und warum?", "de", ("Vertrag",))
    assert bare.keywords == ("Vertrag",)
