"""Reranking: a passage is as good as the best of its sentences, and as all of them word by word.

A passage's vector blurs what its six or seven sentences say. R@1 on XQuAD and MLQA (development
parts, whole paragraphs) as fused, when the best sentence counts, and when each keyword counts by
the token of the passage that is nearest to it (MaxSim):

    XQuAD en>de .917 .928 .939 · de>de .946 .955 .958 · de>en .915 .930 .936 · en>en .952 .963 .968
    MLQA  en>de .666 .668 .696 · de>de .680 .695 .716

Reranking twenty passages brings no more than the eight whose sentences are looked at anyway.
Sentences embedded within their passage (late pooling, one forward pass for all) are no match for
sentences embedded alone: XQuAD .922, .942, .918, .957 in the second column. The tokens of sentences
embedded alone do as well as those of the whole passage, and cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from langchain_core.documents import Document

from rag.models.token_vectors import TokenEmbeddings, max_similarities
from rag.question.question import Question
from rag.retrieval.score_normalisation import normalise_languages
from vectorstore import QueryTerms, ngrams_of

# What the cosine of the best sentence is worth against that of its passage, a point of the
# question's weight that the sentence holds, and the mean MaxSim of the question's keywords.
_SENTENCE = 0.75
_MATCHED = 0.005
_WORDS = 2.0


def rerank(
    question: Question, documents: Sequence[Document], embeddings: TokenEmbeddings
) -> list[Document]:
    """Return the passages in the order of their best sentences and their own score together.

    `score` becomes that of both. Added are `cosines`, the similarity of each sentence to the
    question, `nearnesses`, how near each comes to the question's keywords on average (MaxSim), and
    `nearness`, how near all together come. A sentence of several passages is embedded once.
    """
    if not documents:
        return []
    texts = [_sentences(document) for document in documents]
    once = list(dict.fromkeys(text for some in texts for text in some))
    asked = embeddings.embed_keywords(question.text, question.keywords)
    read = embeddings.embed_tokens(once)
    cosine = {text: float(one.vector @ asked.vector) for text, one in zip(once, read, strict=True)}
    near = dict(zip(once, max_similarities(asked, read), strict=True))
    together = [float(np.max([near[text] for text in some], axis=0).mean()) for some in texts]
    bonus = normalise_languages(
        [
            _SENTENCE * _best(document, some, cosine) + _WORDS * nearness
            for document, some, nearness in zip(documents, texts, together, strict=True)
        ],
        [document.metadata["language"] for document in documents],
    )
    reranked = [
        Document(
            document.page_content,
            metadata={
                **document.metadata,
                "cosines": tuple(cosine[text] for text in some),
                "nearnesses": tuple(float(near[text].mean()) for text in some),
                "nearness": nearness,
                "score": document.metadata["score"] + more,
            },
        )
        for document, some, nearness, more in zip(documents, texts, together, bonus, strict=True)
    ]
    return sorted(reranked, key=lambda document: -document.metadata["score"])


def _sentences(document: Document) -> list[str]:
    offset = document.metadata["start"]
    return [
        document.page_content[start - offset : end - offset]
        for start, end in document.metadata["sentences"]
    ]


def _best(document: Document, texts: Sequence[str], cosine: dict[str, float]) -> float:
    query_terms: QueryTerms = document.metadata["query_terms"]
    return max(cosine[text] + _MATCHED * query_terms.weigh(set(ngrams_of(text))) for text in texts)
