"""Filtered searches: what matches, exactly as if all others were not there."""

from contextlib import closing
from dataclasses import FrozenInstanceError, replace
from datetime import date

import numpy as np
import pytest
from fakes import make_article, whole
from stores import written

from vectorstore import Filter, candidates, terms_of
from vectorstore.catalog.catalog import open_catalog
from vectorstore.catalog.reader import read_only

JUNE, JULY = date(2024, 6, 1), date(2024, 7, 1)


def article(number, language="de", source=None, day=None):
    """An article that is nearer to "hafen" and better by its words than one of a higher number."""
    text = "Hafen " * (20 - number) + "Markt " * (1 + number)
    made = make_article(f"/a/{number}.txt", text, source=source, date=day)
    return replace(made, language=language)


ARTICLES = [
    article(0, "de", "dpa", "2024-05-31"),
    article(1, "en", "dpa", "2024-06-01"),
    article(2, "de", "dpa", "2024-06-19"),
    article(3, "en", "BBC", "2024-06-19T23:59:00+02:00"),
    article(4, "de", "Blatt", "2024-07-01"),
    article(5, "fr", "Blatt"),
    article(6, "de", None, "2024-06-30"),
    article(7, "de", "dpa", "2024"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with written(tmp_path_factory.mktemp("filters")) as store:
        store.add([(article, whole(article)) for article in ARTICLES])
        yield store


def numbers(hits):
    return [int(hit.passage.article.path[3:-4]) for hit in hits]


def nearest(store, k, filter):
    """The numbers of the articles found by meaning alone, the nearest first."""
    hits = store.search("hafen", k, terms=(), filter=filter).hits
    return numbers(sorted(hits, key=lambda hit: -hit.cosine))


def best(store, k, filter):
    """The numbers of the articles found by their words, the best first.

    The question is as far from all of them, and k of those nearest by meaning come along.
    """
    hits = store.search("brücke", k, terms=terms_of("Hafen"), filter=filter).hits
    return numbers(sorted(hits, key=lambda hit: -hit.bm25)[:k])


FILTERS = [
    (Filter(), [0, 1, 2, 3, 4, 5, 6, 7]),
    (Filter(languages=["de"]), [0, 2, 4, 6, 7]),
    (Filter(languages={"en", "fr"}), [1, 3, 5]),
    (Filter(languages=["DE"]), []),
    (Filter(sources=["dpa"]), [0, 1, 2, 7]),
    (Filter(sources=("BBC", "Blatt")), [3, 4, 5]),
    (Filter(date_from=JUNE), [1, 2, 3, 4, 6]),
    (Filter(date_to=date(2024, 6, 30)), [0, 1, 2, 3, 6]),
    (Filter(date_from=JUNE, date_to=date(2024, 6, 19)), [1, 2, 3]),
    (Filter(date_from=JULY, date_to=JUNE), []),
    (Filter(articles=[ARTICLES[7].id, ARTICLES[2].id]), [2, 7]),
    (Filter(articles=["no such id"]), []),
    (Filter(articles=[]), []),
    (Filter(languages=[]), []),
    (Filter(languages=["de"], sources=["dpa"], date_from=JUNE), [2]),
    (Filter(articles=[ARTICLES[1].id], languages=["de"]), []),
]


@pytest.mark.parametrize(("filter", "matching"), FILTERS, ids=map(str, range(len(FILTERS))))
@pytest.mark.parametrize("few", [0, 3, 5000], ids="few={}".format)
def test_both_indexes_find_what_matches_and_nothing_else(store, monkeypatch, filter, matching, few):
    # With 0 every filter counts as wide, with 3 some do.
    monkeypatch.setattr(candidates, "_few", lambda k, passages: few)
    for k in (1, 3, 50):
        assert nearest(store, k, filter) == matching[:k]
        assert best(store, k, filter) == matching[:k]


def test_scores_are_those_of_the_search_without_a_filter(store):
    def scores(filter):
        hits = store.search("hafen markt", 50, terms=terms_of("Hafen Markt"), filter=filter).hits
        return {hit.passage.id: (hit.cosine, hit.bm25) for hit in hits}

    every, german = scores(None), scores(Filter(languages=["de"]))
    assert len(german) == 5
    assert german == {id: pytest.approx(every[id]) for id in german}


def test_languages_that_are_searched_for_terms_of_their_own_are_filtered_too(store):
    found = store.search(
        "hafen",
        2,
        terms=terms_of("Hafen"),
        terms_in={"en": terms_of("Markt")},
        filter=Filter(sources=["dpa", "BBC"], date_from=JUNE),
    )
    assert sorted(numbers(found.hits)) == [1, 2, 3]
    assert found.query_terms("en").terms == terms_of("Markt")


def test_a_filter_leaves_out_versions_that_are_gone(store, tmp_path):
    german, english = ARTICLES[2], replace(ARTICLES[2], language="en")
    with written(tmp_path) as changing:
        changing.add([(german, whole(german))])
        changing.add([(english, whole(english))])
        assert nearest(changing, 5, Filter(languages=["de"])) == []
        assert nearest(changing, 5, Filter(languages=["en"])) == [2]
        assert best(changing, 5, Filter(languages=["de"])) == []
        assert best(changing, 5, Filter(languages=["en"])) == [2]


def test_a_wide_filter_finds_as_many_as_an_exact_comparison(tmp_path, monkeypatch):
    random = np.random.default_rng(7)
    many = [
        replace(
            make_article(f"/a/{n}.txt", " ".join(random.choice(["Hafen", "Wahl", "Markt"], 40))),
            language=str(random.choice(["de", "en"], p=[0.05, 0.95])),
        )
        for n in range(600)
    ]
    with written(tmp_path) as store:
        store.add([(article, whole(article)) for article in many])

        def cosines(few):
            monkeypatch.setattr(candidates, "_few", lambda k, passages: few)
            hits = store.search("hafen markt", 20, terms=(), filter=Filter(languages=["de"])).hits
            assert {hit.passage.article.language for hit in hits} == {"de"}
            return sorted(hit.cosine for hit in hits)

        assert len(cosines(0)) == 20
        assert cosines(0) == pytest.approx(cosines(5000))


def test_a_filter_is_a_value():
    one = Filter(languages=["de", "en"], date_from=JUNE)
    assert one == Filter(languages=("en", "de", "de"), date_from=JUNE)
    assert len({one, Filter(languages={"de", "en"}, date_from=JUNE)}) == 1
    with pytest.raises(FrozenInstanceError):
        one.languages = None


@pytest.mark.parametrize("field", ["articles", "sources", "languages"])
def test_a_single_name_in_place_of_a_collection_is_an_error(field):
    with pytest.raises(TypeError) as raised:
        Filter(**{field: "de"})
    assert str(raised.value) == f"Filter.{field} takes a collection of names: ['de']"


def test_twice_as_many_matches_are_compared_one_by_one_in_a_store_of_four_times_the_size():
    assert candidates._few(100, 100_000) == 7071
    assert candidates._few(100, 400_000) == 2 * 7071


def test_a_wide_search_asks_at_once_for_as_many_as_the_share_of_matches_calls_for():
    wanted = []

    def find(count):
        wanted.append(count)
        return list(range(count))

    def keep(keys):
        return [key for key in keys if key % 5 == 0]

    assert candidates._first(find, keep, 100) == list(range(0, 500, 5))
    assert wanted == [100, 650]


EVERY_FACT = [
    Filter(sources=["dpa"]),
    Filter(languages=["de"], date_from=JUNE),
    Filter(articles=[ARTICLES[2].id, ARTICLES[4].id]),
]


@pytest.mark.parametrize("filter", EVERY_FACT)
def test_what_the_graph_found_is_filtered_without_reading_rows(tmp_path, filter):
    with closing(open_catalog(tmp_path / "catalog.sqlite3")) as catalog:
        catalog.write_pending([(one, whole(one)) for one in ARTICLES], np.ones((len(ARTICLES), 2)))
        catalog.publish_pending()
        ids = [whole(one)[0].id for one in ARTICLES]
        statements: list[str] = []
        catalog._db.set_trace_callback(statements.append)
        assert len(catalog.keys_of(ids, filter)) in range(1, len(ARTICLES))
        catalog._db.set_trace_callback(None)
        [steps] = [
            [row[3] for row in catalog._db.execute(f"EXPLAIN QUERY PLAN {statement}")]
            for statement in statements
            if statement.startswith("SELECT p.id")
        ]
        for table in ("p", "a"):
            assert any(step.startswith(f"SEARCH {table} USING COVERING INDEX") for step in steps)


@pytest.mark.parametrize("filter", EVERY_FACT)
def test_a_catalog_of_an_earlier_version_is_read_without_the_newer_indexes(tmp_path, filter):
    path = tmp_path / "catalog.sqlite3"
    with closing(open_catalog(path)) as catalog:
        catalog.write_pending([(one, whole(one)) for one in ARTICLES], np.ones((len(ARTICLES), 2)))
        catalog.publish_pending()
        ids = [whole(one)[0].id for one in ARTICLES]
        found, counted = catalog.keys_of(ids, filter), catalog.matching(filter, 100)
        for index in ("by_key", "by_day", "by_passage_id"):
            catalog._db.execute(f"DROP INDEX {index}")
    with read_only(path) as older:
        assert older.keys_of(ids, filter) == found
        assert older.matching(filter, 100) == counted == len(found)
