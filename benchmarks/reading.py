"""How well the reader answers from a given paragraph, as SQuAD is scored.

    python -m benchmarks.reading --contexts FILE.json --questions FILE.json [--json]
    python -m benchmarks.reading --contexts FILE.json --questions FILE.json --unanswerable FILE

Two files in SQuAD format with the same paragraphs in the same order (the same file twice for one
language). Every question is read with its own paragraph: exact match and F1 of the best words. The
file of `--unanswerable` has lines of `question, context` without an answer, such as SQuAD 2.0's:
how often the log-odds of an answerable question are above those of one of them (AUROC).
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

import numpy as np

from benchmarks.retrieval import auroc
from benchmarks.support.answer_words import exact_match, word_f1
from benchmarks.support.squad import read_paragraphs, read_questions
from rag.models.reader import Reader, Window, load_reader, load_reader_from


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description="Answers read from a given paragraph.")
    parser.add_argument("--contexts", type=Path, required=True, help="paragraphs to read")
    parser.add_argument("--questions", type=Path, required=True, help="questions to ask")
    parser.add_argument("--unanswerable", type=Path, help="lines of questions without an answer")
    parser.add_argument("--reader", type=Path, help="folder of other weights")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()

    reader = (
        load_reader_from(options.reader, Path("rag/bundled/embedding"))
        if options.reader
        else load_reader()
    )
    paragraphs = read_paragraphs(options.contexts)
    exact, f1, sure = [], [], []
    for asked in read_questions(options.contexts, options.questions):
        text = paragraphs[asked.paragraph]
        odds, words = _answer(reader, asked.text, text)
        exact.append(max(exact_match(words, right) for right in asked.answers))
        f1.append(max(word_f1(words, right) for right in asked.answers))
        sure.append(odds)
    figures = {"exact_match": float(np.mean(exact)), "f1": float(np.mean(f1))}
    if options.unanswerable:
        unsure = []
        with gzip.open(options.unanswerable, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                unsure.append(_answer(reader, row["question"], row["context"])[0])
        figures["unanswerable_auroc"] = auroc(sure, unsure)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:20} {value:.3f}")


def _answer(reader: Reader, question: str, text: str) -> tuple[float, str]:
    """Return the log-odds of the best words of a paragraph, and the words."""
    best = reader.read(question, [Window("", text)])[0].best_answer((0, len(text)))
    if best is None:
        return float("-inf"), ""
    odds, (start, end) = best
    return odds, text[start:end]


if __name__ == "__main__":
    main()
