"""Judge a claim by one passage, with an embedding that finds everything alike."""

from __future__ import annotations

from fakes import ranked
from langchain_core.embeddings import Embeddings

from rag.checking.claim import Claim, Quote, Verdict
from rag.checking.support import find_support
from rag.language.lexicon import load_lexicon
from rag.passage import RankedPassage


class OneMeaning(Embeddings):
    """Finds everything alike, so that only numbers, names and negations are left to differ."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[1.0] for _ in texts]

    def embed_query(self, text: str) -> list[float]:
        return [1.0]


def support(
    claim: Claim, passages: list[RankedPassage], embeddings: Embeddings | None = None
) -> Verdict:
    return find_support(claim, passages, embeddings or OneMeaning(), load_lexicon())


def judge(claim: str, text: str, language: str = "de", words: str = "", title: str = "") -> Verdict:
    given = ranked(text, language=language, title=title)
    return support(Claim(claim, (Quote(1, words or text),)), [given])
