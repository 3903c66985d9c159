"""Write, for each question on the news, the passages that are nearest to it and where they answer.

    python -m training.reader.windows --news DIR --questions FILE… --out FILE [--held-out FILE]

The reader learns from what misleads the search: the passages of all articles that are nearest by
embedding, those of the question's own article, and those that answer. Questions on every twelfth
article go to the file of `--held-out`: what is fitted on the reader's scores is fitted on them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from rag.ingest.files import absolute_path, find_files, read_file
from rag.ingest.passages import build_splitter
from rag.models.embedding import load_embedding
from vectorstore import Article, Passage

NEAREST = 8
HELD_OUT = 12


def main() -> None:
    """Write windows from the command line."""
    parser = argparse.ArgumentParser(description="Passages near to training questions.")
    parser.add_argument("--news", type=Path, required=True, help="folder of the news files")
    parser.add_argument("--questions", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--held-out", type=Path, help="file for the questions kept aside")
    options = parser.parse_args()

    embedding = load_embedding()
    split = build_splitter(embedding.count_tokens, embedding.max_tokens)
    passages = [
        passage
        for file in find_files(absolute_path(options.news)).files
        for article in read_file(file)
        if isinstance(article, Article)
        for passage in split(article)
    ]
    texts = [passage.article.heading + passage.text for passage in passages]
    vectors = np.array(embedding.embed_documents(texts), dtype=np.float32)
    by_text: dict[str, list[int]] = {}
    for number, passage in enumerate(passages):
        by_text.setdefault(passage.article.text, []).append(number)
    asked = [
        json.loads(line)
        for path in options.questions
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    questions = np.array(
        embedding.embed_documents([one["question"] for one in asked]), dtype=np.float32
    )
    rows = {
        file: [
            json.loads(line)["text"]
            for line in (options.news / file).read_text(encoding="utf-8").splitlines()
        ]
        for file in {one["file"] for one in asked}
    }
    held_out = options.held_out.open("w", encoding="utf-8") if options.held_out else None
    with options.out.open("w", encoding="utf-8") as out:
        for one, vector in zip(asked, questions, strict=True):
            text = rows[one["file"]][one["row"]]
            nearest = np.argpartition(-(vectors @ vector), NEAREST)[:NEAREST]
            ranked = sorted(nearest, key=lambda at: -float(vectors[at] @ vector))
            numbers = dict.fromkeys([*map(int, ranked), *by_text.get(text, [])])
            found = list(_windows([passages[at] for at in numbers], one, text))
            row = {key: one[key] for key in ("id", "question", "language", "file", "row")}
            target = held_out if held_out and one["row"] % HELD_OUT == 0 else out
            target.write(json.dumps({**row, "passages": found}, ensure_ascii=False) + "\n")


def _windows(passages: list[Passage], asked: dict[str, Any], text: str) -> Iterator[dict[str, Any]]:
    for passage in passages:
        start, end = passage.start, passage.end
        own = passage.article.text == text

        def inside(
            spans: list[list[int]], own: bool = own, start: int = start, end: int = end
        ) -> list[list[int]]:
            return [[a - start, b - start] for a, b in spans if own and start <= a and b <= end]

        # What lies behind the place to which the writer read may answer after all.
        if own and not asked["sentences"] and end > asked.get("read", 2500):
            continue
        yield {
            "title": passage.article.title,
            "date": passage.article.date,
            "passage": passage.text,
            "sentences": inside(asked["sentences"]),
            "answers": inside([asked["phrase"]] if asked["phrase"] else []),
        }


if __name__ == "__main__":
    main()
