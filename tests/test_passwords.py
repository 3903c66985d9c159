"""The file of passwords and the sessions: who is let in, and for how long."""

import re
import stat
import time

import pytest
from commands import failure, run
from files import write

from ui.errors import BadPasswords
from ui.guard import sessions as sessions_module
from ui.guard.passwords import hash_password, is_hash, make_line, matches, read_passwords
from ui.guard.sessions import NAME, Sessions, load_key

HASH = hash_password("geheimes Wort")


def test_only_the_right_password_matches_and_each_hash_has_salt_of_its_own():
    assert matches("geheimes Wort", HASH)
    assert not matches("geheimes wort", HASH)
    assert hash_password("geheimes Wort") != HASH
    assert "geheim" not in HASH


def test_a_password_is_the_same_from_any_keyboard():
    assert matches("Gru\u0308\u00dfe 123", hash_password("Gr\u00fc\u00dfe 123"))


@pytest.mark.parametrize(
    "hashed",
    [
        "",
        "geheim",
        HASH.replace("32768", "2"),  # too weak
        HASH.replace("32768", "32769"),  # no power of two
        HASH.replace("32768", "16777216"),  # would take 16 GiB
        HASH + "A",
    ],
    ids=["empty", "plain", "weak", "no power", "huge", "longer"],
)
def test_what_is_no_hash_of_ours_is_refused(hashed):
    assert is_hash(HASH)
    assert not is_hash(hashed)


def test_the_file_has_a_line_for_each_person(tmp_path):
    path = write(tmp_path / "people", f"\ufeff# Redaktion\n\nanna:{HASH}\r\n Jörg M. :{HASH}\n")
    assert read_passwords(path) == {"anna": HASH, "Jörg M.": HASH}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "PATH has no line: make one with `article-chat password NAME >> PATH`"),
        ("anna", "PATH, line 1, is not name:hash: make it with `article-chat password NAME`"),
        (f"\nanna:{HASH[:-1]}", "PATH, line 2, is not name:hash: make it with"),
        (f":{HASH}", "PATH, line 1, is not name:hash: make it with"),
        (f"a:{HASH}\nＡ:{HASH}\na:{HASH}", "PATH, line 3: a is there twice: delete one line"),
    ],
    ids=["empty", "name", "cut", "nameless", "twice"],
)
def test_a_file_that_cannot_be_used_is_one_line_without_a_hash(tmp_path, text, line):
    path = write(tmp_path / "people", text)
    with pytest.raises(BadPasswords) as error:
        read_passwords(path)
    said = str(error.value).replace(str(path), "PATH")
    assert said.startswith(line)
    assert "scrypt" not in said


def test_a_missing_or_foreign_file_is_one_line(tmp_path):
    with pytest.raises(BadPasswords, match=r"cannot be read \(No such file or directory\): make"):
        read_passwords(tmp_path / "none")
    (tmp_path / "latin").write_bytes(b"j\xf6rg:x")
    with pytest.raises(BadPasswords, match="is not UTF-8 text: save it as UTF-8"):
        read_passwords(tmp_path / "latin")


@pytest.mark.parametrize("name", ["", "a:b", "#a", "a\nb", "x" * 101])
def test_a_name_that_is_no_line_of_the_file_is_refused(name):
    with pytest.raises(BadPasswords, match="a name has 1 to 100 characters"):
        make_line(name, "lang genug")


def test_the_command_prints_a_line_for_the_file_and_refuses_a_short_password(tmp_path):
    from click.testing import CliRunner

    from ui.cli import main

    made = CliRunner().invoke(main, ["password", "anna"], input="lang genug\n")
    assert (made.exit_code, made.stderr) == (0, "")
    path = write(tmp_path / "people", made.stdout)
    assert matches("lang genug", read_passwords(path)["anna"])
    short = CliRunner().invoke(main, ["password", "anna"], input="kurz\n")
    assert short.exit_code == 1
    assert short.stderr == "Error: a password needs 8 characters: choose a longer one\n"


def test_chat_names_a_missing_file_of_passwords_before_anything_is_loaded(here):
    assert failure("chat", "--password-file", "none", "--port", "45671").startswith(
        "the file of passwords none cannot be read"
    )


def test_a_settings_file_may_name_the_file_of_passwords_but_hold_no_password(here):
    write(here / "article-chat.toml", 'password-file = "people"\nport = 45671\n')
    assert "people cannot be read" in failure("chat")
    write(here / "article-chat.toml", 'password = "geheim"\n')
    assert "looks like a key" in run("chat").stderr


# Sessions ---------------------------------------------------------------------------------------


def test_a_token_names_its_person_until_it_ends(monkeypatch):
    sessions = Sessions({"Jörg": HASH}, b"k" * 32)
    token = sessions.make("Jörg")
    assert re.fullmatch(r"[\w.-]+", token, re.ASCII)
    assert sessions.read(token) == "Jörg"
    now = time.time()
    monkeypatch.setattr(sessions_module.time, "time", lambda: now + sessions_module.LASTS + 2)
    assert sessions.read(token) is None


def test_a_token_ends_with_the_password_the_person_and_the_key():
    token = Sessions({"anna": HASH}, b"k" * 32).make("anna")
    assert Sessions({"anna": HASH}, b"k" * 32).read(token) == "anna"
    assert Sessions({"anna": hash_password("ein anderes")}, b"k" * 32).read(token) is None
    assert Sessions({"bert": HASH}, b"k" * 32).read(token) is None
    assert Sessions({"anna": HASH}, b"x" * 32).read(token) is None


@pytest.mark.parametrize("token", ["", "a", "..", "YW5uYQ.99999999999.", "%.1.x", "YW5uYQ.x.y"])
def test_a_forged_token_names_nobody(token):
    assert Sessions({"anna": HASH}, b"k" * 32).read(token) is None


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path, caplog):
    key = load_key(tmp_path)
    assert load_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    (tmp_path / NAME).write_bytes(b"short")
    assert load_key(tmp_path) != load_key(tmp_path)
    assert "is damaged: delete it" in caplog.text
    assert len(load_key(tmp_path / "none")) == 32
