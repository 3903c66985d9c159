"""Find the nouns and names in a question, without a part-of-speech tagger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.language.function_words import (
    ASKING,
    CONVERSATION_WORDS,
    HELPERS,
    NOUN_OPENERS,
    QUERY_STOP_WORDS,
    word_set,
)

_COMPOUND_WORD = re.compile(r"\w+(?:[-’'.]\w+)*")
_BETWEEN = re.compile(r" |’s |'s ")
_POSSESSIVE = re.compile(r"[’']s$")
_PARTICIPLE = re.compile(r"\w{3,}ed$")


# Formal address: capitalised, and no noun.
_ADDRESS = word_set("Sie Ihnen Ihr Ihre Ihren Ihrem Ihrer Ihres I")


@dataclass(frozen=True)
class Noun:
    """A noun or name in a question, at the character `start`.

    `name` is True for a word with a capital inside the sentence.
    """

    start: int
    text: str
    name: bool


def find_words(text: str) -> list[re.Match[str]]:
    """Return the words of a text; "Jong-un" and "Korea's" are one each."""
    return list(_COMPOUND_WORD.finditer(text))


def content_words(text: str, language: str) -> list[str]:
    """Return the words of a question without function words and words of conversation."""
    return [word[0] for word in find_words(text) if not _is_empty(word[0], language)]


def find_nouns(text: str, language: str) -> list[Noun]:
    """Return the nouns and names of a German or English question, in order.

    In German, they are the words with a capital. In English, and in a question typed without
    capitals, they are names and the words after a determiner or a preposition.
    """
    words = find_words(text)
    capitals = language == "de" and any(word[0][0].isupper() for word in words[1:])
    found: list[Noun] = []
    for at, end in _runs(text, words, language, capitals):
        # The capital at the beginning of a question does not make a name.
        name = at > 0 and words[at][0][0].isupper() and not _begins(text, words[at].start())
        spelled = " ".join(_POSSESSIVE.sub("", word[0]) for word in words[at:end])
        found.append(Noun(words[at].start(), spelled, name))
    return found


def _runs(
    text: str, words: list[re.Match[str]], language: str, capitals: bool
) -> Iterator[tuple[int, int]]:
    """Yield each noun or name: its first word, and the word after it."""
    at = 0
    while at < len(words):
        start, at = at, at + 1
        word, before = words[start][0], words[start - 1][0].casefold() if start else ""
        capital = word[0].isupper() and not _begins(text, words[start].start())
        if word in _ADDRESS or (_is_empty(word, language) and not capital):
            continue
        # "Vertrag Nordkorea Dauer", not "Darf der Vertrag …".
        listed = capitals and not start and words[1][0][0].isupper()
        if capital or listed:
            if capital:
                while at < len(words) and _continues(text, words, at, language):
                    at += 1
            yield start, at
        elif not capitals and before in NOUN_OPENERS[language] | ASKING:
            while at < len(words) and _is_common(text, words, at, language):
                at += 1
            helped = start > 1 and words[start - 2][0].casefold() in HELPERS
            # The last word is a verb: "does the treaty promise", "the parade square named".
            if at - start > 1 and (helped or _PARTICIPLE.fullmatch(words[at - 1][0])):
                at -= 1
            yield start, at


def _continues(text: str, words: list[re.Match[str]], at: int, language: str) -> bool:
    """Whether a word continues the name before it: "Kim Jong-un", "North Korea"."""
    word = words[at][0]
    between = text[words[at - 1].end() : words[at].start()]
    ended = _POSSESSIVE.search(words[at - 1][0])
    return word[0].isupper() and between == " " and not ended and word not in _ADDRESS


def _is_common(text: str, words: list[re.Match[str]], at: int, language: str) -> bool:
    """Whether a word may continue the noun before it: "parade square"."""
    word = words[at][0]
    between = text[words[at - 1].end() : words[at].start()]
    return between == " " and word[0].islower() and not _is_empty(word, language)


def _is_empty(word: str, language: str) -> bool:
    return word.casefold() in QUERY_STOP_WORDS[language] | CONVERSATION_WORDS[language]


def _begins(text: str, at: int) -> bool:
    """Whether a sentence begins at a character."""
    before = text[:at].rstrip(" \"“„'»«(")
    return not before or before[-1] in ".?!:"
