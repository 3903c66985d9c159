"""A chat model's output read sentence by sentence, everything else skipped."""

import json

import pytest
from scripted_server import sentence, write

from rag.answering.protocol import (
    LONGEST_OBJECT,
    LONGEST_SENTENCE,
    Malformed,
    NotInArticles,
    SayingReader,
    clean_sentence,
)
from rag.checking.claim import Claim, Quote

ONE = sentence("Es regnet.", (1, "Regen"))
TWO = sentence("Es schneit.", (2, "Schnee"), (3, "weiß"))
CLAIMS = [
    Claim("Es regnet.", (Quote(1, "Regen"),)),
    Claim("Es schneit.", (Quote(2, "Schnee"), Quote(3, "weiß"))),
]
LINES = "".join(write([ONE, TWO], structured=False))
OBJECT = "".join(write([ONE, TWO], structured=True))


def read(text, step=None):
    reader = SayingReader()
    step = step or len(text) or 1
    said = [one for at in range(0, len(text), step) for one in reader.read(text[at : at + step])]
    return said, reader


@pytest.mark.parametrize("step", [1, 2, 3, 7, None])
@pytest.mark.parametrize(
    "text",
    [
        LINES,
        OBJECT,
        json.dumps(json.loads(OBJECT), indent=2),
        LINES.replace("\n", "\r\n"),
        f"Gern, hier ist die Antwort:\n```json\n{LINES}```\nHilft das?",
        f"```json\r\n{OBJECT}\r\n```",
        f'<think>Vielleicht {{"text": "Nein", "quotes": []}} oder nicht?</think>{LINES}',
        f"<thinking>\n{OBJECT[:40]}</thinking>\n\n{OBJECT}",
        json.dumps(json.loads(OBJECT)["sentences"]) + '{"end": true}',
        LINES.replace("ö", "\\u00f6"),
        f'{{"in_articles": true}}\n{LINES}',
    ],
    ids="lines object indented crlf prose fenced think thinking list escaped announced".split(),
)
def test_sentences_are_read_however_they_are_wrapped_and_split(text, step):
    said, reader = read(text, step)
    assert said == CLAIMS
    assert reader.complete
    assert not reader.cut_off()


@pytest.mark.parametrize("text", [LINES, OBJECT])
def test_a_sentence_is_complete_with_its_last_character(text):
    reader = SayingReader()
    ends = text.index("}]}") + 3
    assert reader.read(text[: ends - 1]) == []
    assert reader.read(text[ends - 1 : ends]) == CLAIMS[:1]


@pytest.mark.parametrize(
    "text",
    [
        '{"in_articles": false}',
        '{"in_articles": false, "sentences": []}',
        '{"sentences": []}',
        'Leider nicht.\n```\n{"in_articles":false}\n```',
    ],
)
@pytest.mark.parametrize("step", [1, None])
def test_not_in_the_articles_is_read(text, step):
    said, reader = read(text, step)
    assert said == [NotInArticles()]
    assert reader.complete


@pytest.mark.parametrize(
    "text",
    ["Die Brücke öffnet im Oktober [1].", "", "```\n```", '"text": "a", "quotes": []', "[1, 2]"],
)
def test_text_that_is_no_object_is_skipped(text):
    said, reader = read(text)
    assert said == []
    assert not reader.complete


@pytest.mark.parametrize("text", [LINES[:30], OBJECT[:60], "<think>Nun ja", OBJECT[:-2]])
def test_an_output_that_stops_midway_is_cut_off(text):
    _, reader = read(text)
    assert reader.cut_off()
    assert not reader.complete


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"text": "Ja", "quotes": [],}', "an object that is not JSON"),
        ('{"text": "Ja" "quotes": []}', "an object that is not JSON"),
        ('{"text": ' + "[" * 2900 + "]" * 2900 + "}", "an object that is not JSON"),
        ('{"text": "Ja", "quotes": ]}', "brackets that do not match"),
        ('{"text": "Ja\nNein", "quotes": []}', "a line that ends within a string"),
        ('{"text": "Ja"}', "a sentence without its quotes"),
        ('{"text": "Ja", "quotes": "Ja"}', "a sentence without its quotes"),
        ('{"text": "", "quotes": []}', "a sentence without its text"),
        ('{"text": "[1]", "quotes": []}', "a sentence without its text"),
        ('{"text": 7, "quotes": []}', "a sentence without its text"),
        ('{"answer": "Ja"}', "an object without a sentence"),
        (
            json.dumps(sentence("a" * (LONGEST_SENTENCE + 1))),
            f"a sentence of more than {LONGEST_SENTENCE:,} characters",
        ),
        (
            '{"text": "' + "a" * (LONGEST_OBJECT + 1),
            f"an object of more than {LONGEST_OBJECT:,} characters",
        ),
    ],
)
def test_unreadable_output_is_an_error_that_names_it(text, what):
    assert read(text)[0][:1] == [Malformed(what)]


def test_a_sentence_after_an_unreadable_one_is_read():
    said, _ = read('{"text": "Ja\n' + LINES)
    assert said == [Malformed("a line that ends within a string"), *CLAIMS]


def test_an_object_may_be_longer_than_its_sentences():
    many = [ONE] * 200
    text = "".join(write(many, structured=True))
    assert len(text) > 2 * LONGEST_OBJECT
    assert read(text, 50)[0] == CLAIMS[:1] * 200


@pytest.mark.parametrize(
    ("quotes", "read_as"),
    [
        ([{"passage": "1", "words": "a"}], ()),
        ([{"passage": True, "words": "a"}], ()),
        ([{"passage": 1.5, "words": "a"}], ()),
        ([{"passage": 1}], ()),
        (["a"], ()),
        ([{"passage": 99, "words": "a"}, "b"], (Quote(99, "a"),)),
    ],
)
def test_malformed_quotes_are_left_out(quotes, read_as):
    [claim], _ = read(json.dumps({"text": "Ja.", "quotes": quotes}))
    assert claim == Claim("Ja.", read_as)


def test_a_sentence_within_a_string_is_no_sentence():
    inner = json.dumps(ONE)
    assert read(json.dumps(sentence(f"Er schrieb {inner}")))[0][0].text == f"Er schrieb {inner}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ja [1].", "Ja."),
        ("Ja[1][2, 3].", "Ja."),
        ("Ja 【1†】 und [ 2 – 4 ].", "Ja und."),
        ("Ja ［1］.", "Ja."),
        ("Ja [^1].", "Ja."),
        ("Ja\n\n[1]\tund nein", "Ja und nein"),
        ("a\u202eb\u200bc\ufeff\U000e0041\u2066\U000e0101", "abc"),
        ("a\x1b[2Jb\x9b31mc\x00d", "a [2Jb 31mc d"),
        ("[[1]1] Ja [[[2]2]2].", "Ja."),
        ("Ja 〔1〕⟦2⟧.", "Ja."),
        ("Ja \ud83d.", "Ja \ufffd."),
        ("[sic] bleibt", "[sic] bleibt"),
        ("§ 1 und (2)", "§ 1 und (2)"),
    ],
)
def test_a_sentence_is_put_on_one_line_without_its_own_numbers(text, shown):
    assert clean_sentence(text) == shown


def test_endless_brackets_are_read_fast():
    hostile = "[" * 3000 + " [1" * 1000 + "{" * 3000
    said, reader = read(hostile)
    assert said == []
    assert reader.cut_off()
