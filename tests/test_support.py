"""A written sentence is supported only if the words it quotes bear it out."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from conftest import UnitWords
from fakes import ranked
from judging import judge, support

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


def test_a_quote_cannot_leave_out_the_no_beside_it():
    verdict = check("Der Minister plant eine Senkung.", [Quote(1, "Senkung der Steuern")])
    assert verdict.status == "weak"
    assert verdict.quotes == (LocatedQuote(1, 125, 144),)


def test_a_quote_across_two_sentences_is_judged_with_both():
    words = "Senkung der Steuern. Das Amt schweigt"
    verdict = check("Der Minister plant keine Senkung, das Amt schweigt.", [Quote(1, words)])
    assert verdict == Verdict("supported", (LocatedQuote(1, 125, 162),), "")
    assert check("Er plant sie, das Amt schweigt.", [Quote(1, words)]).status == "weak"


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
    ("claim", "text", "language"),
    [
        ("Es kamen 1 200 Menschen.", "Es kamen 1.200 Menschen.", "de"),
        ("It drew 1,200 people.", "Es kamen 1.200 Menschen.", "de"),
        ("Prices rose by 3.5 percent.", "Die Preise stiegen um 3,5 Prozent.", "de"),
        ("Die Preise stiegen um 3,5 %.", "Prices rose by 3.5 per cent.", "en"),
        ("There were two ships.", "Es waren zwei Schiffe.", "de"),
        ("There were 2 ships.", "Es waren zwei Schiffe.", "de"),
        ("It costs 1.2 billion.", "Es kostet 1,2 Milliarden.", "de"),
        ("It costs 1,200 million.", "Es kostet 1,2 Mrd. Euro.", "de"),
        ("It costs two trillion.", "Es kostet zwei Billionen.", "de"),
        ("It took a dozen ships.", "Es waren zwölf Schiffe.", "de"),
        ("It began at 3 p.m.", "Es begann um 15 Uhr.", "de"),
        ("It was in the 1990s.", "Das war in den 90er Jahren.", "de"),
    ],
)
def test_the_same_number_written_otherwise_is_the_same(claim, text, language):
    assert judge(claim, text, language).reason == ""


@pytest.mark.parametrize(
    ("claim", "text", "reason"),
    [
        ("Es kamen 40 Menschen da.", "Es kamen 14 Menschen da.", "the number “40”"),
        ("It drew 1.2 people or so.", "Es kamen 1.200 Menschen.", "the number “1.2”"),
        ("It costs two billion.", "Es kostet zwei Billionen.", "the number “two billion”"),
        ("It costs three billion.", "Es kostet zwei Milliarden.", "the number “three billion”"),
        ("It costs 1 million.", "Es kostet 5 Millionen.", "the number “1 million”"),
        ("It grew by 40 percent.", "Es kamen 40 Menschen.", "the percentage “40”"),
        ("It began at 3 a.m.", "Es begann um 15 Uhr.", "the time “3 a.m.”"),
    ],
)
def test_another_number_is_weak_and_named(claim, text, reason):
    assert judge(claim, text) == Verdict(
        "weak", (LocatedQuote(1, 0, len(text)),), f"{reason} is not in the quoted words"
    )


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (BESUCH_EN, "supported"),
        ("On 19 June 2024 Putin travelled to Pyongyang.", "supported"),
        ("On 2024-06-19 Putin travelled to Pyongyang.", "supported"),
        ("In June Putin travelled to Pyongyang.", "supported"),
        ("In 2024 Putin travelled to Pyongyang.", "supported"),
        ("On July 19, 2024 Putin travelled to Pyongyang.", "weak"),
        ("On June 20, 2024 Putin travelled to Pyongyang.", "weak"),
        ("On June 19, 2023 Putin travelled to Pyongyang.", "weak"),
    ],
)
def test_dates_are_compared_across_languages(claim, status):
    assert judge(claim, BESUCH_DE).status == status


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
        ("Der chinesische Minister sprach.", "Der russische Minister sprach.", "de", "weak"),
        ("Das Abkommen gilt.", "Der Vertrag gilt schon.", "de", "supported"),
    ],
)
def test_names_are_compared_across_languages(claim, text, language, status):
    assert judge(claim, text, language).status == status


def test_a_name_may_say_who_the_pronoun_is_but_not_take_anothers_place():
    text = "Kim empfing Putin am Flughafen. Er lobte die Armee. Putin fuhr in die Stadt."
    assert judge("Kim lobte die Armee.", text, words="Er lobte die Armee").status == "supported"
    assert judge("Kim fuhr in die Stadt.", text, words="Putin fuhr in die").status == "weak"


@pytest.mark.parametrize(
    ("claim", "text", "language", "status"),
    [
        ("The pact will not be signed.", "Der Pakt wird nicht unterzeichnet.", "de", "supported"),
        ("The pact will be signed.", "Der Pakt wird nicht unterzeichnet.", "de", "weak"),
        ("The pact won't be signed.", "Der Pakt wird unterzeichnet.", "de", "weak"),
        ("They never met without guards.", "Sie trafen sich nie ohne Wachen.", "de", "supported"),
        ("Er kam nicht.", "He did not come.", "en", "supported"),
        ("Er kam nicht.", "He did come then.", "en", "weak"),
        ("It is impossible today.", "Es ist heute nicht möglich.", "de", "supported"),
        ("Not only he came.", "Er kam mit den anderen.", "de", "supported"),
    ],
)
def test_a_negation_added_or_dropped_is_weak(claim, text, language, status):
    assert judge(claim, text, language).status == status


def test_words_about_something_else_are_weak():
    document = ranked("Der Hafen brennt seit gestern.")
    claim = Claim("Die Wahl ist vorbei.", (Quote(1, "Der Hafen brennt"),))
    verdict = support(claim, [document], UnitWords())
    assert (verdict.status, verdict.reason) == (
        "weak",
        "the quoted words are about something else",
    )


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
