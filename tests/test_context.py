"""A quote that cannot stand alone brings the sentence before it."""

import pytest
from conftest import news

from rag.answer import Answer, AnswerSentence, cite
from rag.answering.context import find_context, goes_on
from ui.commands.printing import answer_lines
from ui.html.answer import render_answer
from ui.words import ENGLISH

TEXT = "Putin reiste am Mittwoch ab. Er flog nach Vietnam. Die Reise endete dort."
ARTICLE = news("a.md", TEXT)


def place(words, article=ARTICLE):
    start = article.text.index(words)
    return start, start + len(words)


@pytest.mark.parametrize(
    "text",
    ["Er flog ab.", "„Sie habe nicht gelogen“", "Das sei falsch.", "Dort blieb er.", "Doch nun?"],
)
def test_a_pronoun_or_a_connective_goes_on_from_the_sentence_before(text):
    assert goes_on(text, "de")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Das Abkommen gilt.", "de"),
        ("Putin flog ab.", "de"),
        ("The treaty holds.", "en"),
        ("He left.", "de"),
        ("Il partit.", "fr"),
        ("…", "de"),
    ],
)
def test_a_sentence_that_names_its_subject_stands_alone(text, language):
    assert not goes_on(text, language)


def test_an_english_pronoun_goes_on():
    assert goes_on("They signed it.", "en")


def test_the_context_is_the_whole_sentence_before():
    assert find_context(ARTICLE, place("Er flog nach Vietnam.")) == (0, 28)
    assert find_context(ARTICLE, place("Die Reise endete dort.")) is None


def test_the_first_sentence_has_no_context():
    article = news("b.md", "Er flog ab. Alle sahen zu.")
    assert find_context(article, place("Er flog ab.", article)) is None


def test_a_sentence_that_is_too_long_to_be_seen_whole_is_no_context():
    article = news("c.md", f"{'Wort ' * 300}endet. Er flog ab.")
    assert find_context(article, place("Er flog ab.", article)) is None


def quoting(*quotes):
    made = Answer("Wohin?", True)
    for number, words in enumerate(quotes, start=1):
        span = place(words)
        citation = cite(
            *(ARTICLE, *span),
            number=number,
            quote=words,
            score=0.5,
            context=find_context(ARTICLE, span),
        )
        made += Answer(
            "Wohin?", True, sentences=(AnswerSentence(words, (number,)),), citations=(citation,)
        )
    return made


def test_terminal_and_page_show_the_context_above_the_quote():
    made = quoting("Er flog nach Vietnam.")
    lines = [line.text for line in answer_lines(made)]
    assert lines[:2] == ["    … Putin reiste am Mittwoch ab.", "Er flog nach Vietnam. [1]"]
    page = render_answer(0, made, ENGLISH, complete=True)
    shown = '<span class="context" lang="de">Putin reiste am Mittwoch ab.</span> <blockquote'
    assert shown in page


def test_a_context_that_is_quoted_itself_is_not_shown_again():
    made = quoting("Putin reiste am Mittwoch ab.", "Er flog nach Vietnam.")
    assert not [line.text for line in answer_lines(made) if "…" in line.text]
    assert "context" not in render_answer(0, made, ENGLISH, complete=True)
