"""Fit how the reader's scores join what retrieval knows: prints the constants, and how they hold.

    python -m benchmarks.news --articles DIR --questions HELD_OUT --outcomes FILE
    python -m benchmarks.calibrate_reader FILE

FILE has the outcomes of questions that the reader was not trained on. Printed are the weight of a
sentence's reading for `rag/retrieval/evidence.py`, and two logistic regressions: whether the
passages answer (`rag/retrieval/answerability.py`) and whether a quote does, by its reading, its
score and that answer's probability. Figures are those of five-fold cross-validation.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

# The weight that the outcomes were made with; their scores hold it.
_READING = 0.2
_WEIGHTS = (0.0, 0.02, 0.05, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4, 0.6, 1.0)
# Share of answerable questions that may be refused: a wrong refusal hides what articles do say.
_REFUSED = 0.07


def main() -> None:
    """Run the calibration from the command line."""
    parser = argparse.ArgumentParser(description="Fit the use of the reader's scores.")
    parser.add_argument("outcomes", type=Path, nargs="+")
    parser.add_argument("--made-with", type=float, default=_READING, help="weight of readings")
    options = parser.parse_args()
    rows = [
        json.loads(line)
        for path in options.outcomes
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    answerable = [row for row in rows if row["answerable"]]
    for weight in _WEIGHTS:
        ranked = [_ranked(row, weight - options.made_with) for row in answerable]
        hits = [np.mean([any(c["right"] for c in some[:k]) for some in ranked]) for k in (1, 2, 4)]
        first, two, four = hits
        print(f"reading weighs {weight:.2f}: first {first:.3f}, two {two:.3f}, four {four:.3f}")

    measures = np.array([row["measures"] for row in rows])
    known = np.array([row["answerable"] for row in rows])
    model = LogisticRegression(C=10.0, max_iter=1000, class_weight="balanced")
    held_out = cross_val_predict(model, measures, known, cv=5, method="decision_function")
    model.fit(measures, known)
    shift = -float(np.quantile(held_out[known], _REFUSED))
    numbers = [float(model.intercept_[0]) + shift, *map(float, model.coef_[0])]
    print(f"WITH_READER = ({', '.join(f'{number:.3f}' for number in numbers)})")
    print(
        f"# AUROC {roc_auc_score(known, held_out):.3f}; answered"
        f" {np.mean(held_out[known] + shift > 0):.3f}, near-misses refused"
        f" {np.mean(held_out[~known] + shift < 0):.3f}; by reading alone"
        f" {roc_auc_score(known, measures[:, 1]):.3f}, by similarities"
        f" {roc_auc_score(known, measures[:, 0]):.3f}"
    )
    _fit_quotes(rows, held_out)


def _ranked(row: dict[str, Any], change: float) -> list[dict[str, Any]]:
    return sorted(
        row["candidates"],
        key=lambda one: -(one["score"] + change * (one["reading"] or 0.0)),
    )


def _fit_quotes(rows: list[dict[str, Any]], confident: np.ndarray) -> None:
    """Fit the probability that a quote is right to those that would be shown."""
    features, right = [], []
    for row, odds in zip(rows, confident, strict=True):
        best = row["candidates"][0]["score"] if row["candidates"] else 0.0
        for one in row["candidates"][:4]:
            features.append((one["reading"] or 0.0, one["score"] - best, float(odds)))
            right.append(one["right"])
    table, known = np.array(features), np.array(right)
    model = LogisticRegression(C=10.0, max_iter=1000)
    likely = cross_val_predict(model, table, known, cv=5, method="predict_proba")[:, 1]
    model.fit(table, known)
    numbers = [float(model.intercept_[0]), *map(float, model.coef_[0])]
    print(f"QUOTE = ({', '.join(f'{number:.3f}' for number in numbers)})")
    for low in np.arange(0.0, 1.0, 0.1):
        chosen = (likely >= low) & (likely < low + 0.1)
        if chosen.any():
            print(
                f"# scored {low:.1f} to {low + 0.1:.1f}: {int(chosen.sum())} quotes,"
                f" {known[chosen].mean():.2f} right"
            )


if __name__ == "__main__":
    main()
