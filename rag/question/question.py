"""What is asked: the question's language and the words of it that are worth looking for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.errors import BadQuestion
from rag.language.detect import detect_language
from rag.language.function_words import QUERY_STOP_WORDS
from rag.phrases import PHRASES

LONGEST_QUESTION = 2_000
"""Characters; a longer question is refused rather than cut."""

# Told apart from those with phrases, else a Japanese question is taken for German and a Turkish
# one for Dutch. On XQuAD's questions that costs nothing (1.000 German, 1.000 English); on only
# their first two words German falls from .986 to .981.
_OTHER_LANGUAGES = frozenset("ar cs da el fi he hu ja ko no ro sv tr zh".split())


@dataclass(frozen=True)
class Question:
    """A question as asked; `language` is one that the product has phrases in, else "en".

    `context` are words of it that were carried over from an earlier question: they tell what it is
    about, not what is asked.
    """

    text: str
    language: str
    context: tuple[str, ...] = ()

    @property
    def keywords(self) -> tuple[str, ...]:
        """The question's words without its function words and its context.

        If none is left those of the context, without one all.
        """
        words = re.findall(r"\w+", self.text)
        empty = QUERY_STOP_WORDS.get(self.language, frozenset())
        empty |= {word.casefold() for word in self.context}
        own = tuple(word for word in words if word.casefold() not in empty)
        return own or self.context or tuple(words)


def read_question(text: str) -> Question:
    """Check and understand a question.

    Raises BadQuestion if it is empty, too long, or not text (bytes that are no UTF-8 arrive from
    a command line as lone surrogates).
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
