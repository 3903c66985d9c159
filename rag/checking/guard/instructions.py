"""Tell what asks or tells a reader, or a model, to do something from what reports.

An article may hold sentences that were written for the model that reads it. Nothing is borne out
by them, however verbatim they are quoted: they say what somebody wants, not what is. The same
goes for a model's own sentence that speaks to the reader. Known in German and English; in other
languages only questions, links and imitations of a prompt are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from rag.checking.guard.invisible import drop_unseen
from rag.language.detect import detect_language
from rag.language.function_words import OBJECT_OPENERS
from rag.language.lexicon import Lexicon

# By the mark that opens it, so that quotation marks within are part of what is quoted.
_SPEECH = re.compile(
    r"“[^“”]{3,400}”|„[^„“”]{3,400}[“”]|»[^»«]{3,400}«|«[^«»]{3,400}»|\"[^\"]{3,400}\""
    r"|(?<!\w)['‘‚][^'’‘]{3,400}['’‘](?!\w)"
)
_QUESTION = re.compile(r"\?[\s!?…\"'“”«»‘’)\]]*$")
_REPORTED = re.compile(r":\s*[„“\"«»‘‚']|[”“\"«»]\s*,")

# What is said about the answer itself, or about the one who gives it.
_REPLY = (
    r"(?:answers?|repl(?:y|ies)|responses?|outputs?|messages?|summar(?:y|ies)|instructions?|prompt)"
)
_ANTWORT = r"(?:Antwort(?:en)?|Ausgaben?|Zusammenfassung|Anweisungen|Vorgaben|Erwiderung)"
_TO_MODEL = re.compile(
    rf"\byour\s+(?:\w+\s+){{0,2}}{_REPLY}\b"
    rf"|\b(?:in|to|of|with|end|begin|start|finish)\s+(?:the|this|every|each|any)\s+(?:\w+\s+)?"
    rf"(?:answer|reply|response)\b(?!\s+(?:to|from|by|of)\b|,\s)"
    rf"|\b(?:the|this) (?:answer|reply|response) (?:must|should|shall|ought to|has to|needs to)\b"
    rf"|\b(?:i|we) (?:want|need|ask|would like) you to\b"
    rf"|\b(?:ignor\w+|disregard\w*|forget|overrid\w+|bypass)\b.{{0,40}}\b(?:instructions?|prompts?"
    rf"|rules|guidelines|above|previous)\b"
    rf"|\byou are (?:now|an? (?:AI|assistant|language model|chatbot))\b"
    rf"|\bas an? (?:AI|language model|assistant|chatbot)\b|\bsystem prompt\b|\bdeveloper mode\b",
    re.IGNORECASE,
)
_ANS_MODELL = re.compile(
    rf"\b(?:[Dd]ein|[Ee]ue?r)(?:e[nmrs]?)?\s+(?:\w+\s+)?{_ANTWORT}\b"
    rf"|(?<=[\w,] )Ihre?[nmrs]?\s+(?:\w+\s+)?{_ANTWORT}\b"
    rf"|\b[Ii]gnorier\w*\b.{{0,40}}\b(?:Anweisung|Vorgabe|Regel|Instruktion|obige|vorherige)"
    rf"|\b[Vv]ergiss\b.{{0,40}}\b(?:Anweisung|Vorgabe|Regel|Instruktion|alles|obige|bisherige)"
    rf"|\b[Dd]u bist (?:jetzt|nun|ab sofort|ein Assistent|eine KI|ein Sprachmodell)\b"
    rf"|\b[Aa]ls (?:KI|Sprachmodell|Chatbot)\b|\b[Ss]ystem-?[Pp]rompt\b"
)
# Text that imitates our prompt, our protocol or a chat's turns.
_IMITATION = re.compile(
    r"</?passage\b|<\s?[|｜]|\[/?INST\]|<<SYS>>|<(?:start|end)_of_turn>|</?(?:s|think|tool_call)>"
    r"|\{\s*\"(?:text|words|quotes|passage|in_articles|sentences|end)\"\s*:"
    r"|^\W*(?:SYSTEM|ASSISTANT|USER|DEVELOPER|Assistant|User)\s?(?:\(\w+\))?:"
    r"|^\W*System(?: prompt| message| note)?:(?=\s)",
    re.MULTILINE,
)

_OPENING = re.compile(
    r"^\W*(?:(?:please|kindly|always|never|also|now|just|simply|instead|first|then|finally|next"
    r"|additionally|remember to|make sure to|be sure to|feel free to|do not|don['’]t)[,:]?\s+)*",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"^\W*(?:in|as|for|at|to|with|when|whenever|if|before|after|while|once)\b[^,.;:]{2,80},\s*",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[;:–—]\s+|\s-\s|,\s+(?:and|und|but|aber|so|also|then|dann)\s+|[.!?…]\s+")
_JOINED_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# They begin statements too, for all that they can be inflected as verbs.
_NO_VERBS = frozenset(
    """
    like while even near round past outside inside but then still well down up out over off
    further own given better best back last most more half part total average middle clear open
    second minute worth except save bar such what who there here and or not only are was has had
    been thing
    """.split()
)
_TOLD = re.compile(r"\b(?:please|kindly|do not|don['’]t|always|never)\b", re.IGNORECASE)
_MOSTLY = 2 / 3
_PARTICLES = frozenset("up down out off away back".split())
_ASKED_OF_YOU = re.compile(
    r"\b(?:do not|don['’]t|never|please|must|should|to)\s+(?:hesitate|forget|miss|share|click"
    r"|download|subscribe|visit|contact|reach out|vote|donate|sign up|join us)\b",
    re.IGNORECASE,
)

# "Dank der Hilfe", "thanks to the rain"; else a reader is thanked.
_OF_THANKS = re.compile(r"^\W*(?:thanks to\b|dank (?!fürs? |an |euch|ihnen))", re.IGNORECASE)
_THANKS = re.compile(r"^\W*(?:thank you|thanks|(?:vielen |herzlichen |besten )?dank(?:e)?)\b", re.I)

_SIE = re.compile(
    r"^\W*(?:[Bb]itte,?\s+|[Nn]un\s+|[Dd]ann\s+|[Jj]etzt\s+)?\w{2,}(?<![Mm]üss)(?<![Kk]önn)(?<![Ww]oll)"
    r"(?<![Ss]oll)(?<![Dd]ürf)(?<![Ww]erd)(?<![Hh]ab)(?:en|rn|ln) Sie\b"
)
_BITTE = re.compile(r"^\W*Bitte\b(?!\w)(?!\s+(?:um|der|des|von)\b)")
_DU = re.compile(
    r"^\W*(?:[Bb]itte,?\s+|[Nn]un\s+|[Dd]ann\s+|[Jj]etzt\s+)?(?:Gib|Nimm|Lies|Empfiehl|Vergiss"
    r"|Sprich|Hilf|Sieh|Siehe|Wirf|Triff|Mach|Geh|Komm|Lass|Hol|(?:Schreib|Sag|Klick|Lad|Schau"
    r"|Nutz|Ignorier|Füg|Nenn|Erklär|Erzähl|Zeig|Stell|Bring|Lösch|Ersetz|Entfern|Wechsl"
    r"|Melde|Abonnier)e?|(?:Besuch|Kauf|Ruf|Folg|Antwort|Verrat|Denk|Tausch|Verschlüssl)e)\b"
    r"(?!\s+(?:der|des)\b)"
)
# "Stelle die Regierung den Antrag, folgt die Prüfung": a verb stands first in both clauses.
_CONDITIONAL = re.compile(
    r"^\W*[A-ZÄÖÜ]\w+e\s[^,;:.!?]{3,120},\s(?:so\s|dann\s)?(?!nicht|sonst|statt|jetzt|mit|seit)"
    r"(?:[a-zäöüß]{2,}t|werde|sei|müsse|könne|solle|dürfe|habe|wird|würde|kann|muss|soll|darf|sind)\s"
)
_STEM_E = re.compile(r"^\W*(?:[Bb]itte,?\s+)?([A-ZÄÖÜ][a-zäöüß]{3,})e\s+[“”]?\s?(\w+|[“”])")
# Behind a German sentence's first word, but for some, these stand only if that is a verb.
_AFTER_VERBS = frozenset("einen jeden jedem keinen deinen deinem mir uns dir dich".split())
_NO_STEMS = frozenset(
    """
    ohn heut gerad beid all ein kein dies jed sein ihr mein unser viel manch solch welch lang
    """.split()
)
# The subjunctive of reported speech, which turns the order around: "Komme es dazu, …".
_SUBJUNCTIVES = frozenset(
    """
    werd hab könn woll soll müss dürf geb komm geh steh lieg bleib sollt würd hätt wär möcht könnt
    müsst wollt dürft hatt wurd
    """.split()
)


def is_question(text: str) -> bool:
    """Tell whether a text asks; one that reports a question does not."""
    text = drop_unseen(text)
    return bool(_QUESTION.search(text)) and not _REPORTED.search(text)


@lru_cache(maxsize=4096)
def is_instruction(text: str, lexicon: Lexicon) -> bool:
    """Tell whether a sentence tells somebody to do something, other than in quotation marks.

    Which words can be verbs is read from the lexicon.
    """
    text = drop_unseen(text)
    if _IMITATION.search(text):
        return True
    plain = _SPEECH.sub(" “” ", text)
    if _TO_MODEL.search(plain) or _ANS_MODELL.search(plain) or _ASKED_OF_YOU.search(plain):
        return True
    if _THANKS.search(plain) and not _OF_THANKS.search(plain):
        return True
    if is_question(text):
        return False
    words = lexicon.lines
    if detect_language(plain, among=("de", "en")) == "de":
        return _commands_in_german(plain, words["de"])
    return _commands_in_english(plain, words["en"])


def holds_instruction(text: str, lexicon: Lexicon) -> bool:
    """Tell whether a text, or a clause of it as if that stood alone, is an instruction."""
    clauses = (part[:1].upper() + part[1:] for part in _CLAUSES.split(text))
    long = [part for part in clauses if len(part.split()) > 2]
    return any(is_instruction(part, lexicon) for part in dict.fromkeys((text, *long)))


def split_speech(text: str) -> tuple[str, list[str]]:
    """Return what a sentence says outside of quotation marks, and what stands in each pair."""
    speech = [found[0].strip("„“”\"«»'‘’‚ ") for found in _SPEECH.finditer(text)]
    return _SPEECH.sub(" ", text), speech


def _commands_in_german(text: str, known: Mapping[str, str]) -> bool:
    if _CONDITIONAL.search(text):
        return False
    if _SIE.search(text) or _DU.search(text) or _BITTE.search(text):
        return True
    found = _STEM_E.search(text)
    if not found or found[2] not in OBJECT_OPENERS["de"]:
        return False
    stem = found[1].casefold()
    if stem in _SUBJUNCTIVES:
        return False
    if found[2] in _AFTER_VERBS and stem not in _NO_STEMS:
        return True
    # "Ersetze" is one if there are "ersetzen" and "ersetzt"; "Straße" is none.
    return stem + "en" in known and (stem + "t" in known or stem + "et" in known)


def _commands_in_english(text: str, known: Mapping[str, str]) -> bool:
    starts = [_OPENING.match(text)]
    if introduced := _INTRODUCED.match(text):
        starts.append(_OPENING.match(text[introduced.end() :]))
    for start in starts:
        if start is None:
            continue
        found = _JOINED_WORD.findall(start.string[start.end() : start.end() + 80].casefold())[:3]
        first, *others = found or [""]
        told = _TOLD.search(start[0])
        if _verb_endings(first, known) < (1 if told else 2):
            continue
        if others and others[0] in _PARTICLES:
            others = others[1:]
        if others and others[0] in OBJECT_OPENERS["en"]:
            return True
        if told or _share_of_verbs(first, known) > _MOSTLY:
            return True
    return False


def _verb_endings(word: str, known: Mapping[str, str]) -> int:
    """Return how many of the endings of verbs the lexicon has a word with: "group", "combine"."""
    if word in _NO_VERBS or word in OBJECT_OPENERS["en"] or len(word) < 3 or word not in known:
        return 0
    stems = {word, word.removesuffix("e"), word + word[-1]}
    if word.endswith("y"):
        stems.add(word[:-1] + "i")  # "copied"
    endings = (("ing",), ("ed",), ("s", "es"))
    return sum(any(stem + end in known for stem in stems for end in some) for some in endings)


def _share_of_verbs(word: str, known: Mapping[str, str]) -> float:
    """Return how much of what a word is called in German are infinitives, 0 to 1."""
    items = known.get(word, "").split()
    verbs = total = 0.0
    for german, likely in zip(items[::2], items[1::2], strict=True):
        if german != word:
            total += float(likely)
            verbs += float(likely) * german.endswith(("en", "eln", "ern"))
    return verbs / (total or 1.0)
