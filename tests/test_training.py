"""The recipe of the bundled embedding, on pairs and models small enough to compute by hand."""

import gzip
import sys

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from training import distill
from training.alignment import align
from training.lexicon import write_lexicon
from training.objective import encode, loss, pool
from training.pairs import NON_COMMERCIAL, RESEARCH_ONLY, Pair, read_pairs, without_repeats
from training.student import TwoTables, starting_rows
from training.texts import Corpus, batches, subject_groups
from training.vocabulary import choose_pieces, extended, german_pieces

# Each noun occurs with each verb, so that only counts show which words translate each other.
NOUNS = {
    "hafen": "harbour",
    "brücke": "bridge",
    "markt": "market",
    "wahl": "vote",
    "zug": "train",
    "dorf": "village",
}
VERBS = {
    "wächst": "grows",
    "ruht": "rests",
    "endet": "ends",
    "lockt": "lures",
    "bebt": "shakes",
    "siegt": "wins",
}
PAIRS = [
    Pair(f"{noun} {verb}", f"{NOUNS[noun]} {VERBS[verb]}", "made_up")
    for noun in NOUNS
    for verb in VERBS
]


@pytest.fixture
def pairs_file(tmp_path):
    path = tmp_path / "pairs.tsv.gz"
    lines = [f"{pair.german}\t{pair.english}\t{pair.source}\n" for pair in PAIRS * 5]
    lines.append("wie geht das?\thow is that?\tmade_up\n")
    lines.append("verboten\tforbidden\tmulti30k\n")
    path.write_bytes(gzip.compress("".join(lines).encode()))
    return path


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    """Save a sentence-transformers model of random weights that knows the English words."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused0]", "[unused1]"]
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)] + ["?"]
    words = [*NOUNS.values(), *VERBS.values(), "how", "is", "that"]
    vocabulary = [*marks, *letters, *(f"##{letter}" for letter in letters), *words]
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("teacher")
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=256,
    )
    BertModel(config).save_pretrained(folder / "plain")
    numbers = {word: number for number, word in enumerate(vocabulary)}
    BertTokenizer(vocab=numbers, model_max_length=256).save_pretrained(folder / "plain")
    modules = [Transformer(str(folder / "plain")), Pooling(32), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder / "model"))
    return folder / "model"


# Pairs -------------------------------------------------------------------------------------------


def test_sources_that_forbid_commercial_use_are_not_read(pairs_file):
    assert {pair.source for pair in read_pairs(pairs_file)} == {"made_up"}
    everything = list(read_pairs(pairs_file, without=()))
    assert everything[-1] == Pair("verboten", "forbidden", "multi30k")
    assert not NON_COMMERCIAL & RESEARCH_ONLY


def test_of_pairs_with_the_same_english_the_first_is_kept():
    one, other = Pair("ja", "Yes, sir!", "a"), Pair("jawohl", "yes sir", "b")
    assert list(without_repeats([one, other, Pair("nein", "no", "a")])) == [
        one,
        Pair("nein", "no", "a"),
    ]


# Alignment and lexicon ---------------------------------------------------------------------------


def test_words_are_aligned_with_their_translations():
    # 0 and 1 are each with either of 10 and 11 in some sentence, and alone only with their own.
    found = align([[0, 1], [0], [1]], [[10, 11], [10], [11]], rounds=20)
    mutual = dict(zip(zip(found.source, found.target, strict=True), found.mutual, strict=True))
    assert mutual[0, 10] > 0.99
    assert mutual[1, 11] > 0.99
    assert mutual[0, 11] < 0.01


def test_probabilities_of_a_words_translations_add_up_to_one():
    found = align([[0, 1, 2], [0, 2], [1]], [[3, 4], [4, 5], [3]])
    for words, likely in ((found.source, found.forward), (found.target, found.backward)):
        for word in set(words):
            assert likely[words == word].sum() == pytest.approx(1, abs=1e-5)


def test_the_diagonal_separates_words_that_always_occur_together():
    found = align([[0, 1]] * 3, [[10, 11]] * 3, rounds=10)
    mutual = dict(zip(zip(found.source, found.target, strict=True), found.mutual, strict=True))
    assert mutual[0, 10] > 10 * mutual[0, 11]


def test_the_lexicon_has_a_line_for_each_word_with_its_translations(tmp_path):
    path = tmp_path / "lexicon.tsv.gz"
    write_lexicon(PAIRS, path)
    first = {}
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        language, word, translations = line.split("\t")
        first[language, word] = translations.split()[0]
    expected = {**NOUNS, **VERBS}
    assert first == {
        **{("de", german): english for german, english in expected.items()},
        **{("en", english): german for german, english in expected.items()},
    }
    again = tmp_path / "again.tsv.gz"
    write_lexicon(PAIRS, again)
    assert again.read_bytes() == path.read_bytes()


# Vocabulary --------------------------------------------------------------------------------------


def test_new_pieces_fill_the_placeholders_first(teacher):
    old = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    size = old.get_vocab_size()
    tokenizer, numbers = extended(teacher / "tokenizer.json", ["hafen", "##markt", "bridge"], 1000)
    assert numbers == [old.token_to_id("[unused0]"), old.token_to_id("[unused1]")]
    assert tokenizer.encode("hafenmarkt", add_special_tokens=False).tokens == ["hafen", "##markt"]
    assert tokenizer.get_vocab_size() == size
    assert extended(teacher / "tokenizer.json", ["aa", "bb", "cc", "dd"], size + 1)[1][2:] == [size]


def test_pieces_that_split_english_words_are_not_chosen(teacher):
    german = ["hafen stadt"] * 10
    english = ["harbour stadt"] * 10
    chosen = choose_pieces(teacher / "tokenizer.json", ["hafen", "stadt"], german, english)
    assert chosen == ["hafen"]


def test_pieces_are_made_from_words_that_come_often():
    pieces = german_pieces(["Abkommen und Verträge"] * 20, 200)
    assert {"abkommen", "vertrage"} <= set(pieces)


def test_a_new_piece_starts_as_the_mean_of_its_translations():
    known = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    found = align([[2], [2], [3]], [[0], [1], [1]])
    weight = dict(zip(zip(found.source, found.target, strict=True), found.mutual, strict=True))
    rows = starting_rows(known, 5, [2, 3, 4], found)
    total = weight[2, 0] + weight[2, 1]
    assert rows[2] == pytest.approx([weight[2, 0] / total, weight[2, 1] / total])
    assert rows[3] == pytest.approx([0.0, 1.0])
    assert rows[4] == pytest.approx([0.5, 0.5])  # without a translation
    assert rows[:2] == pytest.approx(known)


# Texts -------------------------------------------------------------------------------------------


def corpus(lengths, *, share=None, question=None):
    sentences = [np.zeros(length, dtype=np.int32) for length in lengths]
    return Corpus(
        german=sentences,
        english=sentences,
        taught=sentences,
        source=["a"] * len(lengths),
        question=np.array(question or [False] * len(lengths)),
        share=np.array(share or [1.0] * len(lengths)),
    )


def test_each_sentence_is_learnt_once_an_epoch_and_texts_are_not_too_long():
    lengths = [20] * 300
    groups = [np.arange(first, first + 50) for first in range(0, 300, 50)]
    found = list(batches(corpus(lengths), groups, tokens=500, seed=3))
    texts = [text for batch in found for text in batch]
    assert sorted(np.concatenate(texts)) == list(range(300))
    assert max(len(text) for text in texts) * 20 <= 250
    assert any(len(text) > 1 for text in texts)
    assert all(len(batch) * max(len(t) for t in batch) * 20 <= 500 for batch in found)
    # A text never mixes groups.
    assert all(len({i // 50 for i in text}) == 1 for text in texts)


def test_the_seed_decides_the_order():
    groups = [np.arange(100)]
    one, same, other = (
        [
            text.tolist()
            for batch in batches(corpus([20] * 100), groups, tokens=500, seed=seed)
            for text in batch
        ]
        for seed in (1, 1, 2)
    )
    assert one == same != other


def test_questions_stand_alone_and_a_share_is_how_often():
    some = corpus([10] * 4, share=[0.0, 3.0, 1.0, 1.0], question=[False, True, False, False])
    found = batches(some, [np.arange(4)], tokens=100, seed=0)
    texts = [text.tolist() for batch in found for text in batch]
    assert texts.count([1]) == 3
    assert sorted(i for text in texts for i in text if i != 1) == [2, 3]


def test_groups_have_one_source_and_similar_sentences():
    random = np.random.default_rng(0)
    vectors = np.zeros((200, 4), dtype=np.float32)
    vectors[np.arange(200), np.arange(200) % 2] = 1
    vectors += random.normal(scale=0.01, size=vectors.shape)
    source = ["a" if number < 120 else "b" for number in range(200)]
    groups = subject_groups(vectors, source, seed=0)
    assert sorted(np.concatenate(groups)) == list(range(200))
    assert all(len({source[i] for i in group}) == 1 for group in groups)
    assert max(map(len, groups)) <= 48
    assert all(len({i % 2 for i in group}) == 1 for group in groups)


# Loss --------------------------------------------------------------------------------------------


def test_vectors_are_means_of_a_text_and_of_each_of_its_sentences(teacher):
    tokenizer = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    first, second = np.array([7, 8], dtype=np.int32), np.array([9], dtype=np.int32)
    encoded = encode([[first, second], [second]], tokenizer)
    assert encoded.tokens.tolist() == [[2, 7, 8, 9, 3], [2, 9, 3, 0, 0]]
    assert encoded.attention.tolist() == [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]
    assert encoded.sentence.tolist() == [[-1, 0, 0, 1, -1], [-1, 2, -1, -1, -1]]
    states = encoded.tokens.unsqueeze(-1).float()
    texts, sentences = pool(states, encoded)
    assert texts.flatten().tolist() == pytest.approx([29 / 5, 14 / 3])
    assert sentences.flatten().tolist() == pytest.approx([7.5, 9, 9])


def test_text_beyond_the_limit_is_cut_and_not_learnt_from(teacher):
    tokenizer = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    long, cut_off = np.full(254, 7, dtype=np.int32), np.array([9], dtype=np.int32)
    encoded = encode([[long, cut_off]], tokenizer)
    assert encoded.tokens.shape == (1, 256)
    _, sentences = pool(encoded.tokens.unsqueeze(-1).float(), encoded)
    assert sentences.flatten().tolist() == [7, 0]
    assert torch.isfinite(
        loss(pool(torch.ones(1, 256, 4), encoded), pool(torch.ones(1, 256, 4), encoded))
    )


def test_a_student_equal_to_the_teacher_has_no_loss():
    texts, sentences = torch.eye(3), torch.eye(3)
    assert loss((texts, sentences), (texts, sentences)).item() == pytest.approx(0, abs=1e-5)
    assert loss((texts.roll(1, 0), sentences), (texts, sentences)).item() > 1


def test_two_tables_are_one_table_learnt_at_two_rates():
    rows = torch.arange(8.0).reshape(4, 2)
    tables = TwoTables(rows, [3, 1])
    assert torch.equal(tables(torch.tensor([[0, 1, 2, 3]])), rows.unsqueeze(0))
    tables(torch.tensor([[1, 2]])).sum().backward()
    assert tables.new.grad.tolist() == [[1, 1], [0, 0]]
    assert tables.known.grad.tolist() == [[0, 0], [0, 0], [1, 1], [0, 0]]
    assert torch.equal(tables.joined(), rows)


# The whole run -----------------------------------------------------------------------------------


def run(monkeypatch, pairs, out, teacher, steps, every):
    monkeypatch.setattr(distill, "CHECKPOINT_EVERY", every)
    options = ["--pairs", pairs, "--out", out, "--teacher", teacher, "--vocabulary", 120]
    options += ["--steps", steps, "--tokens", 60]
    monkeypatch.setattr(sys, "argv", ["distill", *map(str, options)])
    distill.main()


def test_a_run_writes_a_model_that_has_learnt_german(
    pairs_file, tmp_path, teacher, monkeypatch, capsys
):
    from sentence_transformers import SentenceTransformer

    def nearness(folder):
        student = SentenceTransformer(str(folder))
        german = student.encode([pair.german for pair in PAIRS], convert_to_numpy=True)
        english = SentenceTransformer(str(teacher)).encode([pair.english for pair in PAIRS])
        return float((german * english).sum(1).mean())

    run(monkeypatch, pairs_file, tmp_path / "run", teacher, 60, 60)
    assert (tmp_path / "run" / "lexicon.tsv.gz").exists()
    assert nearness(tmp_path / "run" / "model") > nearness(teacher) + 0.05
    assert "step 50 loss" in capsys.readouterr().out


def test_a_resumed_run_ends_like_an_undisturbed_one(pairs_file, tmp_path, teacher, monkeypatch):
    from safetensors.torch import load_file

    run(monkeypatch, pairs_file, tmp_path / "whole", teacher, 8, 4)

    class Stopped(Exception):
        pass

    real, seen = distill.loss, []

    def stop_at_the_seventh(*vectors):
        seen.append(1)
        if len(seen) == 7:
            raise Stopped
        return real(*vectors)

    monkeypatch.setattr(distill, "loss", stop_at_the_seventh)
    with pytest.raises(Stopped):
        run(monkeypatch, pairs_file, tmp_path / "stopped", teacher, 8, 4)
    monkeypatch.setattr(distill, "loss", real)
    run(monkeypatch, pairs_file, tmp_path / "stopped", teacher, 8, 4)
    whole, stopped = (
        load_file(str(tmp_path / name / "model" / "model.safetensors"))
        for name in ("whole", "stopped")
    )
    assert whole.keys() == stopped.keys()
    for name in whole:
        assert torch.equal(whole[name], stopped[name])
