"""The sentence before a quote that cannot stand alone: "Er habe …" needs the one that names him."""

from __future__ import annotations

import re

from rag.ingest.sentences import split_sentences
from rag.language.function_words import DEMONSTRATIVES, POSSESSIVES, PRONOUNS, word_set
from vectorstore import Article, Span

# Characters before a quote in which its context is looked for.
_FARTHEST = 800
_OPENING = re.compile(r"[\s\"“”„»«‘’‚'(–—-]*([^\W\d_]+)(?:\s([^\W\d_]+))?")
# Words at the beginning of a sentence that go on from the one before: who, where, why, besides.
_GOES_ON = {
    "de": word_set(
        "ihm ihn ihnen ihrem ihrer sein seinem dies diesen deren dessen dort da dabei dadurch dafür"
        " dagegen daher damals damit danach daran darauf daraufhin daraus darin darum darunter"
        " davon davor dazu denn dennoch deshalb deswegen doch jedoch aber auch außerdem zudem"
        " hingegen dann so solche beide letzterer letztere ersterer trotzdem allerdings ebenso"
        " ebenfalls stattdessen somit"
    ),
    "en": word_set(
        "him hers theirs there then therefore thus however but also instead besides moreover"
        " meanwhile otherwise both neither such so"
    ),
}
# "Das sei falsch" goes on, "Das Abkommen" names what it is about.
_GOES_ON_BEFORE_SMALL = {"de": word_set("das"), "en": frozenset[str]()}
_OPENERS = {
    code: PRONOUNS[code] | DEMONSTRATIVES[code] | POSSESSIVES[code] | _GOES_ON[code]
    for code in ("de", "en")
}


def find_context(article: Article, span: Span) -> Span | None:
    """Return the place of the sentence before a quote that cannot stand alone.

    None if the quote can, if there is none before it in the article's body, or if the article is
    neither German nor English.
    """
    start, end = span
    if not goes_on(article.text[start:end], article.language):
        return None
    earliest = max((first for first, last in article.body if first <= start <= last), default=start)
    before = max(earliest, start - _FARTHEST)
    sentences = split_sentences(article.text, before, start)
    # One that begins where the search does may be cut off.
    if sentences and (sentences[-1][0] > before or before == earliest):
        return sentences[-1]
    return None


def goes_on(text: str, language: str) -> bool:
    """Whether a German or English sentence begins with a word that refers to the one before."""
    opening = _OPENING.match(text)
    if language not in _OPENERS or opening is None:
        return False
    first, second = opening[1].casefold(), opening[2] or ""
    small = first in _GOES_ON_BEFORE_SMALL[language] and second.islower()
    return first in _OPENERS[language] or small
