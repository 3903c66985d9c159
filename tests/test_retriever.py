"""The LangChain retriever over a real store, with embeddings that count words."""

import json
from datetime import date

import pytest
from conftest import UnitWords, news
from langchain_core.retrievers import BaseRetriever

from rag.errors import BadQuestion
from rag.language.lexicon import parse_lexicon
from rag.question.question import Question, read_question
from rag.retrieval.retriever import ArticleRetriever, overlap, search
from vectorstore import Filter

BRIDGE = "Die neue Brücke über die Lahn öffnet im Oktober. Der Bau hat vier Jahre gedauert."
MARKET = "Auf dem Markt kosten Äpfel zwei Euro. Birnen sind wegen des Frosts teurer."
FERRY = "Die Fähre Marie fährt wieder über den See. Eine Karte kostet drei Euro."
TREATY = "The treaty promises mutual aid. Both sides signed it on Wednesday."


NO_LEXICON = parse_lexicon([])
LEXICON = parse_lexicon(
    ["de\tbrücke\tbridge .8 ferry .04", "de\töffnet\topens .5", "en\tbridge\tbrücke .9"]
)


def retriever(store, lexicon=NO_LEXICON, **options):
    return ArticleRetriever(store=store, lexicon=lexicon, embeddings=UnitWords(), **options)


def found(store, question, *options, **limits):
    return retriever(store, *options, **limits).invoke(question)


def test_it_is_a_langchain_retriever(fill):
    retriever = ArticleRetriever(
        store=fill(news("a.md", BRIDGE)), lexicon=NO_LEXICON, embeddings=UnitWords()
    )
    assert isinstance(retriever, BaseRetriever)
    assert retriever.batch(["Wann öffnet die Brücke?"])[0] == retriever.invoke(
        "Wann öffnet die Brücke?"
    )


def test_the_passage_about_the_question_comes_first(fill):
    store = fill(news("a.md", MARKET), news("b.md", BRIDGE), news("c.md", FERRY))
    for question, path in [
        ("Wann öffnet die neue Brücke?", "/news/b.md"),
        ("Was kosten Äpfel auf dem Markt?", "/news/a.md"),
        ("Fährt die Fähre?", "/news/c.md"),
    ]:
        assert found(store, question)[0].metadata["path"] == path


def test_metadata_has_the_documented_fields_and_the_place_of_the_passage(fill):
    article = news("a.md", "Vorab.\n\n" + BRIDGE, source="Bote", date="2024-03-18")
    [document] = found(fill(article), "Wann öffnet die neue Brücke?")
    assert set(document.metadata) == {
        *("article", "path", "title", "source", "date", "day", "url", "language", "start", "end"),
        *("score", "cosine", "bm25"),
    }
    assert json.loads(json.dumps(document.metadata)) == document.metadata
    start, end = document.metadata["start"], document.metadata["end"]
    assert document.page_content == article.text[start:end]
    stated = {name: document.metadata[name] for name in ("article", "path", "source", "date")}
    assert stated == {
        "article": article.id,
        "path": "/news/a.md",
        "source": "Bote",
        "date": "2024-03-18",
    }
    assert [text for _, text in document.passage.sentences][-2:] == [
        "Die neue Brücke über die Lahn öffnet im Oktober.",
        "Der Bau hat vier Jahre gedauert.",
    ]


def test_the_cosine_of_a_hit_is_that_of_question_and_passage(fill):
    # Three words asked, eight in the passage and its (empty) title, all three among them.
    store = fill(news("a.md", "Die neue Brücke über den Fluss öffnet bald."))
    [document] = found(store, "Öffnet die Brücke?")
    assert document.metadata["cosine"] == pytest.approx(3 / (3 * 8) ** 0.5, abs=1e-3)


def test_scores_fall_from_the_first_to_the_last(fill):
    store = fill(news("a.md", MARKET), news("b.md", BRIDGE), news("c.md", FERRY))
    scores = [document.metadata["score"] for document in found(store, "Was kostet die Karte?")]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


def test_no_more_than_k_passages_come_back(fill):
    store = fill(news("a.md", MARKET), news("b.md", BRIDGE), news("c.md", FERRY))
    assert len(found(store, "Was kostet die Karte?", k=2)) == 2


def test_a_reprint_under_another_path_takes_no_second_place(fill):
    reprint = BRIDGE.replace("vier Jahre", "fünf Jahre")
    store = fill(news("a.md", BRIDGE), news("copy.md", reprint), news("c.md", FERRY))
    paths = [d.metadata["path"] for d in found(store, "Wann öffnet die neue Brücke?", k=2)]
    assert len(paths) == 2
    assert len(set(paths) & {"/news/a.md", "/news/copy.md"}) == 1
    assert "/news/c.md" in paths


def test_articles_that_only_share_a_topic_are_both_kept(fill):
    other = "Die neue Brücke über die Lahn war teuer. Sie kostete vier Millionen Euro."
    store = fill(news("a.md", BRIDGE), news("b.md", other))
    assert len(found(store, "Wann öffnet die neue Brücke?")) == 2


def test_a_single_article_of_another_language_is_found_when_it_alone_answers(fill):
    towns = "Aalen Bonn Celle Essen Fulda Gotha Halle Ilmenau Jena Kiel".split()
    german = [
        news(f"{town}.md", f"Der Vertrag der Stadt {town} betrifft den Bau der Halle {number}.")
        for number, town in enumerate(towns)
    ]
    store = fill(*german, news("treaty.md", TREATY, "en"))
    assert found(store, "What does the treaty promise?")[0].metadata["path"] == "/news/treaty.md"


def test_a_question_is_searched_in_the_words_of_the_articles_language(fill):
    bridge = news("bridge.md", "The new bridge across the river opens in May.", "en")
    fair = news("fair.md", "Apples cost two euros at the fair this year.", "en")
    store = fill(bridge, fair, news("brücke.md", BRIDGE))
    question = "Wann öffnet die Brücke?"
    plain, translated = found(store, question), found(store, question, LEXICON)
    shared = {d.metadata["path"]: d.metadata["bm25"] for d in plain}
    scores = {d.metadata["path"]: d.metadata["bm25"] for d in translated}
    assert shared["/news/bridge.md"] < scores["/news/bridge.md"]
    # Articles in the language of the question are still searched for its own words.
    assert shared["/news/brücke.md"] == pytest.approx(scores["/news/brücke.md"])
    forms = {
        d.metadata["language"]: [t.others for t in d.passage.query_terms.terms] for d in translated
    }
    assert forms["de"] == [(), ()]
    assert forms["en"] == [(("opens", 0.5**0.5),), (("bridge", 0.8**0.5), ("ferry", 0.04**0.5))]


def test_a_question_is_not_translated_into_a_language_without_articles(fill):
    asked = []

    class Watched:
        languages = frozenset({"de", "en"})

        def terms(self, words, language):
            asked.append(language)
            return LEXICON.terms(words, language)

    search(fill(news("brücke.md", BRIDGE)), read_question("Wann öffnet die Brücke?"), Watched())
    assert asked == []
    search(
        fill(news("bridge.md", TREATY, "en")), read_question("Wann öffnet die Brücke?"), Watched()
    )
    assert asked == ["de"]


def test_a_bad_question_is_an_error_not_an_empty_result(fill):
    with pytest.raises(BadQuestion):
        found(fill(news("a.md", BRIDGE)), "?")


def test_a_store_without_articles_gives_nothing(fill):
    assert found(fill(), "Wann öffnet die neue Brücke?") == []


def test_overlap_is_the_shared_part_of_all_ngrams():
    assert overlap({"a", "b"}, {"b", "c"}) == pytest.approx(1 / 3)
    assert overlap(set(), set()) == 0.0


def test_carried_over_terms_have_half_the_weight_of_the_questions_own(fill):
    store = fill(news("a.md", BRIDGE))
    asked = Question("Und die Fähre? (Brücke)", "de", ("Brücke",))
    query_terms = search(store, asked, NO_LEXICON).query_terms("de")
    assert [(term.word, term.weight) for term in query_terms.terms] == [
        ("Fähre", 1.0),
        ("Brücke", 0.5),
    ]


def test_a_question_handed_in_is_not_read_again(fill):
    retriever = ArticleRetriever(
        store=fill(news("a.md", BRIDGE)), lexicon=NO_LEXICON, embeddings=UnitWords()
    )
    [document] = retriever.invoke("Brücke?", question=Question("Fähre?", "de"))
    assert [term.word for term in document.passage.query_terms.terms] == ["Fähre"]


def test_k_and_a_filter_hold_for_the_retriever_or_for_one_question(fill):
    articles = [
        news("a.md", BRIDGE, source="Bote", date="2024-03-18"),
        news("b.md", f"Kurz gemeldet. {BRIDGE} Mehr war nicht bekannt.", source="Kurier"),
        news("c.md", MARKET, source="Kurier"),
    ]
    store, question = fill(*articles), "Wann öffnet die neue Brücke?"

    def sources(*options, **limits):
        made = retriever(store, **limits).invoke(question, None, **dict(options))
        return [document.metadata["source"] for document in made]

    kurier = Filter(sources=["Kurier"])
    assert sources() == ["Bote", "Kurier", "Kurier"]
    assert sources(filter=kurier) == ["Kurier", "Kurier"]
    assert sources(("filter", kurier), ("k", 1)) == ["Kurier"]
    assert sources(("filter", Filter(languages=["en"])), filter=kurier) == []
    assert sources(filter=Filter(date_from=date(2024, 3, 18))) == ["Bote"]
