"""Judge a claim by one passage, with an embedding that finds everything alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from fakes import ranked
from langchain_core.embeddings import Embeddings

from rag.checking.claim import Claim, Quote, Verdict
from rag.checking.support import find_support
from rag.language.lexicon import load_lexicon
from rag.models.entailment import Entailment, Judgement
from rag.passage import RankedPassage


class OneMeaning(Embeddings):
    """Finds everything alike, so that only values and names are left to differ."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[1.0] for _ in texts]

    def embed_query(self, text: str) -> list[float]:
        return [1.0]


class SaidWords:
    """Judges like the entailment model, by the share of a claim's words that a premise has.

    A premise with "nicht" contradicts a claim without it.
    """

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        self.pairs += pairs
        return [self._judge(premise, claim) for premise, claim in pairs]

    def _judge(self, premise: str, claim: str) -> Judgement:
        there = set(re.findall(r"\w+", premise.casefold()))
        words = re.findall(r"\w+", claim.casefold())
        share = sum(word in there for word in words) / len(words)
        if "nicht" in there and "nicht" not in words:
            return Judgement(0.0, 1 - share, share)
        return Judgement(share, 1 - share, 0.0)


def support(
    claim: Claim,
    passages: list[RankedPassage],
    embeddings: Embeddings | None = None,
    entailment: SaidWords | None = None,
) -> Verdict:
    return find_support(
        claim,
        passages,
        embeddings or OneMeaning(),
        load_lexicon(),
        cast("Entailment | None", entailment),
    )


def judge(claim: str, text: str, language: str = "de", words: str = "", title: str = "") -> Verdict:
    given = ranked(text, language=language, title=title)
    return support(Claim(claim, (Quote(1, words or text),)), [given])
