"""Follow-ups are completed with the terms of the question before them."""

import pytest

from rag.question.carrying import MOST_TERMS, carry_over
from rag.question.conversation import Earlier
from rag.question.question import LONGEST_QUESTION, Question, read_question

TREATY = "What does the treaty promise?"
VERTRAG = "Was verspricht der Vertrag mit Nordkorea?"


def understood(text, *before):
    """Ask a question after others; return its completed form and its language."""
    history = []
    for asked in (*before, text):
        made = carry_over(read_question(asked), history).question
        history.append(Earlier(asked, "", "" if made.text == asked else made.text))
    return made.text, made.language


@pytest.mark.parametrize(
    ("before", "text", "standalone"),
    [
        (TREATY, "And what about trade?", "treaty: And what about trade?"),
        (VERTRAG, "Und wann?", "Vertrag, Nordkorea, verspricht: Und wann?"),
        (
            VERTRAG,
            "Wer hat ihn unterschrieben?",
            "Vertrag, Nordkorea: Wer hat ihn unterschrieben?",
        ),
        ("Who is Yuri Ushakov?", "How old is he?", "Yuri Ushakov: How old is he?"),
    ],
)
def test_a_follow_up_takes_the_names_and_nouns_along(before, text, standalone):
    assert understood(text, before)[0] == standalone


@pytest.mark.parametrize(
    ("before", "text", "standalone"),
    [
        (
            "Seit wann gibt es Sanktionen gegen Nordkorea?",
            "Und gegen Russland?",
            "Sanktionen: Und gegen Russland?",
        ),
        (
            "What did Putin write about security in Eurasia?",
            "And about sanctions?",
            "Putin, Eurasia: And about sanctions?",
        ),
    ],
)
def test_a_replaced_term_is_not_carried_over(before, text, standalone):
    assert understood(text, before)[0] == standalone


def test_a_chain_of_follow_ups_keeps_its_topic_the_latest_first():
    assert understood("And since when?", TREATY, "And trade?") == (
        *("trade, treaty: And since when?", "en"),
    )


def test_at_most_six_terms_are_carried_over():
    words = [f"Haus{number}" for number in range(12)]
    text, _ = understood("Und wo?", f"Was ist mit {' und '.join(words)}?")
    assert text == f"{', '.join(words[:MOST_TERMS])}: Und wo?"


def test_a_word_of_the_follow_up_is_not_carried_over_again():
    text, _ = understood("Und der Vertrag?", VERTRAG)
    assert text == "Nordkorea: Und der Vertrag?"


@pytest.mark.parametrize(
    ("before", "text", "language"),
    [
        (TREATY, "Und welche Verträge ersetzt er?", "de"),
        (VERTRAG, "And when?", "en"),
        (VERTRAG, "Putin?", "de"),
        (TREATY, "Putin?", "en"),
        (TREATY, "Warum?", "de"),
    ],
)
def test_a_follow_up_keeps_its_language_and_a_word_takes_that_of_the_conversation(
    before, text, language
):
    made, told = understood(text, before)
    assert made.endswith(f": {text}")
    assert told == language


@pytest.mark.parametrize(
    "text",
    [
        "Welche Länder zählen heute zu Nordostasien und Europa?",
        "When did the Kumsusan Palace in Pyongyang open?",
        "Et le commerce avec la Russie ?",
    ],
)
def test_a_question_that_stands_alone_is_never_changed(text):
    asked = read_question(text)
    assert carry_over(asked, [Earlier(TREATY, "")]).question == asked
    assert carry_over(asked, []).question == asked


def test_a_first_question_is_never_changed():
    assert carry_over(read_question("Und wann?"), []).question == read_question("Und wann?")


def test_a_turn_without_a_topic_is_passed_over():
    history = [Earlier(VERTRAG, ""), Earlier("Und?", "")]
    made = carry_over(read_question("Und wann?"), history)
    assert made.question.text == "Vertrag, Nordkorea, verspricht: Und wann?"


def test_a_follow_up_that_would_become_too_long_stays_as_it_is():
    text = "Und " + "a" * (LONGEST_QUESTION - 6)
    made = carry_over(read_question(text), [Earlier(VERTRAG, "")])
    assert made.question == Question(text.strip(), "de")
    assert len(text) < LONGEST_QUESTION
