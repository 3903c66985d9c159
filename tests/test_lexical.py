"""The lexical index: words and 4-grams, BM25 and its weights, what is searched when."""

from dataclasses import replace
from math import log

import pytest
from fakes import make_article

from vectorstore import Passage, Term, ngrams_of, terms_of
from vectorstore.lexical.index import open_lexical_index
from vectorstore.lexical.searcher import InLanguages


@pytest.fixture
def index(tmp_path):
    index = open_lexical_index(tmp_path)
    yield index
    index.close()


def passage(text, language="de"):
    article = replace(make_article("/a/a.txt", text), language=language)
    return Passage(article, 0, len(text), ())


def add(index, texts):
    """Add German texts by key."""
    index.add(texts.keys(), map(passage, texts.values()))


def fill(index, *texts):
    add(index, dict(enumerate(texts, 1)))
    index.commit()


def search(index, question, k=10):
    return index.searcher().search(index.searcher().query_terms(terms_of(question)), k)


# N-grams ----------------------------------------------------------------------------------------


def test_a_word_stands_whole_and_in_four_letter_pieces_with_its_ends_marked():
    assert ngrams_of("Hafen") == ["=hafen", "_haf", "hafe", "afen", "fen_"]


def test_short_words_have_one_piece():
    assert ngrams_of("ab") == ["=ab", "_ab_"]
    assert ngrams_of("a 7") == ["=a", "_a_", "=7", "_7_"]


def test_repeats_and_their_order_stay():
    assert ngrams_of("Ei, Ei!") == ["=ei", "_ei_", "=ei", "_ei_"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Verträge", "vertrage"),
        ("Straße", "STRASSE"),
        ("Straße", "straẞe"),
        ("Café", "Cafe\u0301"),
        ("Pjöngjang", "Pjo\u0308ngjang"),
        ("ﬁnden", "finden"),
        ("２０２４", "2024"),
    ],
)
def test_spellings_that_are_one_word(one, other):
    assert ngrams_of(one) == ngrams_of(other)


@pytest.mark.parametrize(("one", "other"), [("Verträge", "Vertraege"), ("Maß", "Mas")])
def test_spellings_that_stay_two_words(one, other):
    assert ngrams_of(one) != ngrams_of(other)


def test_other_scripts_have_ngrams_and_signs_have_none():
    assert ngrams_of("Путин") == ["=путин", "_пут", "пути", "утин", "тин_"]
    assert ngrams_of("北京市") == ["=北京市", "_北京市", "北京市_"]
    assert ngrams_of("😀 … – „“ !") == []
    assert ngrams_of("") == []


# BM25 -------------------------------------------------------------------------------------------

# N-grams: "ab" 2, "ab cd" 4, "ab ab ef" 6. tantivy keeps lengths up to 40 exactly.
TEXTS = ("ab", "ab cd", "ab ab ef")


def bm25(frequency, length, containing, total, average):
    idf = log(1 + (total - containing + 0.5) / (containing + 0.5))
    return idf * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / average))


def test_scores_are_those_of_the_formula(index):
    fill(index, *TEXTS)
    # "ab" is the n-grams "=ab" and "_ab_", in all three texts; "cd" is two more, in one.
    assert search(index, "ab cd") == pytest.approx(
        {
            1: 2 * bm25(1, 2, 3, 3, 4),
            2: 2 * bm25(1, 4, 3, 3, 4) + 2 * bm25(1, 4, 1, 3, 4),
            3: 2 * bm25(2, 6, 3, 3, 4),
        },
        rel=1e-5,
    )


def test_the_best_come_first_and_no_more_than_asked_for(index):
    fill(index, *TEXTS)
    assert list(search(index, "ab cd")) == [2, 1, 3]
    assert list(search(index, "ab cd", k=2)) == [2, 1]
    assert list(search(index, "ef", k=5)) == [3]


def test_scores_of_named_passages_are_those_of_the_search(index):
    fill(index, *TEXTS)
    query_terms = index.searcher().query_terms(terms_of("ab cd"))
    every = index.searcher().search(query_terms, 10)
    assert index.searcher().score(query_terms, [3, 1]) == pytest.approx({1: every[1], 3: every[3]})
    assert index.searcher().score(query_terms, [2, 99]) == pytest.approx({2: every[2]})
    assert index.searcher().score(index.searcher().query_terms(terms_of("cd")), [1, 3]) == {}
    assert index.searcher().score(query_terms, []) == {}


def test_a_question_is_weighed_by_rarity(index):
    fill(index, *TEXTS)
    rare, common, unknown = log(1 + 2.5 / 1.5), log(1 + 0.5 / 3.5), log(1 + 3.5 / 0.5)
    query_terms = index.searcher().query_terms(terms_of("cd, cd ab xy"))
    assert query_terms.weights == pytest.approx(
        {
            "=cd": rare,
            "_cd_": rare,
            "=ab": common,
            "_ab_": common,
            "=xy": unknown,
            "_xy_": unknown,
        }
    )
    assert query_terms.total == pytest.approx(2 * rare + 2 * common + 2 * unknown)
    assert query_terms.matched("ab AB ab zz") == pytest.approx(2 * common)
    assert query_terms.matched("zz") == 0


def test_a_word_is_found_by_others_that_stand_for_it(index):
    fill(index, "ab", "cd", "ef", "gh")
    query_terms = index.searcher().query_terms([Term("xy", 0.5, (("cd", 0.9), ("ef", 0.25)))])
    rare = log(1 + 3.5 / 1.5)
    assert query_terms.weights == pytest.approx(
        {
            **{"=cd": 0.9 * rare, "_cd_": 0.9 * rare, "=ef": 0.25 * rare, "_ef_": 0.25 * rare},
            **{"=xy": 0.5 * log(1 + 4.5 / 0.5), "_xy_": 0.5 * log(1 + 4.5 / 0.5)},
        }
    )
    # One of the words is enough for all of the term's weight.
    assert query_terms.total == pytest.approx(2 * max(0.9 * rare, 0.5 * log(10)))
    scores = index.searcher().search(query_terms, 10)
    assert list(scores) == [2, 3]
    assert scores[2] / scores[3] == pytest.approx(0.9 / 0.25)


def test_words_for_one_term_add_up_in_what_they_share_and_two_terms_do_not(index):
    fill(index, "abcd")
    shared = [Term("xx", 1.0, (("abcd", 0.3), ("abcde", 0.2))), Term("yy", 1.0, (("abcd", 0.4),))]
    factors = index.searcher().query_terms(shared).factors
    assert {ngram: factors[ngram] for ngram in ("=abcd", "_abc", "abcd", "bcd_", "bcde")} == (
        pytest.approx({"=abcd": 0.4, "_abc": 0.5, "abcd": 0.5, "bcd_": 0.4, "bcde": 0.2})
    )
    sure = Term("xx", 1.0, (("abcd", 0.8), ("abcde", 0.7)))
    assert index.searcher().query_terms([sure]).factors["abcd"] == 1.0


def test_a_search_keeps_to_the_languages_it_is_given(index):
    index.add([1, 2, 3], [passage("ab", language) for language in ("de", "en", "und")])
    index.commit()
    query_terms = index.searcher().query_terms(terms_of("ab"))

    def found(*codes, others):
        return set(index.searcher().search(query_terms, 10, InLanguages(codes, others)))

    assert found("de", others=False) == {1}
    assert found("de", "en", others=False) == {1, 2}
    assert found("de", others=True) == {2, 3}
    assert found(others=True) == {1, 2, 3}
    assert found(others=False) == set()


def test_weights_stay_positive_when_texts_were_removed(index):
    # tantivy counts removed texts until it merges them away: in both numbers or in neither.
    fill(index, "ab", *["cd"] * 10)
    index.remove(range(4, 12))
    index.commit()
    assert index.searcher().query_terms(terms_of("cd ab")).weights == pytest.approx(
        {
            "=cd": log(1 + 1.5 / 10.5),
            "_cd_": log(1 + 1.5 / 10.5),
            "=ab": log(1 + 10.5 / 1.5),
            "_ab_": log(1 + 10.5 / 1.5),
        }
    )


def test_an_empty_question_matches_nothing(index):
    fill(index, *TEXTS)
    assert search(index, "") == {}
    assert search(index, "?!") == {}
    assert index.searcher().query_terms(()).total == 0


def test_an_empty_index_finds_nothing(index):
    assert search(index, "ab") == {}
    assert index.searcher().query_terms(terms_of("ab")).weights == pytest.approx(
        {"=ab": log(2), "_ab_": log(2)}
    )


def test_compounds_are_found_by_their_parts_and_the_other_way_round(index):
    fill(index, "Der Hafenausbau stockt.", "Das Wetter bleibt mild.")
    assert list(search(index, "Ausbau")) == [1]
    assert list(search(index, "Hafens")) == [1]
    fill(index, "Der Hafenausbau stockt.", "Das Wetter bleibt mild.")
    assert list(search(index, "Unwetterwarnung", k=1)) == [2]


def test_any_text_is_indexed(index):
    fill(index, "😀", "", "\0 \ufffd", "日本語のテキスト", "x" * 100_000, "á" * 3)
    assert list(search(index, "日本語")) == [4]
    assert list(search(index, "aaa")) == [6]
    assert list(search(index, "xxxxxx")) == [5]


def test_an_index_is_made_again_in_place_of_all_that_it_held(index):
    fill(index, *TEXTS)
    index.make_again([{7: passage("cd")}, {8: passage("ef"), 9: passage("cd")}])
    assert set(search(index, "ab cd ef")) == {7, 8, 9}
    assert index.count() == 3


# When it counts ---------------------------------------------------------------------------------


def test_changes_count_after_the_commit(index):
    fill(index, *TEXTS)
    add(index, {4: "cd"})
    index.remove([2])
    assert set(search(index, "cd")) == {2}
    index.commit()
    assert set(search(index, "cd")) == {4}


def test_removing_what_is_not_there_is_no_error(index):
    fill(index, *TEXTS)
    index.remove([77])
    index.remove([])
    index.commit()
    assert set(search(index, "ab")) == {1, 2, 3}


def test_a_removal_takes_what_was_added_before_the_same_commit(index):
    add(index, {1: "ab"})
    index.remove([1])
    add(index, {2: "ab"})
    index.commit()
    assert set(search(index, "ab")) == {2}


def test_an_index_shows_what_others_committed_after_a_reload(tmp_path, index):
    fill(index, *TEXTS)
    other = open_lexical_index(tmp_path)
    index.remove([2])
    index.commit()
    assert set(search(other, "cd")) == {2}
    other.reload()
    assert set(search(other, "cd")) == set()


def test_what_was_not_committed_is_gone_after_closing(tmp_path, index):
    fill(index, *TEXTS)
    add(index, {4: "cd"})
    index.close()
    again = open_lexical_index(tmp_path)
    assert set(search(again, "cd")) == {2}
    add(again, {5: "cd"})
    again.commit()
    again.close()
    assert set(search(again, "cd")) == {2, 5}
