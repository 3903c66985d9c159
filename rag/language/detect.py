"""Detect the language of a text, and read the name or code of a language."""

from __future__ import annotations

import copy
import functools
import math
import re
from collections.abc import Collection, Sequence

from babel import Locale, localedata
from babel.core import get_global
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from rag.language.function_words import (
    ARTICLES,
    DEMONSTRATIVES,
    LANGUAGE_HINTS,
    POSSESSIVES,
    PRONOUNS,
    word_set,
)

_LONGEST_READ = 3_000
"""Characters read: enough to tell all of 2,878 German articles, in 1 ms each."""

# Evidence that helps the model with short questions. Of 9,468 questions on news (half German, half
# English) it leaves 3 wrong of 12 (function words in questions of up to 6 words only), and 16 of
# 37 if only the first four words are given.
_SHORT = 12
"""Words of a text in which function words count as evidence."""
_FUNCTION_WORD = 2.0
"""Added to the log-probability of a language for each of its function words."""
_UMLAUT = 1.0
"""Added for German if a word has an umlaut or ß: less than a function word, as names have them."""
_UMLAUTS = re.compile(r"[äöüß]", re.IGNORECASE)
# "Was" opens German questions before a verb ("Was kostet Brot?") and English ones before a subject
# ("Was the treaty signed?"). Before a word with a capital it may be either.
_SUBJECT_OPENERS = (
    ARTICLES["en"]
    | DEMONSTRATIVES["en"]
    | POSSESSIVES["en"]
    | PRONOUNS["en"]
    | word_set("all any anybody anyone anything everyone nobody one some somebody someone there")
)
_LETTERS = re.compile(r"[^\W\d_]")
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "root"})


def detect_language(text: str, among: Collection[str] | None = None) -> str:
    """Return the ISO 639-1 code of a text's language, "und" if the text has no letters.

    `among` names the candidate languages; short texts need it. py3langid's model decides, offline.
    On a few words of German or English, function words and umlauts count as well.
    """
    text = text[:_LONGEST_READ]
    if not _LETTERS.search(text):
        return "und"
    model = _restrict(None if among is None else frozenset(among))
    if not model.labels:
        return "und"
    scores: dict[str, float] = dict(model.rank(text))
    for language, evidence in _evidence(re.findall(r"\w+", text)).items():
        if language in scores:
            scores[language] *= math.exp(evidence)
    return max(scores, key=lambda language: scores[language])


def _evidence(words: Sequence[str]) -> dict[str, float]:
    """Return what the words of a short text add to the log-probability of each language."""
    if len(words) > _SHORT:
        return {}
    folded = [word.casefold() for word in words]
    evidence = {
        language: _FUNCTION_WORD * sum(word in hints for word in folded)
        for language, hints in LANGUAGE_HINTS.items()
    }
    if any(_UMLAUTS.search(word) for word in words):
        evidence["de"] += _UMLAUT
    if folded[0] == "was" and len(words) > 1 and words[1][0].islower():
        evidence["en" if folded[1] in _SUBJECT_OPENERS else "de"] += _FUNCTION_WORD
    return evidence


def language_code(name: str | None) -> str | None:
    """Return the ISO 639-1 code for a language's tag or name, None if it is unknown.

    Reads tags (`de-DE`), three-letter codes (`ger`, `deu`) and names in English, in German and in
    the language itself ("German", "deutsch", "français").
    """
    wanted = (name or "").strip().casefold()
    # "German (Austria)", "de_AT", "en;q=0.9"
    first = re.split(r"[-_;,/(\s.]", wanted, maxsplit=1)[0]
    for form in (wanted, first):
        code = get_global("language_aliases").get(form, form)
        code = "no" if code == "nb" else code  # the model's name for Norwegian
        if len(code) == 2 and code in Locale("en").languages:
            return code
        if form in _NO_LANGUAGE:
            return None
    names = _load_names()
    return names.get(wanted) or names.get(first)


@functools.cache
def _load_model() -> LanguageIdentifier:
    # An instance of our own: set_languages would change the shared one for every user of py3langid.
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@functools.lru_cache(maxsize=64)
def _restrict(among: frozenset[str] | None) -> LanguageIdentifier:
    model = copy.copy(_load_model())
    # The model also knows "zxx" (no language) and codes of three letters, which are not ISO 639-1.
    languages = {label for label in model.labels if len(label) == 2}
    model.set_languages(languages if among is None else languages & among)
    return model


@functools.cache
def _load_names() -> dict[str, str]:
    names: dict[str, str] = {}
    english, german = Locale("en").languages, Locale("de").languages
    for code in sorted(filter(re.compile("[a-z]{2}").fullmatch, map(str, english))):
        spelled = {english[code], german.get(code)}
        if localedata.exists(code):
            spelled.add(Locale(code).get_language_name())
        names |= {name.casefold(): code for name in spelled if name}
    return names
