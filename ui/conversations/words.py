"""The words about conversations and persons, in each language of the page."""

from __future__ import annotations

from dataclasses import dataclass

from ui.words import Words


@dataclass(frozen=True)
class ConversationWords:
    """The words of one language; names in braces stand for what is filled in."""

    new: str
    history: str
    divider: str
    close: str
    today: str
    yesterday: str
    nothing: str
    more: str
    rename: str
    name: str
    delete: str
    save: str
    cancel: str
    deleted: str
    cleared: str
    replaced: str
    undo: str
    edit: str
    edited: str
    replaces: str
    ask: str
    unknown: str
    not_kept: str
    unreadable: str
    signed_in: str
    sign_out: str
    sign_in: str
    person: str
    password: str
    wrong: str
    busy: str


ENGLISH = ConversationWords(
    new="New",
    history="History",
    divider="Width of the conversation",
    close="Close the history",
    today="Today",
    yesterday="Yesterday",
    nothing="Your conversations are listed here after the first question.",
    more="Show earlier conversations",
    rename="Rename",
    name="Name of the conversation",
    delete="Delete",
    save="Save",
    cancel="Cancel",
    deleted="“{name}” is deleted.",
    cleared="The conversation is deleted.",
    replaced="The earlier answer is replaced.",
    undo="Undo",
    edit="Edit",
    edited="Edit the question",
    replaces="The new answer replaces this one and all after it.",
    ask="Ask",
    unknown="There is no conversation at this address: it was deleted, or belongs to another "
    "person.",
    not_kept="Conversations are not kept: they end with the program. The cause is in its log.",
    unreadable="The conversations cannot be read or written now. The cause is in the program's "
    "log.",
    signed_in="Signed in as {name}",
    sign_out="Sign out",
    sign_in="Sign in",
    person="Name",
    password="Password",
    wrong="Name or password is wrong.",
    busy="Too many are signing in at this moment: try again.",
)

GERMAN = ConversationWords(
    new="Neu",
    history="Verlauf",
    divider="Breite des Gesprächs",
    close="Verlauf schließen",
    today="Heute",
    yesterday="Gestern",
    nothing="Nach der ersten Frage finden Sie Ihre Gespräche hier.",
    more="Frühere Gespräche anzeigen",
    rename="Umbenennen",
    name="Name des Gesprächs",
    delete="Löschen",
    save="Speichern",
    cancel="Abbrechen",
    deleted="„{name}“ wurde gelöscht.",
    cleared="Das Gespräch wurde gelöscht.",
    replaced="Die frühere Antwort wurde ersetzt.",
    undo="Rückgängig",
    edit="Bearbeiten",
    edited="Frage bearbeiten",
    replaces="Die neue Antwort ersetzt diese und alle folgenden.",
    ask="Fragen",
    unknown="Unter dieser Adresse gibt es kein Gespräch: Es wurde gelöscht oder gehört jemand "
    "anderem.",
    not_kept="Gespräche werden nicht gespeichert: Sie gehen verloren, wenn das Programm endet. Die "
    "Ursache steht in seinem Protokoll.",
    unreadable="Die Gespräche lassen sich gerade nicht lesen oder speichern. Die Ursache steht im "
    "Protokoll des Programms.",
    signed_in="Angemeldet als {name}",
    sign_out="Abmelden",
    sign_in="Anmelden",
    person="Benutzername",
    password="Passwort",
    wrong="Benutzername oder Passwort ist falsch.",
    busy="Gerade melden sich zu viele gleichzeitig an. Bitte versuchen Sie es noch einmal.",
)

CONVERSATION_WORDS = {"en": ENGLISH, "de": GERMAN}


def words_about(words: Words) -> ConversationWords:
    """Return the words about conversations in the same language."""
    return CONVERSATION_WORDS[words.language]
