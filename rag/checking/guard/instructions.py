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

# What is said about the answer itself, or to the one who gives it.
_REPLY = r"(?:answers?|repl(?:y|ies)|responses?|outputs?|messages?|summar(?:y|ies)|prompt)"
_ANTWORT = r"(?:Antwort(?:en)?|Ausgaben?|Zusammenfassung|Anweisungen|Vorgaben)"
_TO_MODEL = re.compile(
    rf"\byour\s+(?:\w+\s+){{0,2}}(?:{_REPLY}|instructions)\b"
    r"|\b(?:in|to|of|with|end|begin|start|finish)\s+(?:the|this|every|each|any)\s+(?:\w+\s+)?"
    r"(?:answer|reply|response)\b(?!\s+(?:to|from|by|of)\b|,\s)"
    r"|\b(?:the|this) (?:answer|reply|response) (?:must|should|shall|has to|needs to)\b"
    r"|\b(?:i|we) (?:want|need|ask|would like) you to\b"
    r"|\b(?:ignor\w+|disregard\w*|forget|overrid\w+|bypass|vergiss)\b.{0,40}\b(?:instruction|prompt"
    r"|rules|guidelines|above|previous|anweisung|vorgabe|regel|obige|vorherige|bisherige|alles)"
    r"|\byou are (?:now|an? (?:AI|assistant|language model|chatbot))\b|\bdeveloper mode\b"
    r"|\b(?:as an? |als )(?:AI|KI|language model|sprachmodell|assistant|chatbot)\b"
    rf"|\bsystem.?prompt\b|\b(?:dein|eue?r)(?:e[nmrs]?)?\s+(?:\w+\s+)?{_ANTWORT}\b"
    rf"|(?<=[\w,] )(?-i:Ihr)e?[nmrs]?\s+(?:\w+\s+)?{_ANTWORT}\b"
    r"|\bdu bist (?:jetzt|nun|ab sofort|ein Assistent|eine KI|ein Sprachmodell)\b"
    r"|\b(?:do not|don['’]t|never|please|must|should|to)\s+(?:hesitate|forget|miss|share|click"
    r"|download|subscribe|visit|contact|reach out|vote|donate|sign up|join us)\b",
    re.IGNORECASE,
)
# Text that imitates our prompt, our protocol or a chat's turns.
_IMITATION = re.compile(
    r"</?passage\b|<\s?[|｜]|\[/?INST\]|<<SYS>>|<(?:start|end)_of_turn>|</?(?:s|think|tool_call)>"
    r"|\{\s*\"(?:text|words|quotes|passage|in_articles|sentences|end)\"\s*:"
    r"|^\W*(?:SYSTEM|ASSISTANT|USER|DEVELOPER|Assistant|User)\s?(?:\(\w+\))?:"
    r"|^\W*System(?: prompt| message| note)?:(?=\s)",
    re.MULTILINE,
)
# "Dank der Hilfe", "thanks to the rain"; else a reader is thanked.
_THANKS = re.compile(
    r"^\W*(?!thanks to\b|dank (?!fürs? |an |euch|ihnen))"
    r"(?:thank you|thanks|(?:vielen |herzlichen |besten )?danke?)\b",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[;:–—]\s+|\s-\s|,\s+(?:and|und|but|aber|so|also|then|dann)\s+|[.!?…]\s+")

# What may stand before an English imperative: "please", "in the summary,".
_OPENING = re.compile(
    r"^\W*(?:(?:please|kindly|always|never|also|now|just|simply|instead|first|then|finally|next"
    r"|remember to|make sure to|be sure to|feel free to|do not|don['’]t)[,:]?\s+)*",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"^\W*(?:in|as|for|at|to|with|when|if|before|after)\b[^,.;:]{2,80},\s*", re.I
)
_TOLD = re.compile(r"\b(?:please|kindly|do not|don['’]t|always|never)\b", re.IGNORECASE)
_JOINED_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PARTICLES = frozenset("up down out off away back".split())
# They begin statements too, for all that they can be inflected as verbs.
_NO_VERBS = frozenset(
    """
    like while even near round past outside inside but then still well down up out over off
    further own given better best back last most more half part total average middle clear open
    second minute worth except save bar such what who there here and or not only are was has had
    been thing
    """.split()
)
_MOSTLY = 2 / 3

_VERB_FIRST = re.compile(
    r"^\W*(?:(?:[Bb]itte|[Nn]un|[Dd]ann|[Jj]etzt),?\s+)?(?:(?P<sie>\w{2,}(?:en|rn|ln)) Sie\b"
    r"|(?:Gib|Nimm|Lies|Empfiehl|Vergiss|Sprich|Hilf|Sieh|Wirf|Triff|Mach|Geh|Komm|Lass|Hol"
    r"|(?:Schreib|Sag|Klick|Lad|Schau|Nutz|Füg|Nenn|Erklär|Erzähl|Zeig|Stell|Bring|Lösch|Ersetz"
    r"|Besuch|Kauf|Ruf|Folg|Antwort|Denk|Abonnier)e?)\b(?!\s+de[rs]\b)"
    r"|Bitte\b(?!\w)(?!\s+(?:um|der|des|von)\b)"
    r"|(?P<du>[A-ZÄÖÜ][a-zäöüß]{3,})e\s+[“”]?\s?(?P<next>\w+|[“”]))"
)
# "Stelle die Regierung den Antrag, folgt die Prüfung": a verb stands first in both clauses.
_CONDITIONAL = re.compile(
    r"^\W*[A-ZÄÖÜ]\w+e\s[^,;:.!?]{3,120},\s(?:so\s|dann\s)?(?!nicht|sonst|statt|jetzt|mit|seit)"
    r"(?:[a-zäöüß]{2,}t|werde|sei|müsse|könne|solle|dürfe|habe|wird|würde|kann|muss|soll|darf|sind)\s"
)
# Behind a German sentence's first word these stand only if that is a verb.
_AFTER_VERBS = frozenset("einen jeden keinen deinen mir uns dir dich".split())
# "Sollte das Gesetz kommen", "Haben Sie das gewusst", "Heute einen Termin": no orders.
_NO_ORDERS = re.compile(
    r"(?:werd|hab|könn|woll|soll|müss|dürf|würd|hätt|wär|möcht)(?:t|en)?|(?:geb|komm|geh|steh|lieg)"
    r"|ohn|heut|gerad|beid|all|ein|kein|dies|jed|sein|ihr|mein|unser|viel|manch|solch|welch|lang"
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
    if _TO_MODEL.search(plain) or _THANKS.search(plain):
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
    found = None if _CONDITIONAL.search(text) else _VERB_FIRST.search(text)
    if found is None:
        return False
    stem = (found["sie"] or found["du"] or "").casefold()
    if _NO_ORDERS.fullmatch(stem):
        return False
    if not found["du"]:
        return True
    # "Ersetze" is one if there are "ersetzen" and "ersetzt"; "Straße" is none.
    verb = stem + "en" in known and (stem + "t" in known or stem + "et" in known)
    return found["next"] in OBJECT_OPENERS["de"] and (verb or found["next"] in _AFTER_VERBS)


def _commands_in_english(text: str, known: Mapping[str, str]) -> bool:
    introduced = _INTRODUCED.match(text)
    for rest in (text, text[introduced.end() :] if introduced else ""):
        opening = _OPENING.match(rest)
        start = opening.end() if opening else 0
        first, *others = _JOINED_WORD.findall(rest[start : start + 80].casefold())[:3] or [""]
        told = bool(_TOLD.search(rest[:start]))
        if _verb_endings(first, known) < (1 if told else 2):
            continue
        others = others[1:] if others and others[0] in _PARTICLES else others
        if told or _share_of_verbs(first, known) > _MOSTLY:
            return True
        if others and others[0] in OBJECT_OPENERS["en"]:
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
