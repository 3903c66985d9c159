"""A passage as retrieval ranked it: the value that answering and checking work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vectorstore import Article, Passage, QueryTerms, Span

ReadArticle = Callable[[str], Article | None]
"""Gives the article with an id as it is stored now, None if it is not there any more."""


@dataclass(frozen=True)
class Similarities:
    """The reranker's view of a passage.

    `cosines` are the similarities of its sentences to the question, `nearnesses` their mean MaxSim
    to the question's keywords, both in the order of the sentences. `nearness` is the mean MaxSim
    of the whole passage.
    """

    cosines: tuple[float, ...]
    nearnesses: tuple[float, ...]
    nearness: float


@dataclass(frozen=True)
class SentenceReading:
    """The reader's view of a sentence.

    `log_odds` compare its best answer with no answer in the passage: above 0 an answer is
    likelier. `phrase` is the place of the answering words in the article's text, None if they are
    not known.
    """

    log_odds: float
    phrase: Span | None


@dataclass(frozen=True)
class RankedPassage:
    """A passage of a stored article with its scores for one question.

    `cosine` is the similarity of question and passage, `bm25` the lexical score, `score` the one
    that passages are ranked by. `query_terms` are the question's terms with their weights for
    passages in this language. `similarities` is None until the passage is reranked. `stored` is
    False for a document of another retriever, whose article no store can be asked for. `reprints`
    are other articles among the hits that have the longest sentence of this passage too.
    """

    passage: Passage
    cosine: float
    bm25: float
    score: float
    query_terms: QueryTerms
    similarities: Similarities | None = None
    readings: tuple[SentenceReading | None, ...] = ()
    stored: bool = True
    reprints: tuple[Article, ...] = ()

    @property
    def article(self) -> Article:
        """The article that the passage is from."""
        return self.passage.article

    @property
    def text(self) -> str:
        """The passage, verbatim from its article."""
        return self.passage.text

    @property
    def sentences(self) -> tuple[tuple[Span, str], ...]:
        """The sentences in order: their spans in the article's text, and their text."""
        text = self.article.text
        return tuple(((start, end), text[start:end]) for start, end in self.passage.sentences)

    @property
    def best_reading(self) -> float:
        """The highest log-odds of its sentences, 0 if none was read."""
        return max((one.log_odds for one in self.readings if one), default=0.0)

    def reranked(self) -> Similarities:
        """Return the similarities. Raises ValueError if the passage was not reranked."""
        if self.similarities is None:
            raise ValueError(f"a passage of {self.article.path} was not reranked")
        return self.similarities
