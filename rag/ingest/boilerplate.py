"""Recognise the lines around an article on its page: navigation, buttons, credits, notices.

The phrases are German and English, collected from news pages. A phrase counts only as a whole line,
never inside prose.
"""

from __future__ import annotations

import re


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_LONGEST_NOTICE = 250
_LONGEST_CREDIT = 120
_FRAME = "-–—*•·|>»›→←<«‹[]+ \t"
"""Characters that pages put around a link or a button."""

_FULL_STOP = re.compile(r"[.。]['\"“”’‘»«)\]]*$")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_CRUMBS = re.compile(r"[^>»›→]{1,50}(?:\s[>»›→]\s[^>»›→]{1,60}){2,}")

_BUTTON_WORDS = frozenset(
    """
    startseite home menü menu suche suchen search teilen share tweet twittern drucken print pdf
    merken kommentare kommentieren comments newsletter abo abonnieren subscribe anmelden login
    logout registrieren einloggen facebook twitter whatsapp telegram instagram xing linkedin
    pinterest flipboard pocket reddit youtube e-mail email mail mailen impressum datenschutz
    datenschutzerklärung agb kontakt sitemap werbung anzeige anzeigen advertisement sponsored
    weiterlesen weiter zurück vor next prev previous back mehr more permalink rss feed vorlesen
    speichern bookmark link kopieren cookie-einstellungen mediadaten karriere schlagworte
    """.split()
)
_BETWEEN_BUTTONS = frozenset("und oder and or on auf per via".split())

_NAVIGATION = re.compile(
    r"(?:PREV(?:IOUS)?|NEXT)(?:\s*[:»>|-]\s*|\s+)\S"
    r"|(?:(?:Vorherige|Nächste|Vorige)[rs]? (?:Artikel|Beitrag)"
    r"|(?:Previous|Next) (?:[Aa]rticle|[Pp]ost|[Ss]tory))\b(?:\s*[:»>–-]|\s*$)"
)
_BUTTON = _any_of(
    r"(?:jetzt |hier )?(?:weiter|mehr|artikel|auf einer seite) ?lesen|read more|continue reading",
    r"(?:zurück )?zu[rm] (?:startseite|übersicht|seitenanfang|homepage)|nach oben|back to top",
    r"skip to (?:main )?content|zum inhalt springen",
    r"(?:diesen? |den |die )?(?:artikel|beitrag|seite|link|geschichte)"
    r" (?:teilen|drucken|bewerten|merken|kommentieren|kopieren|versenden|anhören|vorlesen)",
    r"teilen? sie (?:dies|den|diesen)\b[^.?]{0,25}|teile (?:diesen|mit|auf)\b[^.?]{0,25}",
    r"share (?:this|on|via)\b[^.?]{0,25}|print (?:this )?(?:article|page)",
    r"(?:\d+ |keine |neueste |letzte |alle )?kommentare?"
    r"(?: \(?\d+\)?| schreiben| verfassen| hinterlassen| anzeigen| lesen| geschlossen)?",
    r"(?:schreibe?n?|hinterlasse?n?|leave)(?: sie)?(?: jetzt)? (?:einen|eine|a)"
    r" (?:kommentar|antwort|comment|reply)",
    r"(?:\d+ |no )?comments?(?: \(?\d+\)?)?",
    r"(?:abonnieren sie |zum |unseren |den |kostenlosen )*newsletter"
    r"(?: jetzt| kostenlos| hier)*(?: abonnieren| anmelden| bestellen| abmelden)?",
    r"(?:abonniere[nt]?|melde dich|melden sie sich)\b.{0,40}\bnewsletter\b.{0,10}",
    r"(?:sign up|subscribe|register)(?: now| here| today| (?:for|to)\b.{0,40})?|log ?in|sign in",
    r"(?:jetzt|hier) (?:kostenlos |gratis |einfach )*(?:abonnieren|anmelden|registrieren|einloggen"
    r"|testen|mitdiskutieren|kommentieren|bestellen)",
    r"(?:alle )?cookies (?:akzeptieren|ablehnen|zulassen)|(?:accept|reject) (?:all )?cookies",
    r"(?:ähnliche|verwandte|themenverwandte|weitere|neueste|beliebte|aktuelle|beliebteste)"
    r" (?:themenverwandte )?(?:artikel|beiträge|themen|nachrichten|meldungen)(?: zum thema)?",
    r"related (?:articles|stories|posts|topics)|most read|am meisten gelesen|meistgelesen",
    r"(?:folgen sie|folgt|folge|follow) uns\b.{0,40}|follow us\b.{0,40}|schon gelesen\?",
    r"(?:lesezeit|lesedauer|reading time):? .{1,20}|\d+ min(?:\.|uten?)? (?:lesezeit|read)",
    r"empfohlen für (?:sie|dich)|powered by\b.{0,40}",
)
_NOTICE = _any_of(
    r".{0,60}\b(?:alle rechte (?:vorbehalten|beim? \w+)|all rights reserved)",
    r"(?:©|\(c\)|copyright (?:©|\(c\)|by\b|\d{4})).{0,100}",
    r"(?:die )?kommentare sind geschlossen|comments are closed",
    r"leider sind keine kommentare möglich|bisher keine kommentare",
    r"(?:deine|ihre) e-mail-adresse wird nicht veröffentlicht.*",
    r"your email address will not be published.*",
    r"(?:diese |unsere )(?:web)?(?:site|seite) (?:verwendet|nutzt|benutzt|speichert) cookies.*",
    r"(?:this|our) (?:web)?site uses cookies.*|(?:wir verwenden|wir nutzen|we use) cookies.*",
)
_CREDIT = _any_of(
    r"(?:titel|symbol|archiv|beitrags)?(?:foto|bild|photo|image|grafik|illustration|picture)"
    r"(?:s|er|nachweis|quelle)?(?: credits?)?(?: by| von)?\s*[:©/]\s*\S",
    r"credits?\s*[:©/]\s*\S|bild via \S|photo by \S|©",
)
_AGENCY = "dpa|apa|afp|ap|reuters|sid|kna|epd|ddp|dapd|tass|rtr|imago(?: images)?|getty images"
_AGENCIES = re.compile(
    rf"[(\[]?(?:(?:{_AGENCY}|picture[ -]alliance|shutterstock|istock|pixabay|unsplash)"
    r"(?:\s*[/,|-]\s*[\w.'-]{1,30}(?: [\w.'-]{1,30}){0,3}){0,3})[)\]]?",
    re.IGNORECASE,
)


def is_boilerplate(line: str) -> bool:
    """Whether a line without outer whitespace belongs to the page and not to the article.

    A line with a full stop at its end is prose, except for a few notices.
    """
    if not _LETTER_OR_DIGIT.search(line):
        return True
    if len(line) > _LONGEST_NOTICE:
        return False
    bare = line.strip(_FRAME)
    if _NOTICE.fullmatch(bare.rstrip(".! ")):
        return True
    if _FULL_STOP.search(bare):
        return False
    return bool(
        _is_row_of_buttons(bare)
        or _BUTTON.fullmatch(bare.rstrip("!:… "))
        or _NAVIGATION.match(bare)
        or _AGENCIES.fullmatch(bare)
        or _CRUMBS.fullmatch(line)
        or (len(bare) <= _LONGEST_CREDIT and _CREDIT.match(bare))
    )


def _is_row_of_buttons(line: str) -> bool:
    words = re.findall(r"[\w-]+", line.casefold())
    others = [word for word in words if word not in _BUTTON_WORDS and not word.isdigit()]
    return any(word in _BUTTON_WORDS for word in words) and _BETWEEN_BUTTONS.issuperset(others)
