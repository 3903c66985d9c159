"""Numbers, units, dates and times are compared by their values, not by how they are written."""

from __future__ import annotations

import pytest
from fakes import ranked
from judging import judge, support

from rag.checking.claim import Claim, Quote


@pytest.mark.parametrize(
    ("claim", "text", "language"),
    [
        # Digits and words
        ("Es kamen 1 200 Menschen.", "Es kamen 1.200 Menschen.", "de"),
        ("It drew 1,200 people.", "Es kamen 1.200 Menschen.", "de"),
        ("Es kamen １２ Leute.", "Es kamen 12 Leute.", "de"),
        ("Es kamen ١٢ Leute.", "Es kamen 12 Leute.", "de"),
        ("There were 2 ships.", "Es waren zwei Schiffe.", "de"),
        ("Er ist einundzwanzig Jahre alt.", "He is 21 years old.", "en"),
        ("He is twenty-one years old.", "Er ist einundzwanzig Jahre alt.", "de"),
        ("He runs on grade 2.", "Er läuft auf der zweiten Stufe.", "de"),
        ("It is the third-largest city.", "Es ist die drittgrößte Stadt.", "de"),
        ("The 16-year-old woman came.", "Die sechzehnjährige Frau kam.", "de"),
        ("Two brothers came.", "Beide Brüder kamen.", "de"),
        # Scales and fractions
        ("It costs 1.2 billion.", "Es kostet 1,2 Milliarden.", "de"),
        ("It costs 1,200 million.", "Es kostet 1,2 Mrd. Euro.", "de"),
        ("It costs two trillion.", "Es kostet zwei Billionen.", "de"),
        ("It took a dozen ships.", "Es waren zwölf Schiffe.", "de"),
        ("Two dozen people came.", "Es kamen zwei Dutzend Leute.", "de"),
        ("Half a million people came.", "Es kamen 500.000 Menschen.", "de"),
        ("A quarter of a million people came.", "Es kamen 250.000 Menschen.", "de"),
        ("Eine Viertelmillion Menschen kam.", "250,000 people came.", "en"),
        ("Two and a half million people came.", "Es kamen 2,5 Mio. Menschen.", "de"),
        ("It drew 1.2m people.", "Es kamen 1,2 Millionen Menschen.", "de"),
        ("It is 30m high.", "Es ist 30 Meter hoch.", "de"),
        ("It cost £30m.", "Es kostete 30 Millionen Pfund.", "de"),
        ("Es dauerte anderthalb Jahre.", "It took one and a half years.", "en"),
        ("Neun Zehntel stimmten zu.", "90 percent agreed.", "en"),
        ("Two thirds agreed.", "Die Zweidrittelmehrheit stimmte zu.", "de"),
        ("About three quarters agreed.", "76 Prozent stimmten zu.", "de"),
        # Units and rates
        ("Prices rose by 3.5 percent.", "Die Preise stiegen um 3,5 Prozent.", "de"),
        ("Die Preise stiegen um 3,5 %.", "Prices rose by 3.5 per cent.", "en"),
        ("Es kostet 1.000 Euro.", "It costs 1,000 euros.", "en"),
        ("It took 14 days.", "Es dauerte zwei Wochen.", "de"),
        ("It took half an hour.", "Es dauerte 30 Minuten.", "de"),
        ("It is 20 miles away.", "Es ist 32 km entfernt.", "de"),
        ("The drive holds a quarter of a gigabyte.", "Es sind 256 Megabyte.", "de"),
        ("He went there for five days.", "Der fünftägige Besuch begann.", "de"),
        # Rounding
        ("Nearly 500 people came.", "Es kamen 497 Menschen.", "de"),
        ("Es kamen 497 Menschen.", "Nearly 500 people came.", "en"),
        ("Mehr als 660 Frauen kamen.", "At least 665 women came.", "en"),
        ("More than fifty people died.", "Es starben 56 Menschen.", "de"),
        ("It costs 1.2 million.", "Es kostet 1.234.567 Euro.", "de"),
        # Counted and calculated
        ("Altogether 121 people came.", "Es kamen 115 Gäste und sechs Helfer.", "de"),
        ("The two companies agreed.", "Bayer und BASF einigten sich.", "de"),
        # Years and times
        ("It is from the 18th century.", "Es ist aus dem 18. Jahrhundert.", "de"),
        ("It began at 3 p.m.", "Es begann um 15 Uhr.", "de"),
        ("Es begann um halb zwei.", "It began at half past one.", "en"),
        ("It began at quarter to ten.", "Es begann um 21.45 Uhr.", "de"),
    ],
)
def test_the_same_value_written_otherwise_is_the_same(claim, text, language):
    assert judge(claim, text, language).reason == ""


@pytest.mark.parametrize(
    ("claim", "text", "reason"),
    [
        ("Es kamen 40 Menschen.", "Es kamen 14 Menschen.", "“40” “14”"),
        ("Es kamen 10-13 Leute.", "Es kamen 10–12 Leute.", "“13” “12”"),
        ("He is twenty-two.", "Er ist einundzwanzig.", "“twenty-two” “einundzwanzig”"),
        ("It costs two billion.", "Es kostet zwei Billionen.", "“two billion” “zwei Billionen”"),
        ("It cost £40m.", "Es kostete 30 Mio. Pfund.", "“£40m” “30 Mio. Pfund”"),
        ("It cost $30 million.", "Es kostete 30 Millionen Euro.", None),
        ("It took three weeks.", "Es dauerte drei Tage.", "“three weeks” “drei Tage”"),
        ("It is 20 miles away.", "Es ist 20 km entfernt.", "“20 miles” “20 km”"),
        ("It fell by 3 percentage points.", "Es sank um 3 Prozent.", None),
        ("It grew by 40 percent.", "Es kamen 40 Menschen.", None),
        ("It drew 1.2 people or so.", "Es kamen 1.200 Menschen.", "“1.2” “1.200”"),
        ("Over 40 people came.", "Es kamen unter 40 Leute.", "“40” “40”"),
        ("Bis zu 5.000 kamen.", "Es kamen 500.", "“5.000” “500”"),
        ("Im 17. Jahrhundert starb er.", "Er starb im 18. Jahrhundert.", None),
    ],
)
def test_another_value_is_weak_and_the_conflict_named(claim, text, reason):
    verdict = judge(claim, text)
    assert verdict.status == "weak"
    if reason:
        mine, theirs = reason.split(" “")
        assert verdict.reason == f"it says {mine} where the quoted words say “{theirs}"


@pytest.mark.parametrize(
    ("claim", "text", "reason"),
    [
        ("Es kostet 40 Euro.", "Es war teuer.", "the number “40 Euro”"),
        ("It began at 3 a.m.", "Es begann um 15 Uhr.", "the time “3 a.m.”"),
        ("Am Dienstag kam er.", "Am Mittwoch kam er.", "the day “Dienstag”"),
        ("He came on Monday.", "Er kam am Dienstagabend.", "the day “Monday”"),
        ("He came on July 19.", "Er kam am 19. Juni 2024.", "the date “July 19”"),
    ],
)
def test_a_value_that_is_not_quoted_is_named(claim, text, reason):
    assert judge(claim, text).reason == f"{reason} is not in the quoted words"


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("Vladimir Putin travelled to Pyongyang on June 19, 2024.", "supported"),
        ("On 19 June 2024 Putin travelled to Pyongyang.", "supported"),
        ("On 2024-06-19 Putin travelled to Pyongyang.", "supported"),
        ("Putin reiste am 19.6. nach Pjöngjang.", "supported"),
        ("In June Putin travelled to Pyongyang.", "supported"),
        ("In 2024 Putin travelled to Pyongyang.", "supported"),
        ("Putin travelled to Pyongyang on a Wednesday.", "supported"),
        ("On July 19, 2024 Putin travelled to Pyongyang.", "weak"),
        ("On June 20, 2024 Putin travelled to Pyongyang.", "weak"),
        ("On June 19, 2023 Putin travelled to Pyongyang.", "weak"),
        ("Putin travelled to Pyongyang on a Thursday.", "weak"),
    ],
)
def test_dates_are_compared_across_languages(claim, status):
    text = "Wladimir Putin reiste am 19. Juni 2024 nach Pjöngjang."
    assert judge(claim, text).status == status


@pytest.mark.parametrize(
    ("claim", "text", "status"),
    [
        ("He came on Tuesday.", "Er kam gestern.", "supported"),
        ("He came on 5 March 2024.", "Er kam gestern.", "supported"),
        ("He came on 12 March.", "Er kommt am Dienstag.", "supported"),
        ("He came in 2023.", "Er kam im vergangenen Jahr.", "supported"),
        ("He comes on 6 March.", "Er kommt heute.", "supported"),
        ("He comes on 7 March.", "Er kommt heute.", "weak"),
        ("He came on Wednesday.", "Er kam gestern.", "weak"),
        ("He came on 6 April 2024.", "Er kam gestern.", "weak"),
        ("He came in 2022.", "Er kam im vergangenen Jahr.", "weak"),
    ],
)
def test_days_and_years_are_counted_from_the_day_of_the_article(claim, text, status):
    given = ranked(text, date="2024-03-06")
    assert support(Claim(claim, (Quote(1, text),)), [given]).status == status


def test_a_weekday_may_stand_elsewhere_in_the_passage_if_the_sentence_names_none():
    text = "Er kam am Dienstag. Er sprach zwei Stunden."
    said = "Er sprach zwei Stunden"
    assert judge("Er sprach am Dienstag zwei Stunden.", text, words=said).status == "supported"
    assert judge("Er sprach am Freitag zwei Stunden.", text, words=said).status == "weak"
