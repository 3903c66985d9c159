"""How well passages are found, answers quoted and questions refused.

    python -m benchmarks.retrieval --contexts FILE.json --questions FILE.json [--json]

Two files in SQuAD format with the same paragraphs in the same order (the same file twice for one
language). The paragraphs of the first are indexed as articles, the questions of the second are
asked. A sentence counts as right if it holds one of the answers, in the language of the article;
a question that is refused counts as not answered.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from math import log2
from pathlib import Path

from benchmarks.support.outcomes import write_outcomes
from benchmarks.support.reader import add_reader_options, chosen_reader
from benchmarks.support.squad import indexed, read_paragraphs, read_questions
from benchmarks.support.trial import CachedEmbeddings, Trial, run_trials
from rag.language.lexicon import load_lexicon
from rag.models.embedding import DEFAULT_EMBEDDING, load_embedding
from rag.retrieval.answerability import THRESHOLD

RANKINGS = ("dense", "lexical", "fused", "reranked")


def rank_figures(ranks: Sequence[int | None]) -> dict[str, float]:
    """Return the share found among the first k, and the mean gain of the place among ten.

    Each question has one right paragraph, so nDCG is 1 / log2(1 + rank).
    """
    return {
        **{f"R@{k}": _mean([rank is not None and rank <= k for rank in ranks]) for k in (1, 5, 10)},
        "MRR@10": _mean([1 / rank if rank and rank <= 10 else 0.0 for rank in ranks]),
        "nDCG@10": _mean([1 / log2(1 + rank) if rank and rank <= 10 else 0.0 for rank in ranks]),
    }


def answer_figures(trials: Sequence[Trial]) -> dict[str, float]:
    """Return how often answers are quoted, and how well refusing separates."""
    shown = [t.quoted if t.confident >= THRESHOLD else () for t in trials]
    ranked_first = [s for s, t in zip(shown, trials, strict=True) if t.ranks["reranked"] == 1]
    answerable = [t.confident for t in trials]
    not_answerable = [t.confident_without for t in trials]
    right = [c >= THRESHOLD for c in answerable] + [c < THRESHOLD for c in not_answerable]
    return {
        "first_hit": _mean([s[:1] == (True,) for s in shown]),
        "any_hit": _mean([any(s) for s in shown]),
        "first_hit_when_ranked_first": _mean([s[:1] == (True,) for s in ranked_first]),
        "sentences": _mean([len(s) for s in shown if s]),
        "answered": _mean([c >= THRESHOLD for c in answerable]),
        "refusal_auroc": auroc(answerable, not_answerable),
        "refusal_accuracy": _mean(right),
    }


def auroc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """Return how often one of `higher` is above one of `lower`; ties count half."""
    wins = sum((h > low) + (h == low) / 2 for h in higher for low in lower)
    return wins / (len(higher) * len(lower))


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description="Passages found, answers quoted, refusals.")
    parser.add_argument("--contexts", type=Path, required=True, help="paragraphs to index")
    parser.add_argument("--questions", type=Path, required=True, help="questions to ask")
    parser.add_argument("--embedding", default=DEFAULT_EMBEDDING, help="embedding model")
    add_reader_options(parser)
    parser.add_argument("--every", type=int, default=1, help="ask only every Nth question")
    parser.add_argument("--outcomes", type=Path, help="for benchmarks.calibrate_reader")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()

    embedding = load_embedding(options.embedding)
    reader = chosen_reader(options)
    asked = read_questions(options.contexts, options.questions)[:: options.every]
    with indexed(read_paragraphs(options.contexts), embedding) as store:
        cached = CachedEmbeddings(embedding)
        trials = list(run_trials(store, cached, load_lexicon(), asked, reader))
    if options.outcomes:
        write_outcomes(options.outcomes, (one for trial in trials for one in trial.observed))
    ranks = {name: rank_figures([t.ranks[name] for t in trials]) for name in RANKINGS}
    answers = answer_figures(trials)
    if options.json:
        print(json.dumps({**ranks, "answers": answers}))
        return
    for name, figures in {**ranks, "answers": answers}.items():
        print(f"{name:8}", *(f"{key} {value:.3f}" for key, value in figures.items()))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


if __name__ == "__main__":
    main()
