"""What is left out of scraped articles, and what must stay."""

import pytest

from rag.ingest.clutter import Body, find_body

HEADLINE = "Stadtrat beschließt neues Hallenbad am Flussufer"
LEAD = "Der Stadtrat hat am Montag den Bau eines Hallenbads beschlossen. Es soll 2027 öffnen."
MORE = "Gegen den Plan stimmten drei Mitglieder. Sie halten das Bad für zu teuer."


def prose(text, **given):
    return [text[start:end] for start, end in find_body(text, **given).spans]


# The headline


def test_clean_prose_is_one_span_with_its_paragraph_breaks():
    text = f"\n{LEAD}\n\n{MORE}\n"
    assert find_body(text) == Body(((1, len(text) - 1),), title=None, source=None)


@pytest.mark.parametrize(
    "head",
    [
        f"{HEADLINE}\n\n",
        f"\ufeff{HEADLINE}\r\n\r\n",
        f"# {HEADLINE}\n",
        f"{HEADLINE}\n{HEADLINE}\n",
        f"{HEADLINE}\n\n{HEADLINE}\n{HEADLINE}\n-\n\n",
        f"{HEADLINE}\n\nStadtrat  beschließt neues „Hallenbad“ am Flussufer\n\n",
        f"{HEADLINE}\n\n{HEADLINE} - Der Musterbote\n\n",
        f"Startseite > Lokales > Stadtrat\n\n{HEADLINE}\n\n",
    ],
)
def test_headline_and_its_repetitions_are_dropped(head):
    text = head + LEAD + "\n\n" + MORE
    body = find_body(text)
    assert body.title == HEADLINE
    assert prose(text) == [f"{LEAD}\n\n{MORE}"]


def test_headline_directly_above_a_long_line_is_dropped():
    text = f"{HEADLINE}\n{LEAD} {MORE} Im Herbst wird gebaut."
    assert find_body(text).title == HEADLINE
    assert prose(text) == [f"{LEAD} {MORE} Im Herbst wird gebaut."]


@pytest.mark.parametrize(
    "first",
    [
        "Das Bad wird gebaut.",
        "„Das Bad wird gebaut.“",
        "Die folgenden Punkte sind offen:",
        "Von Erika Beispiel",
        "Der Plan ist alt, " + "sehr " * 40 + "alt",
    ],
)
def test_a_first_line_that_is_no_headline_stays(first):
    text = f"{first}\n\n{LEAD}"
    assert find_body(text) == Body(((0, len(text)),), title=None, source=None)


@pytest.mark.parametrize("first", ["Was meinen Sie: lohnt sich das?", "Zum Bad", "So sei es!"])
def test_a_doubtful_line_directly_above_a_long_one_stays(first):
    text = f"{first}\n{LEAD} {MORE} Im Herbst wird gebaut."
    assert find_body(text).title is None
    assert prose(text) == [text]


def test_given_title_is_dropped_wherever_it_stands_on_a_line_but_not_returned():
    text = f"{LEAD}\n\n{HEADLINE}\n\n{MORE}\n\n{HEADLINE.upper()}!"
    assert find_body(text, title=HEADLINE).title is None
    assert prose(text, title=HEADLINE) == [LEAD, MORE]


def test_with_a_given_title_another_first_line_stays():
    text = f"Ein Kommentar aus dem Rathaus\n\n{LEAD}"
    assert prose(text, title=HEADLINE) == [text]


def test_headline_repeated_in_front_of_the_first_sentence_is_cut_off():
    text = f"{HEADLINE} {HEADLINE} {LEAD}"
    assert prose(text, title=HEADLINE) == [LEAD]


def test_a_first_sentence_that_begins_like_the_headline_stays():
    text = f"{HEADLINE} und spart am Theater. {LEAD}"
    assert prose(text, title=HEADLINE) == [text]


def test_a_text_that_is_only_its_headline_is_its_own_prose():
    assert prose(HEADLINE, title=HEADLINE) == [HEADLINE]
    assert find_body(HEADLINE) == Body(((0, len(HEADLINE)),), title=None, source=None)


def test_text_before_the_start_is_not_looked_at():
    front = f"---\ntitle: {HEADLINE}\n---\n"
    text = f"{front}{LEAD}"
    assert find_body(text, start=len(front)) == Body(((len(front), len(text)),), None, None)


# Lines


@pytest.mark.parametrize(
    "line",
    [
        # punctuation alone
        "-",
        "***",
        "• • •",
        "_____",
        # navigation
        "PREV Wanderer finden alten Stollen im Wald",
        "NEXT Sängerin sagt Konzert ab",
        "Nächster Artikel: Wanderer finden alten Stollen",
        "Weiterlesen",
        "Weiter",
        "Zurück",
        "« Zurück",
        "Startseite",
        "Zurück zur Übersicht",
        "Nach oben",
        "Auf einer Seite lesen",
        "Startseite > Politik > Ausland",
        "Home » News » Local",
        "Startseite | Kontakt | Impressum",
        # sharing and comments
        "Teilen",
        "Drucken",
        "Teilen Drucken Merken",
        "Facebook Twitter WhatsApp E-Mail",
        "Diesen Artikel teilen",
        "Share this article",
        "Kommentare (3)",
        "12 Kommentare",
        "Schreibe einen Kommentar",
        "Leave a reply",
        "Leider sind keine Kommentare möglich.",
        "Deine E-Mail-Adresse wird nicht veröffentlicht. Pflichtfelder sind markiert.",
        # subscriptions and cookies
        "Newsletter abonnieren",
        "Melde dich für unseren Newsletter an!",
        "Jetzt abonnieren",
        "Jetzt kostenlos testen!",
        "Subscribe now",
        "Sign up for our daily briefing",
        "Wir verwenden Cookies, um Ihnen mehr zu zeigen. Weitere Informationen.",
        "We use cookies to improve this site.",
        "Alle Cookies akzeptieren",
        # advertising, credits and rights
        "Werbung",
        "- Anzeige -",
        "ANZEIGE",
        "Foto: dpa",
        "Symbolbild: Max Muster / Bildagentur",
        "Bildquelle: Gemeinde Musterdorf",
        "Photo by Jane Doe",
        "© 2024 Musterverlag",
        "dpa/Max Muster",
        "(Reuters)",
        "Alle Rechte vorbehalten.",
        "© Musterbote. All rights reserved",
        # other articles
        "Mehr zum Thema - Wanderer finden alten Stollen im Wald",
        "Mehr zum Thema",
        "Lesen Sie auch: Wanderer finden alten Stollen",
        "Lesen Sie hier, wie der Stollen gefunden wurde.",
        "Siehe auch: Stollen",
        "Mehr dazu: Ist der Stollen echt? Forscher streiten",
        "Read also: Hikers find old mine",
        "Related: Hikers find old mine",
        "Das könnte Sie auch interessieren:",
        "Ähnliche Beiträge",
    ],
)
def test_clutter_on_a_line_of_its_own_is_dropped(line):
    assert prose(f"{LEAD}\n\n{line}\n\n{MORE}") == [LEAD, MORE]
    assert prose(f"{LEAD}\n{line}\n{MORE}") == [LEAD, MORE]


@pytest.mark.parametrize(
    "line",
    [
        "Quelle und Ziel der Wanderung liegen im Wald.",
        "Quelle: Das hat der Rat der Stadt am Montag selbst bestätigt.",
        "Teilen will die Stadt die Kosten mit dem Landkreis.",
        "Drucken lassen sich die Karten am Automaten.",
        "Weiter ging es am Dienstag mit einer Sitzung.",
        "Zurück blieb ein leeres Becken.",
        "Next year the pool will open.",
        "NEXT, ein Verein aus Musterdorf, hat geklagt.",
        "Anzeige gegen den Bauleiter erstattete ein Anwohner.",
        "Werbung für das Bad gibt es bisher keine.",
        "Kommentare dazu gab es im Rathaus nicht.",
        "Newsletter und Briefe sollen die Bürger informieren.",
        "Foto und Film sind dort verboten.",
        "Foto: Das Bild zeigt den Rat bei der Sitzung am Montag.",
        "Startseite des Spiels war 1999 ein Becken.",
        "Mehr zum Thema Baden steht im Bericht des Rates.",
        "Lesen und Schwimmen lernen alle Kinder.",
        "Siehe auch den Bericht des Rates vom Mai.",
        "Related work was done in the old pool.",
        "Copyright verletzt habe niemand, hieß es.",
        "Baden ist billiger als Saunieren > 30 Minuten.",
        "Reuters meldete das am Abend.",
        "Was der Rat nun plant",
    ],
)
def test_prose_that_begins_like_clutter_stays(line):
    text = f"{LEAD}\n\n{line}\n\n{MORE}"
    assert prose(text) == [text]


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("Quelle: Musteragentur", "Musteragentur"),
        ("Source: Sample Wire", "Sample Wire"),
        ("Quellen: dpa, eigene Recherche.", "dpa, eigene Recherche"),
    ],
)
def test_source_line_is_dropped_and_named(line, source):
    for text in (f"{LEAD}\n\n{line}\n\n{MORE}", f"{LEAD} {line}\n\n{MORE}"):
        assert find_body(text).source == source
        assert prose(text) == [LEAD, MORE]


def test_the_first_source_is_named():
    assert find_body(f"Quelle: Eins\n\n{LEAD}\n\nQuelle: Zwei").source == "Eins"


@pytest.mark.parametrize("text", ["", "\n \n", "Zurück\n\nWeiterlesen", "***\n\nQuelle: dpa"])
def test_nothing_but_clutter_has_no_spans(text):
    assert find_body(text).spans == ()


def test_a_headline_among_clutter_alone_leaves_no_spans():
    body = find_body(f"{HEADLINE}\n\nTeilen\n\nFoto: dpa")
    assert body == Body((), title=HEADLINE, source=None)


# Inside a paragraph


@pytest.mark.parametrize(
    "link",
    [
        "Mehr zum Thema - Wanderer finden alten Stollen im Wald",
        "Mehr zum Thema: Ist der Stollen echt? Forscher streiten noch",
        "Lesen Sie auch: Wanderer finden alten Stollen",
        "Lesen Sie hier mehr über den Stollen.",
        "Siehe auch: Stollen im Wald",
        "Read also: Hikers find old mine",
    ],
)
def test_link_at_the_end_of_a_paragraph_is_dropped(link):
    assert prose(f"{LEAD} {link}\n\n{MORE}") == [LEAD, MORE]


def test_link_between_sentences_is_dropped_alone():
    text = f"{LEAD} Lesen Sie hier, wie es zum Streit kam. {MORE}"
    assert prose(text) == [LEAD, MORE]


def test_link_without_a_full_stop_is_cut_where_the_next_sentence_begins():
    link = "Mehr dazu: Wanderer finden alten Stollen im Wald bei Musterdorf"
    text = f"{LEAD} {link} Der Bau des Bads beginnt im Herbst und dauert zwei Jahre. {MORE}"
    assert prose(text) == [
        LEAD,
        f"Der Bau des Bads beginnt im Herbst und dauert zwei Jahre. {MORE}",
    ]


def test_link_whose_end_is_unsure_stays():
    link = "Mehr dazu: Wanderer finden alten Stollen im Wald bei Musterdorf"
    text = f"{LEAD} {link} Baukräne stehen dort schon und warten. {MORE}"
    assert prose(text) == [text]


@pytest.mark.parametrize(
    "label",
    [
        "Die Top-Themen der MSN-Leser:",
        "Das interessiert andere MSN-Leser auch:",
        "MSN-Leser interessieren sich auch für:",
        "Mehr Sport-Nachrichten auf MSN:",
        "Top stories:",
    ],
)
@pytest.mark.parametrize(
    "headlines",
    [
        "Stollen: Wanderer finden ihn Nach Absage an Rom: Sängerin reist ab Trauer: Hund ist tot",
        "Panne in Musterdorf: Kommt der Zug? Streit: Anwohner klagen Trauer: Der Hund ist tot",
    ],
)
@pytest.mark.parametrize(
    "sentence",
    [
        "Der Bau des Bads beginnt im Herbst und dauert zwei Jahre.",
        "Anfang Mai kündigte der Rat an, das Bad werde kleiner.",
        "Obwohl das Geld fehlt, beginnt der Bau im Herbst.",
    ],
)
def test_list_of_other_articles_is_dropped_up_to_the_next_sentence(label, headlines, sentence):
    assert prose(f"{LEAD} {label} {headlines} {sentence} {MORE}") == [LEAD, f"{sentence} {MORE}"]


def test_list_of_other_articles_takes_along_a_sentence_whose_beginning_is_unsure():
    links = "Die Top-Themen der MSN-Leser: Stollen: Wanderer finden ihn Trauer: Hund ist tot"
    assert prose(f"{LEAD} {links} Baukräne stehen dort schon und warten. {MORE}") == [LEAD, MORE]


@pytest.mark.parametrize(
    "teaser",
    [
        "Wie Musterdorf seine Gäste empfängt: ein Rückblick",
        "Warum die Anwohner gegen das Hallenbad klagen",
    ],
)
@pytest.mark.parametrize(
    "sentence",
    [
        "Der Bau des Bads beginnt im Herbst und dauert zwei Jahre.",
        "Abgeschlossen ist die Arbeit an den Plänen damit noch nicht.",
        "Geplant sind zwei Becken mit einer Rutsche für die Kinder.",
        "Finanziert wird der Bau von der Stadt und dem Land.",
    ],
)
def test_a_headline_that_asks_how_or_why_is_cut_off(teaser, sentence):
    assert prose(f"{LEAD} {teaser} {sentence} {MORE}") == [LEAD, f"{sentence} {MORE}"]


@pytest.mark.parametrize(
    "teaser",
    [
        "Nach Streit um Becken: Bürgermeister verspricht Anwohnern weniger Lärm",
        "Bürgermeister reist nach Musterdorf – Anwohner in Sorge um Wald",
        "Wanderer finden alten Stollen bei Musterdorf",
        "„Schluss mit Lärm“: Anwohner klagen gegen Hallenbad",
    ],
)
@pytest.mark.parametrize(
    "sentence",
    [
        "Der Bau des Bads beginnt im Herbst und dauert zwei Jahre.",
        "Das Becken, so fügte der Bürgermeister hinzu, werde kleiner als das alte.",
        "Im Herbst soll der Bau des Bads beginnen.",
        "Er kündigte an, dass der Bau im Herbst beginnt.",
    ],
)
def test_headline_glued_to_the_next_sentence_is_cut_off(teaser, sentence):
    text = f"{LEAD} {teaser} {sentence} {MORE}"
    assert prose(text) == [LEAD, f"{sentence} {MORE}"]


def test_several_glued_headlines_are_cut_off():
    one = "Wanderer finden alten Stollen bei Musterdorf"
    two = "Sängerin sagt Konzert in Musterdorf ab"
    sentence = "Der Bau des Bads beginnt im Herbst und dauert zwei Jahre."
    text = f"{LEAD} {one} {sentence} {MORE} {two} {sentence}"
    assert prose(text) == [LEAD, f"{sentence} {MORE}", sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        # names of papers, parties and works after prepositions, articles and what they are
        "Das sagte sie der Zeitung Die Welt und dem Magazin Der Spiegel am Montag.",
        "Laut Nachrichtenmagazin Der Spiegel ist das Bad in der Stadt zu teuer.",
        "Gestern berichtete in Wien Der Standard über das Bad und die Kosten.",
        "Nach Angaben von Die Zeit ist das Bad in der Stadt zu teuer.",
        "Im Rat stimmte Partei Die Linke gegen das Bad und die Pläne.",
        "Erneut kritisierten Grüne und Die Linke das Bad und die Kosten dafür.",
        "Abends zeigt Sender Das Erste einen Film über das Bad und die Stadt.",
        "Seine Komödie Der Bademeister ist in der Stadt sehr beliebt.",
        "Sie las aus ihrem Roman Die Stunde am Becken und sprach mit dem Publikum.",
        "Er nannte es „Der letzte Sprung“ und ist damit in der Stadt bekannt.",
        "Museum zeigt Werke von Künstlerin Eva Die Bilder sind.",
        # English titles
        "Mayor Jane Doe told The Sample Times that A Pool would open in The Old Town.",
        # a section heading says nothing by itself: the sentence may need it
        "Erika Beispiel und Max Muster Die beiden haben das Bad in der Stadt geplant.",
        "3. Becken bauen lassen Das Becken ist der Kern und kostet in der Stadt am meisten.",
        # an indirect question with its main clause
        "Wie Bürgermeister Max Muster sagte, ist Das Bad der Name des Films.",
        # a noun that looks like a participle
        "Laut Musterdorfs höchstem Gericht wird der Bau des Bads nicht verboten.",
        # a whole sentence that lost its full stop
        "Der Rat hat den Bau beschlossen Das Bad ist damit in der Stadt gesichert.",
    ],
)
def test_capitals_inside_real_sentences_are_not_cut(sentence):
    text = f"{LEAD} {sentence} {MORE}"
    assert prose(text) == [text]


def test_hard_wrapped_prose_is_kept_whole():
    text = (
        "Der Stadtrat hat am Montag den Bau eines Hallenbads beschlossen. Lesen\n"
        "Erwachsene solche Beschlüsse? Das weiß im Rathaus der Stadt niemand so\n"
        "genau. Kommentare gab es dazu keine, auch nicht von der Verwaltung der\n"
        "Stadt. Weiter geht es im Mai."
    )
    assert prose(text) == [text]


# Time is linear: a defect shows as a hang


@pytest.mark.parametrize(
    "text",
    [
        "wort " * 200_000,
        "-\n" * 100_000 + "Das ist Prosa.",
        "Wanderer finden alten Stollen Der " * 20_000 + "ist in der Stadt.",
        "Mehr dazu: " * 50_000,
        "Die Top-Themen der MSN-Leser: " * 20_000 + "Das ist Prosa.",
        "A > B " * 50_000,
        "Quelle: " * 50_000,
        (HEADLINE + " ") * 5_000 + "Das ist Prosa.",
        "(((((" * 50_000 + "Das ist Prosa.",
    ],
)
def test_long_texts_are_read_in_one_pass(text):
    spans = find_body(text, title=HEADLINE).spans
    assert spans[-1][1] == len(text.rstrip())
