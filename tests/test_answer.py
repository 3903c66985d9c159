"""Answers as values, and citations that can only be made of what is there."""

import pytest
from conftest import news

from rag.answer import Answer, AnswerSentence, cite
from rag.errors import CitationNotVerbatim

TEXT = "Straße 🙂 offen. Sie war zwei Jahre gesperrt."
ARTICLE = news("a.md", TEXT, source="Bote", date="2024-03-18")


def quoted(start, end, quote, article=ARTICLE):
    return cite(article, start, end, number=1, quote=quote, score=0.5)


def test_a_citation_is_the_characters_between_its_offsets():
    made = quoted(0, 15, "Straße 🙂 offen.")
    assert made.quote == TEXT[made.start : made.end]
    assert (made.article, made.path, made.source, made.date, made.language) == (
        *(ARTICLE.id, "/news/a.md", "Bote"),
        *("2024-03-18", "de"),
    )


@pytest.mark.parametrize(
    ("start", "end", "quote"),
    [
        (0, 15, "Strasse 🙂 offen."),
        (1, 16, "Straße 🙂 offen."),
        (0, 14, "Straße 🙂 offen."),
        (0, 15, "Straße  🙂 offen."),
        (0, 15, "straße 🙂 offen."),
        (0, 0, ""),
        (500, 515, "Straße 🙂 offen."),
    ],
)
def test_text_that_is_not_verbatim_cannot_be_cited(start, end, quote):
    with pytest.raises(CitationNotVerbatim):
        quoted(start, end, quote)


def test_the_error_names_the_file_the_place_and_the_next_step():
    with pytest.raises(CitationNotVerbatim) as error:
        quoted(0, 15, "Etwas anderes.")
    assert str(error.value) == (
        "/news/a.md no longer holds 'Etwas anderes.' at characters 0 to 15: it was changed or"
        " removed while the answer was made; ask again"
    )


def test_pieces_add_up_in_their_order():
    one, two = AnswerSentence("Eins.", (1,)), AnswerSentence("Zwei.", (2,))
    whole = (
        Answer("Was?", True, lead_in="Es steht:")
        + Answer("Was?", True, sentences=(one,), retrieve_ms=2.0)
        + Answer("Was?", True, sentences=(two,), answer_ms=3.0)
    )
    assert whole == Answer(
        "Was?", True, "Es steht:", sentences=(one, two), retrieve_ms=2.0, answer_ms=3.0
    )


def test_the_standalone_question_comes_first_and_stays_with_or_without_an_answer():
    understood = Answer("Und?", False, standalone="Und wo? (Brücke)", language="de")
    for found in (True, False):
        whole = understood + Answer("Und?", found, lead_in="So:")
        assert whole == Answer("Und?", found, "So:", standalone="Und wo? (Brücke)", language="de")


def test_an_answers_phrases_are_in_the_language_of_the_question():
    assert Answer("Putin?", True, language="de").spoken == "de"
    assert Answer("What is it?", True).spoken == "en"


def test_an_answer_says_something_once_it_has_a_sentence_or_a_refusal():
    lead = Answer("Was?", True, lead_in="Es steht:")
    assert not Answer("Was?", False, standalone="Was ist das?").says_something
    assert not lead.says_something
    assert (lead + Answer("Was?", True, sentences=(AnswerSentence("Eins.", ()),))).says_something
    assert Answer("Was?", False, lead_in="Nein.").says_something


def test_text_is_a_sentence_a_line_with_its_numbers():
    sentences = (AnswerSentence("Eins.", (1, 2)), AnswerSentence("Zwei.", (3,)))
    made = Answer("Was?", True, "Es steht:", sentences)
    assert made.text == "Es steht:\nEins. [1] [2]\nZwei. [3]"


def test_the_text_of_a_refusal_is_its_lead_in():
    made = Answer("Was?", False, "Nein.", nearest=(quoted(0, 15, "Straße 🙂 offen."),))
    assert made.text == "Nein."
