"""Embedding models: the bundled one, folders, the hub's cache, and unknown names."""

import json
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import numpy as np
import pytest
import torch

from rag.errors import DeviceUnavailable, EmbeddingUnavailable
from rag.models.embedding import DEFAULT_EMBEDDING, load_embedding
from rag.models.precision import available_device, choose_device, native_precision
from rag.models.sentence_embedding import SentenceEmbedding

VOCABULARY = "[PAD] [UNK] [CLS] [SEP] [MASK] der hafen wahl ##en frage text : markt".split()
LENGTH = 16


@pytest.fixture(autouse=True)
def attempts(monkeypatch):
    """Forbid the network; holds the attempts to use it."""
    tried = []

    def refuse(*values, **named):
        tried.append(values)
        raise OSError("the network is not to be used")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


@pytest.fixture(scope="module")
def default():
    return load_embedding()


def make_model(folder, *, seed=0, prompts=None):
    """Save a sentence-transformers model of random weights with a dozen words."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    plain = folder / "plain"
    plain.mkdir(parents=True)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=LENGTH,
    )
    BertModel(config).save_pretrained(plain)
    vocabulary = {word: number for number, word in enumerate(VOCABULARY)}
    BertTokenizer(vocab=vocabulary, model_max_length=LENGTH).save_pretrained(plain)
    modules = [Transformer(str(plain)), Pooling(16)]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder / "model"))
    # Saving would add the two names that sentence-transformers looks for first.
    stated = folder / "model" / "config_sentence_transformers.json"
    stated.write_text(json.dumps(json.loads(stated.read_text()) | {"prompts": prompts or {}}))
    return folder / "model"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    base = tmp_path_factory.mktemp("models")
    return {
        "plain": make_model(base / "a"),
        "prompts": make_model(base / "b", prompts={"query": "frage : ", "document": "text : "}),
        "passage": make_model(base / "c", prompts={"query": "", "passage": "text : der : "}),
    }


def one_line(raised):
    text = str(raised.value)
    assert "\n" not in text
    return text


# Devices -----------------------------------------------------------------------------------------


def test_auto_is_the_best_device_and_others_are_as_named():
    assert available_device() in ("cuda", "mps", "cpu")
    assert choose_device("auto") == available_device()
    assert choose_device("cpu") == "cpu"


@pytest.mark.parametrize("device", ["cuda:99", "gpu", "", "cpu:1", "cuda:x", "mps:7"])
def test_a_device_that_is_not_there_is_named_with_the_one_that_is(device):
    with pytest.raises(DeviceUnavailable) as raised:
        load_embedding(device=device)
    assert one_line(raised) == (
        f"there is no device {device!r} here; the best one is {available_device()}, which 'auto'"
        " takes"
    )


def test_a_model_runs_in_the_number_format_of_its_device(folders):
    model = load_embedding(str(folders["plain"]), "cpu")
    assert (model.device, model.precision) == ("cpu", native_precision("cpu"))
    assert native_precision("mps") == "float32"


# The bundled model -------------------------------------------------------------------------------


def test_the_bundled_model_loads_without_a_network(default, attempts):
    assert isinstance(load_embedding(), SentenceEmbedding)
    assert default.name == DEFAULT_EMBEDDING
    assert attempts == []


def test_vectors_have_length_one_in_any_precision(default):
    texts = ["Der Vertrag sieht Hilfe vor.", "x" * 2_000, "", "Hallo 😀", "Wort " * 3_000]
    vectors = np.asarray(default.embed_documents(texts))
    assert vectors.shape == (5, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-9)
    assert np.linalg.norm(default.embed_query("Was sieht er vor?")) == pytest.approx(1, abs=1e-9)


def test_the_same_text_has_the_same_vector_alone_and_in_company(default):
    text = "Der Vertrag sieht Hilfe vor."
    alone = np.asarray(default.embed_query(text))
    company = np.asarray(default.embed_documents(["Nein.", text, "Wort " * 300])[1])
    assert alone @ company == pytest.approx(1, abs=0.001)


def test_no_texts_have_no_vectors(default):
    assert default.embed_documents([]) == []
    assert default.count_tokens([]) == []


def test_tokens_are_those_of_the_bundled_model(default):
    # 256 without the two special tokens.
    assert default.max_tokens == 254
    # Two known words; a word cut in two; nothing; more than 100 letters are one unknown token.
    assert default.count_tokens(["the treaty", "treatyless", "", "x" * 101]) == [2, 2, 0, 1]
    # German is known too: "verteidigungs" and "##abkommen".
    assert default.count_tokens(["Das Verteidigungsabkommen gilt."]) == [5]


def test_a_text_has_the_same_vector_with_its_tokens_as_without(default):
    texts = ["Der Vertrag sieht Hilfe vor.", "Nein.", "", "Wort " * 3_000]
    alone = np.asarray(default.embed_documents(texts))
    read = default.embed_tokens(texts)
    assert [float(one.vector @ vector) for one, vector in zip(read, alone, strict=True)] == (
        pytest.approx([1.0] * 4, abs=0.001)
    )


def test_every_token_of_a_text_has_a_vector_of_length_one(default):
    texts = ["the treaty", "Das Verteidigungsabkommen gilt.", "Wort " * 3_000, ""]
    read = default.embed_tokens(texts)
    # An empty text has only its special tokens.
    assert [len(one.tokens) for one in read] == [2, 5, 254, 2]
    for one in read:
        assert np.linalg.norm(one.tokens, axis=1) == pytest.approx(1, abs=1e-6)


def test_texts_keep_their_order_across_batches(default):
    texts = [f"{'Wort ' * (n * 7 % 30)}{n}" for n in range(30)]
    together = np.asarray(default.embed_documents(texts))
    alone = np.asarray([default.embed_documents([text])[0] for text in texts])
    assert (together @ alone.T).argmax(axis=1).tolist() == list(range(30))


def test_threads_may_count_and_embed_at_once(default):
    texts = [f"Der {n}. Vertrag sieht Hilfe vor." * (n % 5 + 1) for n in range(60)]
    expected = default.count_tokens(texts)
    with ThreadPoolExecutor(4) as pool:
        counted = [pool.submit(default.count_tokens, texts) for _ in range(4)]
        embedded = [pool.submit(default.embed_documents, texts) for _ in range(2)]
        asked = [pool.submit(default.embed_query, text) for text in texts]
        assert [one.result() for one in counted] == [expected] * 4
        assert [len(one.result()) for one in embedded] == [60, 60]
        assert {len(one.result()) for one in asked} == {384}


def test_a_question_is_compared_by_its_keywords(default):
    question = "Was verspricht der Vertrag?"
    whole = default.embed_keywords(question, ["was", "verspricht", "der", "vertrag"])
    some = default.embed_keywords(question, ["verspricht", "Vertrag"])
    assert default.count_tokens([question, "Was verspricht der Vertrag"]) == [5, 4]
    assert len(whole.tokens) == 4
    # In the context of the whole question.
    assert some.tokens == pytest.approx(whole.tokens[[1, 3]])
    assert some.vector.tolist() == default.embed_query(question)


def test_a_question_without_any_of_the_keywords_is_compared_whole(default):
    assert len(default.embed_keywords("Was verspricht der Vertrag?", ["ver"]).tokens) == 5


def test_a_sentence_is_nearest_to_its_translation(default):
    german = [
        "Der Vertrag verpflichtet beide Staaten zu gegenseitiger Hilfe.",
        "Die neue Brücke über den Fluss öffnet im Oktober.",
        "Im Krankenhaus fehlen Ärzte und Pflegekräfte.",
        "Die Mannschaft verlor das Endspiel im Elfmeterschießen.",
    ]
    english = [
        "The treaty obliges both states to help each other.",
        "The new bridge across the river opens in October.",
        "The hospital is short of doctors and nurses.",
        "The team lost the final on penalties.",
    ]
    cosines = (
        np.array(default.embed_documents(german)) @ np.array(default.embed_documents(english)).T
    )
    assert cosines.argmax(0).tolist() == [0, 1, 2, 3]
    assert cosines.argmax(1).tolist() == [0, 1, 2, 3]
    assert cosines.diagonal().min() > 0.7


def test_the_bundled_model_is_a_plain_sentence_transformers_folder():
    from sentence_transformers import SentenceTransformer

    folder = files("rag") / "bundled" / "embedding"
    assert SentenceTransformer(str(folder)).encode("Guten Tag.").shape == (384,)
    assert (folder / "model.safetensors").stat().st_size < 64_000_000


def test_the_precision_is_that_of_the_processor(default):
    can = torch.cpu.get_capabilities()
    native = can.get("avx512_bf16") or can.get("amx_bf16")
    assert default.precision == ("bfloat16" if native else "float32")


@pytest.mark.parametrize(
    ("can", "precision"),
    [
        ({}, "float32"),
        ({"avx512_f": True, "avx512_bf16": False}, "float32"),
        ({"avx512_bf16": True}, "bfloat16"),
        ({"amx_bf16": True}, "bfloat16"),
    ],
)
def test_bfloat16_is_for_processors_that_have_it(folders, monkeypatch, can, precision):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: can)
    assert load_embedding(str(folders["plain"])).precision == precision


# A model in a folder -----------------------------------------------------------------------------


def test_a_folder_is_loaded_without_a_network(folders, attempts):
    model = load_embedding(str(folders["plain"]))
    assert len(model.embed_query("der hafen")) == 16
    assert attempts == []


def test_the_name_of_a_folder_is_its_absolute_path(folders, monkeypatch):
    monkeypatch.chdir(folders["plain"].parent)
    assert load_embedding("model").name == str(folders["plain"])
    monkeypatch.setenv("HOME", str(folders["plain"].parent))
    assert load_embedding("~/model").name == str(folders["plain"])


def test_tokens_are_those_of_the_model(folders):
    model = load_embedding(str(folders["plain"]))
    assert model.count_tokens(["der hafen", "Wahlen", "unbekannt : ", "\n"]) == [2, 2, 2, 0]
    assert model.max_tokens == LENGTH - 2


@pytest.mark.parametrize(
    ("name", "most"),
    [("plain", LENGTH - 2), ("prompts", LENGTH - 2 - 2), ("passage", LENGTH - 2 - 4)],
)
def test_the_model_reads_as_many_tokens_as_it_says_and_no_more(folders, name, most):
    model = load_embedding(str(folders[name]))
    assert model.max_tokens == most
    fits, changed = "der " * most, "der " * (most - 1) + "markt"
    over, also_over = fits + "wahl", fits + "hafen"
    vectors = np.asarray(model.embed_documents([fits, changed, over, also_over]))
    cosines = vectors @ vectors.T
    assert cosines[0, 2] == cosines[0, 3] == pytest.approx(1, abs=1e-4)
    assert cosines[0, 1] < 0.999


def test_questions_and_passages_get_the_prompts_of_the_model(folders, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)  # float32: exact
    plain, model = load_embedding(str(folders["plain"])), load_embedding(str(folders["prompts"]))
    [passage] = model.embed_documents(["der hafen"])
    assert passage == pytest.approx(plain.embed_query("text : der hafen"), abs=1e-6)
    question = model.embed_query("der hafen")
    assert question == pytest.approx(plain.embed_query("frage : der hafen"), abs=1e-6)
    assert np.dot(question, passage) < 0.999
    [passage] = load_embedding(str(folders["passage"])).embed_documents(["der hafen"])
    assert passage == pytest.approx(plain.embed_query("text : der : der hafen"), abs=1e-6)


def test_keywords_are_found_behind_the_prompt(folders):
    model = load_embedding(str(folders["prompts"]))
    assert len(model.embed_keywords("der hafen wahlen", ["hafen", "wahlen"]).tokens) == 3
    # Without the tokens of the prompt.
    assert len(model.embed_keywords("der hafen wahlen", []).tokens) == 4
    assert [len(one.tokens) for one in model.embed_tokens(["der hafen", "wahl"])] == [2, 1]


@pytest.mark.parametrize(
    ("name", "question", "passage"),
    [
        ("multilingual-e5-small", "query: ", "passage: "),
        ("e5-base-v2", "query: ", "passage: "),
        ("bge-small-en-v1.5", "Represent this sentence for searching relevant passages: ", ""),
        (
            "snowflake-arctic-embed-m",
            "Represent this sentence for searching relevant passages: ",
            "",
        ),
        ("snowflake-arctic-embed-l-v2.0", "query: ", ""),
        ("nomic-embed-text-v1.5", "search_query: ", "search_document: "),
        ("bge-m3", "", ""),
        ("some-model", "", ""),
    ],
)
def test_models_without_prompts_get_those_known_for_their_name(
    folders, tmp_path, monkeypatch, name, question, passage
):
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)  # float32: exact
    plain = load_embedding(str(folders["plain"]))
    model = load_embedding(str(shutil.copytree(folders["plain"], tmp_path / name)))
    asked = plain.embed_query(f"{question}der hafen")
    assert model.embed_query("der hafen") == pytest.approx(asked, abs=1e-6)
    [stored] = model.embed_documents(["der hafen"])
    assert stored == pytest.approx(plain.embed_query(f"{passage}der hafen"), abs=1e-6)


def test_an_instructed_e5_is_given_its_task(folders, tmp_path):
    model = load_embedding(
        str(shutil.copytree(folders["plain"], tmp_path / "multilingual-e5-large-instruct"))
    )
    assert model.embed_query("der hafen") != load_embedding(str(folders["plain"])).embed_query(
        "der hafen"
    )
    # Passages have no prefix, so they keep all their tokens.
    assert model.max_tokens == LENGTH - 2


def test_prompts_that_a_model_ships_are_not_replaced(folders, tmp_path):
    shipped = load_embedding(str(folders["prompts"]))
    named = load_embedding(str(shutil.copytree(folders["prompts"], tmp_path / "e5-small")))
    assert named.embed_query("der hafen") == shipped.embed_query("der hafen")


def test_other_weights_give_other_vectors(folders, tmp_path):
    one = load_embedding(str(folders["plain"])).embed_query("der hafen")
    other = load_embedding(str(make_model(tmp_path, seed=1))).embed_query("der hafen")
    assert np.dot(one, other) < 0.9


def test_a_model_in_the_hubs_cache_is_loaded_without_the_hub(
    folders, tmp_path, monkeypatch, attempts
):
    snapshot = tmp_path / "models--somebody--tiny" / "snapshots" / ("0" * 40)
    shutil.copytree(folders["plain"], snapshot)
    main = snapshot.parent.parent / "refs" / "main"
    main.parent.mkdir()
    main.write_text("0" * 40)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    model = load_embedding("somebody/tiny")
    assert (model.name, model.max_tokens) == ("somebody/tiny", LENGTH - 2)
    assert attempts == []


# No model ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["/no/such/folder", "./none", "../none", "~/none"])
def test_a_folder_that_is_not_there_is_an_error_at_once(name, attempts):
    with pytest.raises(EmbeddingUnavailable) as raised:
        load_embedding(name)
    assert one_line(raised) == (
        f"there is no folder {name!r}: give the folder of a sentence-transformers model"
    )
    assert attempts == []


def test_a_folder_that_holds_no_model_is_an_error(tmp_path, attempts):
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(EmbeddingUnavailable) as raised:
        load_embedding(str(tmp_path))
    text = one_line(raised)
    assert text.startswith(f"the embedding {str(tmp_path)!r} cannot be loaded (")
    assert text.endswith(
        "): give the folder of a sentence-transformers model, a name on the model hub, or leave it"
        f" at {DEFAULT_EMBEDDING}"
    )
    assert attempts == []


@pytest.mark.parametrize("name", ["nobody/no-such-model", "no-such-model"])
def test_an_unknown_name_is_tried_once(name, attempts):
    with pytest.raises(EmbeddingUnavailable) as raised:
        load_embedding(name)
    assert one_line(raised).startswith(f"the embedding {name!r} cannot be loaded (")
    # A download would try three files six times each, with a minute of pauses in all.
    assert len(attempts) <= 1


@pytest.mark.parametrize("name", ["", "a b", "a/b/c", "x" * 300, "ü/ö", "a\0b"])
def test_an_invalid_name_is_an_error(name):
    with pytest.raises(EmbeddingUnavailable):
        load_embedding(name)


def test_loading_leaves_progress_bars_as_they_were(folders):
    from transformers.utils import logging

    assert logging.is_progress_bar_enabled()
    load_embedding(str(folders["plain"]))
    assert logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    load_embedding(str(folders["plain"]))
    assert not logging.is_progress_bar_enabled()
    logging.enable_progress_bar()
