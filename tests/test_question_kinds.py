"""Benchmarks tell questions apart by the word that asks."""

import pytest

from benchmarks.support.question_kinds import kind_of


@pytest.mark.parametrize(
    ("question", "language", "kind"),
    [
        ("Wie viele kamen?", "de", "how many"),
        ("How long did it last?", "en", "how many"),
        ("Was geschah?", "de", "what"),
        ("Was it raining?", "en", "yes or no"),
        ("Gibt es Beweise?", "de", "yes or no"),
        ("Seit wann gilt das?", "de", "when"),
        ("In which town?", "en", "what"),
        ("Warum nicht?", "de", "why"),
        ("Womit heizt Köln?", "de", "how"),
        ("Whose idea was it?", "en", "who"),
        ("Woher kam er?", "de", "where"),
        ("Reaktion der Ärzte", "de", "keywords"),
    ],
)
def test_the_word_that_asks_names_the_kind(question, language, kind):
    assert kind_of(question, language) == kind
