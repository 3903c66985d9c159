"""Cut off headlines that were glued, without a full stop, to the sentence behind them (German).

Scraping can flatten a link inside an article into the paragraph around it: "Minister warnt vor
Engpass – Kritik aus Berlin Der Sprecher sagte, …". A German sentence has a capitalised "Der" only
at its beginning or in a name ("Der Spiegel"). So a capitalised function word without punctuation
before it is taken for a seam if a headline precedes it and a whole sentence follows. In doubt the
text is kept.
"""

from __future__ import annotations

import re

from rag.ingest.abbreviations import STARTERS
from vectorstore import Span

_BEFORE_SEAM = r"(?<=[\w“”\"»)%])[ \xa0]+"
_SEAM = re.compile(
    _BEFORE_SEAM + r"(?=(?:Der|Die|Das|Ein|Eine|Einen|Er|Es|Dies|Dieser|Diese|Dieses|Im"
    r"|Am|Auf|Bei|Beim|Mit|Nach|Seit|Für|Vor|Vom|Zum|Zur|Über|Um|Unter|Laut|Während|Wie|Wenn|Als"
    r"|Doch|Aber|Auch|Dabei|Damit|Dazu|Dass|Dort|Nun|Zudem|Bereits|Schon|In(?= [a-zäöü\d])"
    # "Abgeschlossen ist die Arbeit noch nicht"
    r"|(?:Ge(?!\w*icht)[a-zäöüß]{2,}t|[A-ZÄÖÜ][a-zäöüß]{0,6}ge[a-zäöüß]{2,}(?:t|en)"
    r"|[A-ZÄÖÜ][a-zäöüß]+iert)(?= (?:ist|sind|war|waren|wird|werden|wurden?|hat|haben|bleibt)\b)"
    r")\s)"
)
_SEAM_BEHIND_LINK = re.compile(
    _BEFORE_SEAM + rf"(?=(?!Sie|Ihr)(?:{'|'.join(sorted(STARTERS))}|Anfang|Ende|Mitte)\s)"
)
"""Behind a link's label more words count: what precedes is a headline for sure."""
_DETERMINER = re.compile(
    r"\b(?:der|die|das|dem|den|des|eine?[rmns]?|[msd]eine?[rmns]?|ihre?[rmns]?|unsere?[rmns]?"
    r"|diese[rmns]?|er|sie|es|ich|wir|man|sich|dass|weil|im|am|beim|zum|zur|vom|namens|genannte?n?"
    r"|heißt)\b"
)
_INDIRECT_QUESTION = re.compile(
    r"(?:Wie|Warum|Weshalb|Wieso|Was|Wer|Wen|Wem|Wo|Wohin|Woher|Wann|Welche[rsnm]?)\b[^,;]*"
)
"""A headline although it has articles: in prose a comma would follow it."""
_ADDRESS = re.compile(r"https?://|www\.|\.com\b|[@#]\w|\d[.:]\d\d\b")
_OPEN_END = re.compile(
    r"(?:\b(?:in|von|und|oder|mit|für|auf|aus|bei|nach|über|unter|vor|zu|an|wie|als|durch|um|gegen"
    r"|ohne|seit|bis|statt|neben|zwischen|wegen|laut|sowie|sondern|aber|nur|auch|nicht)"
    r"|[a-zäöüß]+(?:er|es|em)|(?:zeitung|magazin|blatt|zeitschrift|band|gruppe|film|partei|roman"
    r"|buch|krimi|serie|reihe|show|sendung|sender|song|lied|album|stück|oper|musical|kampagne|aktion"
    r"|initiative|verein|titel|motto|projekt|ausstellung|spiel|podcast|portal|plattform|hotel"
    r"|restaurant|lokal|verlag|stiftung|bündnis|liste|bewegung|klassiker|hit|ballade|doku|komödie"
    r"|drama|thriller|agentur|sängerin|sänger|kolumne)s?)$",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:Die (?:Zeit|Welt|Presse|Linken?|Grünen|Furche|Tageszeitung|Rheinpfalz|Woche|Ärzte|Toten"
    r" Hosen|Prinzen|Fantastischen)|Der (?:Spiegel|Standard|Tagesspiegel|Freitag|Falter|Bund"
    r"|Postillon|Pate|Herr der)|Das (?:Erste|Zweite|Boot|Parlament|Vierte))\b"
)
_VERB = (
    r"(?:ist|sind|war|waren|hat|haben|hatte|wird|werden|wurden?|kann|konnte|soll|muss|will|darf|sei"
    r"|wäre|habe|würde|gab|kam|ging|ließ|fiel|stieg|traf|blieb|verlor|gewann|starb|schlug|nahm|sprach"
    r"|begann|(?!(?:mit|nicht|seit|statt|dort|jetzt|erst|laut|samt|fast|selbst|weit|gut|alt|hart)\b)"
    r"[a-zäöüß]{2,}(?:t|te|ten))"
)
"""Finite forms: the common irregular ones, and whatever ends like a regular one."""
_FINITE = re.compile(rf"\b{_VERB}\b|[A-ZÄÖÜ]\w+ [a-zäöüß]{{2,}}en\b")
_SUBJECT_AND_VERB = re.compile(
    rf"(?:^|\s)[A-ZÄÖÜ\"„“][\w.\"“”-]*[\w\"“”] (?:{_VERB}|[a-zäöüß]{{2,}}en)\b"
)
_CAPITAL_FIRST = re.compile(r"[\W_]*[^\W\d_](?<=[^a-zäöüß])")
_STOP_AT_END = re.compile(r"[.!?…][\"'“”’»«)\]]*$")
_TWO_PARTS = re.compile(r"\w[\"“”]?(?:: | [–—-] )[\"„“]?\w")
_GERMAN = re.compile(
    r"\b(?:der|die|das|den|dem|des|und|ist|sei|wird|hat|einer?|nicht|mit|von|zu|für|auf|im|in|am)\b"
)
_INSERTED = re.compile(r"(?:so|die|der|das|dem|den|deren|dessen|wie|seit|laut|sagte|heißt)\b")
_HEADLINE_STARTERS = frozenset(
    "Vor Nach Mehr Trotz Wegen Ohne Kein Keine Zwei Drei Vier Viele".split()
)
_FEWEST_WORDS_BEFORE = 4
_FEWEST_WORDS_IN_PARTS = 6
_FEWEST_WORDS_BEHIND = 5
_LONGEST_BEFORE_SEAM = 200
_LONGEST_LIST = 600
"""Characters of a label and of the headlines behind it."""
_LOOK_BEHIND_SEAM = 500
"""Characters."""


def cut_teasers(text: str, start: int, end: int) -> Span:
    """Return the span of the sentence `text[start:end]` without the headlines glued before it."""
    for seam in _SEAM.finditer(text, start, end):
        if seam.start() - start > _LONGEST_BEFORE_SEAM:
            break
        if _is_headline(text[start : seam.start()]) and _is_sentence(text, seam.end(), end):
            start = seam.end()
    return start, end


def cut_link(text: str, start: int, end: int) -> Span | None:
    """Return the whole sentence behind the linked headlines that `text[start:end]` begins with.

    It begins at a capitalised function word. Return None if no such sentence is found.
    """
    for seam in _SEAM_BEHIND_LINK.finditer(text, start, min(end, start + _LONGEST_LIST)):
        if _is_sentence(text, seam.end(), end, fewest_function_words=1):
            return seam.end(), end
    return None


def _is_headline(words: str) -> bool:
    """Whether the run reads like a headline: without articles, or an indirect question.

    Section headings such as "Anna Muster und Max Muster" or "3. Ein Bad nehmen" do not: the
    sentences behind them may need them.
    """
    first, count = words.split()[0], len(words.split())
    if count < _FEWEST_WORDS_BEFORE or not _CAPITAL_FIRST.match(words):
        return False
    if _ADDRESS.search(words) or _OPEN_END.search(words):
        return False
    if _INDIRECT_QUESTION.fullmatch(words):
        return True
    if first in STARTERS and first not in _HEADLINE_STARTERS:
        return False
    if _DETERMINER.search(words):
        return False
    if _TWO_PARTS.search(words) and count >= _FEWEST_WORDS_IN_PARTS:
        return True
    return _SUBJECT_AND_VERB.search(words) is not None


def _is_sentence(text: str, start: int, end: int, *, fewest_function_words: int = 2) -> bool:
    """Whether the words are a main clause, not a headline ("Nach Absage: Minister reist ab").

    A main clause has a verb before its first comma or colon, or a clause inserted behind it.
    """
    if _TITLE.match(text, start) or not _STOP_AT_END.search(text, max(start, end - 5), end):
        return False
    # A bounded look keeps the time linear.
    words = text[start : min(end, start + _LOOK_BEHIND_SEAM)]
    clause, *rest = re.split(r",|:\s", words, maxsplit=1)
    return (
        len(words.split()) >= _FEWEST_WORDS_BEHIND
        and len(set(_GERMAN.findall(words))) >= fewest_function_words
        and bool(_FINITE.search(clause) or _INSERTED.match("".join(rest).lstrip()))
    )
