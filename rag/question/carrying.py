"""A follow-up made to stand alone without a model: by the terms of the question before it.

"And since when?" after "Which sanctions hit North Korea?" is looked for as "And since when?
(sanctions, North Korea)". Names and nouns alone, and worth less than what is asked: behind the
whole earlier question what was asked before is found again instead of what is asked now. Of the 28
follow-ups in seeds/conversations.jsonl that have an answer, a right passage is cited first for 17
(at all for 23); as they are typed for 11 (16), behind the whole question for 7 (10), written out by
hand for 12 (17); `python -m benchmarks.conversations` counts. Translating the terms for a follow-up
in the other language changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.conversation import Earlier, Understood
from rag.question.followups import LANGUAGES, depends, tell_language
from rag.question.question import LONGEST_QUESTION, Question, read_question
from rag.question.topic_nouns import content_words, find_nouns, find_words

MOST_TERMS = 6
"""Carried over; of a chain of follow-ups the terms of the last are kept first."""

_BARE = 3
"""Words of a follow-up that has no verb: "And since when?"."""
_CARRIED = re.compile(r"(.+) \(([^()]+)\)", re.DOTALL)
# "Und über Sicherheit?", "What about the border with Russia?": what takes another's place.
_REPLACES = re.compile(
    r"(?:und|aber|and|but|or|what|how)? ?\b(about|against|with|from|in|at|for|of|on|to|by|under"
    r"|über|gegen|mit|von|nach|bei|für|um|auf|an|zu|vor|unter|durch|aus) \S.*",
    re.IGNORECASE | re.DOTALL,
)


def carry_over(question: Question, history: Sequence[Earlier]) -> Understood:
    """Complete a follow-up with the topic of the question before; one that stands alone stays.

    Knows German and English follow-ups; those in other languages stay as they are.
    """
    if not history:
        return Understood(question)
    before = read_question(history[-1].meant)
    language = tell_language(question.text, tell_language(before.text, before.language))
    if language not in LANGUAGES:
        return Understood(Question(question.text, language))
    if not depends(question.text, language):
        return Understood(question)
    own = {word[0].casefold() for word in find_words(question.text)}
    terms = next(filter(None, (topic(one.meant, question.text) for one in reversed(history))), [])
    new = [term for term in terms if own.isdisjoint(term.casefold().split())]
    text = f"{question.text} ({', '.join(new[:MOST_TERMS])})"
    if not new or len(text) > LONGEST_QUESTION:
        return Understood(Question(question.text, language))
    context = tuple(word[0] for term in new[:MOST_TERMS] for word in find_words(term))
    return Understood(Question(text, language, context))


def topic(question: str, follow_up: str) -> list[str]:
    """Return the names and nouns of an earlier question that a follow-up does not replace.

    All words that have content if there are none, or if the follow-up has only a "Why?".
    """
    carried = _CARRIED.fullmatch(question)
    said, terms = (carried[1], carried[2].split(", ")) if carried else (question, [])
    language = tell_language(said, read_question(question).language)
    if language not in LANGUAGES:
        language = "en"
    replaced = _REPLACES.fullmatch(follow_up)
    place = (
        rf"\b{replaced[1]} (?:(?:the|an?|de[rmns]|die|das|eine?[nmrs]?) )?$" if replaced else "$^"
    )
    nouns = [
        noun.text
        for noun in find_nouns(said, language)
        if not re.search(place, said[: noun.start], re.IGNORECASE)
    ]
    words = content_words(said, language)
    bare = len(find_words(follow_up)) <= _BARE
    if nouns and not (bare and not content_words(follow_up, tell_language(follow_up, language))):
        words = []
    named = {word for noun in nouns for word in noun.split()}
    return list(dict.fromkeys([*nouns, *(word for word in words if word not in named), *terms]))
