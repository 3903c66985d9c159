"""Reranking: passages by the best of their sentences, and by their words nearest to the keywords.

One vector for six or seven sentences blurs them. R@1 on XQuAD and MLQA (development parts, whole
paragraphs): as fused; with the best sentence; and with the mean MaxSim of the keywords too, the
cosine of each keyword and the token of the passage nearest to it:

    XQuAD en>de .917 .928 .939 · de>de .946 .955 .958 · de>en .915 .930 .936 · en>en .952 .963 .968
    MLQA  en>de .666 .668 .696 · de>de .680 .695 .716

Reranking twenty passages is no better than reranking the eight whose sentences are needed anyway.
Sentences embedded within their passage (late pooling, one forward pass for all) are worse than
sentences embedded alone: XQuAD .922, .942, .918, .957 in the second column. The tokens of sentences
embedded alone do as well as those of the whole passage, and cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rag.models.token_vectors import TokenEmbeddings, max_similarities
from rag.passage import RankedPassage, Similarities
from rag.question.question import Question
from rag.retrieval.score_normalisation import normalise_languages
from vectorstore import ngrams_of

# Weights, where the fused score has 1: the cosine of the best sentence, a point of the question's
# weight that the sentence matches, and the mean MaxSim of the question's keywords.
_SENTENCE = 0.75
_MATCHED = 0.005
_WORDS = 2.0


def rerank(
    question: Question, passages: Sequence[RankedPassage], embeddings: TokenEmbeddings
) -> list[RankedPassage]:
    """Return the passages with their similarities, ordered by them and their score together.

    `score` becomes that of both.
    """
    compared = compare(question, passages, embeddings)
    bonus = normalise_languages(
        [
            _SENTENCE * _best_sentence(passage) + _WORDS * passage.reranked().nearness
            for passage in compared
        ],
        [passage.article.language for passage in compared],
    )
    reranked = [
        replace(passage, score=passage.score + more)
        for passage, more in zip(compared, bonus, strict=True)
    ]
    return sorted(reranked, key=lambda passage: -passage.score)


def compare(
    question: Question, passages: Sequence[RankedPassage], embeddings: TokenEmbeddings
) -> list[RankedPassage]:
    """Return the passages with their similarities, in their order.

    A sentence of several passages is embedded once.
    """
    if not passages:
        return []
    texts = [[text for _, text in passage.sentences] for passage in passages]
    once = list(dict.fromkeys(text for some in texts for text in some))
    asked = embeddings.embed_keywords(question.text, question.keywords)
    read = embeddings.embed_tokens(once)
    cosine = {text: float(one.vector @ asked.vector) for text, one in zip(once, read, strict=True)}
    near = dict(zip(once, max_similarities(asked, read), strict=True))
    return [
        replace(
            passage,
            similarities=Similarities(
                cosines=tuple(cosine[text] for text in some),
                nearnesses=tuple(float(near[text].mean()) for text in some),
                nearness=float(np.max([near[text] for text in some], axis=0).mean()),
            ),
        )
        for passage, some in zip(passages, texts, strict=True)
    ]


def _best_sentence(passage: RankedPassage) -> float:
    return max(
        cosine + _MATCHED * passage.query_terms.weigh(set(ngrams_of(text)))
        for (_, text), cosine in zip(passage.sentences, passage.reranked().cosines, strict=True)
    )
