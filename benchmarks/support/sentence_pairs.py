"""Sentences to make claims of: parallel ones, questions with their answers, any at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from benchmarks.support.squad import read_paragraphs, read_questions
from rag.ingest.sentences import split_sentences
from rag.language.detect import detect_language
from rag.passage import RankedPassage, Similarities
from vectorstore import Article, Passage, QueryTerms

LANGUAGES = ("de", "en")
# Below it the two sentences are mostly not each other's translation.
_LEAST_ALIKE = 0.5


@dataclass(frozen=True)
class Pair:
    """A sentence by language code, in both or in one, and the paragraphs that it is in."""

    sentences: dict[str, str]
    passages: dict[str, RankedPassage]


def make_passage(paragraph: str, language: str) -> RankedPassage:
    """Return a paragraph as a whole article, every sentence of it about the question."""
    whole = (0, len(paragraph))
    sentences = tuple(split_sentences(paragraph))
    passage = Passage(Article("", "", paragraph, (whole,), language), *whole, sentences)
    near = (1.0,) * len(sentences)
    similarities = Similarities(near, near, 1.0)
    return RankedPassage(passage, 1.0, 0.0, 1.0, QueryTerms((), {}, {}), similarities)


def pair_sentences(passages: dict[str, list[RankedPassage]], embeddings: Embeddings) -> list[Pair]:
    """Return the sentences of parallel paragraphs that stand at the same place and are alike."""
    pairs: list[Pair] = []
    for both in zip(*(passages[language] for language in LANGUAGES), strict=True):
        texts = [_sentences(passage) for passage in both]
        if len(texts[0]) != len(texts[1]):
            continue
        vectors = [np.asarray(embeddings.embed_documents(side)) for side in texts]
        alike = (vectors[0] * vectors[1]).sum(axis=1)
        for one, other, cosine in zip(*texts, alike, strict=True):
            if cosine >= _LEAST_ALIKE:
                sentences = dict(zip(LANGUAGES, (one, other), strict=True))
                pairs.append(Pair(sentences, dict(zip(LANGUAGES, both, strict=True))))
    return pairs


@dataclass(frozen=True)
class Asked:
    """A question with its answer as a claim, and the sentence that holds the answer."""

    claim: str
    sentence: str
    passage: RankedPassage


def read_asked(contexts: Path, questions: Path, passages: Sequence[RankedPassage]) -> list[Asked]:
    """Return the questions of one file with the sentences of the other that answer them.

    The passages are the paragraphs of `contexts`; the sentence is the one that the answer begins
    in, by the file's own offset.
    """
    own = read_questions(questions, questions)
    starts = _answer_starts(contexts)
    found: list[Asked] = []
    for one, start in zip(own, starts, strict=True):
        passage = passages[one.paragraph]
        for (first, end), sentence in passage.sentences:
            if first <= start < end:
                claim = f"{one.text.strip().rstrip('?').rstrip()}: {one.answers[0]}."
                found.append(Asked(claim, sentence, passage))
    return found


def read_sentences(path: Path) -> list[Pair]:
    """Return the sentences of a file in the language that most of it is in, each by itself.

    The file is in SQuAD format, or has an object with `text` on each line (JSONL).
    """
    if path.suffix == ".jsonl":
        with path.open(encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line in lines]
    else:
        texts = read_paragraphs(path)
    languages = [detect_language(text, among=LANGUAGES) for text in texts]
    language = max(LANGUAGES, key=languages.count)
    passages = [
        make_passage(text, language)
        for text, detected in zip(texts, languages, strict=True)
        if detected == language
    ]
    return [
        Pair({language: sentence}, {language: passage})
        for passage in passages
        for sentence in _sentences(passage)
    ]


def _answer_starts(path: Path) -> list[int]:
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    return [qa["answers"][0]["answer_start"] for each in paragraphs for qa in each["qas"]]


def _sentences(passage: RankedPassage) -> list[str]:
    return [text for _, text in passage.sentences]
