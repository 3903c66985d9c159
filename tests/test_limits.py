"""The limits of a conversation: in its address, as chips, and as far as a question names a time."""

from datetime import date

import pytest
from injections import INJECTIONS

from rag.question.times import FoundTime
from ui.article_words import ARTICLE_WORDS
from ui.html.limits import render_limits
from ui.limits import MOST_ARTICLES, Limits, read_query, write_query
from ui.words import ENGLISH, GERMAN
from vectorstore import Filter

FIRST, LAST = date(2024, 6, 10), date(2024, 6, 16)
ID, OTHER = "0123456789abcdef", "fedcba9876543210"
LAST_WEEK = FoundTime("last week", FIRST, LAST, date(2024, 6, 20), from_today=False)
FULL = Filter([ID, OTHER], ["Blatt & Söhne", "BBC"], ["de", "en"], FIRST, LAST)


def test_a_filter_and_its_query_say_the_same():
    assert read_query("?" + write_query(FULL)) == FULL
    assert write_query(Filter()) == ""
    assert write_query(Filter(sources=["Blatt & Söhne"], date_to=LAST)) == (
        "to=2024-06-16&source=Blatt+%26+S%C3%B6hne"
    )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?conversation=x&__theme=dark",
        "from=yesterday&to=2024-13-01",
        "article=../../etc/passwd&language=d%22onx=",
        "source=" + "x" * 300,
        "from=" * 9_000,
        "=&&;%ff%00",
    ],
)
def test_what_is_no_limit_in_an_address_is_left_out(query):
    assert read_query(query) == Filter()


def test_days_in_the_wrong_order_are_put_right_and_too_many_articles_cut():
    assert read_query("from=2024-06-16&to=2024-06-10") == Filter(date_from=FIRST, date_to=LAST)
    many = "&".join(f"article={number:016x}" for number in range(80))
    assert len(read_query(many).articles) == MOST_ARTICLES


def test_the_time_in_a_question_becomes_a_limit_until_another_question_names_one():
    limits = Limits().with_time(LAST_WEEK)
    assert limits.asked == Filter(date_from=FIRST, date_to=LAST)
    assert limits.with_time(None) == limits
    june = FoundTime("in June", date(2024, 6, 1), date(2024, 6, 30))
    assert limits.with_time(june).asked == Filter(date_from=june.first, date_to=june.last)


def test_a_time_that_was_taken_away_limits_nothing_again():
    taken = Limits().with_time(LAST_WEEK).changed("")
    assert taken.asked is None
    assert taken.with_time(LAST_WEEK).asked is None
    june = FoundTime("in June", date(2024, 6, 1), None)
    assert taken.with_time(june).asked == Filter(date_from=june.first)


def test_days_set_by_hand_stay_whatever_a_question_says():
    by_hand = Limits().changed("from=2024-01-01")
    assert by_hand.with_time(LAST_WEEK) == by_hand
    moved = Limits().with_time(LAST_WEEK).changed("from=2024-01-01")
    assert (moved.time, moved.declined) == (None, frozenset())


def test_another_limit_leaves_the_time_its_words():
    both = Limits().with_time(LAST_WEEK).changed("from=2024-06-10&to=2024-06-16&source=BBC")
    assert both.time == LAST_WEEK


def test_each_limit_is_a_chip_with_the_address_without_it():
    shown = render_limits(Limits(FULL), ENGLISH, {ID: "Ferry", OTHER: "Bridge"})
    assert shown.count('class="chip"') == 7
    assert 'aria-label="Remove the limit: 10–16 June 2024"' in shown
    left = write_query(Filter(FULL.articles, FULL.sources, FULL.languages)).replace("&", "&amp;")
    assert f'data-query="{left}"' in shown
    assert ENGLISH.language == "en" and ">German<" in shown and ">Ferry<" in shown
    assert 'class="drop all" data-query=""' in shown


def test_many_chosen_articles_share_a_chip():
    ids = [f"{number:016x}" for number in range(4)]
    assert ">4 ausgewählte Artikel<" in render_limits(Limits(Filter(articles=ids)), GERMAN, {})


def test_a_chip_of_a_time_says_its_words_and_what_it_is_counted_from():
    assert "“last week”, counted from the newest article, 20 June 2024" in render_limits(
        Limits().with_time(LAST_WEEK), ENGLISH, {}
    )
    today = FoundTime("letzte Woche", FIRST, LAST, date(2024, 6, 20), from_today=True)
    shown = render_limits(Limits().with_time(today), GERMAN, {})
    assert "„letzte Woche“, von heute an gerechnet" in shown
    june = FoundTime("im Juni 2024", date(2024, 6, 1), date(2024, 6, 30))
    assert "<small>„im Juni 2024“</small>" in render_limits(Limits().with_time(june), GERMAN, {})


def test_open_ends_are_said():
    since = render_limits(Limits(Filter(date_from=FIRST)), ENGLISH, {})
    until = render_limits(Limits(Filter(date_to=LAST)), GERMAN, {})
    assert ">from 10 June 2024<" in since
    assert ">bis 16. Juni 2024<" in until


@pytest.mark.parametrize("evil", INJECTIONS[::9])
def test_an_evil_outlet_title_or_question_is_text_in_its_chip(evil):
    time = FoundTime(evil, FIRST, LAST, None)
    limits = Limits(Filter([ID], [evil], date_from=FIRST, date_to=LAST), time)
    shown = render_limits(limits, ENGLISH, {ID: evil})
    assert not {"<script", "<img", "<svg", "<a ", "<iframe", "<math", "<base"} & set(
        part for part in ("<script", "<img", "<svg", "<a ", "<iframe", "<math", "<base")
        if part in shown
    )  # fmt: skip


def test_the_words_of_the_list_are_in_both_languages_with_the_same_blanks():
    import re
    from dataclasses import asdict

    english, german = (asdict(ARTICLE_WORDS[code]) for code in ("en", "de"))
    blanks = re.compile(r"\{\w*\}")
    assert {k: blanks.findall(v) for k, v in english.items()} == {
        k: blanks.findall(v) for k, v in german.items()
    }
    assert [key for key in english if english[key] == german[key]] == []
