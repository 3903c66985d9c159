"""Tell which language a text is in, and what language a name or code means."""

from __future__ import annotations

import copy
import functools
import math
import re
from collections.abc import Collection

from babel import Locale, localedata
from babel.core import get_global
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from rag.language.function_words import LANGUAGE_HINTS

_LONGEST_READ = 3_000
"""Characters looked at: all of 2,878 German articles are told by them, in 1 ms each."""

# On a few words the model errs where the question word does not: on the first two words of 625
# XQuAD questions, among eleven languages, they take it from .958 to .986 (de) and from .963 to
# .984 (en); on whole questions it stays at 1.000.
_FEW_WORDS = 6
_BONUS = 2.0
"""Added to the log-probability for each function word."""
_LETTERS = re.compile(r"[^\W\d_]")
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "root"})


def detect_language(text: str, among: Collection[str] | None = None) -> str:
    """Return the ISO 639-1 code of the text's language, "und" if there is nothing to go by.

    `among` names the languages that come into question; short texts need it. Decided by
    py3langid's model, offline, with function words to help it on a few German or English words.
    """
    text = text[:_LONGEST_READ]
    if not _LETTERS.search(text):
        return "und"
    model = _restrict(None if among is None else frozenset(among))
    if not model.labels:
        return "und"
    words = re.findall(r"\w+", text.casefold())
    scores: dict[str, float] = dict(model.rank(text))
    if len(words) <= _FEW_WORDS:
        for language in scores.keys() & LANGUAGE_HINTS.keys():
            hits = sum(word in LANGUAGE_HINTS[language] for word in words)
            scores[language] *= math.exp(_BONUS * hits)
    return max(scores, key=lambda language: scores[language])


def language_code(name: str | None) -> str | None:
    """Return the ISO 639-1 code that a tag or name means, None if it means none.

    Knows tags (`de-DE`), three-letter codes (`ger`, `deu`) and the names of languages in
    English, in German and in themselves ("German", "deutsch", "français").
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
    # Our own instance: the module's functions share one, which set_languages changes for all.
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@functools.lru_cache(maxsize=64)
def _restrict(among: frozenset[str] | None) -> LanguageIdentifier:
    model = copy.copy(_load_model())
    # It also knows "zxx" (no language) and some of three letters, which ISO 639-1 has not.
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
