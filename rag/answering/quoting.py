"""The answer without a language model: the best sentences of the best passages, quoted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from rag.answer import Answer, AnswerSentence, Citation, cite
from rag.checking.meaning.negation import Negation, count_negations
from rag.errors import CitationNotVerbatim
from rag.passage import RankedPassage
from rag.phrases import PHRASES
from rag.question.question import Question
from rag.retrieval.answerability import THRESHOLD, answerability
from rag.retrieval.evidence import Evidence, weigh_sentences
from vectorstore import Article

_MOST_SENTENCES_QUOTED = 4
_NEAREST = 3
# A further sentence is quoted if it scores no more than this below the best one. On XQuAD that
# makes 1.6 sentences, and 1.9 where the articles are in another language; .88 to .90 of answers
# then have a sentence that holds what was asked for (.2: 1.5, 1.7; .88 to .89. .4: 2.0, 2.4; .92).
_NEARLY_AS_GOOD = 0.25
# The share of a sentence's n-grams that one quoted before it holds, from which it says nothing
# more.
# "Der Vertrag wird mehrere Abkommen zwischen den beiden Ländern ersetzen …" has .8 in "Uschakow
# erklärte, dass der Vertrag mehrere Abkommen zwischen den beiden Ländern … ablösen werde".
_REPEATED = 0.7
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Weighed:
    """The sentences of the passages, the best first, and whether they answer the question.

    `confidence` is the probability that they do, 0 to 1.
    """

    evidence: tuple[Evidence, ...]
    confidence: float

    @property
    def enough(self) -> bool:
        """Tell whether there is enough for an answer."""
        return self.confidence >= THRESHOLD

    def score(self, found: Evidence) -> float:
        """Return the relevance of a sentence to the question, 0 to 1."""
        return self.confidence * max(0.0, 1.0 - (self.evidence[0].score - found.score))


class ExtractiveAnswerer:
    """Answers by quoting; says that the articles do not say where the evidence is thin.

    `read_article` gives the stored article that a citation is checked against.
    """

    def __init__(self, read_article: Callable[[str], Article | None]) -> None:
        self._read_article = read_article

    def answer(self, question: Question, passages: Sequence[RankedPassage]) -> Iterator[Answer]:
        """Yield the pieces of the answer, one sentence with its citation at a time.

        Raises CitationNotVerbatim if a passage is not what its article holds.
        """
        weighed = self.weigh(question, passages)
        if weighed.enough:
            yield from self.quote(question, weighed)
        else:
            yield self.refuse(question, weighed)

    def weigh(self, question: Question, passages: Sequence[RankedPassage]) -> Weighed:
        """Weigh what the passages hold for the question."""
        evidence = weigh_sentences(passages)
        return Weighed(tuple(evidence), answerability(question, passages, evidence))

    def refuse(self, question: Question, weighed: Weighed) -> Answer:
        """Return the answer that the articles do not say, with the nearest passages."""
        nearest = islice(_without_copies(weighed.evidence), _NEAREST)
        return Answer(
            question.text,
            found=False,
            language=question.language,
            lead_in=PHRASES[question.language].not_found,
            nearest=tuple(
                self._cite(found, number, weighed) for number, found in enumerate(nearest, start=1)
            ),
        )

    def quote(self, question: Question, weighed: Weighed) -> Iterator[Answer]:
        """Yield the pieces of an answer that quotes the best sentences."""
        lead_in = PHRASES[question.language].found
        yield Answer(question.text, True, lead_in, language=question.language)
        for number, chosen in enumerate(choose_sentences(weighed.evidence), start=1):
            citation = self._cite(chosen, number, weighed)
            sentence = AnswerSentence(" ".join(chosen.text.split()), (number,))
            yield Answer(question.text, True, sentences=(sentence,), citations=(citation,))

    def _cite(self, chosen: Evidence, number: int, weighed: Weighed) -> Citation:
        found, (start, end) = chosen.passage.article, chosen.span
        article = self._read_article(found.id)
        if article is None:
            raise CitationNotVerbatim(found.path, start, end, chosen.text)
        score = weighed.score(chosen)
        return cite(article, start, end, number=number, quote=chosen.text, score=score)


def choose_sentences(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences to quote: the best, then its article's others in their order."""
    enough = evidence[0].score - _NEARLY_AS_GOOD
    good = takewhile(lambda found: found.score >= enough, _without_copies(evidence))
    best, *others = islice(good, _MOST_SENTENCES_QUOTED)
    articles = [found.passage.article.id for found in (best, *others)]
    others.sort(key=lambda found: (articles.index(found.passage.article.id), found.span))
    return [best, *others]


def _without_copies(evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    seen: list[Evidence] = []
    for found in evidence:
        if not any(_repeats(found, other) for other in seen):
            seen.append(found)
            yield found


def _repeats(found: Evidence, other: Evidence) -> bool:
    """Whether another sentence says nearly all that this one does, with every name and number.

    What is not in small letters is a name, a number, or in German a noun.
    """
    if len(found.ngrams & other.ngrams) < _REPEATED * len(found.ngrams):
        return False
    telling = {word.casefold() for word in _WORD.findall(found.text)[1:] if not word.islower()}
    words = {word.casefold() for word in _WORD.findall(other.text)}
    return telling <= words and _negations(found) == _negations(other)


def _negations(found: Evidence) -> Negation | None:
    return count_negations(found.text, found.passage.article.language)
