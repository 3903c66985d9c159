"""The answer without a language model: the best sentences of the best passages, quoted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile

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
# A further sentence is quoted if it scores no more than this below the best one.
_NEARLY_AS_GOOD = 0.2
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
        for number, chosen in enumerate(choose_sentences(evidence), start=1):
            citation = self._cite(chosen, number, confidence, best=evidence[0])
            sentence = AnswerSentence(" ".join(chosen.text.split()), (number,))
            yield Answer(question.text, True, sentences=(sentence,), citations=(citation,))

    def _nearest(self, evidence: Sequence[Evidence], confidence: float) -> tuple[Citation, ...]:
        return tuple(
            self._cite(found, number, confidence, best=evidence[0])
            for number, found in enumerate(islice(_without_copies(evidence), _NEAREST), start=1)
        )

    def _cite(
        self, chosen: Evidence, number: int, confidence: float, *, best: Evidence
    ) -> Citation:
        metadata, (start, end) = chosen.document.metadata, chosen.span
        article = self._read_article(metadata["article"])
        if article is None:
            raise CitationNotVerbatim(metadata["path"], start, end, chosen.text)
        score = confidence * max(0.0, 1.0 - (best.score - chosen.score))
        return cite(article, start, end, number=number, quote=chosen.text, score=score)


def choose_sentences(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences to quote: the best, then its article's others in their order."""
    enough = evidence[0].score - _NEARLY_AS_GOOD
    good = takewhile(lambda found: found.score >= enough, _without_copies(evidence))
    best, *others = islice(good, _MOST_SENTENCES)
    articles = [found.document.metadata["article"] for found in (best, *others)]
    others.sort(key=lambda found: (articles.index(found.document.metadata["article"]), found.span))
    return [best, *others]


def _without_copies(evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    seen: list[Evidence] = []
    for found in evidence:
        if all(overlap(found.marks, other.marks) < _SAME_SENTENCE for other in seen):
            seen.append(found)
            yield found
