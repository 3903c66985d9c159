"""How well questions in other words than the articles' are answered, and near-misses refused.

    python -m benchmarks.news --articles DIR --questions FILE.jsonl [--data DIR] [--no-reader]

A line of the questions: `id, question, language, file` and `row` (from 0) of the article in DIR,
`sentences` (half-open spans in the article's `text` that answer; empty: unanswerable) and `phrase`
(the answering words in the first of them). All of DIR is indexed, so the other articles mislead.
With `--data` the index is kept there and used again.

A quote is right if it overlaps an answering sentence of its article. First: the best-ranked quote;
any: one of at most four. Phrase F1 is SQuAD's, over the words of the first quote's phrase.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.retrieval import auroc
from benchmarks.support.answer_words import word_f1
from benchmarks.support.outcomes import Outcome as Observed
from benchmarks.support.outcomes import observe, write_outcomes
from benchmarks.support.question_kinds import kind_of
from benchmarks.support.reader import add_reader_options, chosen_reader
from rag.answering.quoting import choose_sentences
from rag.ingest.passages import build_splitter
from rag.ingest.update import index_paths
from rag.language.lexicon import load_lexicon
from rag.models.embedding import load_embedding
from rag.question.question import read_question
from rag.retrieval.answerability import THRESHOLD, answerability
from rag.retrieval.evidence import Evidence, weigh_sentences
from rag.retrieval.retriever import ArticleRetriever
from vectorstore import build_store, open_store

_BY_KIND = ("first", "any", "answerable_refused", "near_misses_refused")
# Share of answerable questions that may be refused where refusals are compared.
_REFUSED = 0.1


@dataclass(frozen=True)
class Asked:
    """A question with the text of its article and the spans that answer it."""

    id: str
    text: str
    language: str
    article: str
    sentences: tuple[tuple[int, int], ...]
    phrase: tuple[int, int] | None


@dataclass(frozen=True)
class Outcome:
    """What became of a question.

    `right` says of each quote, the best first, whether it answers; `passage` is the place of the
    first passage that holds an answering sentence, from 1. `confidence` is that of the answer.
    `observed` is for `benchmarks.calibrate_reader`.
    """

    language: str
    kind: str
    answerable: bool
    right: tuple[bool, ...]
    passage: int | None
    phrase_f1: float | None
    confidence: float
    observed: Observed | None


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description="Questions on news, in other words.")
    parser.add_argument("--articles", type=Path, required=True, help="folder of news files")
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--data", type=Path, help="folder for the index, kept")
    add_reader_options(parser)
    parser.add_argument("--every", type=int, default=1, help="ask only every Nth question")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--outcomes", type=Path, help="for benchmarks.calibrate_reader")
    options = parser.parse_args()

    with ExitStack() as stack:
        data = options.data or Path(stack.enter_context(TemporaryDirectory()))
        outcomes = list(_outcomes(options, data))
    if options.outcomes:
        write_outcomes(options.outcomes, (one.observed for one in outcomes))
    groups = {"all": outcomes} | {
        code: [one for one in outcomes if one.language == code] for code in ("de", "en")
    }
    table = {name: figures(some) for name, some in groups.items() if some}
    kinds = {
        kind: figures([one for one in outcomes if one.kind == kind])
        for kind, _ in Counter(one.kind for one in outcomes).most_common()
    }
    print(json.dumps({**table, "kinds": kinds}) if options.json else _table(table))
    if not options.json:
        for kind, some in kinds.items():
            shown = (f"{key} {some[key]:.2f}" for key in _BY_KIND)
            print(f"{kind:10} {some['questions']:4.0f} questions:", ", ".join(shown))


def figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Return the figures of some questions; refused ones count as not answered right."""
    asked = [one for one in outcomes if one.answerable]
    missing = [one for one in outcomes if not one.answerable]
    confident = [one.confidence for one in asked]
    unsure = [one.confidence for one in missing]
    found: dict[str, float] = {
        "questions": len(asked),
        "unanswerable": len(missing),
        "passage_among_eight": _mean([one.passage is not None for one in asked]),
        # Of the ranking, whether the answer is shown or not.
        "first": _mean([one.right[:1] == (True,) for one in asked]),
        "any": _mean([any(one.right) for one in asked]),
        "phrase_f1": _mean([one.phrase_f1 for one in asked if one.phrase_f1 is not None]),
        # As a user meets them.
        "first_shown": _mean(
            [one.right[:1] == (True,) and one.confidence >= THRESHOLD for one in asked]
        ),
        "answerable_refused": _mean([value < THRESHOLD for value in confident]),
        "near_misses_refused": _mean([value < THRESHOLD for value in unsure]),
    }
    if asked and missing:
        cut = float(np.quantile(confident, _REFUSED))
        found["refusal_auroc"] = auroc(confident, unsure)
        found[f"near_misses_refused_at_{_REFUSED}"] = _mean([value < cut for value in unsure])
    return found


def _outcomes(options: argparse.Namespace, data: Path) -> Iterator[Outcome]:
    embedding = load_embedding()
    if (data / "CURRENT").exists():
        store = open_store(data, embedding, embedding_name=embedding.name)
    else:
        data.mkdir(parents=True, exist_ok=True)
        store = build_store(data, embedding, embedding_name=embedding.name)
        split = build_splitter(embedding.count_tokens, embedding.max_tokens)
        for _ in index_paths(store, [options.articles], split):
            pass
    retriever = ArticleRetriever(
        store=store, embeddings=embedding, lexicon=load_lexicon(), reader=chosen_reader(options)
    )
    for asked in islice(read_asked(options.questions, options.articles), 0, None, options.every):
        question = read_question(asked.text)
        passages = retriever.find(question)
        evidence = weigh_sentences(passages)
        quotes = choose_sentences(evidence)
        best = max(quotes, key=lambda quote: quote.score)
        ranked = sorted(quotes, key=lambda quote: -quote.score)
        holding = (
            rank
            for rank, passage in enumerate(passages, 1)
            if passage.article.text == asked.article
            and any(
                passage.passage.start <= a and b <= passage.passage.end for a, b in asked.sentences
            )
        )
        yield Outcome(
            asked.language,
            kind_of(asked.text, asked.language),
            bool(asked.sentences),
            tuple(_right(asked, quote) for quote in ranked),
            next(holding, None),
            _phrase_f1(asked, best),
            answerability(question, passages, evidence),
            observe(passages, evidence, partial(_right, asked)),
        )


def read_asked(questions: Path, articles: Path) -> Iterator[Asked]:
    """Yield the questions of a file with the texts of their articles."""
    texts: dict[str, list[str]] = {}
    for line in questions.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["file"] not in texts:
            lines = (articles / row["file"]).read_text(encoding="utf-8").splitlines()
            texts[row["file"]] = [json.loads(one)["text"] for one in lines]
        yield Asked(
            row["id"],
            row["question"],
            row["language"],
            texts[row["file"]][row["row"]],
            tuple((start, end) for start, end in row["sentences"]),
            tuple(row["phrase"]) if row["phrase"] else None,
        )


def _right(asked: Asked, quote: Evidence) -> bool:
    start, end = quote.span
    return quote.passage.article.text == asked.article and any(
        first < end and start < last for first, last in asked.sentences
    )


def _phrase_f1(asked: Asked, best: Evidence) -> float | None:
    if asked.phrase is None or best.phrase is None:
        return None
    start, end = asked.phrase
    first, last = best.phrase
    return word_f1(asked.article[start:end], best.passage.article.text[first:last])


def _mean(values: Sequence[float | bool]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _table(table: dict[str, dict[str, float]]) -> str:
    rows = [f"{'':32}" + "".join(f"{name:>8}" for name in table)]
    for key in next(iter(table.values())):
        rows.append(
            f"{key:32}" + "".join(f"{some.get(key, float('nan')):8.3f}" for some in table.values())
        )
    return "\n".join(rows)


if __name__ == "__main__":
    main()
