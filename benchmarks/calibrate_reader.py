"""Fit how the reader's log-odds join what retrieval knows: prints the constants, and how they hold.

    python -m benchmarks.news --articles DIR --questions HELD_OUT --outcomes NEWS
    python -m benchmarks.retrieval --contexts FILE --questions FILE --outcomes XQUAD
    python -m benchmarks.calibrate_reader NEWS XQUAD…

The files have the outcomes of questions that the reader was not trained on. Printed are the weights
of a passage and of a sentence (a conditional logit: which of them answers), and two logistic
regressions: whether the passages answer and whether a quote does. Figures are those of five-fold
cross-validation.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from benchmarks.support.outcomes import Outcome, read_outcomes

# Share of answerable questions that may be refused: a wrong refusal hides what articles do say.
_REFUSED = 0.07
# The first file counts so many times as much as all others together: near-misses on news are the
# harder part, and what tells XQuAD's questions apart, the words that they repeat, misleads there.
_NEWS = 3
# Inverse of the penalty on the weights of the refusal (scikit-learn's C).
_FREEDOM = 0.1
Choice = tuple[np.ndarray, np.ndarray]
"""The measures of what is to be chosen from, n x measures, and which of them are right."""


def main() -> None:
    """Run the calibration from the command line."""
    parser = argparse.ArgumentParser(description="Fit the use of the reader's scores.")
    parser.add_argument("outcomes", type=Path, nargs="+")
    files = [read_outcomes(path) for path in parser.parse_args().outcomes]
    outcomes = [one for some in files for one in some]
    places = _fit_choice([_places(one) for one in outcomes if one.answerable])
    print(f"READING_WEIGHT = {places[1] / places[0]:.3f}")
    sentences = _fit_choice([_sentences(one) for one in outcomes if one.answerable])
    matched, passage = sentences[1:] / sentences[0]
    print(f"_MATCHED_WHEN_READ, _PASSAGE_WHEN_READ = {matched:.3f}, {passage:.3f}")
    for some in files:
        chosen = [_sentences(one) for one in some if one.answerable]
        for name, weights in (("as printed", sentences), ("reading alone", np.array([1.0, 0, 0]))):
            first, four = (np.mean([_hit(one, weights, k) for one in chosen]) for k in (1, 4))
            print(f"# {len(chosen)} questions, {name}: first {first:.3f}, among four {four:.3f}")
    confident = _fit_refusal(outcomes, files)
    _fit_quotes(outcomes, sentences / sentences[0], confident)


def _places(one: Outcome) -> Choice:
    return (
        np.array([(place.fused, place.log_odds) for place in one.passages]),
        np.array([place.right for place in one.passages]),
    )


def _sentences(one: Outcome) -> Choice:
    return (
        np.array([(s.log_odds, s.matched, one.passages[s.passage].fused) for s in one.sentences]),
        np.array([s.right for s in one.sentences]),
    )


def _fit_choice(choices: Sequence[Choice]) -> np.ndarray:
    """Return the weights under which what is right is likeliest to be chosen."""
    known = [(measures, right) for measures, right in choices if right.any()]

    def loss(weights: np.ndarray) -> float:
        missed = [
            logsumexp(measures @ weights) - logsumexp((measures @ weights)[right])
            for measures, right in known
        ]
        return float(np.mean(missed))

    size = known[0][0].shape[1]
    weights: np.ndarray = minimize(loss, np.full(size, 0.1), method="BFGS").x
    return weights


def _hit(choice: Choice, weights: np.ndarray, k: int) -> bool:
    measures, right = choice
    return bool(right[np.argsort(-(measures @ weights))[:k]].any())


def _fit_refusal(outcomes: Sequence[Outcome], files: Sequence[Sequence[Outcome]]) -> np.ndarray:
    measures = np.array([one.measures for one in outcomes])
    known = np.array([one.answerable for one in outcomes])
    # Held back, since similarities tell near-misses on news the wrong way round.
    model = LogisticRegression(C=_FREEDOM, max_iter=1000, class_weight="balanced")
    counts = np.ones(len(outcomes))
    counts[: len(files[0])] = _NEWS * max(1, len(outcomes) - len(files[0])) / len(files[0])
    held_out = cross_val_predict(
        *(model, measures, known),
        cv=StratifiedKFold(5, shuffle=True, random_state=1),
        method="decision_function",
        params={"sample_weight": counts},
    )
    model.fit(measures, known, sample_weight=counts)
    shift = -float(np.quantile(held_out[known], _REFUSED))
    numbers = [float(model.intercept_[0]) + shift, *map(float, model.coef_[0])]
    print(f"WITH_READER = ({', '.join(f'{number:.3f}' for number in numbers)})")
    start = 0
    for some in files:
        part = slice(start, start := start + len(some))
        if 0 < known[part].sum() < len(some):
            print(
                f"# AUROC {roc_auc_score(known[part], held_out[part]):.3f}, by reading alone"
                f" {roc_auc_score(known[part], measures[part, 0]):.3f}; answered"
                f" {np.mean(held_out[part][known[part]] + shift > 0):.3f}, others refused"
                f" {np.mean(held_out[part][~known[part]] + shift < 0):.3f}"
            )
    one_percent = 1 / (1 + np.exp(-(np.quantile(held_out[known], 0.01) + shift)))
    print(f"# 1 % of answerable ones are below {one_percent:.3f}")
    confident: np.ndarray = held_out + shift
    return confident


def _fit_quotes(outcomes: Sequence[Outcome], weights: np.ndarray, confident: np.ndarray) -> None:
    """Fit the probability that a quote is right to those of questions that are not refused."""
    rows, known = [], []
    for one, odds in zip(outcomes, confident, strict=True):
        measures, right = _sentences(one)
        scores = measures @ weights
        for at in np.argsort(-scores)[:4] if odds > 0 else ():
            rows.append((measures[at, 0], scores.max() - scores[at]))
            known.append(right[at])
    table, answered = np.array(rows), np.array(known)
    model = LogisticRegression(C=10.0, max_iter=1000)
    likely = cross_val_predict(model, table, answered, cv=5, method="predict_proba")[:, 1]
    model.fit(table, answered)
    numbers = [float(model.intercept_[0]), *map(float, model.coef_[0])]
    print(f"QUOTE = ({', '.join(f'{number:.3f}' for number in numbers)})")
    for low in np.arange(0.0, 1.0, 0.1):
        chosen = (likely >= low) & (likely < low + 0.1)
        if chosen.any():
            print(
                f"# scored {low:.1f} to {low + 0.1:.1f}: {int(chosen.sum())} quotes,"
                f" {answered[chosen].mean():.2f} right"
            )


if __name__ == "__main__":
    main()
