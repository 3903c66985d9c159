"""Reranking: a passage is as good as the best of its sentences, and as the passage as a whole.

A passage's vector blurs what its six or seven sentences say. R@1 on XQuAD (development part, whole
paragraphs) when the best sentence counts: English questions over German .913 to .930, German over
German .939 to .955, German over English .912 to .933, English over English .952 to .965. Reranking
twenty passages brings no more than the eight whose sentences are looked at anyway. Sentences
embedded within their passage (late pooling, one forward pass for all) are no match for sentences
embedded alone: .922, .942, .918, .957.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from rag.leveling import level_languages
from rag.question import Question
from vectorstore import Wording, grams

# What a sentence's cosine is worth against that of its passage, and a point of the question's
# weight that the sentence holds.
_SENTENCE = 0.75
_MATCHED = 0.01


def rerank(
    question: Question, documents: Sequence[Document], embeddings: Embeddings
) -> list[Document]:
    """Return the passages in the order of their best sentences and their own score together.

    `score` becomes that of both; `cosines` is added, the similarity of each sentence to the
    question. A sentence that stands in several passages is embedded once.
    """
    if not documents:
        return []
    texts = [_sentences(document) for document in documents]
    once = list(dict.fromkeys(text for some in texts for text in some))
    vectors = np.asarray(embeddings.embed_documents(once))
    cosines = vectors @ np.asarray(embeddings.embed_query(question.text))
    cosine = dict(zip(once, map(float, cosines), strict=True))
    best = level_languages(
        [_best(document, some, cosine) for document, some in zip(documents, texts, strict=True)],
        [document.metadata["language"] for document in documents],
    )
    reranked = [
        Document(
            document.page_content,
            metadata={
                **document.metadata,
                "cosines": tuple(cosine[text] for text in some),
                "score": document.metadata["score"] + _SENTENCE * bonus,
            },
        )
        for document, some, bonus in zip(documents, texts, best, strict=True)
    ]
    return sorted(reranked, key=lambda document: -document.metadata["score"])


def _sentences(document: Document) -> list[str]:
    offset = document.metadata["start"]
    return [
        document.page_content[start - offset : end - offset]
        for start, end in document.metadata["sentences"]
    ]


def _best(document: Document, texts: Sequence[str], cosine: dict[str, float]) -> float:
    wording: Wording = document.metadata["wording"]
    return max(cosine[text] + _MATCHED * wording.weigh(set(grams(text))) for text in texts)
