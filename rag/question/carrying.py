"""Complete a follow-up without a model, with the names and nouns of the question before it.

"And since when?" after "Which sanctions hit North Korea?" is searched as "And since when?
(sanctions, North Korea)". Carried terms weigh less than the follow-up's own words. With the whole
earlier question in front, the search finds the answer to that question again.

Of the 28 follow-ups in benchmarks/seeds/conversations.jsonl that have an answer, so many cite a
right passage (`python -m benchmarks.conversations`):

    searched as                 first   at all
    typed                          11       16
    earlier question in front       7       10
    rewritten by hand              12       17
    with carried terms             17       23

Translating the terms for a follow-up in the other language changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.conversation import Earlier, Understood
from rag.question.followups import LANGUAGES, depends, tell_language
from rag.question.question import LONGEST_QUESTION, Question, read_question
from rag.question.topic_nouns import content_words, find_nouns, find_words

MOST_TERMS = 6
"""Terms carried over; in a chain of follow-ups, those of the latest question come first."""

_BARE = 3
"""Most words of a follow-up without a verb: "And since when?"."""
_CARRIED = re.compile(r"(.+) \(([^()]+)\)", re.DOTALL)
# A follow-up that replaces a term of the earlier question: "Und über Sicherheit?", "What about the
# border with Russia?".
_REPLACES = re.compile(
    r"(?:und|aber|and|but|or|what|how)? ?\b(about|against|with|from|in|at|for|of|on|to|by|under"
    r"|über|gegen|mit|von|nach|bei|für|um|auf|an|zu|vor|unter|durch|aus) \S.*",
    re.IGNORECASE | re.DOTALL,
)


def carry_over(question: Question, history: Sequence[Earlier]) -> Understood:
    """Add the topic of the earlier question to a follow-up; other questions stay as they are.

    Recognises follow-ups in German and English only.
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

    If it has none, or if the follow-up is no more than a "Why?", return all its content words.
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
