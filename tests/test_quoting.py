"""Answers by quotation, over a real store and embeddings that count words."""

from dataclasses import replace

import pytest
from conftest import news
from fakes import ranked

from rag.answering.quoting import ExtractiveAnswerer, choose_sentences, in_reading_order
from rag.errors import CitationNotVerbatim
from rag.language.lexicon import parse_lexicon
from rag.phrases import PHRASES
from rag.question.question import read_question
from rag.retrieval.evidence import Evidence
from rag.retrieval.retriever import ArticleRetriever
from vectorstore import ngrams_of

OPENS = "Die neue Brücke über die Lahn öffnet im Oktober."
QUESTION = "Wann öffnet die neue Brücke über die Lahn?"
OTHERS = ["Der Rat tagte am Montag.", "Viele Leute kamen.", "Das Wetter war schön."]
BRIDGE = news("bruecke.md", f"Der Rat tagte am Montag. {OPENS} Das Wetter war schön.")
OFF_TOPIC = "Quarks zyxwv?"
SQUARE = news("platz.md", "Die neue Brücke über die Lahn öffnet im Oktober, nicht im Mai.")
SAME = news("feier.md", f"{OPENS} Zur Feier kommen Leute aus allen Dörfern im Tal zusammen.")


def pieces(store, words, question, read_article=None):
    retriever = ArticleRetriever(store=store, lexicon=parse_lexicon([]), embeddings=words)
    answerer = ExtractiveAnswerer(read_article or store.article)
    asked = read_question(question)
    return answerer.answer(asked, retriever.find(asked))


def answer(*asked, **options):
    first, *rest = pieces(*asked, **options)
    return sum(rest, first)


@pytest.mark.parametrize("place", range(4))
def test_the_best_sentence_is_quoted_wherever_it_stands(fill, words, place):
    sentences = list(OTHERS)
    sentences.insert(place, OPENS)
    made = answer(fill(news("a.md", " ".join(sentences))), words, QUESTION)
    assert made.found
    assert made.best.quote == OPENS


def evidence(text, at, path="/news/a.md", score=1.0):
    found = ranked(text, path=path)
    ngrams = frozenset(text.split())
    return Evidence(
        found, (at, at + len(text)), text, cosine=1.0, share=1.0, score=score, ngrams=ngrams
    )


def test_the_best_sentences_article_comes_first_and_each_article_in_its_own_order():
    ranked = [
        evidence("best", 50, score=1.0),
        evidence("other article", 0, "/news/b.md", score=0.9999),
        evidence("after it", 70, score=0.9998),
        evidence("before it", 10, score=0.9997),
    ]
    assert choose_sentences(ranked) == ranked
    shown = [found.text for found in in_reading_order(ranked)]
    assert shown == ["before it", "best", "after it", "other article"]


def test_a_sentence_far_worse_than_the_best_is_not_quoted():
    ranked = [evidence("best", 50, score=1.0), evidence("far off", 0, score=-1.0)]
    assert [found.text for found in choose_sentences(ranked)] == ["best"]


def test_every_quote_is_the_articles_text_between_its_offsets(fill, words):
    articles = {a.id: a for a in (BRIDGE, news("b.md", f"Vorab. {OPENS} Die Brücke ist neu."))}
    made = answer(fill(*articles.values()), words, QUESTION)
    assert made.citations
    for citation in made.citations:
        text = articles[citation.article].text
        assert text[citation.start : citation.end] == citation.quote


def test_citations_are_numbered_in_the_order_of_use_without_gaps(fill, words):
    store = fill(
        news("a.md", f"{OPENS} Die neue Brücke über die Lahn öffnet der Minister."),
        news("b.md", "Über die Lahn führt die neue Brücke. Sie öffnet morgens um sechs."),
    )
    made = answer(store, words, QUESTION)
    numbers = [number for sentence in made.sentences for number in sentence.citations]
    assert len(numbers) > 1
    assert numbers == list(range(1, len(numbers) + 1))
    assert [citation.number for citation in made.citations] == numbers


def test_a_quoted_sentence_is_its_citation_with_single_spaces(fill, words):
    broken = OPENS.replace("Lahn öffnet", "Lahn\n  öffnet")
    [sentence, *_] = (made := answer(fill(news("a.txt", broken)), words, QUESTION)).sentences
    assert sentence.text == OPENS
    assert made.citations[0].quote == broken


def test_a_reprint_under_another_path_is_not_quoted_again(fill, words):
    made = answer(fill(BRIDGE, replace(BRIDGE, path="/news/copy.md")), words, QUESTION)
    assert [sentence.text for sentence in made.sentences].count(OPENS) == 1


def test_a_sentence_that_stands_twice_in_an_article_is_quoted_once(fill, words):
    made = answer(fill(news("a.md", f"{OPENS} Das Wetter war schön. {OPENS}")), words, QUESTION)
    assert [sentence.text for sentence in made.sentences].count(OPENS) == 1


def test_nearly_the_same_sentence_is_not_quoted_again(fill, words):
    nearly = OPENS.replace("öffnet", "öffnet wohl")
    store = fill(news("a.md", f"{OPENS} Es regnet."), news("b.md", f"{nearly} Alle kamen heute."))
    quoted = {sentence.text for sentence in answer(store, words, QUESTION).sentences}
    assert len(quoted & {OPENS, nearly}) == 1


def test_a_sentence_contained_in_a_quoted_one_is_not_quoted_again(fill, words):
    longer = f"Wie man gestern erfuhr, gilt nun: {OPENS}"
    ranked = [marked(longer, 0), marked(OPENS, 200)]
    assert choose_sentences(ranked) == ranked[:1]


@pytest.mark.parametrize(
    ("said", "otherwise"),
    [
        ("Im Jahr 2024 öffnet", "Im Jahr 2026 öffnet"),
        ("Jetzt öffnet", "Jetzt öffnet nicht"),
        ("Heute öffnet Maier", "Heute öffnet Müller"),
    ],
)
def test_another_number_name_or_negation_makes_another_sentence(said, otherwise):
    rest = "die neue Brücke über die Lahn in der Altstadt für Fußgänger und Radfahrer"
    one, other = marked(f"{said} {rest}", 0), marked(f"{otherwise} {rest}", 200)
    assert choose_sentences([one, other]) == [one, other]
    assert choose_sentences([one, marked(one.text, 200)]) == [one]


def marked(text, at):
    return replace(evidence(text, at), ngrams=frozenset(ngrams_of(text)))


def test_the_citation_with_the_highest_score_is_the_best_sentence_wherever_it_stands(fill, words):
    before = "Bald öffnet die neue Brücke den Weg über die Lahn nach Gießen."
    made = answer(fill(news("a.md", f"{before} {OPENS}")), words, QUESTION)
    assert [citation.quote for citation in made.citations] == [before, OPENS]
    assert all(0 <= citation.score <= 1 for citation in made.citations)
    assert made.best == made.citations[1]
    assert answer(fill(), words, OFF_TOPIC).best is None


def test_a_refusal_has_the_nearest_passages_and_no_citation(fill, words):
    made = answer(fill(BRIDGE), words, OFF_TOPIC)
    assert not made.found
    assert (made.sentences, made.citations) == ((), ())
    assert made.nearest
    for number, near in enumerate(made.nearest, start=1):
        assert near.number == number
        assert BRIDGE.text[near.start : near.end] == near.quote


def test_a_refusal_without_passages_says_so_and_shows_none(words):
    [made] = ExtractiveAnswerer({}.get).answer(read_question(QUESTION), [])
    assert not made.found
    assert made.text == PHRASES["de"].not_found
    assert made.nearest == ()


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wann öffnet die neue Brücke über die Lahn?", "de"),
        ("When does the new bridge over the Lahn open?", "en"),
        ("Quand ouvre le nouveau pont sur la Lahn ?", "fr"),
    ],
)
def test_the_words_around_quotations_are_in_the_questions_language(fill, words, question, language):
    # The question's own words as the article: found in any language.
    store = fill(news("a.md", f"{question[:-1].strip()}.", language))
    assert answer(store, words, question).lead_in == PHRASES[language].found
    refused = ExtractiveAnswerer(store.article).answer(read_question(question), [])
    assert next(refused).lead_in == PHRASES[language].not_found


@pytest.mark.parametrize("question", [QUESTION, OFF_TOPIC])
def test_an_article_removed_since_it_was_found_is_an_error_never_a_quote(fill, words, question):
    with pytest.raises(CitationNotVerbatim, match=r"^/news/bruecke\.md no longer holds"):
        answer(fill(BRIDGE), words, question, read_article=lambda id: None)


@pytest.mark.parametrize("question", [QUESTION, OFF_TOPIC])
def test_an_article_changed_since_it_was_found_is_an_error_never_a_quote(fill, words, question):
    moved = replace(BRIDGE, text="Neu: " + BRIDGE.text)
    with pytest.raises(CitationNotVerbatim, match="ask again"):
        answer(fill(BRIDGE), words, question, read_article=lambda id: moved)


def test_the_next_sentence_is_quoted_if_the_first_is_removed_after_it_was_found(fill, words):
    store = fill(BRIDGE, SQUARE)
    found = answer(store, words, QUESTION).citations
    assert [one.article for one in found] == [SQUARE.id, BRIDGE.id]
    left = answer(store, words, QUESTION, read_article={BRIDGE.id: BRIDGE}.get)
    assert [(one.number, one.article) for one in left.citations] == [(1, BRIDGE.id)]
    assert left.sentences[0].citations == (1,)


def test_a_sentence_that_was_not_to_be_quoted_is_if_all_those_chosen_are_removed(fill, words):
    store = fill(BRIDGE, SAME)
    [chosen] = answer(store, words, QUESTION).citations
    other = SAME if chosen.article == BRIDGE.id else BRIDGE
    left = answer(store, words, QUESTION, read_article={other.id: other}.get)
    assert [(one.number, one.article, one.quote) for one in left.citations] == [
        (1, other.id, OPENS)
    ]
    assert left.lead_in == PHRASES["de"].found


def test_nothing_is_said_before_a_sentence_stands_in_its_article(fill, words):
    store, read = fill(BRIDGE), []
    stream = pieces(store, words, QUESTION, lambda id: read.append(id) or store.article(id))
    assert next(stream).lead_in == PHRASES["de"].found
    assert read == [BRIDGE.id]
    assert next(stream).sentences[0].text == OPENS
    with pytest.raises(CitationNotVerbatim):
        next(pieces(store, words, QUESTION, lambda id: None))
