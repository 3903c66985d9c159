"""Printed text is read, and does not control the terminal."""

import json

import click
from click.testing import CliRunner

from ui.commands.terminal import Line, safe_line, say


def test_control_characters_and_marks_of_direction_are_replaced():
    assert safe_line("a\x1b[31mb\x9bc\x07\x08\u202ed\u2066e\U000e0041f") == (
        "a\ufffd[31mb\ufffdc\ufffd\ufffd\ufffdd\ufffde\ufffdf"
    )


def test_a_line_stays_one_line_and_right_to_left_prose_is_unchanged():
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


def test_bold_is_for_terminals_only_and_keeps_its_place_after_replaced_characters():
    @click.command()
    def command():
        say(Line("\x1b Sie öffnet im Oktober. [1]", (13, 23)))

    shown = CliRunner().invoke(command, color=True).stdout
    assert shown == "\ufffd Sie öffnet \x1b[1mim Oktober\x1b[0m. [1]\n"
    assert CliRunner().invoke(command).stdout == "\ufffd Sie öffnet im Oktober. [1]\n"
