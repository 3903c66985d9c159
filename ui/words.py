"""The words of the page in each language of its interface; an answer's own are in rag.phrases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FaultKind = Literal[
    "no_index",
    "busy",
    "crowded",
    "replaced",
    "unreadable",
    "article_changed",
    "unexpected",
    "bad_question",
]


@dataclass(frozen=True)
class Fault:
    """Why there is no answer or article; `about` is what `Words.faults` names, one line."""

    kind: FaultKind
    about: str = ""


@dataclass(frozen=True)
class Words:
    """The words of one language; `language` is its code in HTML, `locale` that of its dates.

    Names in braces stand for what is filled in.
    """

    language: str
    locale: str
    name: str
    one_article: str
    articles: str
    conversation: str
    greeting: str
    how: str
    for_example: str
    no_articles: str
    add_here: str
    add_by_command: str
    question: str
    placeholder: str
    ask: str
    stop: str
    ask_again: str
    clear: str
    empty_question: str
    long_question: str
    working: str
    next_in_line: str
    one_before: str
    before: str
    stopped: str
    copy: str
    copied: str
    not_copied: str
    error: str
    note: str
    cut_off: str
    why: str
    sources: str
    source: str
    nearest: str
    quotes: str
    lost: str
    close: str
    article: str
    front_matter: str
    original: str
    permanent: str
    back: str
    unknown: str
    no_place: str
    gone: str
    changed: str
    not_shown: str
    faults: Mapping[FaultKind, str]

    def say(self, fault: Fault) -> str:
        """Return one line on a fault."""
        return self.faults[fault.kind].format(about=fault.about)


ENGLISH = Words(
    language="en",
    locale="en_GB",
    name="English",
    one_article="1 article",
    articles="{count} articles",
    conversation="Conversation",
    greeting="What would you like to know?",
    how="Answers quote the articles. Press the number at a quote to read it in its article.",
    for_example="For example",
    no_articles="There are no articles yet",
    add_here="Drop files anywhere on this page, or choose them:",
    add_by_command="A whole folder is added in a terminal: {command}",
    question="Question",
    placeholder="Ask about the articles",
    ask="Ask",
    stop="Stop",
    ask_again="Ask again",
    clear="Clear",
    empty_question="Type a question first.",
    long_question="The question has {length} characters, at most {most} are read: shorten it.",
    working="Reading the articles …",
    next_in_line="Busy: your question is next.",
    one_before="Busy: 1 question before yours.",
    before="Busy: {count} questions before yours.",
    stopped="Stopped before the answer was complete.",
    copy="Copy",
    copied="Copied",
    not_copied="Could not copy",
    error="Error.",
    note="Note.",
    cut_off="The shared index cannot be reached: the newest articles may be missing here.",
    why="Why:",
    sources="Sources",
    source="Source {number}",
    nearest="Nearest passage",
    quotes="Quotes from the sources",
    lost="No longer found in the articles",
    close="Close the source",
    article="Article",
    front_matter="Head of the file",
    original="Original at",
    permanent="Permanent address",
    back="Ask the articles",
    unknown="There is no article at this address: it was taken out of the index, or never was in "
    "it.",
    no_place="This place is not in the article: start and end are whole numbers up to {length}.",
    gone="This article is no longer in the index and cannot be shown.",
    changed="The article has changed since this answer: the cited sentence is no longer in its "
    "place. Ask again to get an answer from the article as it is now.",
    not_shown="The article cannot be read. The cause is in the program's log.",
    faults={
        "no_index": "Nothing is indexed yet: run `article-chat index FOLDER` first.",
        "busy": "The index is being written: try again in a moment.",
        "crowded": "{about} questions are waiting already: try again in a minute.",
        "replaced": "The index was rebuilt: article-chat has to be started again.",
        "unreadable": "The index cannot be read. The cause is in the program's log.",
        "article_changed": "{about} was changed or removed while the answer was made: ask again.",
        "unexpected": "Something went wrong and there is no answer. "
        "The cause is in the program's log; try asking again.",
        "bad_question": "{about}",
    },
)

GERMAN = Words(
    language="de",
    locale="de",
    name="Deutsch",
    one_article="1 Artikel",
    articles="{count} Artikel",
    conversation="Gespräch",
    greeting="Was möchten Sie wissen?",
    how="Die Antworten zitieren die Artikel. Ein Klick auf die Nummer am Zitat öffnet den Artikel "
    "an dieser Stelle.",
    for_example="Zum Beispiel",
    no_articles="Es gibt noch keine Artikel",
    add_here="Legen Sie Dateien irgendwo auf dieser Seite ab, oder wählen Sie sie aus:",
    add_by_command="Einen ganzen Ordner nehmen Sie im Terminal auf: {command}",
    question="Frage",
    placeholder="Ihre Frage",
    ask="Fragen",
    stop="Abbrechen",
    ask_again="Noch einmal fragen",
    clear="Löschen",
    empty_question="Bitte geben Sie zuerst eine Frage ein.",
    long_question="Die Frage hat {length} Zeichen, erlaubt sind höchstens {most}. "
    "Bitte kürzen Sie sie.",
    working="Die Artikel werden gelesen …",
    next_in_line="Gerade ist viel los: Ihre Frage ist die nächste.",
    one_before="Gerade ist viel los: Vor Ihrer Frage ist noch 1 andere an der Reihe.",
    before="Gerade ist viel los: Vor Ihrer Frage sind noch {count} andere an der Reihe.",
    stopped="Abgebrochen, bevor die Antwort vollständig war.",
    copy="Kopieren",
    copied="Kopiert",
    not_copied="Nicht kopiert",
    error="Fehler:",
    note="Hinweis:",
    cut_off="Der gemeinsame Index ist nicht erreichbar: Die neuesten Artikel können fehlen.",
    why="Grund:",
    sources="Quellen",
    source="Quelle {number}",
    nearest="Nächstliegende Stelle",
    quotes="Zitate aus den Quellen",
    lost="In den Artikeln nicht mehr zu finden",
    close="Quelle schließen",
    article="Artikel",
    front_matter="Kopf der Datei",
    original="Original bei",
    permanent="Dauerhafte Adresse",
    back="Fragen an die Artikel stellen",
    unknown="Unter dieser Adresse gibt es keinen Artikel. Er wurde aus dem Index entfernt oder war "
    "nie darin.",
    no_place="Diese Stelle gibt es im Artikel nicht: „start“ und „end“ müssen ganze Zahlen bis "
    "{length} sein.",
    gone="Dieser Artikel ist nicht mehr im Index und lässt sich nicht anzeigen.",
    changed="Der Artikel wurde nach dieser Antwort geändert: Der zitierte Satz steht nicht mehr an "
    "seiner Stelle. Fragen Sie noch einmal, um eine Antwort aus der neuen Fassung zu erhalten.",
    not_shown="Der Artikel lässt sich nicht lesen. Die Ursache steht im Protokoll des Programms.",
    faults={
        "no_index": "Es gibt noch keinen Index: Führen Sie zuerst `article-chat index ORDNER` aus.",
        "busy": "Der Index wird gerade geschrieben. Bitte versuchen Sie es gleich noch einmal.",
        "crowded": "Es warten schon {about} Fragen. Bitte versuchen Sie es in einer Minute noch "
        "einmal.",
        "replaced": "Der Index wurde neu aufgebaut: article-chat muss neu gestartet werden.",
        "unreadable": "Der Index lässt sich nicht lesen. Die Ursache steht im Protokoll des "
        "Programms.",
        "article_changed": "{about} wurde geändert oder entfernt, während die Antwort entstand. "
        "Bitte fragen Sie noch einmal.",
        "unexpected": "Etwas ist schiefgegangen, es gibt keine Antwort. Die Ursache steht im "
        "Protokoll des Programms. Bitte fragen Sie noch einmal.",
        "bad_question": "{about}",
    },
)

WORDS = {words.language: words for words in (ENGLISH, GERMAN)}

_ACCEPTED = re.compile(r"([a-z]+)(?:-[\w-]+)?(?:;q=([01](?:\.\d*)?))?")


def choose_words(chosen: str | None, accepted: str) -> Words:
    """Return the words of the chosen language, else of the first that a browser accepts.

    `accepted` is its header Accept-Language, such as "fr-CH, de;q=0.8, en;q=0.5". English if
    neither names a language of the page.
    """
    if chosen in WORDS:
        return WORDS[chosen]
    ranked: list[tuple[float, int, str]] = []
    for part in re.sub(r"\s", "", accepted.lower()).split(","):
        found = _ACCEPTED.fullmatch(part)
        if found and found[1] in WORDS and (weight := float(found[2] or 1)):
            ranked.append((-weight, len(ranked), found[1]))
    return WORDS[min(ranked)[2]] if ranked else ENGLISH


def read_words(headers: Mapping[str, str]) -> Words:
    """Return the words in the language that a visitor chose earlier, else in the browser's."""
    chosen = re.search(r"(?:^|;\s*)article-chat-language=(\w+)", headers.get("cookie", ""))
    return choose_words(chosen and chosen[1], headers.get("accept-language", ""))
