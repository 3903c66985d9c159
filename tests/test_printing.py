"""Answers as the commands print them."""

import json

from pages import BRIDGE, COST, FERRY, TICKET, answering_words, cited

from rag.answer import Answer, AnswerSentence
from ui.commands.printing import answer_json, answer_lines
from ui.commands.terminal import Line

SAID = (AnswerSentence("Im Juni.", ()),)
ALONE = Answer("Wann öffnet die Brücke?", True, "Es steht:", SAID)
ASKED = {"standalone": "Und wann? (Brücke)", "language": "de"}
FOLLOW_UP = Answer("Und wann?", True, "Es steht:", SAID, **ASKED)


def texts(answer):
    return [line.text for line in answer_lines(answer)]


def test_json_has_the_understood_question_only_if_it_is_not_the_typed_one():
    assert json.loads(answer_json(FOLLOW_UP))["standalone"] == "Und wann? (Brücke)"
    assert json.loads(answer_json(FOLLOW_UP))["question"] == "Und wann?"
    assert "standalone" not in json.loads(answer_json(ALONE))


def test_lines_give_the_understood_question_after_the_notice_and_before_the_answer():
    assert texts(ALONE) == ["Es steht:", "Im Juni."]
    understood = "Gesucht wurde: Und wann? (Brücke)"
    assert texts(FOLLOW_UP) == [understood, "Es steht:", "Im Juni."]
    failed = Answer("Und wann?", False, notice="It failed.", **ASKED)
    assert texts(failed + FOLLOW_UP)[:2] == ["Note: It failed.", understood]


def test_lines_say_why_a_sentence_is_not_supported():
    weak = AnswerSentence("Im Juli.", (), "unsupported", "it quotes nothing")
    answer = Answer("Wann?", True, "Es steht:", (*SAID, weak), language="de")
    assert texts(answer) == [
        "Es steht:",
        "Im Juni.",
        "Nicht belegt: Im Juli.",
        "    Why: it quotes nothing",
    ]


def test_the_answering_words_are_bold_in_a_quotation_and_in_the_quote_of_a_written_sentence():
    citation = answering_words(cited(BRIDGE, COST, 1), "4,2 Millionen Euro")
    quoted = Answer("Was?", True, "So:", (AnswerSentence(COST, (1,)),), (citation,))
    assert list(answer_lines(quoted))[1] == Line(f"{COST} [1]", (22, 40))
    assert COST[22:40] == "4,2 Millionen Euro"
    weak = AnswerSentence(COST, (1,), "weak", "why")
    line = list(answer_lines(Answer("?", True, "", (weak,), (citation,))))[0]
    assert line.text[slice(*line.bold)] == "4,2 Millionen Euro"
    written = Answer("Was?", True, "", (AnswerSentence("4.2 million.", (1,)),), (citation,))
    line = next(line for line in answer_lines(written) if line.bold)
    assert line == Line(f"    > {COST}", (28, 46))


def test_the_answering_words_keep_their_place_in_a_quote_with_line_breaks():
    quote = FERRY.text[FERRY.text.index("lake") : FERRY.text.index(TICKET) + len(TICKET)]
    assert "\r\n" in quote
    citation = answering_words(cited(FERRY, quote, 1), "3 euros")
    sentence = AnswerSentence(" ".join(quote.split()), (1,))
    line = next(answer_lines(Answer("?", True, "", (sentence,), (citation,))))
    assert line.text[slice(*line.bold)] == "3 euros"


def test_json_gives_the_answering_words_as_a_range_of_the_article():
    citation = answering_words(cited(BRIDGE, COST, 1), "4,2 Millionen Euro")
    answer = Answer("Was?", True, "", (AnswerSentence(COST, (1,)),), (citation,))
    [one] = json.loads(answer_json(answer))["citations"]
    start = BRIDGE.text.index("4,2 Millionen Euro")
    assert one["phrase"] == {"start": start, "end": start + 18}
    assert list(one)[-1] == "phrase"
