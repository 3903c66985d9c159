"""Fit the refusal of rag/refusal.py: prints the constants to put there, and how they separate.

    python -m benchmarks.calibrate --german FILE.json --english FILE.json

Two files in SQuAD format with the same paragraphs in the same order. Every question is asked in
both languages over both: as it is, without the paragraph that answers it (a near miss: others of
its article stay), and without its article. Figures are those of five-fold cross-validation over
paragraphs.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from benchmarks.support.squad import indexed, read_paragraphs, read_questions
from benchmarks.support.trial import CachedEmbeddings, Trial, run_trials
from rag.language.lexicon import load_lexicon
from rag.models.embedding import DEFAULT_EMBEDDING, load_embedding
from rag.models.sentence_embedding import SentenceEmbedding

# How many of the answerable questions may be refused. A wrong refusal hides what the articles do
# say, a wrong quotation shows itself to be beside the point, so it is few; across languages the
# measures separate less, and as few would let a third more of the near misses through.
_REFUSED_SAME = 0.05
_REFUSED_OTHER = 0.1


def main() -> None:
    """Run the calibration from the command line."""
    parser = argparse.ArgumentParser(description="Fit when to refuse.")
    parser.add_argument("--german", type=Path, required=True)
    parser.add_argument("--english", type=Path, required=True)
    parser.add_argument("--embedding", default=DEFAULT_EMBEDDING)
    options = parser.parse_args()
    embedding = load_embedding(options.embedding)
    de, en = options.german, options.english
    same = [*_trials(de, de, embedding), *_trials(en, en, embedding)]
    other = [*_trials(de, en, embedding), *_trials(en, de, embedding)]
    _fit("SAME_LANGUAGE", same, refused=_REFUSED_SAME)
    _fit("OTHER_LANGUAGE", other, refused=_REFUSED_OTHER)


def _trials(contexts: Path, questions: Path, embedding: SentenceEmbedding) -> list[Trial]:
    asked = read_questions(contexts, questions)
    with indexed(read_paragraphs(contexts), embedding) as store:
        return list(run_trials(store, CachedEmbeddings(embedding), load_lexicon(), asked))


def _fit(name: str, trials: Sequence[Trial], *, refused: float) -> None:
    answerable = [t.measures for t in trials]
    near_misses = [t.measures_without for t in trials]
    off_topic = [t.measures_off_topic for t in trials]
    measures = np.array(answerable + near_misses + off_topic)
    kinds = np.repeat([1, 0, -1], len(trials))
    paragraphs = np.array([t.asked.paragraph for t in trials] * 3)
    # As many answerable as not, whichever way they are not.
    weights = np.where(kinds == 1, 1.0, 0.5)
    model = LogisticRegression(C=10.0, max_iter=1000)
    held_out = cross_val_predict(
        model,
        measures,
        kinds == 1,
        groups=paragraphs,
        cv=GroupKFold(5),
        method="decision_function",
        params={"sample_weight": weights},
    )
    model.fit(measures, kinds == 1, sample_weight=weights)
    shift = -float(np.quantile(held_out[kinds == 1], refused))
    numbers = [float(model.intercept_[0]) + shift, *map(float, model.coef_[0])]
    shown = held_out + shift > 0
    near = kinds >= 0
    print(f"{name} = ({', '.join(f'{number:.2f}' for number in numbers)})")
    print(
        f"# AUROC {roc_auc_score(kinds[near], held_out[near]):.3f} against near misses;"
        f" answered {shown[kinds == 1].mean():.3f}, refused {1 - shown[kinds == 0].mean():.3f}"
        f" of near misses, {1 - shown[kinds == -1].mean():.3f} off topic"
    )


if __name__ == "__main__":
    main()
