"""The answer without a language model: the best sentences of the best passages, quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice, takewhile

from rag.answer import Answer, AnswerSentence, Citation
from rag.answering.citations import Citations
from rag.errors import CitationNotVerbatim
from rag.language.negation import Negation, count_negations
from rag.passage import RankedPassage, ReadArticle
from rag.phrases import PHRASES
from rag.question.question import Question
from rag.retrieval.answerability import Weighed, weigh
from rag.retrieval.evidence import Evidence

_MOST_SENTENCES_QUOTED = 4
_NEAREST = 3
# A further sentence is quoted if it scores no more than this below the best one. Sentences quoted
# on XQuAD within a language and across, and the share of answers in which one holds the answer:
# .2 1.5, 1.7, .88 to .89; .25 1.6, 1.9, .88 to .90; .4 2.0, 2.4, .92.
_NEARLY_AS_GOOD = 0.25
# The same where sentences were read and scores are log-odds; and for one that would stand before
# the best one. Sentences quoted on held-out news questions, and the share in which one answers:
# 7.5 and 2.5 2.4, .77; 10 and 2.5 2.8, .79; 10 and 5 2.9, .81; 12 and 12 3.5, .82.
_NEARLY_AS_GOOD_READ = 10.0
_NEARLY_AS_GOOD_BEFORE = 5.0
# A sentence adds nothing to a better one that has this share of its n-grams. Of "Der Vertrag wird
# mehrere Abkommen zwischen den beiden Ländern ersetzen …", .8 are in "Uschakow erklärte, dass der
# Vertrag mehrere Abkommen zwischen den beiden Ländern … ablösen werde".
_REPEATED = 0.7
_WORD = re.compile(r"\w+")


class ExtractiveAnswerer:
    """Answers by quoting; says that the articles do not say where the evidence is thin.

    `read_article` gives the stored article that a citation is checked against.
    """

    def __init__(self, read_article: ReadArticle | None) -> None:
        self._read_article = read_article

    def answer(self, question: Question, passages: Sequence[RankedPassage]) -> Iterator[Answer]:
        """Yield the pieces of the answer, one sentence with its citation at a time.

        A sentence that is no longer in its article is left out. Raises CitationNotVerbatim if
        nothing is left that answers.
        """
        weighed = weigh(question, passages)
        if weighed.enough:
            yield from self.quote(question, weighed, passages)
        else:
            yield self.refuse(question, weighed)

    def refuse(self, question: Question, weighed: Weighed) -> Answer:
        """Return the answer that the articles do not say, with the nearest passages.

        Raises CitationNotVerbatim if there are passages, and none is in its article any more.
        """
        nearest = islice(_without_copies(weighed.evidence), _NEAREST)
        citations = Citations(weighed, self._read_article)
        return Answer(
            question.text,
            found=False,
            lead_in=PHRASES[question.language].not_found,
            nearest=tuple(self._cite(nearest, citations)),
            language=question.language,
        )

    def quote(
        self, question: Question, weighed: Weighed, passages: Sequence[RankedPassage]
    ) -> Iterator[Answer]:
        """Yield the pieces of an answer that quotes the best sentences of these passages.

        If none of them is in its article any more, those of the passages left are quoted. Raises
        CitationNotVerbatim if these do not answer.
        """
        try:
            yield from self._quote_best(question, weighed)
        except CitationNotVerbatim:
            left = weigh(question, [found for found in passages if self._stands(found)])
            if not left.enough:
                raise
            yield from self._quote_best(question, left)

    def _quote_best(self, question: Question, weighed: Weighed) -> Iterator[Answer]:
        """Yield a lead-in and the sentences; CitationNotVerbatim is raised before it, or never."""
        lead_in = PHRASES[question.language].found
        chosen = in_reading_order(choose_sentences(weighed.evidence))
        citations = Citations(weighed, self._read_article)
        for number, citation in enumerate(self._cite(chosen, citations)):
            if not number:
                yield Answer(question.text, True, lead_in, language=question.language)
            sentence = AnswerSentence(" ".join(citation.quote.split()), (citation.number,))
            yield Answer(
                question.text,
                True,
                sentences=(sentence,),
                citations=(citation,),
                language=question.language,
            )

        if further := tuple(self._cite_further(chosen, weighed, citations)):
            yield Answer(question.text, True, further=further, language=question.language)

    def _cite_further(
        self, chosen: Sequence[Evidence], weighed: Weighed, citations: Citations
    ) -> Iterator[Citation]:
        """Yield the best sentence of each passage that nothing is quoted of.

        One whose article has changed meanwhile is left out: the answer stands without it.
        """
        shown = {found.passage.passage.id for found in chosen}
        quoted = {(found.passage.article.id, found.span) for found in chosen}
        for found in _without_copies(weighed.evidence):
            passage = found.passage.passage.id
            if passage in shown or (found.passage.article.id, found.span) in quoted:
                continue
            shown.add(passage)
            with suppress(CitationNotVerbatim):
                yield from self._cite([found], citations)

    def _cite(self, chosen: Iterable[Evidence], citations: Citations) -> Iterator[Citation]:
        """Yield the citations of sentences that stand in their articles, none of them twice.

        Raises CitationNotVerbatim if there are sentences, and none of them does.
        """
        gone, stands = None, False
        for found in chosen:
            try:
                _, citation = citations.cite(found.passage, found.span)
            except CitationNotVerbatim as error:
                gone = error
                continue
            stands = True
            if citation is not None:
                yield citation
        if gone is not None and not stands:
            raise gone

    def _stands(self, found: RankedPassage) -> bool:
        """Whether a passage is still in its article."""
        if not found.stored or self._read_article is None:
            return True
        article, passage = self._read_article(found.article.id), found.passage
        return article is not None and article.text[passage.start : passage.end] == found.text


def choose_sentences(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences to quote, the best first.

    A sentence that would stand before the best one, in its article, has to be nearly as good: an
    answer does not begin with what is beside the point.
    """
    best = evidence[0]
    read = best.reading is not None
    below = _NEARLY_AS_GOOD_READ if read else _NEARLY_AS_GOOD
    below_before = _NEARLY_AS_GOOD_BEFORE if read else _NEARLY_AS_GOOD

    def is_good(found: Evidence) -> bool:
        before = found.passage.article.id == best.passage.article.id and found.span < best.span
        return found.score >= best.score - (below_before if before else below)

    good = takewhile(lambda found: found.score >= best.score - below, _without_copies(evidence))
    return list(islice(filter(is_good, good), _MOST_SENTENCES_QUOTED))


def in_reading_order(chosen: Sequence[Evidence]) -> list[Evidence]:
    """Return sentences by article, the best one's first, each article's in its own order.

    Else "Es soll ihnen helfen …" stands before the sentence that it refers to.
    """
    articles = [found.passage.article.id for found in chosen]
    return sorted(chosen, key=lambda found: (articles.index(found.passage.article.id), found.span))


def _without_copies(evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    seen: list[Evidence] = []
    for found in evidence:
        if not any(_repeats(found, other) for other in seen):
            seen.append(found)
            yield found


def _repeats(found: Evidence, other: Evidence) -> bool:
    """Whether another sentence says nearly all that this one says, with every name and number.

    Words not in small letters are names, numbers, or German nouns.
    """
    if len(found.ngrams & other.ngrams) < _REPEATED * len(found.ngrams):
        return False
    telling = {word.casefold() for word in _WORD.findall(found.text)[1:] if not word.islower()}
    words = {word.casefold() for word in _WORD.findall(other.text)}
    return telling <= words and _negations(found) == _negations(other)


def _negations(found: Evidence) -> Negation | None:
    return count_negations(found.text, found.passage.article.language)
