"""Judge a claim by one passage, with an embedding that finds everything alike."""

from __future__ import annotations

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from rag.checking.claim import Claim, Quote, Verdict
from rag.checking.support import find_support
from rag.ingest.sentences import split_sentences
from rag.language.lexicon import load_lexicon


class OneMeaning(Embeddings):
    """Finds everything alike, so that only numbers, names and negations are left to differ."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[1.0] for _ in texts]

    def embed_query(self, text: str) -> list[float]:
        return [1.0]


def passage(text: str, language: str = "de", start: int = 0, title: str = "") -> Document:
    spans = tuple((start + a, start + b) for a, b in split_sentences(text))
    metadata = {
        "start": start,
        "sentences": spans,
        "language": language,
        "title": title,
        "date": None,
    }
    return Document(page_content=text, metadata=metadata)


def support(
    claim: Claim, documents: list[Document], embeddings: Embeddings | None = None
) -> Verdict:
    return find_support(claim, documents, embeddings or OneMeaning(), load_lexicon())


def judge(claim: str, text: str, language: str = "de", words: str = "", title: str = "") -> Verdict:
    document = passage(text, language, title=title)
    return support(Claim(claim, (Quote(1, words or text),)), [document])
