"""The recipe of the bundled reader: its loss by hand, its batches, its weights, a stopped run."""

from __future__ import annotations

import sys
from argparse import Namespace
from itertools import groupby
from math import log

import numpy as np
import pytest
import torch
from tiny_models import WORDS, make_embedding, make_reader, make_tokenizer, save
from torch import Tensor

from rag.models.cross_encoder import unpack
from rag.models.reader import load_reader_from
from training.reader import loop, ship
from training.reader.encoding import Encoded, batches, collate, encode
from training.reader.examples import Example
from training.reader.loss import reading_loss
from training.reader.network import Reader, pack

NOTHING = -torch.inf
# `[CLS]` and two tokens of a passage: the first is likely to start, the second to end an answer.
START, END = (0.0, log(2), log(1)), (0.0, log(1), log(2))
# A passage that misleads.
WRONG_START, WRONG_END = (0.0, log(4), log(2)), (0.0, log(3), NOTHING)


def passage(question: str, first: int = 0, last: int = 0, sentences=()) -> Encoded:
    words = () if sentences and not first else (first,)
    return Encoded(question, (2, 5, 6, 3), 1, 1, words, words and (last,), tuple(sentences))


def by_question(rows):
    return [list(some) for _, some in groupby(rows, lambda row: row.question)]


def loss(rows, starts, ends) -> float:
    def padded(logits) -> Tensor:
        return torch.tensor([[*row, *[NOTHING] * 13] for row in logits])

    return reading_loss(padded(starts), padded(ends), collate(by_question(rows))).item()


def test_an_answer_costs_the_log_of_its_start_and_its_end():
    # Half of 1 + 2 + 1, twice.
    assert loss([passage("a", 1, 2)], [START], [END]) == pytest.approx(log(2))


def test_where_nothing_answers_the_mark_has_to_be_likely():
    # 1 of 7 and 1 of 4.
    expected = (log(7) + log(4)) / 2
    assert loss([passage("a")], [WRONG_START], [WRONG_END]) == pytest.approx(expected)


@pytest.mark.parametrize("shift", [0.0, 10.0])
def test_an_answer_also_has_to_be_found_among_the_passages_of_its_question(shift):
    # Start: 2 of 1 + 3 + 6. End: 2 of 1 + 3 + 3. Each passage's mark is the measure of its own.
    among = (log(10 / 2) + log(7 / 2)) / 2
    null = (log(7) + log(4)) / 2
    wrong = [[logit + shift for logit in row] for row in (WRONG_START, WRONG_END)]
    rows = [passage("a", 1, 2), passage("a")]
    found = loss(rows, [START, wrong[0]], [END, wrong[1]])
    assert found == pytest.approx((log(2) + among + null) / 2, abs=1e-5)


def test_a_passage_of_another_question_does_not_count():
    null = (log(7) + log(4)) / 2
    rows = [passage("a", 1, 2), passage("b")]
    assert loss(rows, [START, WRONG_START], [END, WRONG_END]) == pytest.approx((log(2) + null) / 2)


def test_the_likelier_the_misleading_span_the_dearer_the_answer():
    rows = [passage("a", 1, 2), passage("a")]
    # Without the share of the misleading passage itself.
    costs = [
        2 * loss(rows, [START, (0.0, at, 0.0)], [END, (0.0, at, 0.0)])
        - loss([passage("a")], [(0.0, at, 0.0)], [(0.0, at, 0.0)])
        for at in (-4.0, 0.0, 4.0)
    ]
    assert costs == sorted(costs)
    assert costs[2] > costs[0] + 2


def test_where_only_the_sentence_is_known_start_and_end_fall_into_it():
    # 3 of 4, twice.
    rows = [passage("a", sentences=[(1, 3)])]
    assert loss(rows, [START], [END]) == pytest.approx(log(4 / 3))


def test_where_both_are_known_words_and_sentence_count_half():
    rows = [passage("a", 1, 2, sentences=[(1, 3)])]
    assert loss(rows, [START], [END]) == pytest.approx((log(2) + log(4 / 3)) / 2)


# Encoding ----------------------------------------------------------------------------------------

TEXT = "der hafen brennt . die brücke öffnet heute ."


def test_answers_and_sentences_become_tokens_behind_question_and_title():
    example = Example("hafen", "markt", TEXT, ((4, 16),), ((0, 18),))
    [encoded] = encode([example], make_tokenizer())
    # [CLS] hafen [SEP] markt : der hafen brennt .
    assert encoded.second == 3
    assert (encoded.starts, encoded.ends, encoded.sentences) == ((6,), (7,), ((5, 9),))
    [none] = encode([Example("hafen", "", TEXT)], make_tokenizer())
    assert (none.starts, none.ends, none.sentences) == ((0,), (0,), ())


def test_an_example_whose_answer_is_cut_off_is_left_out():
    far = Example("hafen", "", "das " * 340 + "markt", ((1360, 1365),))
    assert encode([far], make_tokenizer()) == []
    assert list(batches([far], make_tokenizer(), 64, np.random.default_rng(1))) == []


@pytest.mark.parametrize("seed", range(3))
def test_passages_of_one_question_are_in_one_batch(seed):
    rng = np.random.default_rng(seed)
    asked = [f"{one} {other}" for one in WORDS[:6] for other in WORDS[6:12]]
    examples = [
        Example(question, "", " ".join(rng.choice(WORDS, rng.integers(1, 20))))
        for question in asked
        for _ in range(rng.integers(1, 4))
    ]
    found = list(batches(examples, make_tokenizer(), 160, rng))
    questions = [{tuple(ids) for ids in batch.ids[:, 1:3].tolist()} for batch in found]
    assert sum(len(batch.ids) for batch in found) == len(examples)
    assert sum(map(len, questions)) == len(set().union(*questions)) == len(asked)
    assert [len(set(batch.question.tolist())) for batch in found] == list(map(len, questions))
    # Three passages of 24 tokens fit in any case.
    assert all(batch.mask.sum(1).max() * len(batch.ids) <= 160 for batch in found)
    assert len(found) > 5


# Weights -----------------------------------------------------------------------------------------


def test_a_matrix_is_packed_as_bytes_with_the_scale_of_each_row():
    matrix, vector = torch.tensor([[254.0, -2.0, 100.0], [0.0, 0.5, 0.0]]), torch.tensor([0.75])
    packed = pack({"w": matrix, "b": vector})
    assert packed["w"].tolist() == [[127, -1, 50], [0, 127, 0]]
    assert packed["w"].dtype == torch.int8
    assert packed["w.scale"].tolist() == [2.0, pytest.approx(0.5 / 127)]
    assert torch.equal(packed["b"], vector.to(torch.bfloat16))


def test_packed_weights_come_back_within_half_a_step_and_zeros_as_zeros():
    torch.manual_seed(4)
    matrix = torch.randn(40, 30) * torch.logspace(-4, 2, 40)[:, None]
    matrix[7] = 0.0
    packed = pack({"w": matrix})
    back = unpack(packed)
    assert list(back) == ["w"]
    steps = packed["w.scale"][:, None]
    assert ((back["w"] - matrix).abs() <= 0.5001 * steps).all()
    assert torch.equal(back["w"][7], torch.zeros(30))


def test_shipped_weights_are_loaded_by_the_program(tmp_path, monkeypatch):
    weights = save(make_reader(), tmp_path / "reader.safetensors")
    (tmp_path / "bundled").mkdir()
    monkeypatch.setattr(ship, "BUNDLED", tmp_path / "bundled")
    monkeypatch.setattr(sys, "argv", ["ship", str(weights)])
    ship.main()
    shipped = tmp_path / "bundled" / "reader.safetensors"
    assert shipped.stat().st_size < weights.stat().st_size
    load_reader_from(shipped.parent, make_embedding(tmp_path / "embedding"))


# The loop ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "share"), [(0.0, 0.025), (0.019, 0.5), (0.039, 0.96295), (0.5, 0.525), (1.0, 0.05)]
)
def test_the_rate_rises_over_a_twenty_fifth_and_falls_to_a_twentieth(done, share):
    assert loop._schedule(done) == pytest.approx(share)


def test_batches_are_mixed_in_the_shares_asked_for_and_epochs_begin_anew():
    def mixed(*shares):
        epochs = {"a": lambda: iter("12"), "b": lambda: iter("x"), "c": lambda: iter("")}
        stream = loop.mix(epochs, shares, 1, np.random.default_rng(0))
        return "".join(next(stream) for _ in range(2000))

    assert mixed(1.0, 0.0, 0.0) == "12" * 1000
    both = mixed(3.0, 1.0, 0.0)
    assert ("12" * 1000).startswith(both.replace("x", ""))
    assert both.count("x") / 2000 == pytest.approx(0.25, abs=0.03)
    with pytest.raises(ValueError, match="nothing to learn from in c: give it no share"):
        mixed(1.0, 1.0, 1.0)


def _stream(options, tokenizer, rank, step):
    for at in range(step, 4):
        yield collate([[passage("a", 1, 2), passage("a", at % 2, at % 2)]])


class Stopped(Exception):
    """The run was stopped."""


def test_a_stopped_run_ends_like_an_undisturbed_one(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "EMBEDDING", make_embedding(tmp_path / "embedding"))
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 2)
    threads, steps = torch.get_num_threads(), []

    def run(name, stop):
        def one_loss(network, batch):
            steps.append(name)
            if len(steps) == stop:
                raise Stopped
            return reading_loss(*network(batch), batch)

        # Four steps of 32 tokens.
        options = Namespace(
            out=tmp_path / name, start=None, tokens=128, rate=1e-2, seed=1, workers=1
        )
        options.out.mkdir(exist_ok=True)
        try:
            # Compiling takes a minute and changes nothing of this.
            with torch.compiler.set_stance("force_eager"):
                loop._work(0, options, Reader, _stream, one_loss, "reader.safetensors")
        finally:
            torch.distributed.destroy_process_group()
            torch.set_num_threads(threads)
            for meet in options.out.glob("meet-*"):
                meet.unlink()
        return torch.load(options.out / "checkpoint.pt", weights_only=False)

    whole = run("whole", 0)
    with pytest.raises(Stopped):
        run("stopped", 7)
    resumed = run("stopped", 0)
    # The stopped run went two steps, and its third was repeated.
    assert steps == ["whole"] * 4 + ["stopped"] * 3 + ["stopped"] * 2
    assert (whole["step"], whole["seen"]) == (resumed["step"], resumed["seen"]) == (4, 128)
    assert all(map(torch.equal, whole["master"], resumed["master"]))
    ends = [tmp_path / name / "reader.safetensors" for name in ("whole", "stopped")]
    assert ends[0].read_bytes() == ends[1].read_bytes()
