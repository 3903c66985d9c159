"""Find what quoted sentences say as possible or alleged and a claim says as certain."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.checking.meaning.clauses import share_said, split_clauses
from rag.checking.quotes import Quoted
from rag.language.lexicon import Lexicon

# Words that say nothing else but that it is not certain. "Soll" is also what is planned.
_HEDGES = {
    "de": r"angeblich\w*|mutmaßlich\w*|vermutlich\w?|vielleicht|möglicherweise|womöglich|eventuell"
    r"|wahrscheinlich|könnten?|dürften?",
    "en": r"alleged(?:ly)?|reportedly|purportedly|supposedly|presumably|perhaps|maybe|possibly"
    r"|probably|might|may|could",
}
# What may stand for one of them in a claim: any doubt, and who it is that says so.
_DOUBTS = {
    "de": _HEDGES["de"]
    + r"|kann|können|konnten?|möglich\w*|soll(?:en|te|ten)?|würden?|wollen|wolle|sei(?:en)?|mag"
    r"|mögen|darf|dürfen|habe|hätten?|wären?|wohl|offenbar|anscheinend|wahrscheinlich\w*|laut|zufolge"
    r"|verdächt\w+|verdacht\w*|poten[zt]iell\w*|vermut\w+|schein(?:t|en)|schien(?:en)?|glaub\w+"
    r"|behaupt\w+|befürcht\w+|droh\w+|erwart\w+|annahme|annimmt|unter umständen|gilt|gelten"
    r"|theoretisch|hypothe\w+|unklar|ungewiss|umstritten|spekul\w+|gerücht\w*|prognos\w+|risik\w+",
    "en": _HEDGES["en"]
    + r"|can|cannot|possib\w+|should|would|likel\w+|probab\w+|reported|apparent\w*|seem\w*"
    r"|appear\w*|suspect\w*|suppos\w+|accord\w+|potential\w*|expect\w*|believ\w+|claim\w*|suggest\w*"
    r"|assum\w+|fear\w*|risk\w*|threat\w*|think\w*|thought|conjectur\w+|theor\w+|hypothe\w+"
    r"|unclear|uncertain\w*|disputed|rumou?r\w*|speculat\w+|accus\w+|says?|said|considered|forecast\w*",
}
# "May" is a month behind these and before a number.
_MONTH = re.compile(r"\b(?:in|of|since|until|by|last|early|late|mid|\d{1,2}\.?)\s+May\b|\bMay\s\d")
# Of the words of the clause with the hedge, a claim has to have more than this share; else it is
# about something else in the sentence. Of 68 dropped hedges (XQuAD) 59 are found, with .34 55; 8 of
# 2,500 questions with their answers are flagged, with 0 16, with .34 4; 2 of 822 translations.
_SHARE_OF_OTHER_CLAUSE = 0.2


def find_hedge_fault(text: str, language: str, quoted: Sequence[Quoted], lexicon: Lexicon) -> str:
    """Return which "allegedly" or "könnte" of the quoted sentences a claim drops, "" if none."""
    if language not in _DOUBTS or _find(_DOUBTS[language], text):
        return ""
    for part in quoted:
        if part.language not in _HEDGES:
            continue
        for clause in split_clauses(_MONTH.sub(" ", part.text)):
            hedges = _find(_HEDGES[part.language], clause)
            if (
                hedges
                and share_said(clause, part.language, text, language, lexicon)
                > _SHARE_OF_OTHER_CLAUSE
            ):
                return f"it leaves out the “{hedges[0]}” of the quoted words"
    return ""


def _find(pattern: str, text: str) -> list[str]:
    return re.findall(rf"\b(?:{pattern})\b", text, re.IGNORECASE)
