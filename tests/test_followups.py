"""Follow-ups are recognised by how little they name; what stands alone is left as it is."""

import json

import pytest
from conftest import ROOT

from rag.question.followups import depends, measure, tell_language
from rag.question.topic_nouns import find_nouns

WRITTEN = [
    json.loads(line)
    for line in (ROOT / "training/reader/written/follow-ups.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("language", ["de", "en"])
def test_of_the_written_follow_ups_nearly_all_are_recognised_and_of_others_nearly_none(language):
    found = {True: [], False: []}
    for row in WRITTEN:
        if tell_language(row["question"], row["first_language"]) == language:
            found[row["depends"]].append(depends(row["question"], language))
    assert sum(found[True]) / len(found[True]) > 0.97
    assert sum(found[False]) / len(found[False]) < 0.07


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *((text, "de") for text in ("Warum?", "Und der Handel?", "Wie heißt seine Frau?")),
        *((text, "de") for text in ("Gibt es eine Beistandsklausel?", "Wie lange gilt er?")),
        *((text, "en") for text in ("Since when?", "How did Seoul react?", "And trade?")),
        *((text, "en") for text in ("Who signed this treaty?", "tell me more")),
    ],
)
def test_a_short_question_that_names_little_is_a_follow_up(text, language):
    assert depends(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wann sagte Putin, dass er das Verhältnis zu Nordkorea ausbauen will?", "de"),
        ("Wie viele Soldaten hat Nordkorea in seiner Armee?", "de"),
        ("When North Korea tested its first nuclear bomb, how did the UN punish it?", "en"),
        ("Which country signed a treaty with Russia to give it special status?", "en"),
    ],
)
def test_a_question_that_names_its_topic_stands_alone_whatever_pronouns_it_has(text, language):
    assert not depends(text, language)


@pytest.mark.parametrize(
    ("text", "language", "measured"),
    [
        ("Und wann?", "de", (0, 2)),
        ("Was verspricht der Vertrag mit Nordkorea?", "de", (2, 6)),
        ("How did Seoul react?", "en", (1, 4)),
        ("What does the treaty promise?", "en", (0, 5)),
    ],
)
def test_names_and_words_are_counted(text, language, measured):
    assert measure(text, language) == measured


@pytest.mark.parametrize(
    ("text", "conversation", "language"),
    [
        ("Putin?", "de", "de"),
        ("Putin?", "en", "en"),
        ("Handel?", "fr", "fr"),
        ("And Putin?", "de", "en"),
        ("Warum?", "en", "de"),
        ("Und wer empfing ihn dort?", "en", "de"),
        ("Et le commerce avec la Russie ?", "en", "fr"),
    ],
)
def test_a_very_short_question_is_in_the_language_of_the_conversation(text, conversation, language):
    assert tell_language(text, conversation) == language


@pytest.mark.parametrize(
    ("text", "language", "nouns"),
    [
        ("Was verspricht der Vertrag mit Nordkorea?", "de", ["Vertrag", "Nordkorea"]),
        ("was verspricht der vertrag?", "de", ["vertrag"]),
        ("Können Sie Kim Jong-un beschreiben?", "de", ["Kim Jong-un"]),
        ("Vertrag Nordkorea", "de", ["Vertrag", "Nordkorea"]),
        ("What does the new treaty promise?", "en", ["new treaty"]),
        ("When does Putin's visit to North Korea begin?", "en", ["Putin", "North Korea"]),
        ("Who is the parade square named after?", "en", ["parade square"]),
    ],
)
def test_the_nouns_of_a_question_are_found(text, language, nouns):
    assert [noun.text for noun in find_nouns(text, language)] == nouns
