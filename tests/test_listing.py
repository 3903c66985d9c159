"""The list of articles: searched by words, filtered, sorted by day, a page at a time."""

import sqlite3
from contextlib import closing
from datetime import date

import numpy as np
import pytest

from vectorstore import Article, Filter
from vectorstore.catalog.catalog import open_catalog

MAY, JUNE = date(2024, 5, 2), date(2024, 6, 19)


def article(number, title, text, language="de", **fields):
    body = ((0, len(text)),)
    return Article(f"/a/{number}.txt", title, text, body, language, **fields)


ARTICLES = [
    article(0, "Brücke offen", "Die Lahn führt Hochwasser.", source="Bote", date="2024-03-18"),
    article(1, "Ferry returns", "A bridge is far.", "en", source="Gazette", date="2024-05-02"),
    article(2, "Hafen", "Die Brücken der Stadt.", source="Bote", date="2024-06-19T08:00:00Z"),
    article(3, "Ohne Tag", "Der Hafen ruht.", source=None, date="unbekannt"),
    article(4, "Markt", "Die Lahn.", source="Bote", date="2024-06-19"),
]


def fill(path, articles):
    with closing(open_catalog(path)) as catalog:
        catalog.write_pending([(one, ()) for one in articles], np.empty((0, 0)))
        catalog.publish_pending()


@pytest.fixture
def catalog(tmp_path):
    fill(tmp_path / "catalog.sqlite3", ARTICLES)
    with closing(open_catalog(tmp_path / "catalog.sqlite3", to_write=False)) as opened:
        yield opened


def numbers(page):
    return [int(one.path[3:-4]) for one in page.articles]


def listed(catalog, words="", filter=None, newest_first=True, skip=0, most=50):
    return catalog.page(words, filter, newest_first=newest_first, skip=skip, most=most)


def test_articles_stand_by_day_and_those_without_one_last(catalog):
    assert numbers(listed(catalog)) == [4, 2, 1, 0, 3]
    assert numbers(listed(catalog, newest_first=False)) == [0, 1, 2, 4, 3]


def test_a_page_has_its_articles_and_the_number_of_all_that_match(catalog):
    page = listed(catalog, skip=2, most=2)
    assert (numbers(page), page.total) == ([1, 0], 5)
    assert page.articles[0].title == "Ferry returns"
    assert page.articles[0].source == "Gazette"
    assert page.articles[0].id == ARTICLES[1].id


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("brücke", [2, 0]),  # in a text with another ending, and in a title
        ("BRUCKE", [2, 0]),
        ("lahn hochwasser", [0]),  # all words, wherever they are
        ("ahn", []),  # a word stands for those that begin with it
        ("di", []),  # not for those of two letters
        ("brücke'; DROP TABLE articles; --", []),
        ('" OR title:* NEAR(', []),
        ("???", []),
        ("  ", [4, 2, 1, 0, 3]),
        ("x" * 10_000, []),
    ],
)
def test_articles_are_found_by_the_beginnings_of_all_words(catalog, words, found):
    assert numbers(listed(catalog, words)) == found


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        (Filter(languages=["en"]), [1]),
        (Filter(sources=["Bote"]), [4, 2, 0]),
        (Filter(date_from=MAY, date_to=MAY), [1]),
        (Filter(date_from=JUNE, sources=["Bote"]), [4, 2]),
        (Filter(articles=[ARTICLES[3].id]), [3]),
        (Filter(articles=[]), []),
    ],
)
def test_a_filter_limits_the_list(catalog, filter, found):
    page = listed(catalog, filter=filter)
    assert (numbers(page), page.total) == (found, len(found))


def test_outlets_are_counted_and_articles_without_one_left_out(catalog):
    assert catalog.sources() == {"Bote": 3, "Gazette": 1}


def test_an_article_that_is_gone_or_changed_is_found_no_more(tmp_path):
    path = tmp_path / "catalog.sqlite3"
    fill(path, ARTICLES)
    fill(path, [article(0, "Tunnel", "Die Lahn steigt.", date="2024-03-18")])
    with closing(open_catalog(path)) as catalog:
        catalog.drop([ARTICLES[2].id])
        catalog.forget_hidden()
        assert numbers(listed(catalog, "brücke")) == []
        assert numbers(listed(catalog, "tunnel")) == [0]


def test_a_catalog_of_an_earlier_version_is_searched_and_brought_up_to_date(tmp_path):
    path = tmp_path / "catalog.sqlite3"
    fill(path, ARTICLES)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "DROP TRIGGER words_added; DROP TRIGGER words_gone; DROP TABLE words; DROP INDEX by_day"
        )
    with closing(open_catalog(path, to_write=False)) as catalog:
        assert numbers(listed(catalog, "hochwasser lahn")) == [0]
        assert numbers(listed(catalog, newest_first=False)) == [0, 1, 2, 4, 3]
    with closing(open_catalog(path)) as catalog:
        assert numbers(listed(catalog, "brucke")) == [2, 0]


MADE = """
INSERT INTO articles
    (id, state, content_hash, path, title, language, source, date, day, body, text)
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 99999)
SELECT printf('%016x', n), 1, '', '/a/' || n || '.txt', 'Titel ' || n,
    CASE n % 3 WHEN 0 THEN 'en' ELSE 'de' END, 'Blatt ' || (n % 300),
    NULL, 20000101 + n % 28, '[]', 'Wort' || n || ' für alle.'
FROM numbers
"""


def test_any_page_of_100_000_articles_is_right(tmp_path):
    with closing(open_catalog(tmp_path / "catalog.sqlite3")) as catalog:
        catalog._db.execute(MADE)
        first = listed(catalog)
        assert first.total == 100_000
        # The newest day is that of each 28th article, and those added last come first.
        assert numbers(first)[:2] == [99_987, 99_959]
        assert numbers(listed(catalog, skip=99_999)) == [0]
        assert numbers(listed(catalog, newest_first=False, most=2)) == [0, 28]
        assert listed(catalog, filter=Filter(languages=["en"])).total == 33_334
        assert listed(catalog, "alle", Filter(sources=["Blatt 7"])).total == 334
        assert numbers(listed(catalog, "wort99987 alle")) == [99_987]
        assert len(catalog.sources()) == 300


def test_no_page_reads_the_rows_of_articles_that_it_does_not_show(tmp_path):
    path = tmp_path / "catalog.sqlite3"
    fill(path, ARTICLES)
    statements: list[str] = []
    with closing(open_catalog(path)) as catalog:
        catalog._db.set_trace_callback(statements.append)
        for words, filter in (("", None), ("lahn", Filter(languages=["de"], date_from=MAY))):
            listed(catalog, words, filter)
        catalog._db.set_trace_callback(None)
        for statement in [one for one in statements if one.startswith("SELECT") and "day" in one]:
            steps = [row[3] for row in catalog._db.execute(f"EXPLAIN QUERY PLAN {statement}")]
            assert any("COVERING INDEX" in step for step in steps), steps
            others = [step for step in steps if step.split()[1] == "a" and "USING" in step]
            assert all("COVERING INDEX" in step for step in others), steps
