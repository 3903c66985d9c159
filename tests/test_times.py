"""The time in a question: days where they are sure, nothing where they are not."""

from datetime import date

import pytest

from rag.question.times import FoundTime, find_time

DAYS = (date(2023, 1, 9), date(2024, 6, 20))
TODAY = date(2026, 12, 1)
"""Long after the newest article, a Thursday, from which times are then counted."""

LAST_WEEK = (date(2024, 6, 10), date(2024, 6, 16))


def found(question, language="de", today=TODAY, days=DAYS):
    time = find_time(question, language, today=today, days=days)
    return time and (time.words, str(time.first or ""), str(time.last or ""))


@pytest.mark.parametrize(
    ("question", "words", "days"),
    [
        ("Was geschah im Juni 2024?", "im Juni 2024", "2024-06-01 to 2024-06-30"),
        ("Was war im Juni in Seoul?", "im Juni", "2024-06-01 to 2024-06-30"),
        ("Was war im Juli?", "im Juli", "2023-07-01 to 2023-07-31"),
        ("Was geschah letzte Woche?", "letzte Woche", "2024-06-10 to 2024-06-16"),
        ("Wer kam in der vorigen Woche?", "in der vorigen Woche", "2024-06-10 to 2024-06-16"),
        ("Was ist seit Dienstag neu?", "seit Dienstag", "2024-06-18 to "),
        ("Was ist seit dem 17. Juni bekannt?", "seit dem 17. Juni", "2024-06-17 to "),
        ("Was geschah vor dem 19. Juni 2024?", "vor dem 19. Juni 2024", " to 2024-06-18"),
        ("Was geschah vor zwei Wochen?", "vor zwei Wochen", "2024-06-03 to 2024-06-09"),
        (
            "In den letzten zwei Wochen?",
            "In den letzten zwei Wochen",
            "2024-06-06 to 2024-06-20",
        ),
        ("Was sagte er gestern?", "gestern", "2024-06-19 to 2024-06-20"),
        ("Was war im letzten Monat?", "im letzten Monat", "2024-05-01 to 2024-05-31"),
        ("Was war seit dem letzten Dienstag?", "seit dem letzten Dienstag", "2024-06-18 to "),
        ("Was geschah dieses Jahr?", "dieses Jahr", "2024-01-01 to 2024-12-31"),
        ("Wer starb im Jahr 2023?", "im Jahr 2023", "2023-01-01 to 2023-12-31"),
        (
            "Zwischen Mai und Juni 2023?",
            "Zwischen Mai und Juni 2023",
            "2023-05-01 to 2023-06-30",
        ),
        (
            "Was war vom 17. bis 20. Juni 2024?",
            "vom 17. bis 20. Juni 2024",
            "2024-06-17 to 2024-06-20",
        ),
        ("Was gilt bis Mai 2024?", "bis Mai 2024", " to 2024-05-31"),
        ("Was kam nach dem 18.06.2024?", "nach dem 18.06.2024", "2024-06-18 to "),
    ],
)
def test_times_in_german(question, words, days):
    assert found(question) == (words, *days.split(" to "))


@pytest.mark.parametrize(
    ("question", "words", "days"),
    [
        ("What happened last week?", "last week", "2024-06-10 to 2024-06-16"),
        ("What happened in the past week?", "in the past week", "2024-06-10 to 2024-06-16"),
        ("What happened in June 2024?", "in June 2024", "2024-06-01 to 2024-06-30"),
        ("What is new since Tuesday?", "since Tuesday", "2024-06-18 to "),
        ("What was said before June 19, 2024?", "before June 19, 2024", " to 2024-06-18"),
        ("What happened two weeks ago?", "two weeks ago", "2024-06-03 to 2024-06-09"),
        ("Over the last three days, who came?", "last three days", "2024-06-17 to 2024-06-20"),
        ("What did he say yesterday?", "yesterday", "2024-06-19 to 2024-06-20"),
        ("Who died in 2023?", "in 2023", "2023-01-01 to 2023-12-31"),
        ("And from 17 to 19 June 2024?", "from 17 to 19 June 2024", "2024-06-17 to 2024-06-19"),
    ],
)
def test_times_in_english(question, words, days):
    assert found(question, "en") == (words, *days.split(" to "))


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What was agreed before the visit?", "en"),
        ("Was galt vor dem Besuch?", "de"),
        ("Which war ended in 1945?", "en"),  # no article is of that time
        ("What is planned for 2025?", "en"),
        ("Who may speak in Seoul?", "en"),
        ("Did they march on Sunday?", "en"),
        ("Was geschah am 19. Juni 2024?", "de"),
        ("Was sagte Peskow am Dienstag?", "de"),
        ("Wohin flog er nach Pjöngjang?", "de"),
        ("Wer war seit einem Jahr im Amt?", "de"),
        ("How many days did it last?", "en"),
        ("Kostete es 2024 Euro?", "de"),
        ("Wie viele Wochen dauert das?", "de"),
        ("Que s’est-il passé en juin 2024 ?", "fr"),
        ("What comes in two weeks?", "en"),
        ("", "de"),
        ("vor " * 500, "de"),
        ("Was war vor dem 01.01.0001?", "de"),
        ("Was ist seit dem 31.12.9999 anders?", "de"),
    ],
)
def test_what_is_no_sure_time_of_articles_limits_nothing(question, language):
    assert found(question, language) is None


def test_a_fresh_archive_is_asked_as_of_today_and_a_stale_one_as_of_its_newest_article():
    fresh = find_time("Was war letzte Woche?", "de", today=date(2024, 6, 27), days=DAYS)
    week = (date(2024, 6, 17), date(2024, 6, 23))
    assert fresh == FoundTime("letzte Woche", *week, date(2024, 6, 27), True)
    stale = find_time("Was war letzte Woche?", "de", today=TODAY, days=DAYS)
    assert stale == FoundTime("letzte Woche", *LAST_WEEK, date(2024, 6, 20), False)


def test_words_for_a_recent_time_limit_even_if_no_article_is_of_it():
    time = find_time("Was war letzte Woche?", "de", today=date(2024, 7, 3), days=DAYS)
    assert (time.first, time.last) == (date(2024, 6, 24), date(2024, 6, 30))
    time = find_time("Was war im Juli 2024?", "de", today=date(2024, 7, 3), days=DAYS)
    assert time is None


def test_a_date_is_counted_from_no_day():
    assert find_time("Im Juni 2024?", "de", today=TODAY, days=DAYS).counted_from is None


def test_articles_without_days_are_not_limited():
    assert find_time("Was war letzte Woche?", "de", today=TODAY, days=None) is None
