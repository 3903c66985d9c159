"""What the reader and the entailment head are trained on: cuts, alterations, switched words."""

from __future__ import annotations

import re
from argparse import Namespace
from math import log

import numpy as np
import pytest
import torch
from tiny_models import WORDS, make_tokenizer

from rag.language.lexicon import Lexicon
from training.reader.altering import alter
from training.reader.claims import batches, twins_epoch
from training.reader.derived import copies, hung_on
from training.reader.examples import LONGEST, SHORT, Example, _cut, news_epoch
from training.reader.pair import CONTRADICTED, NOT_SAID, SUPPORTED, Pair
from training.reader.switching import LIKELY, Switcher, switch
from training.reader.train_entailment import _loss


def words_at(text, spans):
    return [text[start:end] for start, end in spans]


# Cuts --------------------------------------------------------------------------------------------


def long_example(rng, longest_answer=200):
    """Return sentences of numbers that come once each, with spans of some words and sentences."""
    sentences, number = [], 0
    while sum(map(len, sentences)) < rng.integers(1200, 4000):
        size = int(rng.integers(1, 40))
        sentences.append(" ".join(str(number + at) for at in range(size)) + ". ")
        number += size
    text = "".join(sentences)
    starts = sorted(rng.integers(0, len(text) - longest_answer - 1, 3).tolist())
    answers = tuple((start, start + int(rng.integers(1, longest_answer))) for start in starts)
    ends = [0, *(match.end() for match in re.finditer(r"\. ", text))]
    around = tuple(
        (max(e for e in ends if e <= start), min(e for e in ends if e > start)) for start in starts
    )
    return Example("?", "Zahlen", text, answers, around)


@pytest.mark.parametrize("kind", ["answers", "sentences", "neither"])
def test_a_cut_keeps_an_answer_and_its_spans_are_the_same_words(kind):
    lengths = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        example = long_example(rng)
        if kind == "sentences":
            example = Example("?", "Zahlen", example.passage, (), example.sentences)
        if kind == "neither":
            example = Example("?", "Zahlen", example.passage)
        cut = _cut(example, rng)
        assert cut.passage in example.passage
        assert (cut.question, cut.title) == (example.question, example.title)
        answers, sentences = (words_at(cut.passage, one) for one in (cut.answers, cut.sentences))
        assert "" not in answers + sentences
        assert set(answers) <= set(words_at(example.passage, example.answers))
        assert set(sentences) <= set(words_at(example.passage, example.sentences))
        first = example.answers or example.sentences
        assert words_at(example.passage, first[:1]) == (answers or sentences)[:1]
        lengths.append(len(cut.passage))
    assert max(lengths) <= LONGEST
    # Three of five are short.
    assert np.mean([length <= SHORT for length in lengths]) == pytest.approx(0.6, abs=0.1)


def test_a_cut_begins_and_ends_with_sentences_where_they_fit():
    text = "Der Hafen brennt seit gestern früh. " * 100
    for seed in range(50):
        cut = _cut(Example("?", "", text, ((1804, 1809),)), np.random.default_rng(seed))
        assert cut.passage.startswith("Der Hafen")
        assert cut.passage.endswith("früh. ")
        assert words_at(cut.passage, cut.answers) == ["Hafen"]


def test_an_answer_longer_than_a_cut_is_kept_whole():
    text = "wort " * 600
    for seed in range(20):
        cut = _cut(Example("?", "", text, ((500, 2000),)), np.random.default_rng(seed))
        assert cut.answers == ((0, 1500),)
        assert cut.passage == text[500:2000]


def test_a_short_passage_is_not_cut():
    example = Example("?", "", "Der Hafen brennt. " * 10, ((4, 9),))
    assert _cut(example, np.random.default_rng(1)) is example


def test_a_question_comes_with_a_misleading_passage_in_the_share_asked_for():
    right = Example("a", "", "Ja.", ((0, 2),), ((0, 3),))
    wrong = Example("a", "", "Nein.")
    unanswered = Example("b", "", "Nichts.")
    groups = [[right, wrong], [unanswered]]

    def asked(negatives):
        rng = np.random.default_rng(3)
        found = [list(news_epoch(groups, negatives, rng)) for _ in range(200)]
        # Passages of one question follow each other, the one that answers first.
        assert all(epoch.index(unanswered) in (0, len(epoch) - 1) for epoch in found)
        assert all([one for one in epoch if one.question == "a"][0] == right for epoch in found)
        return np.mean([wrong in epoch for epoch in found])

    assert (asked(0.0), asked(1.0)) == (0, 1)
    assert asked(0.3) == pytest.approx(0.3, abs=0.1)


def test_a_question_without_an_answer_comes_with_several_passages_that_mislead():
    misleading = [Example("a", "", f"{number}.") for number in range(5)]
    for size, expected in ((5, 3), (2, 2)):
        shown = list(news_epoch([misleading[:size]], 0.0, np.random.default_rng(size)))
        assert len(set(shown)) == len(shown) == expected


# Alterations -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Es fiel 1 Tor.",
        "Am 01 um 2 Uhr.",
        "Es gab 0 Tote und 3 Verletzte.",
        "Im Jahr 2023 waren es 40 Prozent.",
        "Dort ist Berta mit Clara in Ulm, das nicht brennt.",
        "He is not here with Berta before Clara.",
        "Die Preise sollen im Mai mehr als alle anderen steigen.",
        "Sales rose.",
    ],
)
def test_an_altered_sentence_says_something_else(text):
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    for seed in range(200):
        altered = alter(text, np.random.default_rng(seed))
        assert altered not in ("", text)
        changed = [int(number) for number in re.findall(r"\d+", altered)]
        if numbers and re.sub(r"\d+", "", altered) == re.sub(r"\d+", "", text):
            assert sum(one != other for one, other in zip(numbers, changed, strict=True)) == 1


@pytest.mark.parametrize(
    ("text", "altered"),
    [
        ("Dort schlug Berta gestern Clara.", "Dort schlug Clara gestern Berta."),
        ("Gestern kamen Berta und Clara.", ""),
        ("Da kamen Berta, Clara.", ""),
        ("Er kommt nicht heute.", "Er kommt heute."),
        ("Er wird heute kommen.", "Er wird nicht heute kommen."),
        ("He has come.", "He has not come."),
        ("Er kam.", ""),
    ],
)
def test_names_change_places_and_negations_come_and_go(text, altered):
    assert altered in {alter(text, np.random.default_rng(seed)) for seed in range(20)}


def test_twins_are_a_translation_and_the_same_with_one_thing_altered():
    translations = [("Es sind 3 Tore.", "They are 3 goals."), ("Er kam.", "He came.")]
    true, false = twins_epoch(translations, np.random.default_rng(1))
    assert {true.quoted, true.claim} == set(translations[0])
    assert (true.quoted, true.label) == (false.quoted, SUPPORTED)
    assert (false.claim != true.claim, false.label) == (True, CONTRADICTED)


# Switched words ----------------------------------------------------------------------------------

GERMAN = {"the": "das", "harbour": "hafen", "is": "ist", "on": "auf", "fire": "feuer", "a": "ein"}


def switcher():
    lines = {word: f"{german} .9 selten {LIKELY / 2}" for word, german in GERMAN.items()}
    return Switcher(Lexicon({"en": lines, "de": {}}))


def test_spans_hold_the_same_words_after_switching():
    words = [*GERMAN, "Harbour", "3", "Aalen", "fire."]
    back = {german: english for english, german in GERMAN.items()}
    for seed in range(200):
        rng = np.random.default_rng(seed)
        parts = rng.choice(words, 12).tolist()
        text = " ".join(parts)
        ends = np.cumsum([len(part) + 1 for part in parts]).tolist()
        first, last = sorted(rng.integers(0, 12, 2).tolist())
        span = (ends[first] - len(parts[first]) - 1, ends[last] - 1)
        new, [moved] = switch(text, [span], switcher(), rng)

        def to_english(text):
            return re.sub(r"[a-z]+", lambda m: back.get(m[0], m[0]), text.casefold())

        assert to_english(new) == text.casefold()
        assert to_english(new[slice(*moved)]) == text[slice(*span)].casefold()
        assert new.count("Hafen") <= text.count("Harbour")


def test_a_span_that_cuts_a_switched_word_holds_the_whole_word():
    every = [switch("a harbour", [(4, 6)], switcher(), np.random.default_rng(n)) for n in range(20)]
    held = {(text, *words_at(text, spans)) for text, spans in every if text.endswith("hafen")}
    assert held == {("ein hafen", "hafen"), ("a hafen", "hafen")}


def test_most_words_are_switched_and_capitals_kept():
    new, _ = switch("The Harbour " * 500, [], switcher(), np.random.default_rng(0))
    assert set(new.split()) == {"The", "Das", "Harbour", "Hafen"}
    share = sum(word in ("Das", "Hafen") for word in new.split()) / 1000
    assert share == pytest.approx(0.8, abs=0.05)


# Claims ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tokens", [1, 120])
def test_claims_are_batched_with_their_labels(tokens):
    rng = np.random.default_rng(2)
    pairs = [
        Pair(WORDS[n % 14], " ".join([WORDS[n % 14]] * (1 + n % 20)), n % 3, binary=n % 2 == 0)
        for n in range(60)
    ]
    found = list(batches(iter(pairs), make_tokenizer(), tokens, rng))
    assert all(batch.mask.sum(1).max() * len(batch.ids) <= max(tokens, 25) for batch in found)
    rows = sorted(
        (int(mask.sum()) - 4, int(ids[1]), int(types.sum()), int(label), bool(binary))
        for batch in found
        for mask, ids, types, label, binary in zip(
            batch.mask, batch.ids, batch.types, batch.label, batch.binary, strict=True
        )
    )
    assert rows == sorted(
        (1 + n % 20, 4 + n % 14, 2 + n % 20, n % 3, n % 2 == 0) for n in range(60)
    )


@pytest.mark.parametrize(
    ("label", "binary", "expected"),
    [
        (0, False, log(2)),
        (1, False, (log(2) + log(1 / 0.3)) / 2),
        (2, False, (log(2) + log(1 / 0.2)) / 2),
        (0, True, log(2)),
        (1, True, log(2)),
    ],
)
def test_of_a_binary_label_only_supported_or_not_is_learnt(label, binary, expected):
    batch = Namespace(
        label=torch.tensor([label]), binary=torch.tensor([binary]), quoted=torch.tensor([0])
    )
    chances = torch.tensor([[0.5, 0.3, 0.2]])
    assert _loss(lambda _: chances.log(), batch).item() == pytest.approx(expected)


def test_a_sound_claim_also_has_to_be_likelier_than_its_twin():
    # Odds of 3 and of 1: the twins of the first quote are log(3) apart. The third claim has none.
    chances = torch.tensor([[0.75, 0.15, 0.1], [0.5, 0.25, 0.25], [0.9, 0.05, 0.05]])
    label = torch.tensor([0, 1, 0])
    batch = Namespace(label=label, binary=torch.tensor([True] * 3), quoted=torch.tensor([0, 0, 1]))
    alone = (log(1 / 0.75) + log(2) + log(1 / 0.9)) / 3
    twins = log(1 + 1 / 3) / 3
    assert _loss(lambda _: chances.log(), batch).item() == pytest.approx(alone + twins)


def about(sentence, claim="Er kam.", label=SUPPORTED):
    return Pair(sentence, claim, label, language="de", sentence=sentence)


def test_a_copy_of_a_quoted_sentence_comes_with_one_that_says_something_else():
    pair = about("Gestern kam Merkel nach Paris zu 3 Gesprächen.")
    other = about("Heute flog Putin nach Hanoi ab.")
    for seed in range(20):
        sound, changed = copies(pair, [other], np.random.default_rng(seed))
        assert (sound.claim, sound.label) == (pair.sentence, SUPPORTED)
        assert changed.claim != pair.sentence
        assert (changed.label, changed.binary) == (CONTRADICTED, True)
    assert list(copies(about("Merkel kam 3 Mal."), [other], np.random.default_rng(1))) == []


def test_a_clause_about_another_article_is_hung_on_a_sound_claim():
    pair, other = about("Er kam gestern an."), about("Putin flog ab.", claim="Putin reiste ab.")
    sound, longer = hung_on(pair, [pair, other], np.random.default_rng(3))
    assert sound == pair
    assert longer.claim.startswith("Er kam")
    assert longer.claim.endswith("Putin reiste ab.")
    assert longer.label == NOT_SAID
    false = about("Er kam.", label=CONTRADICTED)
    assert list(hung_on(false, [other], np.random.default_rng(1))) == []
    assert list(hung_on(pair, [pair], np.random.default_rng(1))) == []
