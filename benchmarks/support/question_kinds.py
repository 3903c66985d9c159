"""The kind of a German or English question, by the word that asks."""

from __future__ import annotations

import re

# The first that is found in the first words of a question.
_KINDS = (
    (
        "how many",
        "wie ?viele?n?|how (?:many|much)|wie (?:hoch|lange?|alt|oft)|how (?:long|old|often)",
    ),
    ("why", "warum|weshalb|wieso|wozu|why|what (?:reason|led)"),
    ("who", "wer|wen|wem|wessen|who|whom|whose"),
    ("when", "wann|when"),
    ("where", "wo|wohin|woher|where"),
    ("how", "wie|how|womit|wodurch"),
    ("what", "was|welche[nmrs]?|wo(?:für|gegen|rum|rauf|ran|rin|rüber|von|nach|bei)|what|which"),
)
_YES_OR_NO = {
    "de": "gibt|gab|ist|sind|war|waren|hat|haben|hatten?|wird|werden|wurden?|kann|muss|darf|soll",
    "en": "is|are|was|were|did|does|do|has|have|had|will|can|must|should",
}
# A preposition may stand before the word that asks.
_FIRST = r"(?:\w+ )?"


def kind_of(question: str, language: str) -> str:
    """Return the kind of a question: "who", "when", …, "keywords" if no word asks."""
    text = question.casefold()
    if re.match(rf"(?:{_YES_OR_NO.get(language, '(?!)')})\b", text):
        return "yes or no"
    asking = (kind for kind, words in _KINDS if re.match(rf"{_FIRST}(?:{words})\b", text))
    return next(asking, "keywords")
