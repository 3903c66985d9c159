"""Check claims by what they quote, as the sentences of a chat model are checked.

    python -m benchmarks.claims FILE.jsonl [--json] [--news DIR] [--weights DIR | --no-reader]

A line of the file is a claim with its quotes; `title` and `date` may be null:

    {"id", "claim", "language", "quotes": [{"text", "passage", "language", "title", "date"}]}

With `--news`, a line names an article in DIR by `file` and `row` (from 0), and `quotes` are
half-open spans in its `text`. A line of the output is {"id", "status", "reason", "confidence"}:
the status is "supported", "weak" or "unsupported", the confidence a probability, or null where no
model judged. A malformed line is named on stderr, and the exit status is then 1.

If lines have a `label` ("supported" or another), stderr says how many of the others are not shown
as supported, how many of the supported ones are not either, and how the confidence separates the
two.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.retrieval import auroc
from benchmarks.support.claim_lines import ClaimLine, MalformedLine, read_line
from rag.checking.check import check
from rag.checking.claim import Verdict
from rag.language.lexicon import Lexicon, load_lexicon
from rag.models.embedding import load_embedding
from rag.models.entailment import Entailment, load_entailment, load_entailment_from
from rag.models.sentence_embedding import SentenceEmbedding
from rag.phrases import PHRASES
from rag.question.question import Question

_EMBEDDING = Path("rag/bundled/embedding")
# Errors caught are counted where this share of the sound claims is flagged.
_FLAGGED = 0.1


@dataclass(frozen=True)
class Checked:
    """A claim with its verdict."""

    line: ClaimLine
    verdict: Verdict

    @property
    def confidence(self) -> float | None:
        """The probability that the claim is borne out, 0 for one without quotes."""
        return 0.0 if self.verdict.status == "unsupported" else self.verdict.confidence

    @property
    def flagged(self) -> bool:
        """Whether the claim is not shown as supported."""
        return self.verdict.status != "supported"

    @property
    def sound(self) -> bool:
        """Whether the claim is labelled as borne out."""
        return self.line.label == "supported"


def check_claims(
    lines: Iterable[ClaimLine],
    embedding: SentenceEmbedding,
    lexicon: Lexicon,
    entailment: Entailment | None,
) -> Iterator[Checked]:
    """Yield each claim with the verdict on it, asked about the articles in its language."""
    for line in lines:
        language = line.language if line.language in PHRASES else "en"
        verdict = check(
            line.claim,
            line.passages,
            Question("", language),
            embeddings=embedding,
            lexicon=lexicon,
            entailment=entailment,
        )
        yield Checked(line, verdict)


def summarise(checked: Sequence[Checked]) -> list[str]:
    """Return what the labels say of the verdicts, a line each; nothing without both labels."""
    labelled = [one for one in checked if one.line.label]
    sound = [one for one in labelled if one.sound]
    errors = [one for one in labelled if not one.sound]
    if not sound or not errors:
        return []
    caught, flagged = (sum(one.flagged for one in some) for some in (errors, sound))
    summary = [
        f"errors caught: {caught} of {len(errors)} ({caught / len(errors):.3f})",
        f"sound ones flagged: {flagged} of {len(sound)} ({flagged / len(sound):.3f})",
    ]
    if all(one.confidence is not None for one in labelled):
        mine, theirs = ([one.confidence or 0.0 for one in some] for some in (sound, errors))
        least = sorted(mine)[int(_FLAGGED * len(mine))]
        below = sum(confidence < least for confidence in theirs)
        summary.append(f"AUROC of the confidence: {auroc(mine, theirs):.3f}")
        summary.append(
            f"errors caught with {_FLAGGED:.0%} of the sound ones flagged (confidence below"
            f" {least:.3f}): {below / len(theirs):.3f}"
        )
    reasons = Counter(one.verdict.reason.split("“")[0].strip() for one in sound if one.flagged)
    return summary + [f"sound, flagged: {n} {reason} …" for reason, n in reasons.most_common()]


def _read_lines(path: Path, news: Path | None) -> Iterator[ClaimLine | str]:
    """Yield the claims of a file, or in one line why a line is none."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                if line.strip():
                    yield read_line(line, news)
            except MalformedLine as error:
                yield f"{path}, line {number}: {error}; mend it, the other lines are checked"


def _choose_entailment(
    options: argparse.Namespace, embedding: SentenceEmbedding
) -> Entailment | None:
    if options.no_reader:
        return None
    if options.weights:
        return load_entailment_from(options.weights, _EMBEDDING, embedding.word_vectors)
    return load_entailment(embedding.word_vectors)


def main() -> None:
    """Print a verdict for each line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--news", type=Path, metavar="DIR", help="folder of the articles")
    parser.add_argument("--weights", type=Path, metavar="DIR", help="folder of other weights")
    parser.add_argument("--no-reader", action="store_true", help="check without a model")
    options = parser.parse_args()
    if not options.file.exists():
        parser.error(f"there is no file {options.file}: give one with a claim a line")
    embedding = load_embedding(device="cpu")
    entailment = _choose_entailment(options, embedding)
    lexicon = load_lexicon()
    checked: list[Checked] = []
    malformed = False
    for line in _read_lines(options.file, options.news):
        if isinstance(line, str):
            print(line, file=sys.stderr)
            malformed = True
            continue
        for one in check_claims([line], embedding, lexicon, entailment):
            checked.append(one)
            verdict = one.verdict
            fields = (one.line.id, verdict.status, verdict.reason, one.confidence)
            names = ("id", "status", "reason", "confidence")
            printed = json.dumps(dict(zip(names, fields, strict=True)), ensure_ascii=False)
            print(printed if options.json else _show(one), flush=True)
    for text in summarise(checked):
        print(text, file=sys.stderr)
    sys.exit(int(malformed))


def _show(one: Checked) -> str:
    confidence = "" if one.confidence is None else f"{one.confidence:.2f}"
    return f"{one.line.id:8} {one.verdict.status:11} {confidence:4} {one.verdict.reason}".rstrip()


if __name__ == "__main__":
    main()
