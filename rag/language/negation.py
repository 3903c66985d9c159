"""Count the negations in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHORT = r"n['’‘`´]t\b"
# Words that turn a sentence round, in the languages that the product answers in.
_HARD = {
    "de": r"nicht|nichts|kein(?:e|en|em|er|es|s)?|keinerlei|keineswegs|keinesfalls|niemals|nie"
    r"|niemand(?:en|em|es)?|nirgend\w{0,8}|nimmer|ohne|weder|kaum",
    "en": r"not|cannot|no|none|never|nobody|nothing|nowhere|neither|without|hardly|barely|scarcely",
    "fr": r"pas|jamais|aucune?|personne ne|rien|sans|nulle part|ni",
    "es": r"no|nunca|jamás|ning[uú]n[ao]?|nadie|nada|sin|tampoco",
    "it": r"non|mai|nessun[oa]?|niente|nulla|senza|neppure|nemmeno",
    "nl": r"niet|niets|geen|nooit|niemand|nergens|zonder|noch",
    "pt": r"não|nunca|jamais|nenhum[a]?|ninguém|nada|sem|tampouco",
    "pl": r"nie|nigdy|żadn\w{1,3}|nikt|nic|bez",
    "ru": r"не|нет|никогда|ник\w{1,4}|ничего|без|нельзя",
    "uk": r"не|немає|ніколи|ніхто|нічого|без|жодн\w{1,3}",
}
# What the other language may say a "not" with: "nicht in der Lage", "unable".
_SOFT = {
    "de": r"un(?!d|t[ei]r|s\b|ser|i[ovk]|gef|geheuer|ruh|fall)[a-zäöüß]{4,}|\w{3,}los(?:e[nmrs]?)?"
    r"|in(?:akz|eff|komp|stabil|tol|exist|kons)\w+|nicht-?\w{4,}|fehl(?:t|te|ten|en|ende\w?)"
    r"|mangel\w{0,5}|\w{0,2}weiger\w{1,4}|ablehn\w{0,4}|abgelehnt\w{0,2}|lehn(?:t|te|ten|en)"
    r"|scheiter\w{1,3}|gescheitert|bestr(?:eit|itt)\w{1,3}|leugn\w{1,4}|verhinder\w{1,4}",
    "en": r"un(?!d[eo]|i[otvqf]|til|less\b|cle)[a-z]{5,}|in(?:ab|adeq|adm|acc|act|app|cap|comp|corr"
    r"|eff|elig|suff|tol|val|vis)[a-z]{4,}|im(?:poss|mor|mob|perf|prob)[a-z]{3,}"
    r"|il(?:leg|log)[a-z]{2,}|ir(?:reg|rel|rev)[a-z]{4,}"
    r"|non-?[a-z]{3,}|dis(?:agre|allow|appr|hon|loy|obed|reg|satis|sim)[a-z]+|[a-z]{3,}less(?:ly)?"
    r"|fail(?:s|ed|ing|ure)?|lack(?:s|ed|ing)?|absen[ct]e?|refus(?:e|es|ed|ing)"
    r"|reject(?:s|ed|ing)?|den(?:y|ies|ied)|prevent(?:s|ed|ing)?|unable",
}
# "Not only" denies nothing.
_NO_DENIAL = {
    "de": r"nicht (?:nur|allein|bloß|lediglich|zuletzt|umsonst)|ohne (?:weiteres|zweifel|frage)"
    r"|ob \w+(?: \w+)? oder nicht|nichtsdestotrotz|nichtsdestoweniger|nicht wahr",
    "en": r"not (?:only|just|merely|simply|solely|least)|no (?:doubt|less|fewer|more) ?(?:than)?"
    r"|(?:whether )?or not|nothing (?:but|less)|no\. ?(?=\d)|without (?:doubt|question)"
    r"|nonetheless|none the less|never ?theless|no matter|not-for-profit",
}


@dataclass(frozen=True)
class Negation:
    """How often a text says "no": with a word for it, and with one that may stand for it."""

    surely: int
    perhaps: int


def count_negations(text: str, language: str) -> Negation | None:
    """Count the negations of a text, None for a language whose negations are not known."""
    if language not in _HARD:
        return None
    text = text.casefold()
    empty = 0
    if language in _NO_DENIAL:
        text, empty = re.subn(rf"\b(?:{_NO_DENIAL[language]})\b", " ", text)
    hard = len(re.findall(rf"\b(?:{_HARD[language]})\b", text))
    if language == "en":
        hard += len(re.findall(_SHORT, text))
    soft = empty
    if language in _SOFT:
        soft += len(re.findall(rf"\b(?:{_SOFT[language]})\b", text))
    return Negation(hard, soft)
