"""The benchmark of follow-ups, on a chain whose answers are worked out by hand."""

from dataclasses import replace

from conftest import news
from langchain_core.runnables import RunnableLambda

from benchmarks.conversations import WAYS, judge, measure, report, understand
from rag.answer import Answer, cite
from rag.question.conversation import Earlier

ARTICLE = news("a.md", "Der Vertrag gilt. Der Handel wächst.")
TREATY, TRADE = "Der Vertrag gilt.", "Der Handel wächst."


def row(question, passage, *, standalone=None):
    made = {"question": question, "depends": standalone is not None, "also": [], "note": None}
    article = "a.md" if passage else None
    made |= {"answerable": bool(passage), "article": article, "passage": passage}
    return made if standalone is None else {**made, "standalone": standalone}


def answer(*quotes):
    citations = []
    for number, quote in enumerate(quotes, start=1):
        start = ARTICLE.text.index(quote)
        end = start + len(quote)
        citations.append(cite(ARTICLE, start, end, number=number, quote=quote, score=0.5))
    return Answer("?", bool(quotes), citations=tuple(citations))


FIRST = row("Gilt der Vertrag?", TREATY)
FOLLOW_UP = row("Und der Handel?", TRADE, standalone="Wächst der Handel nach dem Vertrag?")
NO_ANSWER = row("Und wie lange?", None, standalone="Wie lange gilt der Vertrag?")
ALONE = row("Wie wächst der Handel zwischen Europa und Asien seit dem Jahr 2020?", TRADE)


def test_a_follow_up_is_understood_in_each_way():
    history = [Earlier(FIRST["question"], "")]
    assert [understand(way, FOLLOW_UP, history) for way in WAYS] == [
        "Und der Handel?",
        "Gilt der Vertrag? Und der Handel?",
        "Vertrag: Und der Handel?",
        "Wächst der Handel nach dem Vertrag?",
    ]
    assert {understand(way, ALONE, history) for way in WAYS} == {ALONE["question"]}


def test_an_answer_is_judged_by_its_citations_and_by_the_best_one():
    assert list(judge(FOLLOW_UP, answer(TRADE, TREATY))) == ["any", "first"]
    assert list(judge(FOLLOW_UP, answer(TREATY, TRADE))) == ["any"]
    assert list(judge(FOLLOW_UP, answer(TREATY))) == []
    assert list(judge(FOLLOW_UP, answer())) == ["refused"]
    elsewhere = {**FOLLOW_UP, "article": "b.md"}
    assert list(judge(elsewhere, answer(TRADE))) == []


def test_follow_ups_are_counted_and_first_questions_are_not():
    histories = []

    def respond(given):
        histories.append([earlier.question for earlier in given["chat_history"]])
        quotes = [TREATY] if "Vertrag" in given["question"] else [TRADE]
        return replace(answer(*quotes), question=given["question"])

    conversations = [{"turns": [FIRST, FOLLOW_UP, NO_ANSWER]}, {"turns": [FIRST, ALONE]}]
    chain = RunnableLambda(respond)
    typed = measure(chain, conversations, "as asked")
    assert typed == {"answerable": 1, "answerable, first": 1, "answerable, any": 1} | {
        "unanswerable": 1,
        "alone": 1,
        "alone, changed": 0,
    }
    assert histories == [[], []]
    histories.clear()
    # The product carries over what came before by itself.
    carried = measure(chain, conversations, "carried over")
    assert histories == [[FIRST["question"]], [FIRST["question"], FOLLOW_UP["question"]]]
    assert (carried["answerable"], carried["answerable, any"]) == (1, 1)
    assert report(carried, "carried over") == (
        "carried over    right passage first  1, any  1 of 1; refused 0 of 1 unanswerable;"
        " changed 0 of 1 that stand alone"
    )
