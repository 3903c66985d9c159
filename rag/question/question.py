"""What is asked: the question's language and the words of it that are worth looking for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.errors import BadQuestion
from rag.language.detect import detect_language
from rag.phrases import PHRASES

LONGEST_QUESTION = 2_000
"""Characters; a longer question is refused rather than cut."""

# Told apart from those with phrases, else a Japanese question is taken for German and a Turkish
# one for Dutch. On XQuAD's questions that costs nothing (1.000 German, 1.000 English); on only
# their first two words German falls from .986 to .981.
_OTHER_LANGUAGES = frozenset("ar cs da el fi he hu ja ko no ro sv tr zh".split())

# Words that carry no topic. Without them R@1 of the lexical index on XQuAD rises from .912 to
# .918 (German), from .581 to .590 (English questions, German passages), and an English question
# does not rank every English passage of a German corpus first for its "what", "does" and "the".
FUNCTION_WORDS = {
    "de": frozenset(
        """
        der die das den dem des ein eine einen einem einer eines und oder aber in im an am auf aus
        bei beim mit nach von vom zu zum zur für über unter um durch gegen ohne bis als wie wer was
        wo wann warum wieso weshalb welche welcher welches welchen welchem wessen wem wen ist sind
        war waren wird werden wurde wurden worden hat haben hatte hatten sein seine seinen seiner
        ihr ihre ihren er sie es man sich nicht auch noch nur so dass da gibt kann können konnte
        konnten soll sollen sollte muss müssen viel viele vielen lange wieviele dieser diese dieses
        diesem diesen dort hier denn doch ja ob wenn während vor zwischen seit machte machen tat
        tun ich wir uns steht sagt sagen worum geht laut wofür womit woher wohin
        """.split()
    ),
    "en": frozenset(
        """
        the a an of in on at to for from by with about as is are was were be been being do does did
        has have had what which who whom whose when where why how many much and or but not it its
        this that these those there their his her he she they them you your i we us will would can
        could should may might than then so if into over under between during after before up down
        out off some any such also only more most other say says said according
        """.split()
    ),
}


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
        empty = FUNCTION_WORDS.get(self.language, frozenset())
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
