"""The verdict on one sentence that a chat model wrote, by the passages that it quotes."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.embeddings import Embeddings

from rag.checking.claim import Claim, Verdict
from rag.checking.guard.trust import withdraw_support
from rag.checking.support import find_support
from rag.language.lexicon import Lexicon
from rag.models.entailment import Entailment
from rag.passage import RankedPassage
from rag.question.question import Question


def check(
    claim: Claim,
    passages: Sequence[RankedPassage],
    question: Question,
    *,
    embeddings: Embeddings,
    lexicon: Lexicon,
    entailment: Entailment | None = None,
) -> Verdict:
    """Judge a sentence by its quotes, and take its support away where they are no report.

    The passages are those that the model was shown, in that order. Without an entailment model, or
    in a language that it does not read, only verbatim quotes, values, names and topics are judged.
    """
    verdict = find_support(claim, passages, embeddings, lexicon, entailment)
    return withdraw_support(claim, verdict, passages, question, lexicon)
