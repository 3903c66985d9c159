"""The words of the page: complete in each language, chosen by the browser; dates and names."""

from __future__ import annotations

import re
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path

import pytest

import rag
import ui
from rag.phrases import Phrases
from ui.article_words import ARTICLE_WORDS, ArticleWords
from ui.bringing.words import BringWords
from ui.conversations.words import CONVERSATION_WORDS, ConversationWords
from ui.dates import name_language, write_day, write_days, write_number
from ui.quote_words import QUOTE_WORDS, QuoteWords
from ui.words import ENGLISH, GERMAN, Words, choose_words

JUNE_17, JUNE_20 = date(2024, 6, 17), date(2024, 6, 20)


def sentences(words):
    given = asdict(words)
    return given.pop("faults") | given


def test_every_word_is_translated_and_names_the_same_blanks():
    english, german = sentences(ENGLISH), sentences(GERMAN)
    assert english.keys() == german.keys()
    same = {key for key in english if english[key] == german[key]}
    assert same == {"bad_question"}  # what rag says, in English
    blanks = re.compile(r"\{\w*\}")
    assert {k: blanks.findall(said) for k, said in english.items()} == {
        k: blanks.findall(said) for k, said in german.items()
    }


@pytest.mark.parametrize("table", [CONVERSATION_WORDS, ARTICLE_WORDS, QUOTE_WORDS])
def test_the_words_of_the_parts_are_translated_and_name_the_same_blanks(table):
    english, german = (asdict(table[language]) for language in ("en", "de"))
    assert {key for key in english if english[key] == german[key]} == set()
    blanks = re.compile(r"\{\w*\}")
    assert {k: blanks.findall(said) for k, said in english.items()} == {
        k: blanks.findall(said) for k, said in german.items()
    }


@pytest.mark.parametrize(
    ("table", "reads"),
    [
        (Words, r"Words\b"),
        (ArticleWords, r"ARTICLE_WORDS\["),
        (QuoteWords, r"words_about_quotes\("),
        (ConversationWords, r"words_about\("),
        (BringWords, r"bring_words\("),
        (Phrases, r"PHRASES\["),
    ],
)
def test_every_word_is_used(table, reads):
    files = [p for package in (rag, ui) for p in Path(package.__path__[0]).rglob("*.py")]
    sources = [source for p in files if re.search(reads, source := p.read_text(encoding="utf-8"))]
    names = [field.name for field in fields(table)]
    used = {name for name in names for one in sources if re.search(rf"\.{name}\b", one)}
    assert set(names) - used == set()


@pytest.mark.parametrize(
    ("chosen", "accepted", "words"),
    [
        (None, "de-DE,de;q=0.9,en;q=0.8", GERMAN),
        (None, "en-US,en;q=0.9,de;q=0.8", ENGLISH),
        (None, "fr-CH, en;q=0.5, de;q=0.7", GERMAN),
        (None, "de;q=0, fr", ENGLISH),
        (None, "", ENGLISH),
        (None, ";;q=,*;q=x", ENGLISH),
        ("en", "de", ENGLISH),
        ("de", "en", GERMAN),
        ("<script>", "de", GERMAN),
    ],
)
def test_words_are_those_chosen_else_those_of_the_browser(chosen, accepted, words):
    assert choose_words(chosen, accepted) is words


@pytest.mark.parametrize(
    ("first", "last", "english", "german"),
    [
        (JUNE_17, JUNE_20, "17–20 June 2024", "17.–20. Juni 2024"),
        (JUNE_17, JUNE_17, "17 June 2024", "17. Juni 2024"),
        (date(2024, 5, 17), JUNE_17, "17 May – 17 June 2024", "17. Mai – 17. Juni 2024"),
        (
            date(2019, 6, 17),
            JUNE_17,
            "17 June 2019 – 17 June 2024",
            "17. Juni 2019 – 17. Juni 2024",
        ),
    ],
)
def test_two_days_name_what_they_share_once(first, last, english, german):
    assert write_days(first, last, ENGLISH) == english
    assert write_days(first, last, GERMAN) == german


def test_a_date_is_its_day_and_other_text_stays():
    assert write_day("2024-05-02T08:00:00+02:00", ENGLISH) == "2 May 2024"
    assert write_day("2024-05-02", GERMAN) == "2. Mai 2024"
    assert [write_day(text, GERMAN) for text in ("gestern", "2024-05", "")] == [
        *("gestern", "2024-05", "")
    ]


def test_languages_and_numbers_are_written_as_in_the_interface():
    assert [name_language(code, GERMAN) for code in ("en", "fr", "und")] == [
        *("Englisch", "Französisch", "")
    ]
    hostile = 'de" onfocus="alert(1)'
    assert [name_language(code, ENGLISH) for code in ("xx", hostile)] == ["xx", hostile]
    assert [write_number(102_878, words) for words in (ENGLISH, GERMAN)] == ["102,878", "102.878"]
