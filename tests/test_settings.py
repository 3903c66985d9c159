"""The file of settings, read by the command: priorities, errors, refused keys."""

from __future__ import annotations

import socket

import pytest
from commands import failure, lines, misuse, run
from files import write

from rag.models.precision import native_precision

BRIDGE = "Die neue Brücke über die Lahn öffnet im Oktober, sagte die Bürgermeisterin am Montag."
NAME = "article-chat.toml"
KEYS = "keys are read from the environment only: set the provider's variable there and delete it"


pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture
def indexed(here):
    write(here / "news" / "bruecke.txt", BRIDGE)
    lines("index", "news", "--data", "kept")
    return here / "kept"


def status(*args):
    """Return the output of `status` by the first word of each line."""
    return dict(line.split(maxsplit=1) for line in lines(*args, "status"))


def test_a_file_in_the_working_folder_is_read_and_named_by_status(here, indexed):
    write(here / NAME, 'data = "kept"\nmodel = "openai:x"\nbase-url = "http://127.0.0.1:9/v1"\n')
    said = status()
    assert said["index"] == str(here / "kept")
    assert said["settings"] == str(here / NAME)
    assert said["answers"] == "openai:x at http://127.0.0.1:9/v1, checked against the articles"


def test_without_a_file_status_says_so(indexed, monkeypatch):
    monkeypatch.setenv("ARTICLE_CHAT_DATA", "kept")
    assert status()["settings"] == f"none (no {NAME} here)"


def test_the_command_line_comes_before_the_environment_before_the_file(here, indexed, monkeypatch):
    write(here / NAME, 'data = "kept"\nmodel = "openai:of-the-file"\n')
    assert status()["answers"].startswith("openai:of-the-file")
    monkeypatch.setenv("ARTICLE_CHAT_MODEL", "openai:of-the-environment")
    assert status()["answers"].startswith("openai:of-the-environment")
    made = lines("status", "--model", "openai:of-the-line")
    assert made[-1].startswith("answers    openai:of-the-line")


def test_every_option_of_the_environment_can_be_set_and_reaches_its_command(here, indexed):
    """The port is taken and the embedding missing: the errors show the values that arrived."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        write(here / NAME, f'data = "kept"\nhost = "127.0.0.1"\nport = {port}\n')
        assert failure("chat") == (
            f"Port {port} is in use by another program; choose another with --port."
        )
    write(here / NAME, 'data = "kept"\nhost = "192.0.2.1"\n')
    assert failure("chat").startswith("Cannot serve on 192.0.2.1 port 7860: ")
    write(here / NAME, 'data = "kept"\nembedding = "./none"\n')
    assert failure("ask", "Wann öffnet die Brücke?").startswith("there is no folder './none'")
    write(here / NAME, 'data = "kept"\nbase-url = "http://127.0.0.1:9/v1"\n')
    assert misuse("ask", "Wann?").startswith("--base-url names a server but no model")


def test_a_named_file_is_used_instead_of_the_folders_own(here, indexed, monkeypatch):
    write(here / NAME, 'data = "of-the-folder"\n')
    write(here / "elsewhere" / "mine.toml", f'data = "{here}/kept"\n')
    assert status("--settings", "elsewhere/mine.toml")["settings"] == str(
        here / "elsewhere" / "mine.toml"
    )
    monkeypatch.setenv("ARTICLE_CHAT_SETTINGS", "elsewhere/mine.toml")
    assert status()["index"] == str(here / "kept")
    assert failure("--settings", "gone.toml", "status") == (
        "there is no settings file gone.toml: name another or leave it out"
    )


def test_relative_folders_start_at_the_folder_of_the_file(here, indexed, monkeypatch):
    write(here / NAME, 'data = "kept"\n')
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")
    assert status("--settings", f"../{NAME}")["index"] == f"{here}/below/../kept"


def test_an_embedding_is_a_folder_only_if_the_folder_exists_beside_the_file(here, indexed):
    (here / "sub" / "minilm").mkdir(parents=True)
    write(here / "sub" / "s.toml", f'data = "{here}/kept"\nembedding = "minilm"\n')
    error = failure("--settings", "sub/s.toml", "ask", "Wann öffnet die Brücke?")
    assert error.startswith(f"the embedding '{here}/sub/minilm' cannot be loaded")
    write(here / "sub" / "s.toml", f'data = "{here}/kept"\nembedding = "minilm-de-en"\n')
    asked = lines("--settings", "sub/s.toml", "ask", "Wann öffnet die neue Brücke über die Lahn?")
    assert asked[1] == f"{BRIDGE} [1]"


def test_a_local_chat_model_beside_the_file_is_found(here, indexed):
    (here / "sub" / "chat").mkdir(parents=True)
    write(here / "sub" / "s.toml", f'data = "{here}/kept"\nmodel = "huggingface:chat"\n')
    said = status("--settings", "sub/s.toml")["answers"]
    assert said == f"huggingface:{here}/sub/chat, checked against the articles"


def test_a_home_folder_is_understood(here, indexed, monkeypatch):
    monkeypatch.setenv("HOME", str(here))
    write(here / NAME, 'data = "~/kept"\n')
    assert status()["index"] == str(here / "kept")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("modell = 'x'", "'modell' is no setting: did you mean model?"),
        ("Wetter = 1", "'Wetter' is no setting: known are base-url, data, device, editors, "),
        ("[chat]\nport = 1", "'chat' is no setting: there are no tables, write name = value"),
        ("port = '7860'", "port must be a number, such as 7860"),
        ("port = true", "port must be a number, such as 7860"),
        ("port = 78600", "port: 78600 is not in the range 1<=x<=65535."),
        ("no-reader = 'yes'", "no-reader must be true or false"),
        ("model = 5", "model must be text in quotation marks"),
        ("data = ['a']", "data must be text in quotation marks"),
        ("model = ' '", "model is empty: write a value or delete the line"),
        ("base-url = 'http://a'\nbase_url = 'http://b'", "base-url is set twice: delete one of"),
        ("rebuild = true", "'rebuild' is no setting: known are "),
        ("settings = 'x.toml'", "'settings' is no setting: known are "),
    ],
)
def test_a_wrong_setting_is_one_line_with_file_name_and_next_step(here, text, said):
    write(here / NAME, text)
    assert failure("status").startswith(f"{NAME}: {said}")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("api_key = 'sk-very-secret'", "api_key"),
        ("OPENAI_API_KEY = 'very-secret'", "OPENAI_API_KEY"),
        ("token = 'very-secret'", "token"),
        ("model-password = 'very-secret'", "model-password"),
        ("[openai]\napi-key = 'very-secret'", "api-key"),
        ("client_secret = 12", "client_secret"),
        ("base-url = 'https://me:very-secret@host.example/v1'", "base-url"),
        ("base-url = 'https://host.example/v1?api_key=very-secret'", "base-url"),
        ("model = 'sk-very-secret-0123456789'", "model"),
    ],
)
def test_a_key_is_refused_and_not_repeated(here, text, name):
    write(here / NAME, text)
    error = failure("status")
    assert error == f"{NAME}: {name} looks like a key; {KEYS} here"
    assert "very-secret" not in error


def test_a_name_that_only_resembles_a_key_is_an_unknown_setting(here):
    write(here / NAME, "author = 'x'\n")
    assert failure("status").startswith(f"{NAME}: 'author' is no setting: ")


@pytest.mark.parametrize("text", ["model = ollama:qwen3", "model", "[", 'model = "a" "b"'])
def test_a_file_that_is_no_toml_is_one_line_with_the_place(here, text):
    write(here / NAME, f"data = 'x'\n{text}\n")
    error = failure("ask", "Wann?")
    assert error.startswith(f"{NAME} is no TOML: ")
    assert "line 2" in error
    assert error.endswith('write lines such as model = "ollama:qwen3"')


def test_a_file_in_another_encoding_is_an_error_and_a_byte_order_mark_is_none(here, indexed):
    (here / NAME).write_bytes("data = 'Läden'\n".encode("latin-1"))
    assert failure("status") == f"{NAME} is not UTF-8 text: save it as UTF-8"
    (here / NAME).write_bytes(b"\xef\xbb\xbfdata = 'kept'\r\n")
    assert status()["index"] == str(here / "kept")


def test_a_file_in_a_folder_above_is_not_read(here, indexed, monkeypatch):
    write(here / NAME, "broken")
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")
    assert failure("status") == ("no index in .article-chat: run `article-chat index FOLDER` first")


def test_help_is_given_even_if_the_file_is_broken(here):
    write(here / NAME, "broken")
    assert run("--help").exit_code == 0
    for command in ("index", "ask", "chat", "status", "remove"):
        made = run(command, "--help")
        assert (made.exit_code, made.stderr) == (0, "")
        assert made.stdout.startswith("Usage: ")


def test_help_shows_the_default_of_the_file(here):
    write(here / NAME, "port = 8111\n")
    assert "8111" in run("chat", "--help").stdout


def test_the_embedding_of_the_file_makes_the_index(here):
    write(here / NAME, 'data = "kept"\nembedding = "minilm-de-en"\n')
    write(here / "news" / "bruecke.txt", BRIDGE)
    lines("index", "news")
    assert status()["embedding"] == "minilm-de-en"


def test_the_device_and_the_reader_can_be_set(here, indexed):
    write(here / NAME, 'data = "kept"\nno-reader = true\ndevice = "cpu"\n')
    said = status()
    assert said["reader"] == "not used (no-reader is set)"
    assert said["device"] == f"cpu, in {native_precision('cpu')}"
    write(here / NAME, 'data = "kept"\nno-reader = false\ndevice = "abacus"\n')
    assert failure("status").startswith("there is no device 'abacus' here;")
