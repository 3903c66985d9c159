"""Recognise follow-up questions in German and English, by rules; in doubt a question stands alone.

Of 625 questions of XQuAD, which are written to stand alone, 3 are taken for follow-ups in German
and 8 in English. Most of these do refer to something ("When was this edict declared?").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.language.function_words import QUERY_STOP_WORDS, word_set
from rag.question.question import read_question
from rag.question.topic_nouns import Noun, content_words, find_nouns, find_words

_MOST_ADDED = 3
"""Most content words of a follow-up that begins with "and"."""
_MOST_BARE = 4
"""Most words of a follow-up with one content word: "Since which year?"."""


@dataclass(frozen=True)
class _Rules:
    """The referring words of one language.

    `opening` matches the beginning of a question that adds to another, `defining` that of one about
    a single thing ("Who is …"). `subjects`, `objects` and `possessives` are pronouns. `pointers`
    are adverbs and pronouns for things and places, `this` a demonstrative before its noun, `empty`
    an "it" without a referent, `boundary` the end of a clause, and `aside` the beginning of a
    clause that may refer forward ("When he arrived, what did Putin say?").
    """

    opening: re.Pattern[str]
    defining: re.Pattern[str]
    subjects: frozenset[str]
    objects: frozenset[str]
    possessives: frozenset[str]
    pointers: re.Pattern[str]
    this: re.Pattern[str]
    empty: re.Pattern[str]
    boundary: re.Pattern[str]
    aside: re.Pattern[str]


_GERMAN = _Rules(
    opening=re.compile(
        r"(?i:und|aber|oder|sondern|auch|nur|sonst noch|wie ist es (?:mit|bei)|mehr"
        r"|wie (?:sieht|steht|sah) es (?:denn |dann |eigentlich )?(?:mit|um|bei|in))\b"
        # Not "Was ist mit Normalkräften verbunden?"
        r"|[Ww]as ist mit\b(?=.*\b[A-ZÄÖÜ]\w*\W*$)"
    ),
    defining=re.compile(
        r"(?:wer|was|wo|wann|wie) (?:ist|sind|war|waren)\b|(?:gibt|gab) es\b", re.IGNORECASE
    ),
    subjects=word_set("er"),
    objects=word_set("sie ihn ihm ihnen es"),
    possessives=word_set(
        "sein seine seinen seinem seiner seines ihr ihre ihren ihrem ihrer ihres deren dessen"
    ),
    pointers=re.compile(
        r"\b(?:dort|dorthin|damals|da(?:für|gegen|mit|nach|vor|von|bei|durch|hin|hinter|zu|her)"
        r"|dar(?:über|auf|in|aus|an|um|unter)|dazwischen|deshalb|deswegen)\b"
        # Not "darüber hinaus", nor a pointer to its own clause: "damit betraut, … zu".
        r"(?! hinaus)(?!(?: \w+){0,2},)"
        r"|\b(?:das|dies|dem|denen)(?= *(?:[?.!]|$))"
        # "Wurde das beschlossen?", not "das Abkommen?"
        r"|\b(?:das|dies)(?= (?:so|alles|denn|wirklich|auch|nicht|noch|genau|[a-zäöüß]\w*(?:t|en))"
        r" *(?:[?.!]|$))"
    ),
    this=re.compile(
        r"\b(?:diese[rsmn]?|jene[rsmn]?)\b"
        r"(?! (?:Jahr|Woche|Monat|Tag|Jahrhundert|Sommer|Winter|Saison))",
        re.IGNORECASE,
    ),
    empty=re.compile(
        r"\b(?:gib|gab|gäb|gegeben|geben|handel|geh|ging|gegangen|komm|kam|gekommen|steh|stand"
        r"|sieh|sah|heiß|hieß|regne|schnei|gelang|geling|gelungen|schaff|bedarf|bedurfte|mangel"
        r"|fehl|möglich|wahr|richtig|zu )|,? (?:dass|wenn|ob|bis|zu)\b",
        re.IGNORECASE,
    ),
    boundary=re.compile(r"[,;:.!?–]\s|\b(?:und|oder|aber)(?= w[aeio]\w+\b)"),
    aside=re.compile(
        r"(?:als|wenn|nachdem|bevor|während|weil|obwohl|da|in|im|am|bei|nach|vor|mit|durch|trotz"
        r"|wegen|seit|zu|laut|für|um|von|auf|unter|aus)\b",
        re.IGNORECASE,
    ),
)
_AGAIN = r"(?:it|them|him|her)\b"
_ENGLISH = _Rules(
    opening=re.compile(
        r"(?:and|but|or|also|only|even|what about|how about|what if|what else|who else"
        r"|tell me more|more)\b",
        re.IGNORECASE,
    ),
    defining=re.compile(
        r"(?:who|what|where|when|how) (?:is|are|was|were)\b|(?:is|are|was|were) there\b",
        re.IGNORECASE,
    ),
    subjects=word_set("he she they"),
    objects=word_set("him them it hers theirs"),
    possessives=word_set("his her its their"),
    pointers=re.compile(
        # Not "there are", "are there".
        r"(?<!is )(?<!are )(?<!was )(?<!were )(?<!be )(?<!been )(?<!will )(?<!has )(?<!have )"
        r"\bthere\b(?! (?:is|are|was|were|be|been|has|have|will|would|exists?)\b)|\bthereafter\b"
        r"|\b(?:then|that|this|these|those)(?= *(?:[?.!]|$))|\b(?:since|by|until|back) then\b"
        # "Was that agreed?", "Why is that important?", not "did that treaty"
        r"|^(?:[\w-]+ ){0,2}(?:is|was|are|were|did|does|do|has|had|can|could|will|would|should)"
        r" (?:that|this)\b(?= (?:\w+(?:ed|en|nt|al|ble)|true|happen|mean|work|\w+[?.!]))",
        re.IGNORECASE,
    ),
    this=re.compile(
        r"\b(?:this|these|those)\b"
        r"(?! (?:year|week|month|day|century|time|summer|winter|season)|[?.!])",
        re.IGNORECASE,
    ),
    empty=re.compile(
        r"\bit (?:take|takes|took|rain|snow|seem|appear|turn|happen)"
        r"|\b(?:is|was|be|makes?|made|find|found|considered|does|did|called) it \w+ (?:\w+ )?"
        r"(?:that|to|for|if|when)\b|\bit (?:is|was) (?:\w+ ){1,4}(?:that|who|to|when)\b"
        r"|\bit called (?:when|if)\b",
        re.IGNORECASE,
    ),
    boundary=re.compile(
        r"[,;:.!?–]\s|\b(?:that|when|while|before|after|because|if|although|since|until|who|which"
        r"|where|whose)\b|\b(?:and|but|or)(?= (?:w[aeh]\w+|how|did|do|does|is|was|were)\b)"
        # "signed a treaty to give it status", "a treaty granting them status"
        r"|(?<=\w )to(?= (?!the|a|an|his|her|its|their|this|that)[a-z]\w* (?:\w+ )*?" + _AGAIN + ")"
        r"|(?<=\w )\w+ing(?= " + _AGAIN + ")",
        re.IGNORECASE,
    ),
    aside=re.compile(
        r"(?:when|while|before|after|because|if|although|since|until|as|in|on|at|with|by|during"
        r"|for|to|from|despite|through|of|under|besides|along|upon)\b",
        re.IGNORECASE,
    ),
)
_RULES = {"de": _GERMAN, "en": _ENGLISH}
LANGUAGES = frozenset(_RULES)

_EITHER = QUERY_STOP_WORDS["de"] & QUERY_STOP_WORDS["en"]
# "it was", not "confirm it": the subject of a clause, which may refer to the clause before.
_GOES_ON = re.compile(r"it (?:is|was|will|would|has|had|can|could|does|did)\b")
_FORMAL = re.compile(
    r"(?:können|könnten|sagen|wissen|haben|kennen|meinen|geben|würden) sie\b", re.IGNORECASE
)
_NOUN_FOLLOWS = re.compile(r"\w+ (?:[a-zäöüß]\w+ )?[A-ZÄÖÜ]")
_RELATIVE = re.compile(r",\s(?:\w+\s)?$")


def tell_language(text: str, otherwise: str) -> str:
    """Return the language of a follow-up; if it is too short, `otherwise` (the conversation's).

    "Putin?" is too short, "And Putin?" is not.
    """
    words = [word[0].casefold() for word in find_words(text)]
    hits = {
        language: sum(word in QUERY_STOP_WORDS[language] - _EITHER for word in words)
        for language in LANGUAGES
    }
    if hits["de"] != hits["en"]:
        return max(hits, key=lambda language: hits[language])
    return read_question(text).language if len(words) > 2 else otherwise


def depends(text: str, language: str) -> bool:
    """Whether a German or English question needs an earlier one to be understood."""
    rules, own = _RULES[language], content_words(text, language)
    if not own or _refers(text, language, rules):
        return True
    if rules.opening.match(text):
        return len(own) <= _MOST_ADDED
    bare = len(own) == 1 and len(find_words(text)) <= _MOST_BARE
    return bare and not rules.defining.match(text)


def _refers(text: str, language: str, rules: _Rules) -> bool:
    """Whether a word of a question refers to something that the question does not name."""
    nouns = find_nouns(text, language)
    clauses = _split_clauses(text, rules.boundary)
    if _this_alone(text, language, rules.this, nouns):
        return True
    for word in find_words(text):
        at = word.start()
        # Inside a German question a capital is formal address, and "IT" is no pronoun.
        said = word[0] if at and (language == "de" or word[0] == "IT") else word[0].casefold()
        if language == "de" and not at and said not in rules.subjects:
            continue  # "Sie", "Ihr", "Sein", "Es" at the beginning: anything
        start, end = next((low, high) for low, high in clauses if low <= at < high)
        before = [noun for noun in nouns if noun.start < at]
        earlier = any(noun.start < start for noun in before)
        # "which country" may be the referent of a later clause, not of its own.
        named = any(noun.start < (start if noun.asked else at) for noun in before)
        aside = bool(rules.aside.match(text[start:end].strip())) and any(
            noun.start >= end for noun in nouns
        )
        if aside:
            continue
        if said in rules.subjects and not named:
            return True
        if said in rules.objects and not earlier:
            empty = rules.empty.search(text if language == "en" else text[start : end + 6])
            if said in ("it", "es") and (empty or (_GOES_ON.match(text, at) and named)):
                continue
            if not (said == "sie" and _FORMAL.match(text)):
                return True
        if said in rules.possessives and not before:
            infinitive = said == "sein" and not _NOUN_FOLLOWS.match(text, at)
            if not infinitive and not _RELATIVE.search(text[:at]):
                return True
    return any(
        not _RELATIVE.search(text[: found.start()])
        and not _named_elsewhere(text, found.start(), clauses, nouns, rules)
        for found in rules.pointers.finditer(text)
    )


def _named_elsewhere(
    text: str,
    at: int,
    clauses: Sequence[tuple[int, int]],
    nouns: Sequence[Noun],
    rules: _Rules,
) -> bool:
    """Whether an earlier clause than that of a place names something, or one after an aside."""
    start, end = next((low, high) for low, high in clauses if low <= at < high)
    if any(noun.start < start for noun in nouns):
        return True
    return bool(rules.aside.match(text[start:end].strip())) and any(n.start >= end for n in nouns)


def _this_alone(text: str, language: str, this: re.Pattern[str], nouns: Sequence[Noun]) -> bool:
    """Whether a question with "this treaty" names nothing else."""
    if not this.search(text):
        return False
    # The noun itself counts as a name in German, for its capital.
    return sum(noun.name for noun in nouns) < (2 if language == "de" else 1)


def _split_clauses(text: str, boundary: re.Pattern[str]) -> list[tuple[int, int]]:
    """Return the span of each clause; a clause begins with its "when" or after a comma."""
    cuts = {
        found.start() if found[0][0].isalpha() else found.end()
        for found in boundary.finditer(text)
        if re.search(r"\w", text[found.end() :])
    }
    edges = sorted({0, *cuts, len(text)})
    return list(zip(edges, edges[1:], strict=False))
