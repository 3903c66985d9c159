"""What the commands print of an answer to a question that depends on earlier ones."""

import json

from rag.answer import Answer, AnswerSentence
from ui.printing import answer_json, answer_lines

SAID = (AnswerSentence("Im Juni.", ()),)
ALONE = Answer("Wann öffnet die Brücke?", True, "Es steht:", SAID)
ASKED = {"standalone": "Und wann? (Brücke)", "language": "de"}
FOLLOW_UP = Answer("Und wann?", True, "Es steht:", SAID, **ASKED)


def test_json_says_what_was_understood_only_where_that_is_not_what_was_asked():
    assert json.loads(answer_json(FOLLOW_UP))["standalone"] == "Und wann? (Brücke)"
    assert json.loads(answer_json(FOLLOW_UP))["question"] == "Und wann?"
    assert "standalone" not in json.loads(answer_json(ALONE))


def test_lines_say_what_was_understood_before_the_answer_and_after_the_notice():
    assert list(answer_lines(ALONE)) == ["Es steht:", "Im Juni."]
    understood = "Verstanden als: Und wann? (Brücke)"
    assert list(answer_lines(FOLLOW_UP)) == [understood, "Es steht:", "Im Juni."]
    failed = Answer("Und wann?", False, notice="It failed.", **ASKED)
    assert list(answer_lines(failed + FOLLOW_UP))[:2] == ["Note: It failed.", understood]


def test_lines_say_why_a_sentence_is_not_borne_out():
    weak = AnswerSentence("Im Juli.", (), "unsupported", "it quotes nothing")
    answer = Answer("Wann?", True, "Es steht:", (*SAID, weak), language="de")
    assert list(answer_lines(answer)) == [
        "Es steht:",
        "Im Juni.",
        "Nicht belegt: Im Juli.",
        "    Why: it quotes nothing",
    ]
