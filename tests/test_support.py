"""A written sentence is supported only if the words it quotes bear it out."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from conftest import UnitWords
from fakes import ranked
from judging import SaidWords, judge, support

from rag.checking.claim import Claim, LocatedQuote, Quote, Verdict
from rag.checking.support import LONGEST_CLAIM


def check(claim: str, quotes: Sequence[Quote]) -> Verdict:
    return support(Claim(claim, tuple(quotes)), [ranked(STEUERN, start=100)])


STEUERN = "Der Minister plant keine Senkung der Steuern. Das Amt schweigt dazu bis heute."
BESUCH_DE = "Wladimir Putin reiste am 19. Juni 2024 nach Pjöngjang."
BESUCH_EN = "Vladimir Putin travelled to Pyongyang on June 19, 2024."


def test_a_quote_becomes_characters_of_the_article():
    verdict = check("Der Minister plant keine Senkung.", [Quote(1, "keine Senkung der Steuern")])
    assert verdict == Verdict("supported", (LocatedQuote(1, 119, 144),), "")


def test_words_from_inside_a_word_are_not_a_quote():
    verdict = check("Der Minister plant eine Senkung.", [Quote(1, "eine Senkung der Steuern")])
    assert verdict == Verdict("unsupported", (), "the words that it quotes are not in the article")


def test_a_quote_across_two_sentences_is_judged_with_both():
    words = "Senkung der Steuern. Das Amt schweigt"
    verdict = check("Der Minister plant keine Senkung, das Amt schweigt.", [Quote(1, words)])
    assert verdict == Verdict("supported", (LocatedQuote(1, 125, 162),), "")


@pytest.mark.parametrize("number", [0, -1, 99])
def test_an_invented_passage_supports_nothing(number):
    verdict = check("Der Minister plant keine Senkung.", [Quote(number, STEUERN)])
    reason = "it quotes a passage that the model was not given"
    assert verdict == Verdict("unsupported", (), reason)


def test_an_invented_quote_beside_a_true_one_does_not_count():
    quotes = [Quote(7, "keine Senkung der Steuern"), Quote(1, "keine Senkung der Steuern")]
    verdict = check("Der Minister plant keine Senkung.", quotes)
    assert verdict == Verdict("supported", (LocatedQuote(1, 119, 144),), "")


@pytest.mark.parametrize("words", ["keine Erhöhung der Steuern", "Keine Senkung der Steuern"])
def test_an_altered_quote_supports_nothing(words):
    assert check("Der Minister plant keine Senkung.", [Quote(1, words)]).status == "unsupported"


def test_no_quote_and_no_sentence_are_unsupported():
    assert check("Der Minister plant nichts.", []).reason == "it quotes nothing"
    empty = check(" … ", [Quote(1, "keine Senkung der Steuern")])
    assert empty == Verdict("unsupported", (), "the sentence is empty")


@pytest.mark.parametrize(
    ("claim", "text", "language", "status"),
    [
        (BESUCH_DE, BESUCH_EN, "en", "supported"),
        ("Wladimir Putin reiste nach Seoul.", BESUCH_EN, "en", "weak"),
        ("Joe Biden travelled to Pyongyang.", BESUCH_DE, "de", "weak"),
        ("Russia praised North Korea.", "Russland lobte Nordkorea.", "de", "supported"),
        ("Russia praised South Korea.", "Russland lobte Nordkorea.", "de", "weak"),
        ("Russland lobte Südkorea.", "Russland lobte Nordkorea.", "de", "weak"),
        ("The Russian minister spoke.", "Der russische Minister sprach.", "de", "supported"),
        ("Das Abkommen gilt.", "Der Vertrag gilt schon.", "de", "supported"),
        ("The girl from China died.", "Die Chinesin starb.", "de", "supported"),
        ("Colombian troops came.", "Kolumbianische Truppen kamen.", "de", "supported"),
        ("Chilean troops came.", "Kolumbianische Truppen kamen.", "de", "weak"),
        ("Er kam auf Einladung der SPD.", "Die CDU lud ihn ein.", "de", "weak"),
        ("Die EZB senkt den Zins.", "Die Europäische Zentralbank senkt ihn.", "de", "supported"),
    ],
)
def test_names_are_compared_across_languages(claim, text, language, status):
    assert judge(claim, text, language).status == status


def test_a_name_may_stand_anywhere_in_the_passage():
    text = "Kim empfing Putin am Flughafen. Er lobte die Armee."
    assert judge("Kim lobte die Armee.", text, words="Er lobte die Armee").status == "supported"
    missing = judge("Da lobte Joe Biden die Armee.", text, words="Er lobte die Armee")
    assert missing.reason == "the name “Joe Biden” is not in the passage"


@pytest.mark.parametrize(
    ("claim", "text", "language"),
    [
        ("Am 19. Juni kam er.", "Er kam am 19. Juni 2024.", "de"),
        ("He came on Wednesday.", "Er kam am Mittwoch.", "de"),
    ],
)
def test_a_date_is_not_a_name_too(claim, text, language):
    assert judge(claim, text, language).reason == ""


# With an entailment model


def test_the_entailment_model_reads_title_quoted_sentences_and_claim():
    model = SaidWords()
    given = [ranked(f"Es war Montag. {STEUERN}", title="Keine Senkung")]
    claim = Claim("Das Amt schweigt.", (Quote(1, "Das Amt schweigt dazu"),))
    verdict = support(claim, given, entailment=model)
    assert (verdict.status, verdict.confidence) == ("supported", 1.0)
    premise = "Keine Senkung. Das Amt schweigt dazu bis heute."
    assert model.pairs == [(premise, "Das Amt schweigt.")]


def test_a_claim_that_the_model_does_not_find_supported_is_weak_and_its_worst_clause_named():
    text = "Der Hafen brennt seit gestern früh."
    claim = Claim(
        "Brände lodern, aber niemand löscht heute das große Feuer am alten Kai.",
        (Quote(1, text),),
    )
    verdict = support(claim, [ranked(text)], entailment=SaidWords())
    assert verdict.status == "weak"
    assert verdict.confidence == 0.0
    assert verdict.reason == (
        "the quoted words do not say that “aber niemand löscht heute das große Feuer am alten Kai”"
    )


def test_where_the_model_finds_a_contradiction_the_reason_says_what_is_quoted():
    text = "Es ist nicht wahr: Der Hafen brennt, seit gestern."
    claim = Claim("Der Hafen brennt seit gestern.", (Quote(1, text),))
    verdict = support(claim, [ranked(text)], entailment=SaidWords())
    assert verdict.reason == (
        "the quoted words say that “Es ist nicht wahr: Der Hafen brennt, seit gestern”, not “Der"
        " Hafen brennt seit gestern”"
    )


def test_another_number_is_weak_however_sure_the_model_is():
    text = "Der Hafen brennt seit 14 Tagen."
    claim = Claim("Der Hafen brennt seit 40 Tagen.", (Quote(1, text),))
    verdict = support(claim, [ranked(text)], entailment=SaidWords())
    assert (verdict.status, verdict.confidence) == ("weak", 0.1)
    assert verdict.reason == "it says “40 Tagen” where the quoted words say “14 Tagen”"


def test_of_two_passages_the_one_that_bears_the_claim_out_counts():
    texts = ["Der Hafen brennt seit gestern.", "Das Wetter war lange schön."]
    quotes = tuple(Quote(number, text) for number, text in enumerate(texts, start=1))
    claim = Claim("Der Hafen brennt seit gestern.", quotes)
    verdict = support(claim, [ranked(text) for text in texts], entailment=SaidWords())
    assert (verdict.status, verdict.confidence) == ("supported", 1.0)


def test_in_other_languages_the_model_says_nothing():
    text = "Le port brûle depuis hier matin."
    claim = Claim("Tout autre chose est vrai.", (Quote(1, text),))
    verdict = support(claim, [ranked(text, language="fr")], entailment=SaidWords())
    assert (verdict.status, verdict.confidence) == ("supported", None)


def test_words_about_something_else_are_weak():
    claim = Claim("Die Wahl ist vorbei.", (Quote(1, "Der Hafen brennt"),))
    verdict = support(claim, [ranked("Der Hafen brennt seit gestern.")], UnitWords())
    assert verdict.reason == "the quoted words are about something else"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_decomposed_letters_change_nothing(form):
    text = unicodedata.normalize(form, "Der Präsident fuhr nach Köln und München.")
    claim = unicodedata.normalize("NFD", "Er fuhr nach München.")
    assert judge(claim, text) == Verdict("supported", (LocatedQuote(1, 0, len(text)),), "")


@pytest.mark.parametrize("part", ["zwei ", "Aa ", "1,", "e\u0301\u0323", "nicht ", "I", "un", "("])
def test_huge_sentences_are_refused_and_huge_articles_are_read(part):
    quote = Quote(1, "Der Hafen brennt seit gestern")
    huge = ranked("Der Hafen brennt seit gestern. " + part * (20_000 // len(part)))
    short = Claim("Der Hafen brennt.", (quote,))
    assert support(short, [huge]).quotes == (LocatedQuote(1, 0, 29),)
    longest = Claim((part * LONGEST_CLAIM)[:LONGEST_CLAIM], (quote,))
    assert support(longest, [huge]).quotes in ((), (LocatedQuote(1, 0, 29),))
    longer = Claim(part * 50_000, (quote,))
    assert support(longer, [huge]).reason == "it is longer than 2,000 characters"


def test_a_name_exchanged_in_a_copied_sentence_is_weak_however_sure_the_model_is():
    text = "Die neue Brücke über die Lahn öffnet im Oktober."
    claim = Claim("Die neue Brücke über die Elbe öffnet im Oktober.", (Quote(1, text),))
    verdict = support(claim, [ranked(text)], entailment=SaidWords())
    assert verdict.status == "weak"
    assert verdict.reason == "it says “Elbe” where the quoted words say “Lahn”"


def test_a_negation_left_out_of_a_copied_sentence_is_weak():
    text = "Der Vertrag richtet sich nicht gegen andere Länder."
    claim = Claim("Der Vertrag richtet sich gegen andere Länder.", (Quote(1, text),))
    assert support(claim, [ranked(text)]).reason == "it says “…” where the quoted words say “nicht”"


def test_another_form_of_a_word_in_a_copied_sentence_is_no_change():
    text = "Die Minister der beiden Länder trafen sich gestern."
    claim = Claim("Die Ministerin der beiden Länder trafen sich gestern.", (Quote(1, text),))
    assert support(claim, [ranked(text)]).status == "supported"


def test_misspelt_words_in_a_copied_sentence_are_weak():
    text = "Beobachter vermuten, dass der Besuch auch dazu dient, enger zusammenzurücken."
    claim = Claim(text.replace("dass", "dsas").replace("dient", "dietn"), (Quote(1, text),))
    assert support(claim, [ranked(text)]).reason == "it misspells “dass” as “dsas”"
