"""Answers and the citations they rest on; a citation that is not verbatim cannot be made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from rag.errors import CitationNotVerbatim
from rag.phrases import PHRASES
from vectorstore import Article

Status = Literal["supported", "weak", "unsupported"]


@dataclass(frozen=True)
class Citation:
    """A character span of a stored article, numbered in the order it was first used.

    In a conversation a span keeps the number that an earlier answer gave it.

    `start` and `end` are half-open character offsets in the article's text and `quote` is the
    text between them. `score` is the relevance to the question, 0 to 1.
    """

    number: int
    article: str
    path: str
    title: str
    source: str | None
    date: str | None
    language: str
    start: int
    end: int
    quote: str
    score: float


@dataclass(frozen=True)
class AnswerSentence:
    """One sentence of an answer and the numbers of the citations it rests on.

    A sentence that is not "supported" has the `reason` in English; an "unsupported" one has no
    citations.
    """

    text: str
    citations: tuple[int, ...]
    status: Status = "supported"
    reason: str = ""

    def __post_init__(self) -> None:
        if self.status == "unsupported" and self.citations:
            raise ValueError(f"an unsupported sentence with citations: {self.text!r}")


@dataclass(frozen=True)
class Answer:
    """What the articles say to a question, or that they do not.

    `standalone` is what a question that depends on earlier ones was understood as, else empty;
    `language` is that of the question.
    Streams as pieces: each piece is an Answer holding only what is new, and the sum of the
    pieces is the whole (`+`, as LangChain adds chunks). `found` is False when the articles do
    not say, and until they do; then `lead_in` says so, `sentences` and `citations` are empty and
    `nearest` holds the closest passages, which do not answer the question. `model` wrote the
    sentences; without one they are quotations. `notice` is one line on what went otherwise
    than it should, in English. The times are milliseconds; the first includes what it took to
    understand the question.
    """

    question: str
    found: bool
    lead_in: str = ""
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    retrieve_ms: float = 0.0
    answer_ms: float = 0.0
    model: str = ""
    notice: str = ""
    standalone: str = ""
    language: str = ""

    def __add__(self, piece: Answer) -> Answer:
        """Append a later piece of the same answer."""
        return replace(
            self,
            found=piece.found,
            lead_in=self.lead_in + piece.lead_in,
            sentences=self.sentences + piece.sentences,
            citations=self.citations + piece.citations,
            nearest=self.nearest + piece.nearest,
            retrieve_ms=self.retrieve_ms + piece.retrieve_ms,
            answer_ms=self.answer_ms + piece.answer_ms,
            model=self.model or piece.model,
            notice=" ".join(filter(None, (self.notice, piece.notice))),
            standalone=self.standalone or piece.standalone,
            language=self.language or piece.language,
        )

    @property
    def spoken(self) -> str:
        """The language that our phrases are in: that of the question, English if it is not told."""
        return self.language or "en"

    @property
    def says_something(self) -> bool:
        """Tell whether there is a sentence yet, or that the articles do not say."""
        return bool(self.sentences) if self.found else bool(self.lead_in)

    @property
    def text(self) -> str:
        """The answer as plain text, one sentence a line, with its numbers as [1], [2] ….

        Before a sentence that is not supported stands that it is not.
        """
        lines = [self.lead_in] if self.lead_in else []
        return "\n".join([*lines, *map(self.line, self.sentences)])

    def line(self, sentence: AnswerSentence) -> str:
        """Return one of its sentences as `text` has it."""
        numbers = "".join(f" [{number}]" for number in sentence.citations)
        if sentence.status == "supported":
            return sentence.text + numbers
        phrases = PHRASES[self.spoken]
        mark = phrases.weak if sentence.status == "weak" else phrases.unsupported
        return f"{mark} {sentence.text}{numbers}"


def cite(
    article: Article, start: int, end: int, *, number: int, quote: str, score: float
) -> Citation:
    """Make the citation of `article.text[start:end]`.

    Raises CitationNotVerbatim unless the text there is exactly `quote`.
    """
    if not quote or article.text[start:end] != quote:
        raise CitationNotVerbatim(article.path, start, end, quote)
    return Citation(
        number=number,
        article=article.id,
        path=article.path,
        title=article.title,
        source=article.source,
        date=article.date,
        language=article.language,
        start=start,
        end=end,
        quote=quote,
        score=score,
    )
