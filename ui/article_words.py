"""The words of the list of articles and of the limits, in each language of the page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ArticleWords:
    """The words of one language; names in braces stand for what is filled in."""

    articles: str
    back_to_chat: str
    search: str
    first_day: str
    last_day: str
    outlet: str
    all_outlets: str
    language: str
    all_languages: str
    order: str
    newest: str
    oldest: str
    ask_within: str
    clear: str
    how: str
    none_indexed: str
    none_found: str
    one_found: str
    found: str
    pages: str
    page: str
    previous: str
    next: str
    choose: str
    full: str
    limits: str
    remove: str
    remove_all: str
    since: str
    until: str
    chosen: str
    unknown_article: str
    from_today: str
    from_newest: str


ARTICLE_WORDS = {
    "en": ArticleWords(
        articles="Articles",
        back_to_chat="Back to the conversation",
        search="Search titles and words",
        first_day="From",
        last_day="To",
        outlet="Outlet",
        all_outlets="All outlets",
        language="Language",
        all_languages="All languages",
        order="Order",
        newest="Newest first",
        oldest="Oldest first",
        ask_within="Ask only these",
        clear="Show all",
        how="Press a title to read the article. Tick articles to ask about those only.",
        none_indexed="There are no articles yet. They come with “Add articles” or with the command "
        "article-chat index FOLDER.",
        none_found="No article matches. Try fewer words, or show all.",
        one_found="1 article",
        found="{total} articles",
        pages="Pages of the list",
        page="{first}–{last} of {total}",
        previous="Previous page",
        next="Next page",
        choose="Ask about: {title}",
        full="No more than {most} articles can be ticked: untick one first.",
        limits="Questions are limited to",
        remove="Remove the limit: {limit}",
        remove_all="Ask all articles",
        since="from {day}",
        until="until {day}",
        chosen="{count} chosen articles",
        unknown_article="an article that is gone",
        from_today="“{words}”, counted from today",
        from_newest="“{words}”, counted from the newest article, {day}",
    ),
    "de": ArticleWords(
        articles="Artikel",
        back_to_chat="Zurück zum Gespräch",
        search="In Titeln und Texten suchen",
        first_day="Von",
        last_day="Bis",
        outlet="Medium",
        all_outlets="Alle Medien",
        language="Sprache",
        all_languages="Alle Sprachen",
        order="Reihenfolge",
        newest="Neueste zuerst",
        oldest="Älteste zuerst",
        ask_within="Nur diese befragen",
        clear="Alle anzeigen",
        how="Ein Klick auf einen Titel öffnet den Artikel. Setzen Sie Häkchen, um nur diese "
        "Artikel zu befragen.",
        none_indexed="Es gibt noch keine Artikel. Sie kommen mit „Artikel hinzufügen“ hinein oder "
        "mit dem Befehl article-chat index ORDNER.",
        none_found="Kein Artikel passt dazu. Versuchen Sie es mit weniger Wörtern, oder lassen Sie "
        "sich alle anzeigen.",
        one_found="1 Artikel",
        found="{total} Artikel",
        pages="Seiten der Liste",
        page="{first}–{last} von {total}",
        previous="Vorherige Seite",
        next="Nächste Seite",
        choose="Befragen: {title}",
        full="Mehr als {most} Artikel lassen sich nicht auswählen: Entfernen Sie zuerst ein "
        "Häkchen.",
        limits="Fragen eingegrenzt auf",
        remove="Einschränkung aufheben: {limit}",
        remove_all="Alle Artikel befragen",
        since="ab {day}",
        until="bis {day}",
        chosen="{count} ausgewählte Artikel",
        unknown_article="ein Artikel, den es nicht mehr gibt",
        from_today="„{words}“, von heute an gerechnet",
        from_newest="„{words}“, gerechnet vom neuesten Artikel an: {day}",
    ),
}
