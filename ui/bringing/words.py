"""The words for bringing articles in, in each language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.ingest.files import FORMATS
from ui.bringing.uploads import LARGEST
from ui.dates import write_number
from ui.errors import NotTakenKind
from ui.words import Words

KNOWN = ", ".join(FORMATS)
MEGABYTES = LARGEST // 1_000_000


@dataclass(frozen=True)
class BringWords:
    """The words of one language; names in braces stand for what is filled in."""

    open: str
    close: str
    drop: str
    choose: str
    formats: str
    release: str
    sending: str
    unsent: str
    starting: str
    indexing: str
    busy: str
    failed: str
    changes: Mapping[str, tuple[str, str]]
    holds: tuple[str, str]
    row: str
    brought: str
    nothing_brought: str
    from_folders: str
    articles: tuple[str, str]
    unread: str
    remove: str
    question: str
    yes: str
    no: str
    refused: Mapping[NotTakenKind, str]

    def count(self, forms: tuple[str, str], number: int, words: Words) -> str:
        """Return a number with the form for one or for many."""
        return forms[number != 1].format(count=write_number(number, words))

    def refuse(self, kind: NotTakenKind) -> str:
        """Return the line on a file that is not taken."""
        return self.refused[kind].format(formats=KNOWN, most=MEGABYTES)


ENGLISH = BringWords(
    open="Add articles",
    close="Close",
    drop="Drop files here, or",
    choose="Choose files",
    formats="{formats}; up to {most} MB each",
    release="Drop the files to add their articles",
    sending="Sending {name} ({number} of {count})",
    unsent="it could not be sent: try again",
    starting="Getting ready to index …",
    indexing="Indexing: {done} of {total} articles",
    busy="Another program is writing to the index: waiting until it is done.",
    failed="Not indexed.",
    changes={
        "added": ("{count} article added", "{count} articles added"),
        "changed": ("{count} changed", "{count} changed"),
        "removed": ("{count} removed", "{count} removed"),
        "unchanged": ("{count} unchanged", "{count} unchanged"),
        "skipped": ("{count} skipped", "{count} skipped"),
    },
    holds=("the index holds {count} article", "the index holds {count} articles"),
    row="row {row}",
    brought="Added on this page",
    nothing_brought="Nothing yet.",
    from_folders="Articles that were indexed from a folder follow that folder: remove the file"
    " there and index the folder again.",
    articles=("{count} article", "{count} articles"),
    unread="not indexed yet",
    remove="Remove",
    question="Remove “{name}” for good?",
    yes="Remove",
    no="Keep",
    refused={
        "large": "it has more than {most} MB, the most that is taken",
        "format": "unknown format; known are {formats}",
        "name": "its name cannot be used: rename it",
        "full": "the server's disk is full",
        "unwritable": "the server cannot keep files; the cause is in the program's log",
        "unknown": "it is no longer here",
        "not_allowed": "Articles cannot be added or removed from here: start the chat with"
        " --editors all.",
        "foreign": "Another site asked for this: it was not done.",
    },
)

GERMAN = BringWords(
    open="Artikel hinzufügen",
    close="Schließen",
    drop="Dateien hier ablegen oder",
    choose="Dateien auswählen",
    formats="{formats}; je Datei höchstens {most} MB",
    release="Dateien ablegen, um ihre Artikel hinzuzufügen",
    sending="{name} wird gesendet ({number} von {count})",
    unsent="die Datei konnte nicht gesendet werden, bitte versuchen Sie es noch einmal",
    starting="Das Indexieren wird vorbereitet …",
    indexing="Wird indexiert: {done} von {total} Artikeln",
    busy="Ein anderes Programm schreibt in den Index: Es geht weiter, sobald es fertig ist.",
    failed="Nicht indexiert.",
    changes={
        "added": ("{count} Artikel hinzugefügt", "{count} Artikel hinzugefügt"),
        "changed": ("{count} geändert", "{count} geändert"),
        "removed": ("{count} entfernt", "{count} entfernt"),
        "unchanged": ("{count} unverändert", "{count} unverändert"),
        "skipped": ("{count} übersprungen", "{count} übersprungen"),
    },
    holds=("der Index enthält {count} Artikel", "der Index enthält {count} Artikel"),
    row="Zeile {row}",
    brought="Auf dieser Seite hinzugefügt",
    nothing_brought="Noch nichts.",
    from_folders="Artikel, die aus einem Ordner stammen, entfernen Sie dort: Löschen Sie die Datei"
    " und indexieren Sie den Ordner neu.",
    articles=("{count} Artikel", "{count} Artikel"),
    unread="noch nicht indexiert",
    remove="Entfernen",
    question="„{name}“ endgültig entfernen?",
    yes="Entfernen",
    no="Behalten",
    refused={
        "large": "die Datei ist größer als {most} MB, mehr wird nicht angenommen",
        "format": "unbekanntes Format; bekannt sind {formats}",
        "name": "der Dateiname ist nicht verwendbar, bitte benennen Sie die Datei um",
        "full": "die Festplatte des Servers ist voll",
        "unwritable": "der Server kann keine Dateien speichern; die Ursache steht im Protokoll"
        " des Programms",
        "unknown": "die Datei ist nicht mehr da",
        "not_allowed": "Von hier aus können keine Artikel hinzugefügt oder entfernt werden: Starten"
        " Sie die Seite mit --editors all.",
        "foreign": "Das hat eine fremde Website verlangt: Es wurde nicht ausgeführt.",
    },
)

_BY_LANGUAGE = {"en": ENGLISH, "de": GERMAN}


def bring_words(words: Words) -> BringWords:
    """Return the words for bringing articles in, in the language of the page's words."""
    return _BY_LANGUAGE[words.language]
