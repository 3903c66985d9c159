"""The shipped example articles, and the questions about them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import SEED_QUESTIONS, SEEDS

ARTICLES = {p.name: p for p in sorted(SEEDS.iterdir()) if p.suffix in {".md", ".txt", ".html"}}


def read_rows(name: str) -> list[dict[str, Any]]:
    lines = (SEED_QUESTIONS / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


QUESTIONS = read_rows("questions.jsonl")
CONVERSATIONS = read_rows("conversations.jsonl")
TURNS = [
    {"id": f"{conversation['id']}.{number}", **turn}
    for conversation in CONVERSATIONS
    for number, turn in enumerate(conversation["turns"], start=1)
]
EXPECTED = [
    pytest.param(place["article"], place["passage"], id=f"{row['id']}-{number}")
    for row in (*QUESTIONS, *TURNS)
    if row["answerable"]
    for number, place in enumerate([row, *row["also"]])
]


def front_matter(path: Path) -> dict[str, Any]:
    fields: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])
    return fields


def stated_language(path: Path) -> str | None:
    """Return the language that the file itself states; the plain .txt files state none."""
    if path.suffix == ".md":
        return str(front_matter(path)["language"])
    found = re.search(r'<html lang="(\w+)"', path.read_text(encoding="utf-8"))
    return found and found.group(1)


def test_there_are_enough_articles_in_both_languages() -> None:
    languages = [stated_language(path) for path in ARTICLES.values()]
    assert len(languages) >= 8
    assert languages.count("de") >= 6
    assert languages.count("en") >= 2


def test_the_corpus_has_every_format_and_nothing_that_is_not_an_article() -> None:
    assert {path.suffix for path in ARTICLES.values()} == {".md", ".txt", ".html"}
    assert {path.name for path in SEEDS.iterdir()} == set(ARTICLES)


def test_front_matter_names_title_date_source_language_and_url() -> None:
    for path in ARTICLES.values():
        if path.suffix == ".md":
            fields = front_matter(path)
            assert list(fields) == ["title", "date", "source", "language", "url"], path.name
            assert path.name.startswith(fields["date"].isoformat()), path.name


@pytest.mark.parametrize(("article", "passage"), EXPECTED)
def test_expected_passage_is_one_whole_sentence_verbatim_in_its_article(
    article: str, passage: str
) -> None:
    text = ARTICLES[article].read_text(encoding="utf-8")
    assert text.count(passage) == 1
    assert "\n" not in passage
    assert passage.endswith(".")
    before = text[: text.index(passage)]
    assert re.search(r'([.!?][“"]?[ \n]+|\n|<p>)$', before), f"starts mid-sentence: {passage}"


def test_there_are_enough_questions_in_both_languages() -> None:
    languages = [row["language"] for row in QUESTIONS]
    assert len(languages) >= 40
    assert languages.count("de") >= 15
    assert languages.count("en") >= 15
    assert set(languages) == {"de", "en"}


def test_over_a_quarter_of_the_questions_are_unanswerable() -> None:
    unanswerable = [row for row in QUESTIONS if not row["answerable"]]
    assert len(unanswerable) > len(QUESTIONS) / 4


def test_unanswerable_questions_expect_no_passage_and_say_why() -> None:
    for row in (*QUESTIONS, *TURNS):
        if not row["answerable"]:
            assert (row["article"], row["passage"], row["also"]) == (None, None, []), row["id"]
            assert row["note"], row["id"]


def test_no_question_row_can_be_mistaken_for_an_article() -> None:
    assert [row["id"] for row in (*QUESTIONS, *CONVERSATIONS) if "text" in row] == []


def test_question_ids_and_questions_are_unique() -> None:
    assert len({row["id"] for row in QUESTIONS}) == len(QUESTIONS)
    assert len({row["question"] for row in QUESTIONS}) == len(QUESTIONS)


def test_there_are_enough_conversations_of_two_or_three_turns() -> None:
    assert len(CONVERSATIONS) >= 25
    assert {len(row["turns"]) for row in CONVERSATIONS} == {2, 3}
    assert len({row["id"] for row in CONVERSATIONS}) == len(CONVERSATIONS)
    assert sum(row["unseen"] for row in CONVERSATIONS) == len(CONVERSATIONS) // 3
    assert {turn["language"] for turn in TURNS} == {"de", "en"}


def test_no_conversation_begins_with_a_follow_up_and_some_have_none() -> None:
    assert [row["id"] for row in CONVERSATIONS if row["turns"][0]["depends"]] == []
    followers = [turn for row in CONVERSATIONS for turn in row["turns"][1:]]
    assert sum(not turn["depends"] for turn in followers) >= 8
    assert sum(not turn["answerable"] for turn in followers) >= 3


def test_each_follow_up_has_a_form_that_stands_alone() -> None:
    assert [turn["id"] for turn in TURNS if turn["depends"] != ("standalone" in turn)] == []


def test_some_conversations_change_their_language() -> None:
    mixed = [row for row in CONVERSATIONS if len({t["language"] for t in row["turns"]}) > 1]
    assert len(mixed) >= 5


def test_the_treaty_question_is_asked_in_both_languages() -> None:
    asked = {row["question"]: row["language"] for row in QUESTIONS if row["answerable"]}
    assert asked["what does the treaty promise?"] == "en"
    assert asked["Was verspricht der Vertrag?"] == "de"
