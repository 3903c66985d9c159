"""Follow-up questions answered right, by the way in which they are understood.

    python -m benchmarks.conversations --data .article-chat --conversations FILE.jsonl

A line of the file is a conversation, as in benchmarks/seeds/conversations.jsonl: turns with a
question, the passages that answer it, and for a follow-up the same question in full. The rules were
made without the "unseen" conversations. Answers are quotations, without a chat model.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from langchain_core.runnables import Runnable

from rag.answer import Answer
from rag.question.carrying import carry_over
from rag.question.conversation import Earlier
from rag.question.question import read_question
from ui.wiring import open_chain

Row = Mapping[str, Any]
WAYS = ("as asked", "both questions", "carried over", "by hand")


def understand(way: str, row: Row, history: Sequence[Earlier]) -> str:
    """Return a question as one of WAYS understands it; only a follow-up is changed.

    "carried over" is the product's way, which must recognise follow-ups itself. The other ways are
    told which questions are follow-ups.
    """
    asked: str = row["question"]
    if way == "carried over":
        return carry_over(read_question(asked), history).question.text
    if way == "as asked" or not row["depends"]:
        return asked
    return f"{history[-1].meant} {asked}" if way == "both questions" else str(row["standalone"])


def judge(row: Row, answer: Answer) -> Iterator[str]:
    """Yield what is true of an answer: "refused"; "any" citation is right; "first": the best is."""
    expected = {(place["article"], place["passage"]) for place in (row, *row["also"])}
    right = [
        citation
        for citation in answer.citations
        if any(
            Path(citation.path).name == name and said in citation.quote for name, said in expected
        )
    ]
    if not answer.found:
        yield "refused"
    if right:
        yield "any"
    if answer.best in right:
        yield "first"


def measure(
    chain: Runnable[dict[str, Any], Answer], conversations: Sequence[Row], way: str
) -> Counter[str]:
    """Return the number of follow-ups and of questions that stand alone, by outcome."""
    counts: Counter[str] = Counter()
    for conversation in conversations:
        history: list[Earlier] = []
        for number, row in enumerate(conversation["turns"]):
            text = understand(way, row, history)
            before, history = history, [*history, Earlier(row["question"], "", text)]
            if not number:
                continue
            changed = text != row["question"]
            if not row["depends"]:
                counts["alone"] += 1
                counts["alone, changed"] += changed
                continue
            kind = "answerable" if row["answerable"] else "unanswerable"
            counts[kind] += 1
            given: dict[str, Any] = {"question": text, "chat_history": []}
            if way == "carried over":
                given = {"question": row["question"], "chat_history": before}
            answer = chain.invoke(given)
            counts.update(f"{kind}, {said}" for said in judge(row, answer))
    return counts


def report(counts: Counter[str], way: str) -> str:
    """Return a line of the table."""
    return (
        f"{way:14}  right passage first {counts['answerable, first']:2}, any"
        f" {counts['answerable, any']:2} of {counts['answerable']}; refused"
        f" {counts['unanswerable, refused']} of {counts['unanswerable']} unanswerable; changed"
        f" {counts['alone, changed']} of {counts['alone']} that stand alone"
    )


def main() -> None:
    """Print a table for the seen conversations and one for the unseen."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the index")
    parser.add_argument("--conversations", type=Path, required=True)
    chosen = parser.parse_args()
    lines = chosen.conversations.read_text(encoding="utf-8").splitlines()
    conversations = [json.loads(line) for line in lines]
    opened = open_chain(chosen.data, None)
    with closing(opened.store):
        for unseen in (False, True):
            some = [each for each in conversations if each["unseen"] == unseen]
            print(f"{len(some)} conversations, {'unseen' if unseen else 'seen'}")
            for way in WAYS:
                print(report(measure(opened.chain, some, way), way))


if __name__ == "__main__":
    main()
