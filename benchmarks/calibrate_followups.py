"""Fit how a follow-up is told from a question that stands alone: prints the constants.

    python -m benchmarks.calibrate_followups training/reader/written/follow-ups.jsonl

A line of the file is a question that was written after another one (`first`), and whether it
`depends` on that. The first half of the file is fitted, the second half is for the figures; then
the constants for `rag/question/followups.py` are fitted to all.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from rag.question.followups import measure, tell_language


def main() -> None:
    """Run the calibration from the command line."""
    parser = argparse.ArgumentParser(description="Fit how follow-ups are told.")
    parser.add_argument("followups", type=Path)
    rows = [
        json.loads(line)
        for line in parser.parse_args().followups.read_text(encoding="utf-8").splitlines()
    ]
    languages = [tell_language(row["question"], row["first_language"]) for row in rows]
    measures = np.array(
        [measure(row["question"], code) for row, code in zip(rows, languages, strict=True)]
    )
    known = np.array([row["depends"] for row in rows])
    half = len(rows) // 2
    told = LogisticRegression(C=10.0).fit(measures[:half], known[:half]).predict(measures[half:])
    model = LogisticRegression(C=10.0).fit(measures, known)
    numbers = [float(model.intercept_[0]), *map(float, model.coef_[0])]
    print(f"DEPENDS = ({', '.join(f'{number:.2f}' for number in numbers)})")
    for code in ("de", "en"):
        chosen = np.array(languages[half:]) == code
        dependent = told[chosen & known[half:]].mean()
        alone = told[chosen & ~known[half:]].mean()
        print(f"# {code}: follow-ups recognised {dependent:.3f}, others taken for one {alone:.3f}")


if __name__ == "__main__":
    main()
