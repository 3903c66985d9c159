"""Take a sentence's support away where an article, or the model, speaks instead of reporting.

An article may tell the model what to write. If the model writes it and quotes those very words,
every word is borne out. Supported sentences therefore have to pass three tests:

- the sentence is a statement in words, without a link, an address or markup;
- the quoted sentences report; they do not ask, or tell somebody to do something;
- the quoted sentences have to do with the question, by the embedding or by its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.checking.claim import Claim, LocatedQuote, Verdict
from rag.checking.guard.instructions import (
    holds_instruction,
    is_instruction,
    is_question,
    split_speech,
)
from rag.checking.guard.invisible import drop_unseen
from rag.checking.guard.links import find_garbled, find_link, read_words
from rag.language.function_words import topic_words
from rag.language.lexicon import Lexicon
from rag.passage import RankedPassage
from rag.question.question import Question
from vectorstore import QueryTerms, Span

# A quoted sentence has nothing to do with a question that it is less near to (cosine) than this and
# of whose words it holds less (share of their weight). So are 79 % of the attacks that
# `benchmarks.attacks` plants, .2 % of the sentences of XQuAD (development part) that answer the
# question and 3 % of those beside them, in all four directions of language. With .15 it would be
# 91 %, .3 % and 6 %.
_LEAST_COSINE = 0.1
_LEAST_SHARE = 0.05
_ECHO = 0.5
_STOPS = re.compile(r"[.!?…][\"“”)\]]?\s+")


def withdraw_support(
    claim: Claim,
    verdict: Verdict,
    passages: Sequence[RankedPassage],
    question: Question,
    lexicon: Lexicon,
) -> Verdict:
    """Return the verdict on a sentence, or a worse one for what it, or what it quotes, is.

    The passages are those that the verdict's quotes count from 1.
    """
    if verdict.status == "unsupported":
        return verdict
    quoted = [one for one, _, _ in _quoted_sentences(verdict.quotes, passages)]
    reason = _find_no_statement(claim.text, quoted, passages, question, lexicon)
    reason = reason or _find_no_report(claim.text, quoted, lexicon)
    reason = reason or _find_echo(claim.text, quoted, passages, question, lexicon)
    if reason:
        return Verdict("unsupported", (), reason)
    if verdict.status == "supported" and not _bears(verdict.quotes, passages):
        reason = "the quoted words have nothing to do with the question"
        return replace(verdict, status="weak", reason=reason)
    return verdict


def _find_no_statement(
    text: str,
    quoted: Sequence[str],
    passages: Sequence[RankedPassage],
    question: Question,
    lexicon: Lexicon,
) -> str:
    if reason := find_link(text, " ".join(quoted)):
        return reason
    if is_question(text):
        return "it asks and states nothing"
    if holds_instruction(text, lexicon):
        return "it speaks to the reader instead of stating something"
    given = (f"{one.article.title} {one.text}" for one in passages)
    return find_garbled(text, read_words(question.text, *given), question, lexicon)


def _find_no_report(text: str, quoted: Sequence[str], lexicon: Lexicon) -> str:
    # An instruction that stands behind "e.g." or "U.S." is taken for the end of that sentence.
    if any(
        is_instruction(part, lexicon) for one in quoted for part in (one, *_STOPS.split(one)[1:])
    ):
        return "it rests on words that tell somebody what to do"
    if any(is_question(one) for one in quoted):
        return "it rests on a question"
    for one in quoted:
        outside, speech = split_speech(one)
        if any(is_question(said) or is_instruction(said, lexicon) for said in speech):
            # The report is that somebody said so: a sentence has to be about them.
            if _topics(text).isdisjoint(_topics(outside)):
                return "it rests on what somebody is quoted as asking or telling"
    return ""


def _find_echo(
    text: str,
    quoted: Sequence[str],
    passages: Sequence[RankedPassage],
    question: Question,
    lexicon: Lexicon,
) -> str:
    """Tell whether a sentence says in its words what a passage asks or tells somebody to say.

    Words that are quoted too, or asked about, do not count.
    """
    words = _topics(text) - _topics(question.text)
    for sentence in quoted:
        words -= _topics(sentence)
    for passage in passages:
        for sentence in (passage.article.title, *(one for one, _, _ in _sentences(passage))):
            shared = words & _topics(sentence)
            if len(shared) > max(1, _ECHO * len(_topics(text))):
                if is_question(sentence) or holds_instruction(sentence, lexicon):
                    return "it says what the articles ask somebody to say"
    return ""


def _bears(quotes: Sequence[LocatedQuote], passages: Sequence[RankedPassage]) -> bool:
    """Whether one of the quoted sentences is at all about what is asked."""
    for text, cosine, query_terms in _quoted_sentences(quotes, passages):
        share = query_terms.matched(text) / (query_terms.total or 1.0)
        if cosine >= _LEAST_COSINE or share >= _LEAST_SHARE:
            return True
    return False


def _quoted_sentences(
    quotes: Sequence[LocatedQuote], passages: Sequence[RankedPassage]
) -> Iterator[tuple[str, float, QueryTerms]]:
    """Yield the sentences that quotes are cut from, with their cosine and the question's words."""
    for quote in quotes:
        passage = passages[quote.passage - 1]
        for text, cosine, (start, end) in _sentences(passage):
            if start < quote.end and quote.start < end:
                yield text, cosine, passage.query_terms


def _sentences(passage: RankedPassage) -> Iterator[tuple[str, float, Span]]:
    """Yield the sentences of a passage, their cosines to the question and their places."""
    for (span, text), cosine in zip(passage.sentences, passage.reranked().cosines, strict=True):
        yield drop_unseen(text), cosine, span


def _topics(text: str) -> set[str]:
    return set(topic_words(text))
