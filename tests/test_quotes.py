"""Quotes are found where the article has exactly these words, and nowhere else."""

from __future__ import annotations

import unicodedata

import pytest

from rag.checking.quotes import find_parts, find_quote

TEXT = "Er will keine Senkung der Steuern. Sie sagte: „Wir fahren morgen nach Köln.“"


def found(words: str, text: str = TEXT) -> list[str]:
    return [text[start:end] for start, end in find_parts(words, text)]


def test_a_quote_is_found_at_its_exact_characters():
    assert find_quote("keine Senkung der Steuern", TEXT) == (8, 33)


def test_the_first_of_several_places_counts():
    assert find_quote("der Hafen brennt", "der Hafen brennt, der Hafen brennt") == (0, 16)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("eine Senkung der Steuern", TEXT),  # inside "keine"
        ("keine Senkung der Steuer", TEXT),  # inside "Steuern"
        ("Raucher dürfen nicht hinein", "Nicht-Raucher dürfen nicht hinein"),
        ("sie wollten nicht", "sie wollten nicht-öffentlich tagen"),
        ("they say they don", "they say they don't know"),
        ("es waren etwa 1", "es waren etwa 1.200 Menschen"),
        ("200 Menschen waren da", "1.200 Menschen waren da"),
    ],
)
def test_a_quote_neither_begins_nor_ends_inside_a_word(words, text):
    assert find_parts(words, text) == ()


@pytest.mark.parametrize(
    "words",
    [
        "keine Erhöhung der Steuern",
        "Keine Senkung der Steuern",
        "keine Senkung der Steuern!",
        "keine Senkung Steuern",
    ],
)
def test_altered_words_are_not_found(words):
    assert find_parts(words, TEXT) == ()


def test_dashes_count():
    assert find_parts("von 3-5 Grad warm", "von 3–5 Grad warm") == ()


@pytest.mark.parametrize("words", ["", "   ", "die", "der Steuern", "…", "[...]", '"„“"'])
def test_too_few_words_support_nothing(words):
    assert find_parts(words, TEXT) == ()


@pytest.mark.parametrize(
    "words",
    [
        'Sie sagte: "Wir fahren morgen nach Köln."',
        "Sie sagte: »Wir fahren morgen nach Köln.«",
        "Sie sagte: ‚Wir fahren morgen nach Köln.‘",
    ],
)
def test_the_shape_of_quotation_marks_does_not_matter(words):
    assert found(words) == ["Sie sagte: „Wir fahren morgen nach Köln.“"]


def test_quotation_marks_around_the_whole_quote_are_the_models():
    assert found('"keine Senkung der Steuern"') == ["keine Senkung der Steuern"]


def test_runs_of_whitespace_are_one_and_soft_hyphens_none():
    text = "Er will\n  keine Sen\xadkung\tder Steuern."
    assert found("will keine Senkung der Steuern", text) == [
        "will\n  keine Sen\xadkung\tder Steuern"
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composed_and_decomposed_letters_are_the_same(form):
    text = unicodedata.normalize(form, "Über Köln läutet es.")
    other = unicodedata.normalize("NFC" if form == "NFD" else "NFD", "Über Köln läutet")
    assert find_quote(other, text) == (0, len(text) - len(" es."))


def test_a_letter_is_not_found_without_its_accent():
    assert find_quote("wir haben scho", unicodedata.normalize("NFD", "wir haben schö")) is None


def test_each_part_around_an_ellipsis_is_its_own_span():
    text = "Der Vertrag wurde am Mittwoch in der Hauptstadt von beiden Seiten unterzeichnet."
    parts = ["Der Vertrag wurde", "von beiden Seiten unterzeichnet"]
    for dots in ("…", "...", "[...]", "[…]", "(...)"):
        assert found(f"{parts[0]} {dots} {parts[1]}", text) == parts
        assert found(f"{parts[1]} {dots} {parts[0]}", text) == []
        assert found(f"{parts[0]} {dots} in einem Palast", text) == []


def test_dots_of_the_article_itself_are_quoted_as_they_are():
    text = "Ich weiß nicht … sagte er."
    assert found("Ich weiß nicht … sagte er", text) == ["Ich weiß nicht … sagte er"]


def test_scripts_without_spaces_need_six_characters_and_no_word_ends():
    text = "俄罗斯总统普京访问了朝鲜。"
    assert find_quote("总统普京访问", text) == (3, 9)
    assert find_quote("总统普京", text) is None


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("ab " * 16_000 + "a", "ab " * 33_000),
        ("a" * 50_000 + " b c", "a" * 100_000),
        ("a b c" + "\u0301\u0323" * 50_000, "a b c" + "\u0323\u0301" * 50_000),
        ("... " * 25_000, "a b c " * 16_000),
        ("a b c ... " * 10_000, "a b d " * 16_000),
    ],
)
def test_hostile_inputs_of_100_kilobytes_are_not_found(words, text):
    assert find_parts(words, text) == ()
