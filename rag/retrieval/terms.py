"""The terms that a question is looked for by, in its own language and in another."""

from __future__ import annotations

from collections.abc import Iterable, Set

from rag.language.lexicon import Lexicon
from rag.question.question import Question
from vectorstore import Term

# Weight of a term carried over from an earlier question; a term of this question has 1. Of the 28
# follow-ups over seeds/, 23 cite a right passage at .5, and 22 at .2, .7 and 1.0. Leaving these
# terms out of the keywords matters more: with them in, 17.
_CONTEXT_WEIGHT = 0.5


def question_terms(question: Question) -> tuple[Term, ...]:
    """Return the terms for articles in any language: the question's own words."""
    return _weigh_context(question, map(Term, _words(question)))


def translated_terms(question: Question, lexicon: Lexicon, language: str) -> tuple[Term, ...]:
    """Return the terms for articles in a language; () if the lexicon does not translate into it."""
    if language == question.language or not {language, question.language} <= lexicon.languages:
        return ()
    return _weigh_context(question, lexicon.terms(_words(question), question.language))


def _words(question: Question) -> list[str]:
    return list(dict.fromkeys((*question.keywords, *question.context)))


def _weigh_context(question: Question, terms: Iterable[Term]) -> tuple[Term, ...]:
    """Return terms, with less weight for those that are only in the question's context."""
    context: Set[str] = set(question.context) - set(question.keywords)
    return tuple(
        Term(
            term.word,
            _CONTEXT_WEIGHT * term.weight,
            tuple((other, _CONTEXT_WEIGHT * weight) for other, weight in term.others),
        )
        if term.word in context
        else term
        for term in terms
    )
