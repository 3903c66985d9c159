"""Text comes out as it was written, or not at all."""

import random

import pytest

from rag.ingest.encoding import decode
from rag.ingest.fields import Unreadable

GERMAN = "Der Präsident sagte: „Wir müssen über die Größe reden“ – für Öl und Übermut."
DOS = "Der Präsident erklärt die Größe des Vermögens: schön, nötig, spät."
POLISH = "Zażółć gęślą jaźń. Umowa będzie podpisana w środę, powiedział minister z Łodzi."
RUSSIAN = "Президент заявил, что договор будет подписан в среду в столице страны."
FRENCH = "L’été sera très chaud en Suède, où Noël approche déjà, a déclaré le président."
JAPANESE = "大統領は水曜日に条約に署名すると述べた。首都で会談が行われる予定である。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-32"),
        (GERMAN, "cp1252"),
        (GERMAN, "mac_roman"),
        (DOS, "cp437"),
        (FRENCH, "cp1252"),
        (POLISH, "cp1250"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (JAPANESE, "shift_jis"),
        ("Der Beitrag kostet für Müller 5 €.", "iso8859-15"),
        ("Der Beitrag kostet für Müller 5 €.", "cp1252"),
    ],
)
def test_text_survives_its_encoding(text, encoding):
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "text", ["ü", "Müller", "Öl", "Grüße aus Köln", "Straße", "Café", "5 €", "»Ja«"]
)
def test_a_few_western_letters_are_windows_1252(text):
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le"])
def test_both_byte_orders_are_recognised_by_their_mark(encoding):
    assert decode(("\ufeff" + GERMAN).encode(encoding)) == GERMAN


def test_line_ends_and_spaces_are_not_touched():
    text = "\ta\r\nb\rc\n\u2028d\xa0e \f\v\n"
    assert decode(text.encode()) == text


def test_a_replacement_character_that_the_author_saved_is_kept():
    assert decode("Kaputte Stra\ufffde".encode()) == "Kaputte Stra\ufffde"


def test_a_declared_encoding_that_fits_is_used():
    assert decode("Привет".encode("cp1251"), declared="windows-1251") == "Привет"


@pytest.mark.parametrize(
    "declared", ["utf-8", "iso-8859-1", "nonsense", "", "unicode_escape", "base64", "a\0b"]
)
def test_a_declared_encoding_that_does_not_fit_is_ignored(declared):
    assert decode(GERMAN.encode("cp1252"), declared=declared) == GERMAN


@pytest.mark.parametrize("declared", ["iso-8859-1", "unicode_escape", "utf-7"])
def test_utf8_overrules_the_declared_encoding(declared):
    text = r"Größe \u00e4 +AOQ-"
    assert decode(text.encode(), declared=declared) == text


def test_utf8_with_a_broken_byte_is_refused_with_its_place():
    data = GERMAN.encode()
    broken = data[:30] + b"\xff" + data[30:]
    with pytest.raises(Unreadable, match=r"^its encoding is broken at byte 30 \(UTF-8\); save"):
        decode(broken)


def test_the_place_of_a_broken_byte_counts_the_byte_order_mark():
    with pytest.raises(Unreadable, match="broken at byte 7 "):
        decode(b"\xef\xbb\xbfabcd\xff")


def test_utf8_cut_inside_a_character_is_refused():
    with pytest.raises(Unreadable, match=r"broken at byte 3 \(UTF-8\)"):
        decode("ßaß".encode()[:-1])


def test_utf16_cut_inside_a_character_is_refused():
    with pytest.raises(Unreadable, match=r"broken at byte 4 \(UTF-16\)"):
        decode("ab".encode("utf-16")[:-1])


def test_too_few_foreign_bytes_are_refused_not_guessed():
    with pytest.raises(Unreadable, match="its encoding is unknown; save it as UTF-8"):
        decode("Müller".encode("cp850"))


def test_a_nul_byte_means_binary():
    with pytest.raises(Unreadable, match=r"not text but binary data \(NUL byte at 3\)"):
        decode(b"abc\0def")


def test_more_than_one_control_character_in_a_hundred_means_binary():
    assert decode(b"a" * 99 + b"\x07") == "a" * 99 + "\x07"
    with pytest.raises(Unreadable, match=r"not text but binary data \(control characters\)"):
        decode(b"a" * 98 + b"\x07")


def test_random_bytes_are_refused():
    noise = random.Random(7)
    for size in (100, 1_000, 100_000):
        with pytest.raises(Unreadable):
            decode(bytes(noise.randrange(1, 256) for _ in range(size)))
