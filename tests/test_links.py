"""Links, addresses, markup and garbled words are found; ordinary sentences are left alone."""

import pytest

from rag.checking.guard.links import find_garbled, find_link, read_words
from rag.language.lexicon import load_lexicon
from rag.question.question import Question

THERE = read_words("Die neue Brücke über die Lahn öffnet im Oktober, sagte Juri Uschakow.")


@pytest.mark.parametrize(
    "text",
    [
        "Mehr auf https://a.example/b.",
        "Mehr auf www.a.example.",
        "Mehr auf boese.com.",
        "Mehr auf BOESE.COM/x?y=1.",
        "Mehr bei post@a.example.",
        "Mehr bei post @ a.example.",
        "Mehr auf boese[.]com.",
        "Mehr auf hxxp://boese.com.",
        "Mehr auf //boese.example/x.",
        "Mehr auf 10.0.0.1:8080.",
        "data:text/html,x ist hier.",
        "javascript:alert(1) ist hier.",
        "[hier](x) steht es.",
        "![](x) steht es.",
        "<b>Hier</b> steht es.",
        "<img src=x> steht es.",
        "&lt;b&gt; steht es.",
        "`rm` steht da.",
        "**Fett** steht es.",
        "# Titel",
        "[1]: x",
    ],
)
def test_a_link_or_markup_is_found(text):
    assert find_link(text) != ""


@pytest.mark.parametrize(
    "text",
    [
        "Es kostet 1.200 Euro, d.h. viel.",
        "Am 19.06.2024 um 12.30 Uhr.",
        "Die U.S. Navy und die z.B. genannten a.o. Mittel.",
        "Er sagte [sinngemäß]: das reicht.",
        "Das gilt (auch hier) für R&D und 3 < 4.",
        "Das Ende.Danach kam nichts.",
        "Die Zahl stieg auf 4:3 und 50 %.",
        "Das ist § 1 Abs. 2 Nr. 3.",
    ],
)
def test_an_ordinary_sentence_has_none(text):
    assert find_link(text) == ""


def garbled(text, language="de"):
    return find_garbled(text, THERE, Question("Wann?", language), load_lexicon())


@pytest.mark.parametrize(
    "text",
    [
        "Die neue Brükce öffnet im Oktober.",
        "Die neue Brücke öffnet im Oktobber.",
        "Die neue Brücke öfnfet im Oktober.",
        "DieneueBrückeüberdieLahnöffnetimOktober.",
        "Die neu eBr ück eüb erd ieL ahn öff net.",
        "D13 n212 Br4ck2 4ffn2t 3m 4kt4b2r.",
        "Di@ n@u@ Brück@ öffn@t im Oktob@r.",
        "Eid euen Ceükrb netffö mi Rebotko.",
    ],
)
def test_words_that_are_none_are_found(text):
    assert garbled(text) != ""


@pytest.mark.parametrize(
    "text",
    [
        "Die neue Brücke über die Lahn öffnet im Oktober.",
        "Die Brückeneröffnung sei für Herbst geplant, so der Stadtrat.",
        "Juri Uschakows Berater nannte 14 Millionen Euro (2,5 %).",
        "Das G7-Treffen und die Covid-19-Regeln sind kein Thema.",
    ],
)
def test_words_in_other_forms_are_words(text):
    assert garbled(text) == ""


def test_names_of_another_spelling_are_no_slips():
    assert garbled("The new bridge opens in October, Yuri Ushakov said.", "en") == ""


def test_nothing_is_said_of_a_language_without_a_lexicon():
    assert garbled("Le nouveau pont ouvrira en octobre.", "fr") == ""
