"""Follow-ups are recognised; in doubt a question stands alone."""

import pytest

from rag.question.followups import depends, tell_language
from rag.question.topic_nouns import find_nouns


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Warum?",
            "Wann denn?",
            "Wo genau?",
            "Seit wann?",
            "Wer noch?",
            "Putin?",
            "Welche Länder?",
        ),
        *("Und der Handel?", "Und gegen Russland?", "Aber warum?", "Auch Nordkorea?"),
        *("Wie sieht es mit dem Handel aus?", "Was ist mit Vietnam?", "Und wie heißt das Land?"),
        *("Was sagte er über den Zweck des Vertrags?", "Wie lange gilt es?", "Wann kam sie an?"),
        *("Wie heißt seine Frau?", "Wer ist dessen Berater?", "Was hat Putin über ihn gesagt?"),
        *("Was geschah dort?", "Was war damals geplant?", "Was hält Kim davon?"),
        *("Was hat Putin dort angekündigt?", "Wer sagte das?", "Wann wurde das beschlossen?"),
        *("Wer hat diesen Vertrag unterschrieben?", "wer hat ihn unterschrieben?"),
    ],
)
def test_a_german_follow_up_is_recognised(text):
    assert depends(text, "de")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Was verspricht der Vertrag?",
            "Wer ist Putin?",
            "Wo ist Hanoi?",
            "Vertrag Nordkorea Dauer",
        ),
        *("Was kostete das Abkommen?", "was kostet das ticket heute?", "Wo liegt Vietnam?"),
        *(
            "Gibt es einen Friedensvertrag?",
            "Worum geht es in dem Artikel?",
            "Wie kam es zum Krieg?",
        ),
        "Ist es wahr, dass Putin nach Vietnam reist?",
        "Wie nennt man es, wenn zwei Länder sich helfen?",
        "Können Sie mir sagen, was der Vertrag verspricht?",
        "Was sagte Putin, als er in Pjöngjang ankam?",
        "Als er in Pjöngjang ankam, was sagte Putin da?",
        "Wann sagte Putin, dass er das Verhältnis zu Nordkorea ausbauen will?",
        "Wie viele Soldaten hat Nordkorea in seiner Armee?",
        "Wie groß soll das Heer von Nordkorea sein?",
        "Wie heißt der Mann, dessen Bruder Kim ist?",
        "Was verspricht das Abkommen, das Putin unterschrieb?",
        "Was gilt darüber hinaus für Russland?",
        "Wer wurde damit beauftragt, den Text zu ändern?",
        "Was geschah in diesem Jahr in Pjöngjang?",
        "Wann war Putin vor dieser Reise in Nordkorea?",
        "Was ist mit Normalkräften verbunden?",
        "Und welche Länder zählen heute zu Nordostasien und Europa?",
        "Worüber schrieb Putin in der Zeitung?",
    ],
)
def test_a_german_question_that_stands_alone_is_recognised(text):
    assert not depends(text, "de")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Why?",
            "And when?",
            "Since when?",
            "Who else?",
            "Putin?",
            "Which countries?",
            "Why not?",
        ),
        *("And trade?", "And what about trade?", "What about the border with Russia?", "But why?"),
        *("How long will he stay there?", "How old is she?", "What did they agree on?"),
        *("Can it still be changed?", "Did Putin confirm it?", "How much does it cost?"),
        *("What is his wife called?", "Did the Kremlin confirm that?", "Was that agreed?"),
        *("Why is that important?", "What happened there?", "What has changed since then?"),
        *("Who signed this treaty?", "What did Putin say about him?", "tell me more"),
    ],
)
def test_an_english_follow_up_is_recognised(text):
    assert depends(text, "en")


@pytest.mark.parametrize(
    "text",
    [
        *("what does the treaty promise?", "Who is Putin?", "Where is Hanoi?", "sourdough starter"),
        *("Are there any sanctions on Russia?", "How many provinces are there?"),
        "Is it true that Putin flew to Vietnam?",
        "How long does it take to fly to Hanoi?",
        "What is it called when two countries help each other?",
        "When did Putin say that he would visit Vietnam?",
        "When he arrived in Pyongyang, what did Putin say?",
        "What does the treaty that Putin signed promise?",
        "Which country signed a treaty to give it special status?",
        "Where does North Korea hold its big parades?",
        "In his column, what did Putin write?",
        "Which team had IT enabled offices?",
        "What happened in Pyongyang this week?",
        "There are two Koreas: which zone divides them?",
        "When North Korea tested its first nuclear bomb, how did the UN punish it?",
        "If the treaty is signed, when does it apply?",
        "And which countries belong to Europe and North America today?",
    ],
)
def test_an_english_question_that_stands_alone_is_recognised(text):
    assert not depends(text, "en")


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
