"""Claims judged by what they quote: probabilities, order, length, and the bundled weights."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from tiny_models import make_embedding, make_entailment, save
from tokenizers import Tokenizer

from rag.models.entailment import (
    CLAIM_TOKENS,
    PREMISE_TOKENS,
    Judgement,
    encode_claims,
    load_entailment,
    load_entailment_from,
    premise_of,
)
from rag.models.precision import native_precision

EMBEDDING = Path("rag/bundled/embedding")
# How far padding may move a probability: by rounding, to 24 bits or to 8.
NEAR = 1e-4 if native_precision() == "float32" else 0.03
QUOTED = "Die Brücke öffnet heute ."
PAIRS = [
    ("Der Hafen brennt", "Das Markt"),
    (f"{QUOTED} Der Markt schließt nicht : gestern .", "Die Brücke schließt"),
    (QUOTED, "Die Brücke öffnet nicht heute : das Markt brennt ."),
    ("", "Der Hafen"),
    (QUOTED, ""),
]


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_embedding(folder / "embedding")
    save(make_entailment(), folder / "entailment.safetensors")
    return folder


@pytest.fixture(scope="module")
def tiny(tiny_folder):
    return load_entailment_from(tiny_folder, tiny_folder / "embedding")


@pytest.fixture(scope="module")
def bundled():
    return load_entailment()


def near(judgement: Judgement):
    return pytest.approx(tuple(judgement), abs=NEAR)


def test_three_probabilities_add_up_to_one_and_differ_between_pairs(tiny):
    judged = tiny.judge(PAIRS)
    assert [sum(one) for one in judged] == pytest.approx([1.0] * len(PAIRS), abs=1e-6)
    assert len({one.supported for one in judged}) == len(PAIRS)


def test_the_classes_are_supported_then_not_said_then_contradicted(tiny_folder, tmp_path):
    weights = make_entailment()
    # Whatever is read, the logits are log 5, log 3 and log 2.
    weights["nli.2.weight"] = torch.zeros_like(weights["nli.2.weight"])
    weights["nli.2.bias"] = torch.tensor([5.0, 3.0, 2.0]).log()
    save(weights, tmp_path / "entailment.safetensors")
    [judged] = load_entailment_from(tmp_path, tiny_folder / "embedding").judge(PAIRS[:1])
    expected = Judgement(supported=0.5, not_said=0.3, contradicted=0.2)
    assert judged == pytest.approx(tuple(expected), abs=2e-3)
    assert (judged.supported, judged.not_said, judged.contradicted) == tuple(judged)


def test_without_pairs_nothing_is_judged(tiny):
    assert tiny.judge([]) == []


def test_judgements_come_in_the_order_of_the_pairs(tiny):
    forwards, backwards = tiny.judge(PAIRS), tiny.judge(PAIRS[::-1])
    assert all(a == near(b) for a, b in zip(forwards, backwards[::-1], strict=True))


def test_a_pair_is_judged_alike_alone_and_among_longer_ones(tiny):
    together = tiny.judge([("Der Hafen " * 90, "Das Markt " * 25), *PAIRS])[1:]
    assert all(tiny.judge([p]) == [near(j)] for p, j in zip(PAIRS, together, strict=True))


def test_several_threads_are_given_their_own_judgements(tiny):
    expected = [tiny.judge([pair]) for pair in PAIRS]
    with ThreadPoolExecutor(4) as threads:
        judged = list(threads.map(lambda pair: tiny.judge([pair]), PAIRS * 8))
    assert judged == expected * 8


# What is read ------------------------------------------------------------------------------------


def test_a_claim_stands_behind_its_premise(tiny_folder):
    tokenizer = Tokenizer.from_file(str(tiny_folder / "embedding" / "tokenizer.json"))
    [encoded] = encode_claims(tokenizer, [("der hafen", "markt")])
    words = [tokenizer.id_to_token(one) for one in encoded.ids]
    assert words == ["[CLS]", "der", "hafen", "[SEP]", "markt", "[SEP]"]
    assert encoded.second == 4


def test_of_long_texts_only_the_beginning_is_read(tiny, tiny_folder):
    tokenizer = Tokenizer.from_file(str(tiny_folder / "embedding" / "tokenizer.json"))
    premise, claim = "brücke " * PREMISE_TOKENS, "hafen " * CLAIM_TOKENS
    [longest] = encode_claims(tokenizer, [(premise, claim)])
    assert (len(longest.ids), longest.second) == (200 + 60 + 3, 202)
    assert encode_claims(tokenizer, [(f"{premise} brennt", f"{claim} brennt")]) == [longest]
    assert tiny.judge([(f"{premise} brennt", claim)]) == tiny.judge([(premise, claim)])
    assert tiny.judge([(f"brennt {premise}", claim)]) != tiny.judge([(premise, claim)])


@pytest.mark.parametrize(
    ("title", "sentences", "premise"),
    [
        ("Brand am Hafen", ["Er brennt.", "Heute."], "Brand am Hafen. Er brennt. Heute."),
        (" Brennt er? ", ["Ja."], "Brennt er? Ja."),
        ("Er brennt …", ["Ja."], "Er brennt … Ja."),
        ("", ["Ja."], "Ja."),
        ("Brand", [], "Brand."),
        ("", [], ""),
    ],
)
def test_a_premise_is_the_title_as_a_sentence_and_what_is_quoted(title, sentences, premise):
    assert premise_of(title, sentences) == premise


# The bundled weights -----------------------------------------------------------------------------

# What is quoted, a true claim in other words and its false twin, in German and in English.
CLEAR = [
    {
        "de": (
            "Die Polizei nahm am Abend zwei Männer fest.",
            "Zwei Männer wurden von der Polizei verhaftet.",
            "Die Polizei nahm niemanden fest.",
        ),
        "en": (
            "Police arrested two men in the evening.",
            "Two men were taken into custody by police.",
            "Police arrested nobody.",
        ),
    },
    {
        "de": (
            "Bei dem Erdbeben in der Türkei starben mehr als hundert Menschen.",
            "In der Türkei kamen bei einem Erdbeben über hundert Menschen ums Leben.",
            "Das Erdbeben in der Türkei forderte keine Todesopfer.",
        ),
        "en": (
            "More than a hundred people died in the earthquake in Turkey.",
            "Over a hundred people were killed by an earthquake in Turkey.",
            "Nobody was killed by the earthquake in Turkey.",
        ),
    },
]
DIRECTIONS = [(quoted, said) for quoted in ("de", "en") for said in ("de", "en")]


@pytest.mark.parametrize("clear", CLEAR)
@pytest.mark.parametrize(("quoted", "said"), DIRECTIONS)
def test_a_paraphrase_is_supported_more_than_its_false_twin(bundled, clear, quoted, said):
    premise, _, _ = clear[quoted]
    _, true, false = clear[said]
    right, wrong = bundled.judge([(premise, true), (premise, false)])
    assert right.supported > wrong.supported
    assert wrong.contradicted > right.contradicted


def test_a_sentence_supports_itself_and_not_one_about_something_else(bundled):
    texts = [clear[language][0] for clear in CLEAR for language in ("de", "en")]
    same = bundled.judge([(text, text) for text in texts])
    other = bundled.judge([(texts[at], texts[at - 2]) for at in range(4)])
    assert min(one.supported for one in same) > 0.5 > max(one.supported for one in other)


def test_the_bundled_model_judges_alike_alone_and_among_others(bundled):
    pairs = [(clear[q][0], clear[s][n]) for clear in CLEAR for q, s in DIRECTIONS for n in (1, 2)]
    together = bundled.judge([*pairs, ("ja " * 300, "nein " * 100)])
    for pair, judgement in zip(pairs, together, strict=False):
        assert bundled.judge([pair]) == [near(judgement)]


def test_the_bundled_model_shares_the_bundled_embeddings_word_vectors(bundled):
    from rag.models.embedding import load_embedding

    alone, embedding = (load_embedding(device="cpu") for _ in range(2))
    shared = load_entailment(embedding.word_vectors)
    pairs = [(clear["de"][0], clear["en"][1]) for clear in CLEAR]
    assert shared.judge(pairs) == bundled.judge(pairs)
    asked = "Wer wurde verhaftet?"
    assert embedding.embed_query(asked) == alone.embed_query(asked)
