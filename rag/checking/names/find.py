"""Find the proper names in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.checking.names.german_nouns import Kind, is_alike, sort_noun
from rag.checking.names.places import find_places
from rag.language.lexicon import Lexicon
from rag.language.spelling import fold
from rag.language.synonyms import LONGEST_WORD

_WORD = re.compile(r"\w+")
_ROMAN = re.compile(r"[IVX]+")
# Between the words of one name: "Jean-Luc", "O’Neill", "J. Edgar Hoover".
_JOINED = re.compile(r"[-’' ]|\. ")
_OPENERS = '.!?:…„“”"»«‘‚(['
# Words that begin a sentence and that the lexicon leaves out.
_COMMON = re.compile(
    r"the|an?|and|or|but|of|in|on|at|to|for|from|by|with|as|i[ts]|are|w(?:as|ere)|s?he|they|his|her"
    r"|the(?:ir|se|re|n)|th(?:is|at|ose|us)|we|you|our|your|not?|if|when|while|after|before|since|who"
    r"|wh(?:om?|ich|at|ere|y)|how|[a-z]{3,}ly|de[rmns]|d(?:ie|as|ass|enn)|und|oder|aber|s?ie|e[rs]|man"
    r"|ihr\w{0,2}|wir|ich|dr|mrs?|ms|prof|st|herrn?|frau|sir|lord|w(?:o|er|en|em|as|ie|ann|arum|eil)"
    r"|wel(?:ch)\w{1,2}|wo(?:her|hin|mit|von|zu|bei|für|durch|gegen|r[aiuü]\w{1,2})?"
    r"|da(?:her|hin|mit|von|zu|bei|für|nach|durch|gegen|mals|nn|r[aiuü]\w{1,2})?"
    r"|hier(?:her|mit|zu|bei|von)?|dies\w{0,2}|jen\w{1,2}|dess?en|deren|doch"
    r"|ein\w{0,2}|kein\w{0,2}|sein\w{0,2}|so|solche\w?|nach(?:dem)?|vor(?:her)?|beim?|als|auch"
    r"|im|am|zu[rm]?|vo[nm]|mit|um|auf|aus|an|für|über|unter|durch|gegen|ohne|anbetracht|nennen"
)


@dataclass(frozen=True)
class Name:
    """One word of a name, or the country that several words name, as a claim states it.

    Words that follow each other in one name have the same `run`. A word that is not `sure` may
    be a common noun: "World" in "World War".
    """

    text: str
    word: str
    span: tuple[int, int]
    run: int
    place: str | None = None
    sure: bool = True

    @property
    def is_short(self) -> bool:
        """Whether it is written with several capitals, as "UNO", "EmK": short for something."""
        return sum(char.isupper() for char in self.text) > 1 and self.place is None


def find_names(text: str, language: str, lexicon: Lexicon) -> list[Name]:
    """Return the words of a sentence that are names or parts of names, in order."""
    words = list(_WORD.finditer(text))
    places = {first: (last, code) for first, last, code in find_places(text, language)}
    names: list[Name] = []
    run = at = 0
    while at < len(words):
        if at and not _JOINED.fullmatch(text[words[at - 1].end() : words[at].start()]):
            run += 1
        match = words[at]
        capital = match[0][0].isupper()
        if at in places and (capital or language == "de"):  # "russische"
            last, code = places[at]
            span = match.start(), words[last - 1].end()
            whole = text[slice(*span)]
            names.append(Name(whole, fold(whole), span, run, code))
            at = last
            continue
        if not capital:
            run += 1
        else:
            sure = _is_name(match[0], text[: match.start()], language, lexicon)
            if sure is None and _follows_name(names, text, match):
                sure = False
            if sure is not None:
                names.append(Name(match[0], fold(match[0]), match.span(), run, None, sure))
        at += 1
    return names


def _follows_name(names: list[Name], text: str, match: re.Match[str]) -> bool:
    """Whether a word stands behind a name with a blank between: "John Vogel"."""
    return bool(names) and text[names[-1].span[1] : match.start()] == " "


def _is_name(word: str, before: str, language: str, lexicon: Lexicon) -> bool | None:
    """Whether a capitalised word is surely a name; None if it probably is not part of one."""
    folded = word.casefold()
    if len(word) < 2 or _COMMON.fullmatch(folded) or _ROMAN.fullmatch(word):
        return None
    if sum(char.isupper() for char in word) > 1:
        return True
    if language == "de":
        return {"name": True, "perhaps": False, "noun": None}[sort_noun(word, before, lexicon)]
    kind = _sort_word(folded, language, lexicon)
    if not before.strip() or before.strip()[-1] in _OPENERS:
        return {"name": True, "perhaps": False, "noun": None}[kind]
    return kind == "name"


def _sort_word(word: str, language: str, lexicon: Lexicon) -> Kind:
    """Sort a word that is no German one by whether the other language has the same for it."""
    if language not in lexicon.languages or len(word) > LONGEST_WORD:
        return "name"
    for form in dict.fromkeys((word, word.removesuffix("s"))):
        translations = lexicon.translate(form, language)
        if translations:
            best = max(translations, key=lambda item: item[1])[0]
            if fold(best) == fold(form):
                return "name"
            return "perhaps" if is_alike(form, best) else "noun"
    return "name"
