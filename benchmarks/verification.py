"""Plant altered sentences and count how many the verification of answers catches.

    python -m benchmarks.verification --german FILE --english FILE
        [--others FILE …] [--json] [--errors N] [--no-reader]

The two files are in SQuAD format and hold the same paragraphs in the same order. Sentences are
paired where both paragraphs have equally many and the embedding finds the two alike. A claim is a
sentence, its quote the sentence itself or its counterpart in the other language.

- altered: the claim has another number, another name from the same file, or a "nicht", "kein" or
  "not" more or less; the kinds and the four directions are equally frequent, the seed is fixed;
- distorted: two of its names have changed places, a word is its opposite, "all" is "some", a unit,
  a month or a day of the week is another, or what may be is certain; as many of each;
- reworded: a word is one that means the same;
- sound: the same claims as they are, all of them, in all four directions;
- asked: questions with their answers ("How high is the tower: 40 metres"), people's own words for
  what a sentence of the paragraph says; the quote is the sentence that the answer is in.

The other files (SQuAD, or JSONL with a `text` a line) are altered and distorted too, each within
its language; `asked` is counted where there are questions. A claim is checked as a chat model's
sentence is, and counts as caught, or flagged, if it is not "supported".
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from langchain_core.embeddings import Embeddings

from benchmarks.support.alterations import (
    Alter,
    add_negation,
    change_known_name,
    change_name,
    change_number,
    collect_names,
    drop_negation,
)
from benchmarks.support.distortions import DISTORTIONS, reword
from benchmarks.support.sentence_pairs import (
    Pair,
    make_passage,
    pair_sentences,
    read_asked,
    read_sentences,
)
from benchmarks.support.squad import read_paragraphs
from benchmarks.support.trial import CachedEmbeddings
from rag.answering.writer import Check
from rag.checking.check import check
from rag.checking.claim import Claim, Quote, Verdict
from rag.language.lexicon import load_lexicon
from rag.models.embedding import load_embedding
from rag.models.entailment import load_entailment
from rag.passage import RankedPassage
from rag.question.question import Question

_SEED = 4
_HARMLESS = ("sound", "reworded", "asked")
_ACROSS = (("de", "de"), ("en", "en"), ("en", "de"), ("de", "en"))
"""The languages of claim and quote."""


@dataclass(frozen=True)
class Made:
    """A claim, in what way it was altered, from which language to which, and what it quotes."""

    kind: str
    direction: str
    claim: str
    quote: str
    passage: RankedPassage


@dataclass(frozen=True)
class Planted:
    """A claim with its verdict."""

    kind: str
    direction: str
    claim: str
    quote: str
    verdict: Verdict

    @property
    def flagged(self) -> bool:
        """Whether it is not shown as supported."""
        return self.verdict.status != "supported"


def plant_altered(
    pairs: Sequence[Pair], count: int, change: Alter, directions: Sequence[tuple[str, str]]
) -> Iterator[Made]:
    """Yield altered claims: a third numbers, a third names, a third negations."""
    kinds = {
        "number": (change_number, count // 3),
        "name": (change, count // 3),
        "negation dropped": (drop_negation, count // 6),
        "negation added": (add_negation, count - 2 * (count // 3) - count // 6),
    }
    return _plant(pairs, kinds, directions)


def plant_distorted(
    pairs: Sequence[Pair], count: int, directions: Sequence[tuple[str, str]]
) -> Iterator[Made]:
    """Yield distorted claims, as many of each kind if there are."""
    share = count // len(DISTORTIONS)
    kinds = {kind: (distort, share) for kind, distort in DISTORTIONS.items()}
    return _plant(pairs, kinds, directions)


def _plant(
    pairs: Sequence[Pair],
    kinds: Mapping[str, tuple[Alter, int]],
    directions: Sequence[tuple[str, str]],
) -> Iterator[Made]:
    """Yield kind, claim, its language, the pair and the language to quote, directions evenly."""
    chance = random.Random(_SEED)
    for kind, (alter, wanted) in kinds.items():
        for number, (said, quoted) in enumerate(directions):
            share = wanted // len(directions) + (number < wanted % len(directions))
            for pair in chance.sample(pairs, len(pairs)):
                claim = alter(pair, said, chance) if share and said in pair.sentences else None
                if claim is None:
                    continue
                share -= 1
                quote = pair.sentences[quoted]
                yield Made(kind, f"{said}-{quoted}", claim, quote, pair.passages[quoted])


def plant_changed(
    pairs: Sequence[Pair], count: int, change: Alter, directions: Sequence[tuple[str, str]]
) -> list[Made]:
    """Return altered, distorted and reworded claims."""
    return [
        *plant_altered(pairs, count, change, directions),
        *plant_distorted(pairs, count, directions),
        *_plant(pairs, {"reworded": (reword, count)}, directions),
    ]


def plant_sound(pairs: Sequence[Pair]) -> Iterator[Made]:
    """Yield every sentence as it is, in all directions."""
    for said, quoted in _ACROSS:
        for pair in pairs:
            claim, quote = pair.sentences[said], pair.sentences[quoted]
            yield Made("sound", f"{said}-{quoted}", claim, quote, pair.passages[quoted])


def plant_asked(
    contexts: Path, questions: Path, passages: Sequence[RankedPassage], direction: str
) -> Iterator[Made]:
    """Yield each question with its answer as a claim about the paragraphs of `contexts`."""
    for asked in read_asked(contexts, questions, passages):
        yield Made("asked", direction, asked.claim, asked.sentence, asked.passage)


def judge(claims: Iterable[Made], check: Check) -> Iterator[Planted]:
    """Yield each claim with its verdict, asked about the passage in the claim's language."""
    for made in claims:
        claim = Claim(made.claim, (Quote(1, made.quote),))
        verdict = check(claim, [made.passage], Question("", made.direction.split("-")[0]))
        yield Planted(made.kind, made.direction, made.claim, made.quote, verdict)


def count(planted: Sequence[Planted]) -> dict[str, dict[str, tuple[int, int]]]:
    """Return by kind and direction how many claims were flagged, and of how many."""
    all_of = Counter((one.kind, one.direction) for one in planted)
    flagged = Counter((one.kind, one.direction) for one in planted if one.flagged)
    table: dict[str, dict[str, tuple[int, int]]] = {}
    for kind, direction in all_of:
        table.setdefault(kind, {})[direction] = (flagged[kind, direction], all_of[kind, direction])
    return table


def judge_parallel(
    files: Mapping[str, Path], altered: int, embeddings: Embeddings, check: Check
) -> list[Planted]:
    """Judge altered, distorted, sound and asked claims of two files with the same paragraphs."""
    passages = {
        language: [make_passage(text, language) for text in read_paragraphs(path)]
        for language, path in files.items()
    }
    pairs = pair_sentences(passages, embeddings)
    change = change_name(collect_names(pairs))
    made = [*plant_changed(pairs, altered, change, _ACROSS), *plant_sound(pairs)]
    for said, quoted in _ACROSS:
        made += plant_asked(files[quoted], files[said], passages[quoted], f"{said}-{quoted}")
    return list(judge(made, check))


def judge_other(path: Path, altered: int, check: Check) -> list[Planted]:
    """Judge altered and distorted sentences of one file, and its questions if it has some."""
    pairs = read_sentences(path)
    (language,) = pairs[0].sentences
    made = plant_changed(pairs, altered, change_known_name, [(language, language)])
    if path.suffix != ".jsonl":
        texts = read_paragraphs(path)
        passages = [make_passage(text, language) for text in texts]
        made += plant_asked(path, path, passages, f"{language}-{language}")
    return list(judge(made, check))


def _report(planted: Sequence[Planted], errors: int) -> None:
    table = count(planted)
    for kind, row in table.items():
        print(f"{kind:18}", *(f"{d} {a:4}/{b:<5}" for d, (a, b) in row.items()))
    for kind in table:
        wrong = [p for p in planted if p.kind == kind and p.flagged == (kind in _HARMLESS)]
        for one in wrong[:errors]:
            print(f"\n{kind} {one.direction} {one.verdict.reason}\n  {one.claim}\n  {one.quote}")


def main() -> None:
    """Print how many altered claims are caught and how many sound ones are flagged."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--german", type=Path, required=True)
    parser.add_argument("--english", type=Path, required=True)
    parser.add_argument("--others", type=Path, nargs="*", default=[], metavar="FILE")
    parser.add_argument("--altered", type=int, default=200, help="how many to plant of a file")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="show N of each kind")
    parser.add_argument("--no-reader", action="store_true", help="check without a model")
    args = parser.parse_args()

    embedding = load_embedding(device="cpu")
    embeddings = CachedEmbeddings(embedding)
    entailment = None if args.no_reader else load_entailment(embedding.word_vectors)
    checks = partial(check, embeddings=embeddings, lexicon=load_lexicon(), entailment=entailment)
    files = {"de": args.german, "en": args.english}
    judged = {"parallel": judge_parallel(files, args.altered, embeddings, checks)}
    judged |= {str(path): judge_other(path, args.altered, checks) for path in args.others}
    if args.json:
        print(json.dumps({name: count(planted) for name, planted in judged.items()}))
        return
    for name, planted in judged.items():
        print(f"{name}: flagged / all, from claim to quote:")
        _report(planted, args.errors)


if __name__ == "__main__":
    main()
