"""Numbers, units and days are compared by what they mean, not by how they are spelled."""

from __future__ import annotations

import pytest
from fakes import ranked
from judging import judge, support

from rag.checking.claim import Claim, Quote


@pytest.mark.parametrize(
    ("claim", "text", "language"),
    [
        ("Es kamen １２ Leute.", "Es kamen 12 Leute.", "de"),
        ("Es kamen ١٢ Leute.", "Es kamen 12 Leute.", "de"),
        ("Es kostet 1.000 Euro.", "It costs 1,000 euros.", "en"),
        ("Between 10 and 12 people came.", "Es kamen 10–12 Leute.", "de"),
        ("Er ist einundzwanzig Jahre alt.", "He is 21 years old.", "en"),
        ("He is twenty-one years old.", "Er ist einundzwanzig Jahre alt.", "de"),
        ("Two dozen people came.", "Es kamen 24 Leute.", "de"),
        ("Two dozen people came.", "Es kamen zwei Dutzend Leute.", "de"),
        ("Half a million people came.", "Es kamen 500.000 Menschen.", "de"),
        ("Eine halbe Million Menschen kam.", "Half a million people came.", "en"),
        ("It took two and a half years.", "Es dauerte zweieinhalb Jahre.", "de"),
        ("Es dauerte anderthalb Jahre.", "It took one and a half years.", "en"),
        ("It cost £30m.", "Es kostete 30 Millionen Pfund.", "de"),
        ("Ludwig II. starb.", "Ludwig II. starb.", "de"),
        ("It is of grade 1.", "It is of grade I.", "en"),
        ("The second, third and fourth line.", "Die 2., 3. und 4. Linie.", "de"),
        ("Die 2., 3. und 4. Linie.", "The second, third and fourth line.", "en"),
        ("In the summer of ’24 he came.", "Im Sommer 2024 kam er.", "de"),
        ("In den 1980ern kam er.", "Er kam 1984.", "de"),
        ("It took 14 days.", "Es dauerte zwei Wochen.", "de"),
        ("It is 20 miles away.", "Es ist 32 km entfernt.", "de"),
        ("2. The method became common.", "Die Methode wurde üblich.", "de"),
    ],
)
def test_the_same_amount_is_supported(claim, text, language):
    assert judge(claim, text, language).reason == ""


@pytest.mark.parametrize(
    ("claim", "text", "reason"),
    [
        ("It costs 1.000 euros.", "Es kostet 1.000 Euro.", "the number “1.000”"),
        ("Es kamen 10-13 Leute.", "Es kamen 10–12 Leute.", "the number “13”"),
        ("Ludwig III. starb.", "Ludwig II. starb.", "the number “III”"),
        ("He is twenty-two years old.", "Er ist einundzwanzig.", "the number “twenty-two”"),
        ("It cost £40m.", "Es kostete 30 Millionen Pfund.", "the number “40m”"),
        ("In the summer of ’23 he came.", "Im Sommer 2024 kam er.", "the number “’23”"),
        ("In den 1970ern kam er.", "Er kam 1984.", "the number “1970ern”"),
        ("It cost $30 million.", "Es kostete 30 Millionen Euro.", "the unit “30 million”"),
        ("It took three weeks.", "Es dauerte drei Tage.", "the unit “three weeks”"),
        ("It is 20 miles away.", "Es ist 20 km entfernt.", "the unit “20 miles”"),
        ("It fell by 3 percentage points.", "Es sank um 3 Prozent.", "the unit “3 percentage”"),
        ("Am Dienstag kam er.", "Am Mittwoch kam er.", "the day “Dienstag”"),
        ("He came on Monday.", "Er kam am Dienstagabend.", "the day “Monday”"),
    ],
)
def test_another_amount_is_weak_and_named(claim, text, reason):
    verdict = judge(claim, text)
    assert (verdict.status, verdict.reason) == ("weak", f"{reason} is not in the quoted words")


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("He came on Tuesday.", "supported"),
        ("He came on 5 March 2024.", "supported"),
        ("He came yesterday.", "supported"),
        ("He came on Wednesday.", "weak"),
        ("He came on 6 April 2024.", "weak"),
        ("He came today.", "weak"),
    ],
)
def test_yesterday_is_the_day_before_the_article(claim, status):
    text = "Er kam gestern in die Stadt."
    document = ranked(text, date="2024-03-06")
    assert support(Claim(claim, (Quote(1, text),)), [document]).status == status


def test_a_weekday_may_stand_elsewhere_in_the_passage_if_the_sentence_names_none():
    text = "Er kam am Dienstag. Er sprach zwei Stunden."
    said = "Er sprach zwei Stunden"
    assert judge("Er sprach am Dienstag zwei Stunden.", text, words=said).status == "supported"
    assert judge("Er sprach am Freitag zwei Stunden.", text, words=said).status == "weak"
