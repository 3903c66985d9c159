"""Headings and questions are told from sentences that state something."""

import pytest

from rag.ingest.statements import is_heading, is_question, is_statement

PROSE = "Der Stadtrat von Lindau hat am Montag den Bau einer neuen Fähre beschlossen."


@pytest.mark.parametrize(
    "question",
    [
        "Was kostet die Fähre?",
        "Und wer soll das bezahlen?",
        "Hat der Rat das Geld?",
        "„Wie lange dauert die Fahrt?“",
        "Who pays for the ferry?",
        "But does the council have the money?",
        "So what is next?",
    ],
)
def test_a_sentence_that_only_asks_is_a_question(question):
    assert is_question(question)
    assert not is_statement(question, 0, len(question))


@pytest.mark.parametrize(
    "statement",
    [
        PROSE,
        "Der Rat fragte, wer das bezahlen soll?",
        "Offen ist nur eines: Wer bezahlt die Fähre?",
        "Was die Fähre kostet, weiß der Rat nicht.",
        "The opposition asked who would pay?",
    ],
)
def test_a_sentence_that_reports_a_question_is_a_statement(statement):
    assert is_statement(statement, 0, len(statement))


@pytest.mark.parametrize("gap", ["\n", "\n\n", " \n\n\n", "\r\n"])
@pytest.mark.parametrize("above", ["", f"{PROSE}\n", f"{PROSE}\n\n"])
def test_a_line_without_a_full_stop_above_prose_is_a_heading(above, gap):
    text = f"{above}Kosten und Folgen{gap}{PROSE}"
    start = len(above)
    assert is_heading(text, start, start + len("Kosten und Folgen"))


def test_a_heading_of_markdown_is_one_whatever_follows():
    assert is_heading("## Kosten, Folgen:", 0, 18)


@pytest.mark.parametrize(
    ("line", "following"),
    [
        ("Die Fähre fährt.", PROSE),
        ("- zwölf Fahrten am Tag", PROSE),
        ("Lindau\t3 - Bregenz\t1", PROSE),
        ("Lindau - Bregenz 3:1 (1:1)", PROSE),
        ("Die Häfen sind:", PROSE),
        ("Die Häfen Lindau, Bregenz,", PROSE),
        ("Lindau", "Bregenz\nKonstanz"),
        ("Ab Sommer kann das Amt für die Schifffahrt", "(ASB) auf dem See kontrollieren."),
        ("Erich Beispiel, Mitglied des Rats und des Ausschusses", "Er lebt in Lindau."),
        ("Ein langer Satz, dem der Punkt fehlt, " + "und der weitergeht " * 5, PROSE),
    ],
)
def test_a_line_that_may_state_something_is_no_heading(line, following):
    assert not is_heading(f"{line.strip()}\n{following}", 0, len(line.strip()))


def test_a_line_inside_prose_is_no_heading():
    assert not is_heading(f"Kosten und Folgen {PROSE}", 0, 17)
    wrapped = f"Der Rat spricht über die\nKosten und Folgen\n{PROSE}"
    assert not is_heading(wrapped, 25, 42)


def test_the_last_line_is_no_heading():
    assert not is_heading(f"{PROSE}\nKosten und Folgen", len(PROSE) + 1, len(PROSE) + 18)
