"""The answer without a language model: the best sentences of the best passages, quoted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from rag.answers import Answer, AnswerSentence, Citation, cite
from rag.errors import CitationNotVerbatim
from rag.evidence import Evidence, weigh_sentences
from rag.phrases import PHRASES
from rag.question import Question
from rag.refusal import THRESHOLD, answerability
from rag.retriever import overlap
from vectorstore import Article

_MOST_SENTENCES = 4
_NEAREST = 3
# A further sentence is quoted if it scores at least this share of the best one's score.
_NEARLY_AS_GOOD = 0.85
_SAME_SENTENCE = 0.6


class ExtractiveAnswerer:
    """Answers by quoting; says that the articles do not say where the evidence is thin.

    `read_article` gives the stored article that a citation is checked against.
    """

    def __init__(
        self, embeddings: Embeddings, read_article: Callable[[str], Article | None]
    ) -> None:
        self._embeddings = embeddings
        self._read_article = read_article

    def answer(self, question: Question, documents: Sequence[Document]) -> Iterator[Answer]:
        """Yield the pieces of the answer, one sentence with its citation at a time.

        Raises CitationNotVerbatim if a passage is not what its article holds.
        """
        evidence = weigh_sentences(question, documents, self._embeddings)
        phrases = PHRASES[question.language]
        confidence = answerability(question, documents, evidence)
        if confidence < THRESHOLD:
            yield Answer(
                question.text,
                found=False,
                lead_in=phrases.not_found,
                nearest=self._nearest(evidence, confidence),
            )
            return
        yield Answer(question.text, found=True, lead_in=phrases.found)
        best = evidence[0].score
        for number, chosen in enumerate(choose_sentences(evidence), start=1):
            citation = self._cite(chosen, number, confidence * max(0.0, chosen.score / best))
            sentence = AnswerSentence(" ".join(chosen.text.split()), (number,))
            yield Answer(question.text, True, sentences=(sentence,), citations=(citation,))

    def _nearest(self, evidence: Sequence[Evidence], confidence: float) -> tuple[Citation, ...]:
        return tuple(
            self._cite(found, number, confidence * max(0.0, found.score / evidence[0].score))
            for number, found in enumerate(choose_sentences(evidence)[:_NEAREST], start=1)
        )

    def _cite(self, evidence: Evidence, number: int, score: float) -> Citation:
        metadata, (start, end) = evidence.document.metadata, evidence.span
        article = self._read_article(metadata["article"])
        if article is None:
            raise CitationNotVerbatim(metadata["path"], start, end, evidence.text)
        return cite(article, start, end, number=number, quote=evidence.text, score=score)


def choose_sentences(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences to quote: the best, then its article's others in their order."""
    chosen: list[Evidence] = []
    for candidate in evidence:
        if len(chosen) == _MOST_SENTENCES or candidate.score < _NEARLY_AS_GOOD * evidence[0].score:
            break
        if all(overlap(set(candidate.marks), set(c.marks)) < _SAME_SENTENCE for c in chosen):
            chosen.append(candidate)
    order = list(dict.fromkeys(found.document.metadata["article"] for found in chosen))
    rest = sorted(chosen[1:], key=lambda e: (order.index(e.document.metadata["article"]), e.span))
    return chosen[:1] + rest
