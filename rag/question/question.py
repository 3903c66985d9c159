"""Read a question: its language and its keywords."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.errors import BadQuestion
from rag.language.detect import detect_language
from rag.language.function_words import QUERY_STOP_WORDS
from rag.phrases import PHRASES

LONGEST_QUESTION = 2_000
"""Characters; a longer question is refused rather than cut."""

# Languages without phrases that are detected as well: otherwise a Japanese question is taken for
# German and a Turkish one for Dutch. This costs no question of XQuAD (all 1,250 are right).
_OTHER_LANGUAGES = frozenset("ar cs da el fi he hu ja ko no ro sv tr zh".split())


@dataclass(frozen=True)
class Question:
    """A question; `language` is one that the product has phrases in, else "en".

    `context` are the words of `text` that were carried over from an earlier question. They name
    its topic and are not asked for.
    """

    text: str
    language: str
    context: tuple[str, ...] = ()

    @property
    def keywords(self) -> tuple[str, ...]:
        """The question's words without function words and context.

        If none is left, the words of the context; without a context, all words.
        """
        words = re.findall(r"\w+", self.text)
        empty = QUERY_STOP_WORDS.get(self.language, frozenset())
        empty |= {word.casefold() for word in self.context}
        own = tuple(word for word in words if word.casefold() not in empty)
        return own or self.context or tuple(words)


def read_question(text: str) -> Question:
    """Check a question and detect its language.

    Raises BadQuestion if it is empty, too long or not text. Bytes that are not UTF-8 arrive from a
    command line as lone surrogates.
    """
    text = text.strip()
    if not re.search(r"\w", text):
        raise BadQuestion("the question is empty: ask something in a few words")
    if len(text) > LONGEST_QUESTION:
        raise BadQuestion(
            f"the question has {len(text):,} characters, at most {LONGEST_QUESTION:,} are read:"
            " ask something shorter"
        )
    if re.search("[\ud800-\udfff]", text):
        raise BadQuestion("the question is not valid text: write it in UTF-8")
    language = detect_language(text, among=PHRASES.keys() | _OTHER_LANGUAGES)
    return Question(text, language if language in PHRASES else "en")
