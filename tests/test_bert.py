"""The bundled models without transformers: to the bit as transformers computes them."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch

from rag.errors import EmbeddingUnavailable
from rag.models.bert import Bert, Embeddings, read_shape
from rag.models.bundled_encoder import load_bundled_encoder
from rag.models.embedding import load_embedding
from rag.models.hub_encoder import HubEncoder
from rag.models.precision import native_precision

FOLDER = Path(str(files("rag") / "bundled" / "embedding"))
TEXTS = [
    "Der Vertrag sieht gegenseitige Hilfe vor, falls einer der Staaten angegriffen wird.",
    "Nein.",
    "",
    "The treaty obliges both states to help each other.",
    "x" * 101,
    "Hallo 😀 Ünïcode",
    "Wort " * 3_000,
]
PRECISIONS = sorted({"float32", native_precision()})


@pytest.fixture(scope="module", params=PRECISIONS)
def both(request):
    """Return our encoder and the one of sentence-transformers, in one number format."""
    from sentence_transformers import SentenceTransformer

    options = {"dtype": getattr(torch, request.param)}
    model = SentenceTransformer(str(FOLDER), device="cpu", model_kwargs=options)
    return load_bundled_encoder(FOLDER, "cpu", request.param), HubEncoder("bundled", model)


def test_vectors_are_the_same_bits(both):
    ours, theirs = both
    assert np.array_equal(ours.encode(TEXTS), theirs.encode(TEXTS))
    for text in TEXTS:
        assert np.array_equal(ours.encode([text]), theirs.encode([text]))
    assert (ours.precision, ours.device) == (theirs.precision, theirs.device)


def test_vectors_of_tokens_are_the_same_bits(both):
    for one, other in zip(*(encoder.encode_tokens(TEXTS) for encoder in both), strict=True):
        assert np.array_equal(one.vector, other.vector)
        assert np.array_equal(one.tokens, other.tokens)


@pytest.mark.parametrize("text", TEXTS)
def test_questions_have_the_same_bits_and_their_tokens_the_same_places(both, text):
    (one, places), (other, expected) = (encoder.encode_question(text) for encoder in both)
    assert np.array_equal(one.vector, other.vector)
    assert np.array_equal(one.tokens, other.tokens)
    assert places == expected


def test_tokens_are_counted_alike(both):
    ours, theirs = both
    assert ours.count_tokens(TEXTS) == theirs.count_tokens(TEXTS)
    assert ours.max_tokens == theirs.max_tokens == 254


@pytest.mark.parametrize("precision", PRECISIONS)
def test_pairs_of_texts_have_the_same_bits_as_in_transformers(precision):
    from transformers import BertModel

    dtype, shape = getattr(torch, precision), read_shape(FOLDER)
    theirs = BertModel.from_pretrained(FOLDER, add_pooling_layer=False, dtype=dtype).eval()
    weights = theirs.state_dict()
    ours = Bert(shape, weights, Embeddings(shape, weights))
    ids = torch.randint(200, 50_000, (4, 48), generator=torch.Generator().manual_seed(1))
    types = (torch.arange(48) > 11).long().expand(4, 48)
    for lengths in ([48, 48, 48, 48], [48, 31, 7, 1]):
        mask = (torch.arange(48) < torch.tensor(lengths)[:, None]).long()
        with torch.inference_mode():
            expected = theirs(ids, mask, types).last_hidden_state
            assert torch.equal(ours(ids, types, mask), expected)


def test_neither_library_is_imported_for_the_bundled_models():
    code = (
        "import sys; from rag.models.embedding import load_embedding as load;"
        "from rag.models.reader import Window, load_reader; model = load(device='cpu');"
        "model.embed_documents(['Ja.'] * 9);"
        "load_reader(model.word_vectors).read('Wer?', [Window('', 'Ja.')]);"
        "print([name for name in ('transformers', 'sentence_transformers', 'scipy')"
        " if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_a_bundled_model_that_is_broken_is_named_in_one_line(tmp_path, monkeypatch):
    (tmp_path / "bundled" / "embedding").mkdir(parents=True)
    monkeypatch.setattr("rag.models.embedding.files", lambda package: tmp_path)
    with pytest.raises(EmbeddingUnavailable) as raised:
        load_embedding()
    text = str(raised.value)
    assert text.startswith(f"the bundled embedding in {tmp_path}")
    assert text.endswith("): install again")
