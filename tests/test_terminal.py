"""What is printed is read and does not drive the terminal."""

import json

import click
from click.testing import CliRunner

from ui.terminal import safe_line, say


def test_controls_and_turned_directions_are_shown_as_replaced():
    assert safe_line("a\x1b[31mb\x9bc\x07\x08\u202ed\u2066e\U000e0041f") == (
        "a\ufffd[31mb\ufffdc\ufffd\ufffd\ufffdd\ufffde\ufffdf"
    )


def test_a_line_stays_one_and_right_to_left_prose_as_it_is():
    assert safe_line("a\nb\r\nc\u2028d\te") == "a b  c d\te"
    assert safe_line("\u200fשלום\u200e – Grüße 👨‍👩‍👧") == "\u200fשלום\u200e – Grüße 👨‍👩‍👧"


def test_json_keeps_every_character_written_as_an_escape():
    text = "a\x1b\x7f\x9b\u202e\U000e0041ä\n"

    @click.command()
    def command():
        say(json.dumps(text, ensure_ascii=False), escaped=True)

    printed = CliRunner().invoke(command).stdout
    assert printed.isprintable() or printed.rstrip("\n").isprintable()
    assert json.loads(printed) == text
