"""Prepare the training data from the pairs, once, and keep them in the run's folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.alignment import align
from training.lexicon import write_lexicon
from training.pairs import NON_COMMERCIAL, RESEARCH_ONLY, Pair, read_pairs, without_repeats
from training.student import WORDS, read_weights, starting_rows
from training.texts import Corpus, subject_groups
from training.vocabulary import choose_pieces, extended, german_pieces

LEXICON = "lexicon.tsv.gz"
# German word pieces to choose from.
_CANDIDATES = 40_000
# Further machine translations of sentences in another source.
_REPEATING = "wmt_testsuite_mt_extra"
# Manuals and release notes are repetitive: a third of them an epoch is enough.
_TECHNICAL = ("debian_", "gnome_", "mozilla_")
_TECHNICAL_SHARE = 1 / 3
_QUESTION_SHARE = 4.0


@dataclass(frozen=True)
class Prepared:
    """The corpus in tokens, grouped by subject; the student's tokenizer and first word embeddings.

    `rows` is (vocabulary, width). `new` are the numbers of the pieces that the teacher lacks.
    """

    corpus: Corpus
    groups: Sequence[NDArray[np.int64]]
    tokenizer: Tokenizer
    rows: NDArray[np.float32]
    new: Sequence[int]


def prepare(
    pairs: Path, folder: Path, teacher: Path, *, only_free: bool, vocabulary: int
) -> Prepared:
    """Read or make the training data; `vocabulary` is the number of word pieces."""
    folder.mkdir(parents=True, exist_ok=True)
    left_out = NON_COMMERCIAL | RESEARCH_ONLY if only_free else NON_COMMERCIAL
    all_pairs = list(read_pairs(pairs, without=left_out))
    learnt = list(without_repeats(pair for pair in all_pairs if pair.source != _REPEATING))
    german = [pair.german for pair in learnt]
    english = [pair.english for pair in learnt]

    tokenizer_file, numbers_file = folder / "tokenizer.json", folder / "words.npz"
    if not numbers_file.exists():
        candidates = german_pieces((pair.german for pair in all_pairs), _CANDIDATES)
        pieces = choose_pieces(teacher / "tokenizer.json", candidates, german, english)
        tokenizer, new = extended(teacher / "tokenizer.json", pieces, vocabulary)
        tokenizer.save(str(tokenizer_file))
        translations = align(_numbers(tokenizer, german), _numbers(tokenizer, english))
        known = read_weights(teacher)[WORDS].numpy()
        # With few chosen pieces, some of the teacher's placeholders stay without a piece.
        size = max(len(known), 1 + max(tokenizer.get_vocab().values()))
        rows = starting_rows(known, size, new, translations)
        np.savez(numbers_file, rows=rows, new=np.array(new))
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    with np.load(numbers_file) as kept:
        rows, new = kept["rows"], kept["new"].tolist()

    if not (folder / LEXICON).exists():
        write_lexicon(learnt, folder / LEXICON)

    as_taught = extended(teacher / "tokenizer.json", [], vocabulary)[0]
    corpus = Corpus(
        german=_numbers(tokenizer, german),
        english=_numbers(tokenizer, english),
        taught=_numbers(as_taught, english),
        source=[pair.source for pair in learnt],
        question=np.array([pair.english.endswith("?") for pair in learnt]),
        share=np.array([_share(pair) for pair in learnt]),
    )
    groups = subject_groups(_rough_vectors(corpus, rows), corpus.source, seed=0)
    return Prepared(corpus, groups, tokenizer, rows, new)


def _share(pair: Pair) -> float:
    technical = pair.source.startswith(_TECHNICAL)
    question = pair.english.endswith("?")
    return (_TECHNICAL_SHARE if technical else 1.0) * (_QUESTION_SHARE if question else 1.0)


def _numbers(tokenizer: Tokenizer, texts: Sequence[str]) -> list[NDArray[np.int32]]:
    encoded = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
    return [np.array(one.ids, dtype=np.int32) for one in encoded]


def _rough_vectors(corpus: Corpus, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a unit vector for each English sentence: a mean of word embeddings, by rarity."""
    sizes = np.array([len(sentence) for sentence in corpus.taught])
    tokens = np.concatenate(corpus.taught)
    frequency = np.bincount(tokens, minlength=len(rows)) / len(tokens)
    weighted = rows * (1e-3 / (1e-3 + frequency))[:, None].astype(np.float32)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    sums = np.empty((len(sizes), rows.shape[1]), dtype=np.float32)
    # In slices, as the rows of all tokens would be gigabytes.
    for first in range(0, len(sizes), 10_000):
        last = min(first + 10_000, len(sizes))
        begin, end = starts[first], starts[last - 1] + sizes[last - 1]
        sums[first:last] = np.add.reduceat(
            weighted[tokens[begin:end]], starts[first:last] - begin, axis=0
        )
    sums -= sums.mean(0)
    sums /= np.linalg.norm(sums, axis=1, keepdims=True) + 1e-9
    return sums
