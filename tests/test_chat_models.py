"""Chat models by name: messages name the missing part and no key, and a folder works."""

import threading

import pytest
import torch
from langchain_core.messages import HumanMessage, SystemMessage
from scripted_server import saying, serving
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from written import TRUE, answerer_for, bridge_store, find, quoted

from rag.answering.prompt import ask_for_schema
from rag.errors import ModelUnavailable
from rag.models.chat import MOST_OUTPUT_TOKENS, key_variable, load_chat_model
from rag.models.chat_stream import Bounds, ModelFailed, read_stream
from rag.question.question import read_question

KEY = "sk-never-to-be-shown-0123456789"
KEYS = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_API_KEY"]
TEMPLATE = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"


@pytest.fixture(scope="module")
def bridge(tmp_path_factory):
    with bridge_store(tmp_path_factory.mktemp("bridge")) as store:
        yield store


@pytest.fixture(autouse=True)
def without_keys(monkeypatch):
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("anthropic:claude-x", "langchain-anthropic"),
        ("google_genai:gemini-x", "langchain-google-genai"),
        ("mistralai:mistral-x", "langchain-mistralai"),
        ("ollama:qwen3:8b", "langchain-ollama"),
        ("groq:x", "langchain-groq"),
    ],
)
def test_a_missing_package_is_named_with_the_way_to_install_it(monkeypatch, name, package):
    monkeypatch.setenv(key_variable(name) or "UNUSED", KEY)
    with pytest.raises(ModelUnavailable, match=f"pip install {package}$") as caught:
        load_chat_model(name)
    assert str(caught.value).startswith(f"{name} needs a package that is not installed")
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("name", ["", "gpt", "openai:", ":gpt", " : "])
def test_a_name_without_provider_or_model_says_how_to_write_it(name):
    with pytest.raises(ModelUnavailable, match="write provider:name, such as openai:"):
        load_chat_model(name)


def test_an_unknown_provider_is_named_with_those_that_are_known():
    with pytest.raises(
        ModelUnavailable, match="no provider 'nobody'; known are .*openai"
    ) as caught:
        load_chat_model("nobody:x")
    assert "\n" not in str(caught.value)


def test_a_missing_key_is_named():
    with pytest.raises(ModelUnavailable, match="^openai:gpt-x needs a key: set OPENAI_API_KEY in"):
        load_chat_model("openai:gpt-x")


def test_a_server_of_your_own_needs_no_key():
    with serving(saying(TRUE)) as server:
        model = load_chat_model("openai:local", base_url=server.url)
        assert "Es" not in model.invoke("Hallo").content
    assert server.requests[0].headers["authorization"] == "Bearer none"
    assert server.requests[0].body["model"] == "local"


def test_a_server_named_in_the_environment_needs_no_key_either(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert load_chat_model("openai:local").model_name == "local"


def test_no_text_of_a_model_holds_the_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = load_chat_model("openai:gpt-x")
    assert model.openai_api_key.get_secret_value() == KEY
    assert KEY not in repr(model)
    assert KEY not in str(model)
    assert KEY not in repr(model.model_dump())


def test_requests_are_bounded_and_not_repeated_by_the_client(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = load_chat_model("openai:gpt-4o-mini", timeout=7)
    assert (model.max_retries, model.request_timeout, model.max_tokens) == (
        0,
        7,
        MOST_OUTPUT_TOKENS,
    )
    assert model.temperature == 0


def test_a_model_known_to_take_no_temperature_is_given_none(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert load_chat_model("openai:o3").temperature is None


@pytest.mark.parametrize("url", ["localhost:8080", "http://", "http://[", "ftp://a", "http://a b"])
def test_an_invalid_base_url_is_an_error_that_does_not_repeat_it(url):
    with pytest.raises(ModelUnavailable, match="write it such as http://") as caught:
        load_chat_model("openai:x", base_url=url)
    assert url not in str(caught.value).replace("such as http://", "")


def test_a_bad_setting_is_one_line_without_the_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_PROXY", f"nonsense://{KEY}@nowhere")
    with pytest.raises(ModelUnavailable, match=r"^openai:x cannot be set up \(\w+\): ") as caught:
        load_chat_model("openai:x")
    assert KEY not in str(caught.value)
    assert caught.value.__suppress_context__


def save_tiny_model(folder, template=TEMPLATE):
    """Save a language model of one layer with random weights, one character a token."""
    letters = [chr(code) for code in range(32, 127)] + list("\näöüßÄÖÜ…“„–")
    vocabulary = {"<unk>": 0, "<end>": 1} | {letter: n for n, letter in enumerate(letters, 2)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<end>", pad_token="<end>"
    )
    fast.chat_template = template
    fast.save_pretrained(folder)
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=8192,
        eos_token_id=1,
        pad_token_id=1,
        bos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return f"huggingface:{folder}"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


def test_a_local_folder_is_streamed_through_transformers(tiny):
    model = load_chat_model(tiny, tokens=40)
    assert ask_for_schema(model) == {}
    messages = [SystemMessage("Du bist kurz."), HumanMessage("Hallo")]
    parts = [part.text for part in read_stream(model, messages, Bounds(30, 30))]
    assert "".join(parts)
    assert len(parts) > 1
    # Greedy, and so the same again.
    assert "".join(parts) == "".join(p.text for p in read_stream(model, messages, Bounds(30, 30)))


def test_the_gibberish_of_a_random_model_ends_in_quotations(tiny, bridge, words):
    answerer = answerer_for(load_chat_model(tiny, tokens=40), bridge, words)
    first, *rest = answerer.answer(
        read_question("Wann öffnet die neue Brücke?"), find(bridge, words)
    )
    made = sum(rest, first)
    assert made.notice.startswith("The model's ")
    assert made.notice.endswith("; the articles are quoted instead.")
    assert [one.text for one in made.sentences] == [
        one.text for one in quoted(bridge, words, "Wann öffnet die neue Brücke?").sentences
    ]


def test_a_local_model_stops_when_its_reader_leaves(tiny):
    model = load_chat_model(tiny, tokens=100_000)
    stream = read_stream(model, [HumanMessage("Hallo")], Bounds(30, 30))
    next(stream)
    [thread] = [thread for thread in threading.enumerate() if thread.name == "local chat model"]
    stream.close()
    thread.join(30)
    assert not thread.is_alive()


def test_a_failure_of_a_local_model_is_an_error_not_an_end(tiny):
    model = load_chat_model(tiny, tokens=40)
    model.llm.pipeline.model.lm_head = None
    with pytest.raises(ModelFailed, match="TypeError"):
        list(read_stream(model, [HumanMessage("Hallo")], Bounds(30, 30)))


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(ModelUnavailable, match=f"^huggingface:{tmp_path} cannot be loaded"):
        load_chat_model(f"huggingface:{tmp_path}")


def test_a_model_that_does_not_chat_is_named(tmp_path):
    with pytest.raises(ModelUnavailable, match="its tokenizer has no chat template"):
        load_chat_model(save_tiny_model(tmp_path, template=None))


def test_a_local_model_at_a_server_is_a_mistake(tmp_path):
    with pytest.raises(ModelUnavailable, match="takes no base URL"):
        load_chat_model(f"huggingface:{tmp_path}", base_url="http://127.0.0.1:9/v1")
