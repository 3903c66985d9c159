"""The language of a text, and of a tag or name."""

import py3langid
import pytest

from rag.language.detect import detect_language, language_code

EUROPE = {"de", "en", "fr", "es", "it", "nl", "pl", "pt", "ru", "uk", "tr"}


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("what does the treaty promise?", "en"),
        ("Was verspricht der Vertrag?", "de"),
        ("Vertrag Nordkorea", "de"),
        ("treaty North Korea", "en"),
        ("Wer?", "de"),
        ("Wieso?", "de"),
        ("Und wann?", "de"),
        ("WARUM", "de"),
        ("Wo liegt Lindau?", "de"),
        ("Who?", "en"),
        ("Who is Merkel", "en"),
        ("How many?", "en"),
        ("Was sagte Macron?", "de"),
        ("Was kostet Brot in Pjöngjang?", "de"),
        ("Was plant Nordkorea?", "de"),
        ("Was will Merkel in Berlin?", "de"),
        ("Was it signed in Pyongyang?", "en"),
        ("Was anyone hurt?", "en"),
        ("Putin in Pjöngjang?", "de"),
        ("Did Söder resign?", "en"),
        ("Where is Düsseldorf?", "en"),
        ("What did Herbert Kickl demand of Alexander Van der Bellen?", "en"),
        ("Que promet le traité ?", "fr"),
        ("¿Quién es Kim?", "es"),
        ("Chi è Putin?", "it"),
        ("Wat belooft het verdrag?", "nl"),
        ("Co obiecuje traktat?", "pl"),
        ("Quem é o presidente?", "pt"),
        ("Кто такой Ким?", "ru"),
        ("Хто такий Кім?", "uk"),
        ("Antlaşma ne vaat ediyor?", "tr"),
        ("Güney Kore ne dedi?", "tr"),
        ("Wie had er een brug gebouwd?", "nl"),
    ],
)
def test_a_short_question_is_recognised_among_the_languages_of_europe(question, language):
    assert detect_language(question, EUROPE) == language


@pytest.mark.parametrize("text", ["", "???", "123", " \n", "2024-06-19", "😀", "_"])
def test_a_text_without_letters_has_no_language(text):
    assert detect_language(text) == "und"
    assert detect_language(text, {"de", "en"}) == "und"


def test_only_the_languages_in_question_are_named():
    german = "Der Rat hat am Montag den Bau einer Fähre beschlossen."
    assert detect_language(german) == "de"
    assert detect_language(german, {"en", "fr"}) in {"en", "fr"}
    assert detect_language(german, {"en"}) == "en"


def test_languages_that_the_model_does_not_know_are_no_answer():
    german = "Der Rat hat am Montag den Bau einer Fähre beschlossen."
    assert detect_language(german, {"xx", "und", "de", "en"}) == "de"
    assert detect_language(german, {"xx"}) == "und"
    assert detect_language(german, set()) == "und"


def test_function_words_do_not_overrule_a_whole_sentence():
    quoting = "Das Lied „What is the time of the day“ haben wir gestern im Garten gesungen."
    assert detect_language(quoting, EUROPE) == "de"


def test_the_model_that_others_share_is_left_alone():
    assert detect_language("Wer ist das?", {"de", "en"}) == "de"
    french = "Le conseil a décidé lundi la construction d'un nouveau bac."
    assert py3langid.classify(french)[0] == "fr"


def test_a_restriction_does_not_outlast_its_call():
    french = "Le conseil a décidé lundi la construction d'un nouveau bac."
    assert detect_language(french, {"de", "en"}) != "fr"
    assert detect_language(french) == "fr"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("de-DE", "de"),
        ("de_AT", "de"),
        ("German", "de"),
        ("deutsch", "de"),
        (" Deutsch (Österreich) ", "de"),
        ("ger", "de"),
        ("deu", "de"),
        ("English (US)", "en"),
        ("eng", "en"),
        ("Englisch", "en"),
        ("français", "fr"),
        ("Französisch", "fr"),
        ("nb-NO", "no"),
        ("zh-Hans", "zh"),
        ("українська", "uk"),
    ],
)
def test_a_tag_or_name_means_a_code(name, code):
    assert language_code(name) == code


@pytest.mark.parametrize("name", [None, "", " ", "und", "mul", "xx", "foo", "x", "-", "gsw"])
def test_names_of_no_language_have_no_code(name):
    assert language_code(name) is None


def test_text_of_no_language_has_a_code_of_two_letters_or_none_at_all():
    for text in ("http://a.b/c?d=e&f", "aaaaaaaa", "x1 y2 z3", "def f(x): return x[0]"):
        assert len(detect_language(text)) == 2
