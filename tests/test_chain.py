"""The chain from question to answer, with an answerer and a retriever made for the purpose."""

from itertools import islice

import pytest
from conftest import news
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable
from pydantic import Field
from written import chat, retriever

from rag.answer import Answer, AnswerSentence
from rag.chain import build_chain
from rag.errors import BadQuestion, CitationNotVerbatim, RagError
from rag.question.conversation import Earlier, Understood
from rag.question.question import Question
from vectorstore import Filter, NoStore, article_id

DOCUMENT = Document("Es regnet.")


class Shelf(BaseRetriever):
    """Finds the same passage for every question and remembers what it was asked."""

    asked: list[str] = Field(default_factory=list)

    def _get_relevant_documents(self, query, *, run_manager):
        self.asked.append(query)
        return [DOCUMENT]


class Lost(BaseRetriever):
    def _get_relevant_documents(self, query, *, run_manager):
        raise NoStore("no index in data: run `article-chat index FOLDER` first")


class Parrot:
    """Says the question's words one by one; `said` is how far it got."""

    def __init__(self):
        self.said = []
        self.given = []

    def answer(self, question, passages):
        self.given.append((question, passages))
        yield Answer(question.text, True, lead_in="Gesagt wurde:")
        for word in question.text.split():
            self.said.append(word)
            yield Answer(question.text, True, sentences=(AnswerSentence(word, ()),))


def asking(question):
    return {"question": question, "chat_history": [Earlier("Wer?", "Niemand.")]}


def without_times(answer):
    return (answer.question, answer.found, answer.lead_in, answer.sentences, answer.citations)


def test_the_chain_is_a_runnable_from_question_to_answer():
    chain = chat(Shelf(), Parrot())
    assert isinstance(chain, Runnable)
    answer = chain.invoke(asking("Regnet es heute?"))
    assert isinstance(answer, Answer)
    assert answer.text == "Gesagt wurde:\nRegnet\nes\nheute?"


def test_the_answerer_gets_the_question_and_the_passages_found():
    shelf, parrot = Shelf(), Parrot()
    chat(shelf, parrot).invoke(asking("  Regnet es heute? "))
    assert shelf.asked == ["Regnet es heute?"]
    [(question, passages)] = parrot.given
    assert (question.text, question.language) == ("Regnet es heute?", "de")
    assert [passage.text for passage in passages] == ["Es regnet."]


def test_the_pieces_of_the_stream_add_up_to_what_invoke_returns():
    chain = chat(Shelf(), Parrot())
    first, *rest = chain.stream(asking("Regnet es heute?"))
    assert len(rest) == 4
    assert without_times(sum(rest, first)) == without_times(
        chain.invoke(asking("Regnet es heute?"))
    )


def test_the_first_piece_arrives_before_the_last_is_made():
    parrot = Parrot()
    stream = chat(Shelf(), parrot).stream(asking("Regnet es heute?"))
    assert next(stream).lead_in == "Gesagt wurde:"
    assert parrot.said == []
    next(stream)
    assert parrot.said == ["Regnet"]
    assert [piece.sentences for piece in stream][-1] == ()
    assert parrot.said == ["Regnet", "es", "heute?"]


def test_the_times_come_with_the_last_piece_alone():
    *before, last = chat(Shelf(), Parrot()).stream(asking("Regnet es heute?"))
    assert {(piece.retrieve_ms, piece.answer_ms) for piece in before} == {(0.0, 0.0)}
    assert last.retrieve_ms > 0
    assert last.answer_ms > 0
    assert (last.lead_in, last.sentences, last.found) == ("", (), True)


def test_every_piece_of_a_refusal_has_found_false(fill, words):
    store = fill(news("a.md", "Es regnet."))
    chain = build_chain(retriever(store, words))
    assert {piece.found for piece in chain.stream(asking("Quarks zyxwv?"))} == {False}


RAIN = "Wo regnet es heute?"


def test_a_question_is_asked_of_the_articles_that_match_and_says_so(fill, words):
    store = fill(news("a.md", "Es regnet in Hamburg."), news("b.md", "Es regnet in Bremen."))
    chain = build_chain(retriever(store, words))
    both = chain.invoke(RAIN)
    assert {one.path for one in both.citations or both.nearest} == {"/news/a.md", "/news/b.md"}
    chosen = Filter(articles=[article_id("/news/b.md", None)])
    answer = chain.invoke({"question": RAIN, "filter": chosen})
    assert {one.path for one in answer.citations or answer.nearest} == {"/news/b.md"}
    assert answer.within == "ausgewählte Artikel: 1"


def test_a_refusal_under_a_filter_says_that_it_looked_only_there(fill, words):
    chain = build_chain(retriever(fill(news("a.md", "Es regnet.")), words))
    given = {"question": "Wer tanzt auf dem Mond?", "filter": Filter(languages=["en"])}
    answer = chain.invoke(given)
    assert (answer.found, answer.within) == (False, "Englisch")
    assert answer.lead_in == "In den so eingegrenzten Artikeln steht das nicht."
    unlimited = chain.invoke(given | {"filter": Filter()})
    assert (unlimited.lead_in, unlimited.within) == ("Das steht nicht in den Artikeln.", "")


def test_no_filter_is_passed_over_in_silence():
    given = {"question": RAIN, "filter": Filter(languages=["de"])}
    with pytest.raises(TypeError, match="only ArticleRetriever takes a filter"):
        chat(Shelf(), Parrot()).invoke(given)
    with pytest.raises(TypeError, match="filter takes a vectorstore.Filter"):
        chat(Shelf(), Parrot()).invoke({"question": RAIN, "filter": {"language": "de"}})


def test_a_follow_up_is_searched_and_answered_in_its_standalone_form():
    shelf, parrot = Shelf(), Parrot()
    earlier = Earlier("Was verspricht der Vertrag?", "Hilfe.")
    chain = chat(shelf, parrot)
    first, *rest = chain.stream({"question": "Und wann?", "chat_history": [earlier]})
    meant = "Vertrag, verspricht: Und wann?"
    assert shelf.asked == [meant]
    [(question, _)] = parrot.given
    assert question == Question(meant, "de", context=("Vertrag", "verspricht"))
    # Before there is an answer, and whether there will be one.
    assert first == Answer("Und wann?", False, standalone=meant, language="de")
    whole = sum(rest, first)
    assert (whole.question, whole.standalone, whole.found) == ("Und wann?", meant, True)
    assert {piece.standalone for piece in rest} == {""}


ALONE = "Warum regnet es heute in Hamburg und in Bremen, aber nicht in Köln?"


def test_a_standalone_question_yields_no_piece_before_its_answer():
    earlier = [Earlier("Was verspricht der Vertrag?", "Hilfe.")]
    pieces = list(chat(Shelf(), Parrot()).stream({"question": ALONE, "chat_history": earlier}))
    assert pieces[0].lead_in == "Gesagt wurde:"
    assert {piece.standalone for piece in pieces} == {""}


def test_a_single_word_is_answered_in_the_language_of_the_conversation():
    parrot = Parrot()
    for before in ("What does the treaty promise?", "Was verspricht der Vertrag?"):
        given = {"question": "Putin?", "chat_history": [Earlier(before, "")]}
        assert chat(Shelf(), parrot).invoke(given).spoken == parrot.given[-1][0].language
    assert [question.language for question, _ in parrot.given] == ["en", "de"]


def test_a_fault_in_understanding_is_in_the_answer_even_if_the_question_is_unchanged():
    chain = chat(Shelf(), Parrot(), lambda question, history: Understood(question, "It failed."))
    first, *rest = chain.stream(asking("Regnet es heute?"))
    assert (first.notice, first.standalone, first.text) == ("It failed.", "", "")
    assert sum(rest, first).notice == "It failed."


def test_a_passage_keeps_its_number_from_turn_to_turn(fill, words):
    store = fill(news("a.md", "Die neue Brücke öffnet im Oktober. Die Brücke kostet viel Geld."))
    chain = build_chain(retriever(store, words))
    history = []
    said = []
    for question in ("Wann öffnet die neue Brücke im Oktober?", "Was kostet die Brücke an Geld?"):
        made = chain.invoke({"question": question, "chat_history": history})
        history.append(Earlier(question, made.text, made.standalone, made.citations))
        said.append({citation.quote: citation.number for citation in made.citations})
    assert said[0]["Die neue Brücke öffnet im Oktober."] == 1
    assert said[1]["Die Brücke kostet viel Geld."] == 2
    assert {**said[0], **said[1]} == {**said[1], **said[0]}


@pytest.mark.parametrize("question", ["", "?!", "ab" * 5000])
def test_a_bad_question_is_an_error_before_any_search(question):
    shelf = Shelf()
    with pytest.raises(BadQuestion):
        list(chat(shelf, Parrot()).stream(asking(question)))
    assert shelf.asked == []


def test_a_failing_store_is_an_error_not_a_refusal():
    with pytest.raises(NoStore, match="run `article-chat index FOLDER` first"):
        chat(Lost(), Parrot()).invoke(asking("Regnet es heute?"))


def test_a_failing_answerer_is_an_error_after_the_pieces_before_it():
    class Broken:
        def answer(self, question, passages):
            yield Answer(question.text, True, lead_in="Gesagt wurde:")
            raise RagError("kaputt")

    stream = chat(Shelf(), Broken()).stream(asking("Regnet es heute?"))
    assert next(stream).lead_in == "Gesagt wurde:"
    with pytest.raises(RagError, match="kaputt"):
        next(stream)


class Gone(Parrot):
    """Finds its article gone as often as it is told, before or after the first piece."""

    def __init__(self, times, after=0):
        super().__init__()
        self.times = times
        self.after = after

    def answer(self, question, passages):
        stream = super().answer(question, passages)
        if len(self.given) < self.times:
            yield from islice(stream, self.after)
            self.given.append((question, passages))
            raise CitationNotVerbatim("/news/a.md", 0, 3, "Es ")
        yield from stream


def test_if_all_that_answers_was_removed_meanwhile_it_is_searched_again():
    shelf, answerer = Shelf(), Gone(1)
    answer = chat(shelf, answerer).invoke("Regnet es?")
    assert answer.text == "Gesagt wurde:\nRegnet\nes?"
    assert shelf.asked == ["Regnet es?"] * 2


async def test_it_is_searched_again_for_an_awaited_answer_too():
    answer = await chat(Shelf(), Gone(1)).ainvoke("Regnet es?")
    assert answer.text == "Gesagt wurde:\nRegnet\nes?"


@pytest.mark.parametrize("gone", [Gone(2), Gone(1, after=2)])
def test_what_is_removed_twice_or_after_a_piece_is_an_error(gone):
    shelf = Shelf()
    with pytest.raises(CitationNotVerbatim, match="ask again"):
        chat(shelf, gone).invoke("Regnet es?")
    assert len(shelf.asked) == gone.times


def test_a_real_store_gives_the_same_answer_streamed_and_whole(fill, words):
    store = fill(news("a.md", "Die neue Brücke öffnet im Oktober. Es regnet."))
    chain = build_chain(retriever(store, words))
    first, *rest = chain.stream(asking("Wann öffnet die neue Brücke?"))
    whole = chain.invoke(asking("Wann öffnet die neue Brücke?"))
    assert whole.citations
    assert without_times(sum(rest, first)) == without_times(whole)
