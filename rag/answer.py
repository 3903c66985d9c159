"""Answers and their citations; a citation that is not verbatim cannot be made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from rag.errors import CitationNotVerbatim
from rag.phrases import PHRASES
from vectorstore import Article, Span

_CUT_OFF = (
    "The shared store cannot be reached; this answer is from the copy here, which may lack the"
    " newest articles."
)

Status = Literal["supported", "weak", "unsupported"]


@dataclass(frozen=True)
class Context:
    """The sentence before a quote that cannot stand alone.

    `start` and `end` are half-open character offsets in the article's text, `text` is between them.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Copy:
    """Another article that has a quote word for word, a reprint; white space may differ.

    `start` and `end` are half-open character offsets in that article's text.
    """

    article: str
    path: str
    title: str
    source: str | None
    date: str | None
    start: int
    end: int


@dataclass(frozen=True)
class Citation:
    """A character span of a stored article, numbered in the order of first use.

    In a conversation a span keeps the number that an earlier answer gave it. `start` and `end` are
    half-open character offsets in the article's text, `quote` is the text between them. `score` is
    the relevance to the question, 0 to 1. `phrase` is the place of the answering words in the
    article's text, inside the quote, where the reader is sure of them. `context` is the sentence
    before, if the quote cannot be understood alone ("Er habe …"). `copies` are the reprints that
    were found too and are not quoted again.
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
    phrase: Span | None = None
    context: Context | None = None
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True)
class AnswerSentence:
    """One sentence of an answer, with the numbers of its citations.

    `reason` is why it is not "supported", in English. An "unsupported" sentence has no citations.
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
    """An answer from the articles, or that they do not answer the question.

    Streams as pieces: a piece holds only what is new, and the sum of all pieces (`+`, as LangChain
    adds chunks) is the whole answer.

    `found` becomes True with the first piece of an answer. While it is False, `lead_in` says that
    the articles do not answer, `sentences` and `citations` are empty, and `nearest` has the closest
    passages, which do not answer the question. `further` are the best sentences of the other
    passages that were read for quotations, the most relevant first. `citations` stand in the order
    of their numbers, `best` is the most relevant one. `model` is the chat model that wrote the
    sentences, "" for quotations. `notice` is one line, in English, on a fault of the model.
    `is_cut_off` tells that the shared store could not be reached, so that the newest articles may
    be missing. `standalone` is the question as it was understood, "" if as typed; `language` is
    that of the question. `within` is one line on the limits that it was asked within, "" if it was
    asked of all articles. The times are milliseconds; the first includes understanding the
    question.
    """

    question: str
    found: bool
    lead_in: str = ""
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    further: tuple[Citation, ...] = ()
    retrieve_ms: float = 0.0
    answer_ms: float = 0.0
    model: str = ""
    notice: str = ""
    standalone: str = ""
    language: str = ""
    within: str = ""
    is_cut_off: bool = False

    def __add__(self, piece: Answer) -> Answer:
        """Append a later piece of the same answer."""
        return replace(
            self,
            found=piece.found,
            lead_in=self.lead_in + piece.lead_in,
            sentences=self.sentences + piece.sentences,
            citations=self.citations + piece.citations,
            nearest=self.nearest + piece.nearest,
            further=self.further + piece.further,
            retrieve_ms=self.retrieve_ms + piece.retrieve_ms,
            answer_ms=self.answer_ms + piece.answer_ms,
            model=self.model or piece.model,
            notice=" ".join(filter(None, (self.notice, piece.notice))),
            standalone=self.standalone or piece.standalone,
            language=self.language or piece.language,
            within=self.within or piece.within,
            is_cut_off=self.is_cut_off or piece.is_cut_off,
        )

    @property
    def spoken(self) -> str:
        """The language of our own phrases: the question's, English if it has none."""
        return self.language or "en"

    @property
    def notices(self) -> str:
        """One line, in English, on all that went wrong, "" if nothing did."""
        return " ".join(filter(None, (self.notice, _CUT_OFF if self.is_cut_off else "")))

    @property
    def says_something(self) -> bool:
        """Whether there is a sentence yet, or the statement that the articles do not say."""
        return bool(self.sentences) if self.found else bool(self.lead_in)

    @property
    def best(self) -> Citation | None:
        """The citation most relevant to the question, None if there is none."""
        return max(self.citations, key=lambda citation: citation.score, default=None)

    @property
    def text(self) -> str:
        """The answer as plain text, one sentence a line, with its numbers as [1], [2] ….

        A sentence that is not supported begins with a mark that says so.
        """
        lines = [self.lead_in] if self.lead_in else []
        return "\n".join([*lines, *map(self.line, self.sentences)])

    def line(self, sentence: AnswerSentence) -> str:
        """Return one sentence as it stands in `text`."""
        numbers = "".join(f" [{number}]" for number in sentence.citations)
        if sentence.status == "supported":
            return sentence.text + numbers
        phrases = PHRASES[self.spoken]
        mark = phrases.weak if sentence.status == "weak" else phrases.unsupported
        return f"{mark} {sentence.text}{numbers}"


def cite(
    article: Article,
    start: int,
    end: int,
    *,
    number: int,
    quote: str,
    score: float,
    phrase: Span | None = None,
    context: Span | None = None,
    copies: tuple[Copy, ...] = (),
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
        phrase=phrase,
        context=context and Context(*context, article.text[slice(*context)]),
        copies=copies,
    )
