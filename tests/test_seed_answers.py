"""Answers to the questions about seeds/, by the real model, checked against the files."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from conftest import SEED_QUESTIONS, SEEDS

from rag.phrases import PHRASES
from ui.commands.printing import answer_json
from ui.turns import Turn, past
from ui.wiring import open_chain
from vectorstore import stored_articles

QUESTIONS = [
    json.loads(line)
    for line in (SEED_QUESTIONS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
CONVERSATIONS = [
    json.loads(line)
    for line in (SEED_QUESTIONS / "conversations.jsonl").read_text(encoding="utf-8").splitlines()
]
ANSWERABLE = [row for row in QUESTIONS if row["answerable"]]
OFF_TOPIC = [row for row in QUESTIONS if (row["note"] or "").startswith(("off-topic", "only tou"))]
# Lines and runs of seeds/ that belong to no article: navigation, cross-links, a repeated headline.
CLUTTER = re.compile(
    r"^(?:PREV|NEXT|READ MORE|MORE ON THIS)\b.*$|(?:Mehr zum Thema|Lesen Sie auch)\b[^\n]*"
    r"|^Quelle: .*$|Wie Pjöngjang seine Staatsgäste empfängt: ein Rückblick",
    re.MULTILINE,
)
MUTUAL_HELP = {
    "what does the treaty promise?": "each country will come to the other's aid",
    "Was verspricht der Vertrag?": "verspricht gegenseitige Hilfe",
}


@pytest.fixture(scope="module")
def articles(seeds_index):
    with stored_articles(seeds_index) as catalog:
        return {article.id: article for article in catalog.articles()}


@pytest.fixture(scope="module")
def chain(seeds_index):
    opened = open_chain(seeds_index, None)
    with closing(opened.store):
        yield opened.chain


@pytest.fixture(scope="module")
def answers(chain):
    """Return the answer to each question of questions.jsonl, by its id."""
    return {
        row["id"]: chain.invoke({"question": row["question"], "chat_history": []})
        for row in QUESTIONS
    }


@pytest.fixture(scope="module")
def conversations(chain):
    """Return the turns of each conversation with their answers, by its id."""
    return {row["id"]: hold(chain, row["turns"]) for row in CONVERSATIONS}


def hold(chain, rows):
    """Ask one question after the other, as the page does."""
    turns = ()
    for row in rows:
        asked = {"question": row["question"], "chat_history": past(turns)}
        turns += (Turn(row["question"], "done", chain.invoke(asked)),)
    return turns


def followers(conversations, *, depends):
    """Return the rows and answers of all turns but the first that do or do not stand alone."""
    return [
        (row, turn.answer)
        for conversation in CONVERSATIONS
        for row, turn in zip(conversation["turns"], conversations[conversation["id"]], strict=True)
        if row is not conversation["turns"][0] and row["depends"] == depends
    ]


def quoted(answer):
    return (*answer.citations, *answer.nearest)


def cites_expected(row, answer):
    """Return for each citation, the best first, whether it quotes an answering passage."""
    expected = {(place["article"], place["passage"]) for place in (row, *row["also"])}
    return [
        any(Path(c.path).name == name and passage in c.quote for name, passage in expected)
        for c in sorted(answer.citations, key=lambda c: -c.score)
    ]


def test_every_question_is_answered_or_refused(answers):
    assert len(answers) == len(QUESTIONS) > 60
    for row in QUESTIONS:
        answer, phrases = answers[row["id"]], PHRASES[row["language"]]
        assert answer.lead_in == (phrases.found if answer.found else phrases.not_found)
        assert bool(answer.citations) == bool(answer.sentences) == answer.found


def test_every_quote_is_in_its_file_at_its_characters(answers, articles):
    checked = 0
    for answer in answers.values():
        for citation in quoted(answer):
            path = Path(citation.path)
            assert path.parent == SEEDS
            text = articles[citation.article].text
            if path.suffix in (".txt", ".md"):
                text = path.read_bytes().decode("utf-8")
                assert text == articles[citation.article].text
                checked += 1
            assert text[citation.start : citation.end] == citation.quote
    assert checked > 100


def test_citations_are_numbered_in_the_order_of_use_and_all_are_used(answers):
    for answer in answers.values():
        printed = json.loads(answer_json(answer))
        used = [int(number) for number in re.findall(r"\[(\d+)\]", printed["answer"])]
        numbers = [citation["number"] for citation in printed["citations"]]
        assert list(dict.fromkeys(used)) == numbers == list(range(1, len(numbers) + 1))
        assert all(0 <= citation["score"] <= 1 for citation in printed["citations"])


def test_every_sentence_of_an_answer_is_its_citation(answers):
    for answer in answers.values():
        by_number = {citation.number: citation for citation in answer.citations}
        for sentence in answer.sentences:
            [number] = sentence.citations
            assert sentence.text == " ".join(by_number[number].quote.split())


def test_no_sentence_is_quoted_twice(answers):
    for answer in answers.values():
        texts = [sentence.text for sentence in answer.sentences]
        assert len(texts) == len(set(texts))


def test_no_quote_touches_clutter(answers, articles):
    clutter = {
        article.id: [found.span() for found in CLUTTER.finditer(article.text)]
        for article in articles.values()
    }
    assert sum(map(len, clutter.values())) > 20
    for answer in answers.values():
        for citation in quoted(answer):
            body = articles[citation.article].body
            assert any(low <= citation.start and citation.end <= high for low, high in body)
            for low, high in clutter[citation.article]:
                assert citation.end <= low or high <= citation.start, citation.quote


@pytest.mark.parametrize("question", MUTUAL_HELP)
def test_the_promise_of_the_treaty_is_answered_first_with_the_mutual_help(answers, question):
    [row] = [row for row in QUESTIONS if row["question"] == question]
    answer = answers[row["id"]]
    assert answer.found
    # In either language: the English article says it as well as the German one.
    assert any(promise in answer.best.quote for promise in MUTUAL_HELP.values())


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in OFF_TOPIC])
def test_a_question_about_something_else_is_refused(answers, row):
    answer = answers[row["id"]]
    assert not answer.found, answer.text
    assert answer.text == PHRASES[row["language"]].not_found


def test_enough_answerable_questions_are_answered_and_others_refused(answers):
    hits = [cites_expected(row, answers[row["id"]]) for row in ANSWERABLE]
    refused = [row for row in QUESTIONS if not row["answerable"] and not answers[row["id"]].found]
    # Of 49: an expected passage cited for 32, as the best citation for 28. Of 20 others 12 refused.
    assert sum(map(any, hits)) >= 29
    assert sum(hit[:1] == [True] for hit in hits) >= 25
    assert len(refused) >= 11


def test_a_question_that_stands_alone_is_answered_after_others_as_it_is_first(conversations, chain):
    rows = followers(conversations, depends=False)
    assert len(rows) == 10
    same = [
        answer.best and answer.best.quote == alone.best.quote
        for row, answer in rows
        if (alone := chain.invoke({"question": row["question"], "chat_history": []})).found
    ]
    # Short ones are taken for follow-ups ("Where is the Kumsusan Palace?"), and are searched with
    # the earlier question's terms too.
    assert sum(map(bool, same)) >= len(same) - 1


def test_follow_ups_are_recognised(conversations):
    missed = [
        row["question"]
        for row, answer in followers(conversations, depends=True)
        if not answer.standalone
    ]
    assert missed == ["Was sagte er über den Zweck des Vertrags?"]  # two nouns, eight words


def test_enough_follow_ups_are_answered(conversations):
    rows = followers(conversations, depends=True)
    hits = [cites_expected(row, answer) for row, answer in rows if row["answerable"]]
    # Of 28: an expected passage cited for 23, as the best citation for 17. As typed 16 and 11,
    # rewritten by hand 17 and 12 (`benchmarks.conversations`).
    assert len(hits) == 28
    assert sum(map(any, hits)) >= 20
    assert sum(hit[:1] == [True] for hit in hits) >= 14


def test_a_follow_up_is_answered_in_its_own_language(conversations):
    for row, answer in followers(conversations, depends=True):
        phrases = PHRASES[row["language"]]
        assert answer.spoken == row["language"], row["question"]
        assert answer.lead_in == (phrases.found if answer.found else phrases.not_found)


def test_a_number_means_one_passage_in_the_whole_conversation(conversations):
    again = 0
    for turns in conversations.values():
        places = {}
        for turn in turns:
            for citation in turn.answer.citations:
                place = (citation.article, citation.start, citation.end)
                again += citation.number in places
                assert places.setdefault(citation.number, place) == place
        assert len(set(places.values())) == len(places)
        assert sorted(places) == list(range(1, len(places) + 1))
    assert again >= 5
