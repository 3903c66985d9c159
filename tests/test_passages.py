"""Passages: whole sentences, up to a number of tokens, with an overlap; tokens here are words."""

import random
import re

import pytest
from fakes import count_words

from rag.ingest.passages import build_splitter, split_article
from rag.ingest.sentences import split_sentences
from vectorstore import Article


def article(text, *body, title=""):
    return Article("/a.txt", title, text, body or ((0, len(text)),), "de")


def split(text, max_tokens, *, overlap=1, title="", body=(), count=count_words):
    found = split_article(
        article(text, *body, title=title),
        count_tokens=count,
        max_tokens=max_tokens,
        overlap=overlap,
    )
    for passage in found:
        assert passage.sentences[0][0] == passage.start
        assert passage.sentences[-1][1] == passage.end
        assert passage.text == text[passage.start : passage.end]
    return found


def texts(passages):
    return [passage.text for passage in passages]


SIX = "Eins ist hier. Zwei ist da. Drei ist dort. Vier ist weg. Fünf ist neu. Sechs ist alt."


# Windows -----------------------------------------------------------------------------------------


def test_a_short_article_is_one_passage_with_its_sentences():
    [passage] = split(SIX, 18)
    assert (passage.start, passage.end) == (0, len(SIX))
    assert [SIX[start:end] for start, end in passage.sentences] == [
        "Eins ist hier.",
        "Zwei ist da.",
        "Drei ist dort.",
        "Vier ist weg.",
        "Fünf ist neu.",
        "Sechs ist alt.",
    ]


def test_passages_hold_as_many_sentences_as_fit_and_share_one():
    # Three words a sentence: three sentences fit into 9 and 11 words, two into 8.
    for most in (9, 11):
        assert texts(split(SIX, most)) == [
            "Eins ist hier. Zwei ist da. Drei ist dort.",
            "Drei ist dort. Vier ist weg. Fünf ist neu.",
            "Fünf ist neu. Sechs ist alt.",
        ]
    assert texts(split(SIX, 8)) == [
        "Eins ist hier. Zwei ist da.",
        "Zwei ist da. Drei ist dort.",
        "Drei ist dort. Vier ist weg.",
        "Vier ist weg. Fünf ist neu.",
        "Fünf ist neu. Sechs ist alt.",
    ]


def test_spans_are_those_of_the_article():
    first, second, _ = split(SIX, 9)
    assert (first.start, first.end) == (0, 42)
    assert second.sentences == ((28, 42), (43, 56), (57, 70))


def test_the_overlap_has_the_given_number_of_sentences():
    assert texts(split(SIX, 9, overlap=0)) == [
        "Eins ist hier. Zwei ist da. Drei ist dort.",
        "Vier ist weg. Fünf ist neu. Sechs ist alt.",
    ]
    assert texts(split(SIX, 9, overlap=2)) == [
        "Eins ist hier. Zwei ist da. Drei ist dort.",
        "Zwei ist da. Drei ist dort. Vier ist weg.",
        "Drei ist dort. Vier ist weg. Fünf ist neu.",
        "Vier ist weg. Fünf ist neu. Sechs ist alt.",
    ]


def test_there_is_no_overlap_where_the_next_sentence_would_not_fit_beside_it():
    text = "Kurz ist das. Lang ist der zweite Satz hier nun. Ende ist es."
    assert texts(split(text, 9)) == [
        "Kurz ist das.",
        "Lang ist der zweite Satz hier nun.",
        "Ende ist es.",
    ]
    assert texts(split(text, 10))[0] == "Kurz ist das. Lang ist der zweite Satz hier nun."


def test_a_sentence_that_just_fits_is_whole():
    assert texts(split("Eins zwei drei vier fünf.", 5)) == ["Eins zwei drei vier fünf."]


# Title -------------------------------------------------------------------------------------------


def test_the_title_takes_room_and_is_not_in_the_passage():
    assert texts(split(SIX, 12, title="Drei Wörter Titel")) == texts(split(SIX, 9))


def test_a_title_of_more_than_half_the_room_leaves_half():
    title = "Ein Titel aus sieben Wörtern ist lang"
    assert texts(split(SIX, 12, title=title)) == texts(split(SIX, 6))
    assert len(split(SIX, 14, title=title)) == len(split(SIX, 7))


def test_only_the_beginning_of_a_paragraph_of_a_title_counts():
    # 160 characters of it are 32 words.
    assert texts(split(SIX, 64 + 8, title="Wort " * 500)) == texts(split(SIX, 64 + 8 - 32))


# Long sentences ----------------------------------------------------------------------------------


def test_a_sentence_that_is_too_long_is_cut_between_words():
    text = "eins zwei drei  vier\tfünf\xa0sechs sieben"
    # Pieces have at most 4 characters a word, and are joined where they fit.
    pieces = split(text, 3, overlap=0)
    assert texts(pieces) == ["eins zwei", "drei  vier", "fünf\xa0sechs sieben"]
    assert [text[start:end] for start, end in pieces[2].sentences] == ["fünf\xa0sechs", "sieben"]


def count_characters(strings):
    return [len(text) for text in strings]


def test_a_sentence_without_a_space_is_cut_anywhere():
    # The heading is one character, the line break behind the title.
    pieces = split("abcdefghij", 5, overlap=0, count=count_characters)
    assert texts(pieces) == ["abc", "def", "ghij"]


def test_a_character_of_many_tokens_stays_whole():
    def count_bytes(strings):
        return [len(text.encode()) for text in strings]

    assert texts(split("😀😀", 4, overlap=0, title="", count=count_bytes)) == ["😀", "😀"]
    assert texts(split("😀😀", 3, overlap=0, title="", count=count_bytes)) == ["😀", "😀"]


def test_a_megabyte_without_a_space_is_cut_in_one_pass():
    counted = 0

    def count(strings):
        nonlocal counted
        counted += sum(map(len, strings))
        return count_characters(strings)

    text = "x" * 1_000_000
    pieces = split(text, 250, overlap=0, count=count)
    assert all(200 < len(piece.text) < 250 for piece in pieces[:-1])
    assert "".join(texts(pieces)) == text
    # Once as a whole, once as passages, and each piece in a few sizes.
    assert counted < 20 * len(text)


def test_a_megabyte_that_the_model_takes_for_one_word_is_cut_as_well():
    text = "Der Anhang: " + "x" * 1_000_000 + " folgt."
    pieces = split(text, 250, overlap=0)
    assert all(len(piece.text) <= 250 * 20 for piece in pieces)
    assert "".join("".join(texts(pieces)).split()) == "".join(text.split())


def test_spaces_between_sentences_count_where_they_are_tokens():
    def count_with_newlines(strings):
        return [len(re.findall(r"\w+|\n", text)) for text in strings]

    text = "Eins ist da.\n\n\n\nZwei ist da.\n\n\n\nDrei ist da."
    # The heading is one line break, two sentences are six words and four line breaks.
    found = split(text, 10, count=count_with_newlines)
    assert texts(found) == ["Eins ist da.", "Zwei ist da.", "Drei ist da."]
    found = split(text, 11, count=count_with_newlines)
    assert texts(found) == [
        "Eins ist da.\n\n\n\nZwei ist da.",
        "Zwei ist da.\n\n\n\nDrei ist da.",
    ]


def test_a_passage_fits_where_sentences_are_more_tokens_together_than_apart():
    def count_joints(strings):
        return [len(text.split()) + 2 * (text.count(".") > 1) for text in strings]

    # Three sentences would be 9 words apart, and are 11 together.
    found = split(SIX, 9, overlap=0, count=count_joints)
    assert texts(found) == [
        "Eins ist hier. Zwei ist da.",
        "Drei ist dort. Vier ist weg.",
        "Fünf ist neu. Sechs ist alt.",
    ]


# Body --------------------------------------------------------------------------------------------


def test_a_passage_never_bridges_clutter():
    text = "Eins ist da. Zwei ist da. LESEN SIE AUCH. Drei ist da. Vier ist da."
    body = ((0, 25), (42, len(text)))
    assert texts(split(text, 100, body=body)) == [
        "Eins ist da. Zwei ist da.",
        "Drei ist da. Vier ist da.",
    ]


def test_an_article_without_text_has_no_passages():
    assert split("", 10, body=((0, 0),)) == []
    assert split(" \n ", 10) == []


def test_the_splitter_of_a_model_has_an_overlap_of_one_sentence():
    splitter = build_splitter(count_words, 9)
    assert splitter(article(SIX)) == split(SIX, 9)


@pytest.mark.parametrize("seed", range(40))
def test_any_text_is_covered_in_order_and_within_the_limit(seed):
    chance = random.Random(seed)
    signs = [
        "Wort",
        "Der",
        "d. h.",
        "19.",
        "x" * 30,
        "!",
        "?",
        ".",
        "😀",
        "\n",
        "\n\n",
        "\t",
        "„",
        "“",
    ]
    text = " ".join(chance.choices(signs, k=chance.randint(1, 200)))
    cut = sorted(chance.sample(range(len(text) + 1), 2)) if len(text) > 1 else [0, len(text)]
    body = ((0, cut[0]), (cut[1], len(text)))
    most, overlap = chance.randint(4, 30), chance.randint(0, 3)
    title = "Titel " * chance.randint(0, 4)
    passages = split(text, most, overlap=overlap, title=title, body=body)

    heading = article(text, title=title).heading
    room = max(most - count_words([heading])[0], most // 2)
    covered = set()
    for passage in passages:
        assert count_words([passage.text])[0] <= room
        assert any(start <= passage.start and passage.end <= end for start, end in body)
        assert all(
            one[1] <= other[0]
            for one, other in zip(passage.sentences, passage.sentences[1:], strict=False)
        )
        assert all(start < end for start, end in passage.sentences)
        covered.update(*(range(start, end) for start, end in passage.sentences))
    assert {i for start, end in body for i in range(start, end) if not text[i].isspace()} <= covered
    assert [p.start for p in passages] == sorted({p.start for p in passages})
    assert [p.end for p in passages] == sorted({p.end for p in passages})
    # Each sentence is whole in a passage, unless it is too long.
    whole = {span for start, end in body for span in split_sentences(text, start, end)}
    pieces = {span for passage in passages for span in passage.sentences}
    for start, end in whole - pieces:
        assert max(count_words([text[start:end]])[0], (end - start) / 20) > room
