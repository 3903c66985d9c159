"""The words about single quotes: cards, kept quotes, the tools of an open article."""

from __future__ import annotations

from dataclasses import dataclass

from ui.words import Words


@dataclass(frozen=True)
class QuoteWords:
    """The words of one language; names in braces stand for what is filled in."""

    copy_answer: str
    copy_quote: str
    keep: str
    kept: str
    also_in: str
    as_of: str
    shown: str
    show_all: str
    show_fewer: str
    further: str
    order: str
    by_relevance: str
    newest_first: str
    step: str
    steps: str
    previous: str
    next: str
    find: str
    found: str
    close: str
    none_kept: str
    copy_all: str
    export: str
    note: str
    remove: str
    removed: str
    undo: str
    move: str
    moved: str
    how_to_move: str
    lost: str
    not_kept: str
    full: str


ENGLISH = QuoteWords(
    copy_answer="Copy answer",
    copy_quote="Copy quote",
    keep="Keep",
    kept="Kept",
    also_in="also in:",
    as_of="Articles of {days} · as of {last}",
    shown="{shown} of {total} passages",
    show_all="show all",
    show_fewer="show fewer",
    further="Further passages that may bear on the question",
    order="Order of the quotes",
    by_relevance="By relevance",
    newest_first="Newest first",
    step="{number} of {total}",
    steps="Quotes of this answer",
    previous="Previous quote",
    next="Next quote",
    find="Find in the article",
    found="{number} of {total}",
    close="Close the kept quotes",
    none_kept="Quotes that you keep are gathered here, over many questions. Press Keep at a quote.",
    copy_all="Copy all",
    export="Export as Markdown",
    note="Note",
    remove="Remove",
    removed="The quote is removed.",
    undo="Undo",
    move="Move",
    moved="Now at place {place} of {total}",
    how_to_move="Drag, or use the arrow keys",
    lost="No longer found in the articles",
    full="The quote is not kept: there are 1,000 already, or its answer is gone.",
    not_kept="Kept quotes cannot be read or written now. The cause is in the program's log.",
)

GERMAN = QuoteWords(
    copy_answer="Antwort kopieren",
    copy_quote="Zitat kopieren",
    keep="Merken",
    kept="Gemerkt",
    also_in="auch in:",
    as_of="Artikel vom {days} · Stand {last}",
    shown="{shown} von {total} Stellen",
    show_all="alle anzeigen",
    show_fewer="weniger anzeigen",
    further="Weitere Stellen, die zur Frage passen könnten",
    order="Reihenfolge der Zitate",
    by_relevance="Nach Relevanz",
    newest_first="Neueste zuerst",
    step="{number} von {total}",
    steps="Zitate dieser Antwort",
    previous="Vorheriges Zitat",
    next="Nächstes Zitat",
    find="Im Artikel suchen",
    found="{number} von {total}",
    close="Gemerktes schließen",
    none_kept="Hier sammeln Sie Zitate, über viele Fragen hinweg. Klicken Sie dazu bei einem Zitat "
    "auf „Merken“.",
    copy_all="Alle kopieren",
    export="Als Markdown exportieren",
    note="Notiz",
    remove="Entfernen",
    removed="Das Zitat wurde entfernt.",
    undo="Rückgängig",
    move="Verschieben",
    moved="Jetzt auf Platz {place} von {total}",
    how_to_move="Ziehen oder die Pfeiltasten benutzen",
    lost="In den Artikeln nicht mehr zu finden",
    full="Das Zitat wurde nicht gemerkt: Es sind schon 1.000, oder die Antwort dazu ist gelöscht.",
    not_kept="Gemerkte Zitate lassen sich gerade nicht lesen oder speichern. Die Ursache "
    "steht im Protokoll des Programms.",
)

QUOTE_WORDS = {"en": ENGLISH, "de": GERMAN}


def words_about_quotes(words: Words) -> QuoteWords:
    """Return these words in the language of the page's words."""
    return QUOTE_WORDS[words.language]
