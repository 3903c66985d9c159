"""Pairs of texts read together: their order, their batches, and the weights that are loaded."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import torch
from tiny_models import (
    LARGEST,
    SIZE,
    make_config,
    make_embedding,
    make_entailment,
    make_reader,
    save,
)
from tokenizers import Tokenizer
from transformers import BertModel

from rag.errors import ReaderUnavailable
from rag.models.bert import Bert, Embeddings, Shape
from rag.models.cross_encoder import CrossEncoder, frame_of, load_cross_encoder
from rag.models.entailment import load_entailment_from
from rag.models.precision import native_precision
from rag.models.reader import Window, load_reader_from

HEAD = ("head.weight", "head.bias")
PLAIN = Tokenizer.from_str('{"model": {"type": "BPE", "vocab": {}, "merges": []}}')


@dataclass(frozen=True)
class Words:
    """A pair as token ids."""

    ids: tuple[int, ...]
    second: int


# Of 3 to 11 tokens, neither short nor long ones first.
PAIRS = [
    Words((2, *(4 + (n * 5 + at) % 12 for at in range(1 + n * 7 % 9)), 3), 1 + n % 3)
    for n in range(10)
]


@pytest.fixture(scope="module")
def embedding(tmp_path_factory):
    return make_embedding(tmp_path_factory.mktemp("tiny") / "embedding")


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(3)
    made = BertModel(make_config(), add_pooling_layer=False)
    shape = Shape(vocab_size=18, hidden_size=SIZE, num_hidden_layers=2, num_attention_heads=2,
                  intermediate_size=2 * SIZE, max_position_embeddings=400)  # fmt: skip
    weights = made.state_dict()
    return Bert(shape, weights, Embeddings(shape, weights))


def encoder(network, cores):
    return CrossEncoder(network, PLAIN, cores)


def lengths(pairs, states, mask):
    return [(pair.ids, int(seen)) for pair, seen in zip(pairs, mask.sum(1), strict=True)]


def first_states(pairs, states, mask):
    return list(states[:, 0])


@pytest.mark.parametrize("cores", [1, 2, 3, 4, 10, 16])
def test_results_come_in_the_order_of_the_pairs_however_they_are_batched(network, cores):
    expected = [(pair.ids, len(pair.ids)) for pair in PAIRS]
    assert encoder(network, cores).read(PAIRS, lengths) == expected


@pytest.mark.parametrize(
    ("cores", "sizes"), [(1, [10]), (2, [5, 5]), (3, [2, 4, 4]), (4, [1, 3, 3, 3]), (16, [1] * 10)]
)
def test_each_core_reads_one_batch_of_like_length(network, cores, sizes):
    seen = []

    def head(pairs, states, mask):
        sizes = [len(pair.ids) for pair in pairs]
        seen.append((len(pairs), min(sizes), max(sizes)))
        # Filled up to a multiple of 16, so that there are few different lengths.
        assert mask.shape[1] == -(-max(sizes) // 16) * 16
        return [None] * len(pairs)

    encoder(network, cores).read(PAIRS, head)
    assert sorted(size for size, _, _ in seen) == sizes
    # No pair of a batch is longer than the shortest of the batch before.
    by_length = sorted(seen, key=lambda one: -one[2])
    for (_, shortest, _), (_, _, longest) in zip(by_length, by_length[1:], strict=False):
        assert longest <= shortest


def test_without_pairs_nothing_is_read(network):
    assert encoder(network, 2).read([], lengths) == []


@pytest.mark.parametrize("cores", [1, 3])
def test_a_pair_has_the_same_result_alone_and_among_longer_ones(network, cores):
    reads = encoder(network, cores)
    together = reads.read([*PAIRS, Words((2, *[5] * 80, 3), 40)], first_states)
    for pair, state in zip(PAIRS, together, strict=False):
        [alone] = reads.read([pair], first_states)
        # The tiny network computes in float32 everywhere.
        torch.testing.assert_close(state, alone, atol=1e-5, rtol=0)


def test_where_the_second_text_begins_makes_a_difference(network):
    one, other = encoder(network, 1).read(
        [Words((2, 5, 6, 3), 1), Words((2, 5, 6, 3), 2)], first_states
    )
    assert (one - other).abs().max() > 0.01


def test_many_threads_may_read_at_once(network):
    reads = encoder(network, 3)
    expected = [(pair.ids, len(pair.ids)) for pair in PAIRS]
    barrier = threading.Barrier(6)

    def read(_):
        barrier.wait()
        return [reads.read(PAIRS, lengths) for _ in range(5)]

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(read, range(6))) == [[expected] * 5] * 6


# Weights -----------------------------------------------------------------------------------------


def test_a_row_of_bytes_is_read_as_numbers_times_its_scale(embedding, tmp_path):
    weights = make_reader()
    weights["head.weight"] = torch.zeros(2, SIZE, dtype=torch.int8)
    weights["head.weight"][0, :3] = torch.tensor([127, -127, 1])
    weights["head.weight"][1, 0] = 3
    # Powers of two, which every precision holds exactly.
    weights["head.weight.scale"] = torch.tensor([0.5, 4.0])
    path = save(weights, tmp_path / "reader.safetensors")
    _, [weight, bias] = load_cross_encoder(path, embedding, HEAD)
    assert weight[:, :3].tolist() == [[63.5, -63.5, 0.5], [12.0, 0.0, 0.0]]
    assert torch.equal(bias, weights["head.bias"].to(bias.dtype))


def test_shared_word_vectors_give_the_same_results_and_stay_the_same_module(embedding, tmp_path):
    save(make_entailment(), tmp_path / "entailment.safetensors")
    dtype = getattr(torch, native_precision())
    loaded = BertModel.from_pretrained(embedding, add_pooling_layer=False, dtype=dtype).eval()
    before = {name: weight.clone() for name, weight in loaded.embeddings.state_dict().items()}
    pairs = [("der hafen brennt .", "die brücke öffnet"), ("das", "das markt heute")]
    shared = load_entailment_from(tmp_path, embedding, loaded.embeddings).judge(pairs)
    assert shared == load_entailment_from(tmp_path, embedding).judge(pairs)
    after = loaded.embeddings.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_reader_and_an_entailment_model_may_share_word_vectors(embedding, tmp_path):
    save(make_entailment(), tmp_path / "entailment.safetensors")
    save(make_reader(), tmp_path / "reader.safetensors")
    dtype = getattr(torch, native_precision())
    words = BertModel.from_pretrained(embedding, add_pooling_layer=False, dtype=dtype).embeddings
    reader, alone = (load_reader_from(tmp_path, embedding, one) for one in (words, None))
    judge = load_entailment_from(tmp_path, embedding, words)
    judge.judge([("der hafen", "der markt")])
    windows = [Window("", "der hafen brennt heute ."), Window("markt : ", "die brücke")]
    for one, other in zip(
        reader.read("die brücke", windows), alone.read("die brücke", windows), strict=True
    ):
        assert one.null == other.null
        assert one.starts.tolist() == other.starts.tolist()
        assert one.ends.tolist() == other.ends.tolist()


def with_words(weights):
    return {**weights, "bert.embeddings.word_embeddings.weight": torch.zeros(18, SIZE)}


def without(weights, name):
    return {key: weight for key, weight in weights.items() if key != name}


@pytest.mark.parametrize("shares", [False, True])
@pytest.mark.parametrize(
    ("weights", "named"),
    [
        (make_reader(LARGEST), "encoder.layer.0.attention.output.LayerNorm.bias"),
        (
            without(make_reader(), "bert.encoder.layer.1.output.dense.bias"),
            "encoder.layer.1.output.dense.bias",
        ),
        ({**make_reader(), "bert.encoder.layer.2.x": torch.ones(1)}, "encoder.layer.2.x"),
        (without(make_reader(), "head.bias"), "head.bias"),
        (make_entailment(), "head.weight"),
    ],
)
def test_weights_that_do_not_fit_are_named_in_one_line(embedding, tmp_path, weights, named, shares):
    path = save(weights, tmp_path / "reader.safetensors")
    words = BertModel(make_config(), add_pooling_layer=False).embeddings if shares else None
    with pytest.raises(ReaderUnavailable) as failed:
        load_reader_from(tmp_path, embedding, words)
    assert str(failed.value) == (
        f"{path} does not fit the embedding in {embedding} ({named}): install again"
    )


def test_word_vectors_in_a_file_do_not_replace_shared_ones(embedding, tmp_path):
    save(with_words(make_reader()), tmp_path / "reader.safetensors")
    words = BertModel(make_config(), add_pooling_layer=False).embeddings
    with pytest.raises(ReaderUnavailable, match="embeddings.word_embeddings.weight"):
        load_reader_from(tmp_path, embedding, words)
    assert words.word_embeddings.weight.abs().sum() > 0


@pytest.mark.parametrize("load", [load_reader_from, load_entailment_from])
@pytest.mark.parametrize("content", [b"", b"<html>not found</html>" * 9, None])
def test_a_file_of_other_bytes_is_named_in_one_line(embedding, tmp_path, load, content):
    name = "reader" if load is load_reader_from else "entailment"
    path = save(make_reader(), tmp_path / f"{name}.safetensors")
    # None: a copy that broke off.
    path.write_bytes(path.read_bytes()[:-100] if content is None else content)
    with pytest.raises(ReaderUnavailable) as failed:
        load(tmp_path, embedding)
    said = str(failed.value)
    assert said.startswith(f"{path} is broken (")
    assert said.endswith("): install again")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("load", [load_reader_from, load_entailment_from])
def test_a_missing_file_is_named_with_the_next_step(embedding, tmp_path, load):
    name = "reader" if load is load_reader_from else "entailment"
    path = tmp_path / f"{name}.safetensors"
    for _ in range(2):
        with pytest.raises(ReaderUnavailable) as failed:
            load(tmp_path, embedding)
        assert str(failed.value) == f"the weights {path} are missing: install again"
        path.mkdir(exist_ok=True)


def test_a_tokenizer_without_marks_is_named():
    with pytest.raises(ReaderUnavailable, match=r"no \[CLS\] or no \[SEP\]"):
        frame_of(PLAIN)
