"""The output and the exit codes of the command."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
from commands import check_contract, failure, lines, misuse, run
from fakes import InterruptedEmbeddings, WordEmbeddings, count_words
from files import write

from rag.models.embedding import FORMER_DEFAULT
from rag.models.precision import choose_device, native_precision
from rag.question.examples import example_questions
from ui.wiring import open_chain

BRIDGE = (
    "Die neue Brücke über die Lahn öffnet im Oktober. "
    "Der Bau hat vier Jahre gedauert, sagte die Bürgermeisterin von Wetzlar am Montag."
)
MARKET = (
    "Auf dem Wochenmarkt kosten Äpfel in diesem Herbst zwei Euro das Kilo. "
    "Birnen sind wegen des Frosts im April teurer, sagen die Händler."
)
TREATY = (
    "The treaty promises mutual aid if one of the two sides is attacked. "
    "Both presidents signed it on Wednesday in the capital."
)
ONE = "1 article (1 de), 1 passage"
ASKED = "Wann öffnet die neue Brücke über die Lahn?"
OPENS = "Die neue Brücke über die Lahn öffnet im Oktober."


class Model(WordEmbeddings):
    """Word counts with the interface of an embedding model."""

    name = "words"
    max_tokens = 60

    def count_tokens(self, texts):
        return count_words(texts)


class InterruptedModel(InterruptedEmbeddings, Model):
    pass


pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture
def indexed(here):
    write(here / "news" / "bruecke.txt", BRIDGE)
    lines("index", "news")
    return here / "news"


@pytest.fixture(scope="module")
def other_model(tmp_path_factory):
    """Return the folder of another embedding model, tiny and with random weights."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertModel

    folder = tmp_path_factory.mktemp("model")
    tokenizer = AutoTokenizer.from_pretrained(str(files("rag") / "bundled" / "embedding"))
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 1}
    config = BertConfig(
        vocab_size=len(tokenizer), intermediate_size=16, max_position_embeddings=32, **sizes
    )
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


# index


def test_indexing_reports_added_and_unchanged_articles(here):
    write(here / "news" / "a.txt", BRIDGE)
    write(here / "news" / "b.txt", TREATY)
    held = "the index holds 2 articles (1 de, 1 en), 2 passages"
    assert lines("index", "news") == [f"2 added; {held}"]
    assert lines("index", "news") == [f"0 added, 2 unchanged; {held}"]


def test_a_changed_and_a_gone_article_are_reported(here):
    write(here / "news" / "a.txt", BRIDGE)
    gone = write(here / "news" / "b.txt", MARKET)
    lines("index", "news")
    write(here / "news" / "a.txt", BRIDGE.replace("Oktober", "November"))
    gone.unlink()
    assert lines("index", "news") == [f"0 added, 1 changed, 1 removed; the index holds {ONE}"]


def test_several_paths_are_indexed_in_one_run(here):
    write(here / "one" / "a.txt", BRIDGE)
    b = write(here / "b.txt", MARKET)
    assert lines("index", "one", b) == ["2 added; the index holds 2 articles (2 de), 2 passages"]


def test_a_folder_that_does_not_exist_is_an_error_and_makes_no_index(here):
    assert failure("index", "missing") == (
        f"{here}/missing: no such file or directory; name the folder that has the articles"
    )
    assert list(here.iterdir()) == []


def test_an_empty_folder_is_an_error(here):
    (here / "empty").mkdir()
    assert failure("index", "empty") == (
        f"{here}/empty: holds no files; put articles in it"
        " (.txt, .md, .html, .htm, .pdf, .jsonl, .csv)"
    )


def test_an_emptied_folder_drops_nothing_from_the_index(indexed):
    (indexed / "bruecke.txt").unlink()
    assert "holds no files" in failure("index", "news")
    assert lines("status")[1] == f"holds      {ONE}"


BAD_FILES = {
    "empty.txt": (b"", "it is empty"),
    "binary.txt": (b"\x7fELF\x02\x01\0\0", "it is not text but binary data (NUL byte at 6)"),
    "broken.pdf": (b"%PDF-1.7\n1 0 obj <<", "it is not a readable PDF ("),
    "broken.txt": (
        "Müller und Söhne änderten später die Pläne für ".encode() + b"\xff Gr\xc3\xbc\xc3\x9fe",
        "its encoding is broken at byte 53 (UTF-8); save it as UTF-8",
    ),
    "pages.docx": (b"PK\x03\x04", "unknown format (.docx); known are "),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_read_is_an_error_and_the_reason_is_printed(here, name):
    content, reason = BAD_FILES[name]
    path = write(here / name, content)
    made = run("index", name)
    assert made.exit_code == 1
    [line] = made.stdout.splitlines()
    assert line.startswith(f"skipped {path}: {reason}")
    assert made.stderr == f"Error: no article in {path}: nothing was changed\n"


def test_a_text_file_of_50_mb_is_skipped_unread(here):
    with (here / "big.txt").open("wb") as file:
        file.truncate(50_000_000)
    write(here / "a.txt", BRIDGE)
    assert lines("index", here / "big.txt", here / "a.txt") == [
        f"1 added, 1 skipped; the index holds {ONE}",
        f"skipped {here}/big.txt: it has 50.0 MB; the limit for .txt is 10 MB",
    ]


def test_unreadable_files_do_not_stop_the_others_from_being_indexed(here):
    for name, (content, _) in BAD_FILES.items():
        write(here / "news" / name, content)
    write(here / "news" / "a.txt", BRIDGE)
    first, *skipped = lines("index", "news")
    assert first == f"1 added, {len(BAD_FILES)} skipped; the index holds {ONE}"
    assert [Path(line.split(": ")[0].removeprefix("skipped ")).name for line in skipped] == sorted(
        BAD_FILES
    )


def test_only_the_first_20_skipped_files_are_listed_without_all_skipped(here):
    for number in range(25):
        write(here / "news" / f"{number:02}.txt", b"")
    write(here / "news" / "a.txt", BRIDGE)
    few = lines("index", "news")
    assert (len(few), few[-1]) == (22, "… and 5 more (--all-skipped lists them)")
    assert len(lines("index", "news", "--all-skipped")) == 26


def test_index_without_a_path_is_wrong_usage():
    assert misuse("index") == "name a file or folder of articles: article-chat index FOLDER"


def test_a_data_folder_that_is_a_file_is_an_error(here):
    write(here / "news" / "a.txt", BRIDGE)
    write(here / "data", "mine")
    assert failure("index", "news", "--data", "data") == (
        "no index can be kept in data (File exists): name another folder with --data"
    )
    assert (here / "data").read_text() == "mine"


def test_an_embedding_that_is_not_there_is_an_error(here):
    write(here / "news" / "a.txt", BRIDGE)
    assert failure("index", "news", "--embedding", "./none") == (
        "there is no folder './none': give the folder of a sentence-transformers model"
    )


def test_a_folder_that_is_no_embedding_is_an_error_of_one_line(indexed):
    line = failure("ask", ASKED, "--embedding", indexed)
    assert line.startswith(f"the embedding '{indexed}' cannot be loaded (")
    assert line.endswith("or leave it at minilm-de-en")


def test_ctrl_c_exits_with_130_and_the_same_command_goes_on(here, monkeypatch):
    for number in range(150):
        write(here / "news" / f"{number:03}.txt", f"Meldung {number}. {BRIDGE}")
    monkeypatch.setattr("rag.models.embedding.load_embedding", lambda *about: InterruptedModel(2))
    stopped = run("index", "news", "--embedding", "words")
    assert (stopped.exit_code, stopped.stdout) == (130, "")
    assert stopped.stderr == "stopped: what was indexed is kept; run the same command to go on\n"
    monkeypatch.setattr("rag.models.embedding.load_embedding", lambda *about: Model())
    [line] = lines("index", "news", "--embedding", "words")
    added, kept = map(int, re.findall(r"(\d+) (?:added|unchanged)", line))
    assert added + kept == 150
    assert added > 0
    assert kept > 0
    assert line.endswith("the index holds 150 articles (150 de), 150 passages")


def test_ctrl_c_while_the_model_loads_exits_with_130_too(here, monkeypatch):
    def load(*about):
        raise KeyboardInterrupt

    write(here / "news" / "a.txt", BRIDGE)
    monkeypatch.setattr("rag.models.embedding.load_embedding", load)
    assert run("index", "news", "--embedding", "words").exit_code == 130


# another embedding


def test_another_embedding_is_an_error_until_the_index_is_rebuilt(indexed, other_model):
    said = (
        f"the index in .article-chat was made with the embedding 'minilm-de-en', not"
        f" '{other_model}': give `--embedding minilm-de-en`, or run `article-chat index"
        f" --rebuild --embedding {other_model}` to embed its articles again"
    )
    assert failure("ask", ASKED, "--embedding", other_model) == said
    assert failure("index", "news", "--embedding", other_model) == said
    [line] = lines("index", "--rebuild", "--embedding", other_model)
    # This model reads fewer tokens at a time, so there are more passages.
    held = "the index holds 1 article (1 de), 3 passages"
    assert line == f"0 added, 1 embedded again; {held}"
    assert lines("status")[2] == f"embedding  {other_model}"
    assert lines("index", "news") == [f"0 added, 1 unchanged; {held}"]
    [answer] = lines("ask", ASKED, "--json")
    assert json.loads(answer)["question"] == ASKED


def test_an_index_of_an_earlier_version_is_kept_until_it_is_rebuilt(indexed, here):
    [catalog] = (here / ".article-chat").glob("*/catalog.sqlite3")
    with closing(sqlite3.connect(catalog)) as connection, connection:
        connection.execute("UPDATE meta SET value = '2' WHERE key = 'format'")
        former = (FORMER_DEFAULT,)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'embedding'", former)
    said = (
        "the index in .article-chat was made by an earlier version: run `article-chat index"
        " --rebuild` to embed its articles again"
    )
    assert failure("ask", ASKED) == failure("index", "news") == failure("chat") == said
    assert lines("status")[1:3] == [
        f"holds      {ONE}",
        f"embedding  {FORMER_DEFAULT}",
    ]
    assert lines("index", "--rebuild") == [f"0 added, 1 embedded again; the index holds {ONE}"]
    assert json.loads(lines("ask", ASKED, "--json")[0])["citations"][0]["quote"] == OPENS


def test_rebuilding_embeds_stored_articles_even_if_their_files_are_gone(indexed):
    (indexed / "bruecke.txt").unlink()
    assert lines("index", "--rebuild") == [f"0 added, 1 embedded again; the index holds {ONE}"]
    assert json.loads(lines("ask", ASKED, "--json")[0])["citations"][0]["quote"] == OPENS


# no index, an empty one, a broken one


@pytest.mark.parametrize(
    "command", [["ask", "Was?"], ["status"], ["remove", "x"], ["index", "--rebuild"]]
)
def test_without_an_index_the_command_to_make_one_is_named(command):
    assert failure(*command) == "no index in .article-chat: run `article-chat index FOLDER` first"


def test_an_index_without_articles_is_an_error_not_an_answer(indexed):
    assert lines("remove", "news") == [
        "removed 1 of news",
        "the index holds 0 articles, 0 passages",
    ]
    assert failure("ask", ASKED) == (
        "the index in .article-chat is empty: run `article-chat index FOLDER` first"
    )


def test_the_chat_makes_an_index_to_add_articles_to(here):
    with closing(open_chain(here / "data", None, empty=True).store) as store:
        assert (store.count().articles, example_questions(store.sample(100), "de")) == (0, [])
    with closing(open_chain(here / "data", None, empty=True).store) as store:
        assert store.count().articles == 0
    assert lines("status", "--data", "data")[1:3] == [
        "holds      0 articles, 0 passages",
        "embedding  minilm-de-en",
    ]


def test_a_damaged_index_is_named(here):
    write(here / ".article-chat" / "CURRENT", "store-1\n")
    write(here / ".article-chat" / "store-1" / "catalog.sqlite3", "no database at all" * 100)
    for command in (["ask", "Was?"], ["status"], ["remove", "x"]):
        assert failure(*command).startswith(
            "the catalog of the index in .article-chat is damaged ("
        )


# status and remove


def test_status_gives_place_and_contents_of_the_index_and_the_models(indexed, here):
    assert lines("status", "--device", "cpu") == [
        f"index      {here}/.article-chat",
        f"holds      {ONE}",
        "embedding  minilm-de-en",
        "reader     used",
        f"device     cpu, in {native_precision('cpu')}",
        "settings   none (no article-chat.toml here)",
        "answers    quotations (no chat model)",
    ]


def test_status_names_the_chosen_device_and_an_unused_reader(indexed, monkeypatch):
    chosen = choose_device("auto")
    monkeypatch.setenv("ARTICLE_CHAT_NO_READER", "1")
    assert lines("status")[3:5] == [
        "reader     not used (no-reader is set)",
        f"device     {chosen}, in {native_precision(chosen)}",
    ]


@pytest.mark.parametrize("command", [["status"], ["ask", ASKED], ["index", "news"], ["chat"]])
def test_a_missing_device_is_an_error(indexed, command):
    assert failure(*command, "--device", "abacus").startswith("there is no device 'abacus' here;")


def test_status_loads_no_model(indexed, here):
    run_it = "try: ui.cli.main(['status'])\nfinally: print('transformers' in sys.modules)"
    code = f"import sys, ui.cli\n{run_it}"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    made = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert (made.returncode, made.stdout.splitlines()[-1]) == (0, "False"), made.stderr


def test_output_is_utf8_through_a_pipe_whatever_the_locale(here):
    write(here / "nachts" / "a.txt", BRIDGE)
    lines("index", "nachts", "--data", here / "Läden")
    code = "import ui.cli; ui.cli.main(['status', '--data', 'Läden'])"
    for locale in ({"LC_ALL": "C", "LANG": "C"}, {"PYTHONIOENCODING": "latin-1"}):
        env = {**os.environ, **locale, "PYTHONPATH": str(Path(__file__).parent.parent)}
        made = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True)
        assert made.stderr == b""
        assert made.stdout.decode().splitlines()[0] == f"index      {here}/Läden"


def test_removing_keeps_the_files_and_reports_the_remaining_articles(indexed, here):
    write(here / "more" / "b.txt", MARKET)
    lines("index", "more")
    assert lines("remove", "more") == ["removed 1 of more", f"the index holds {ONE}"]
    assert (here / "more" / "b.txt").read_text(encoding="utf-8") == MARKET


def test_removing_a_path_that_is_not_in_the_index_is_an_error(indexed):
    assert failure("remove", "other", "another") == "no article of other, another is in the index"
    assert lines("status")[1] == f"holds      {ONE}"


def test_removed_paths_are_reported_beside_an_unknown_one(indexed):
    assert failure("remove", "other", "news", printed="removed 1 of news\n") == (
        "no article of other is in the index"
    )


# ask


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", "the question is empty: ask something in a few words"),
        ("?!", "the question is empty: ask something in a few words"),
        (
            "ab" * 5000,
            "the question has 10,000 characters, at most 2,000 are read: ask something shorter",
        ),
        ("Was \udcff?", "the question is not valid text: write it in UTF-8"),
    ],
)
def test_a_question_that_cannot_be_asked_is_one_line_and_exit_code_2(question, said):
    assert failure("ask", question, code=2) == said


def test_a_question_and_a_file_of_questions_are_not_both_given(here):
    write(here / "q.txt", ASKED)
    both = "give a question, or --questions FILE with one in each line"
    assert misuse("ask") == both
    assert misuse("ask", ASKED, "--questions", "q.txt") == both


def test_an_answer_is_printed_with_its_sources(indexed):
    assert lines("ask", ASKED)[:2] == ["In den Artikeln steht:", f"{OPENS} [1]"]
    assert f"    {indexed}/bruecke.txt, characters 0–{len(OPENS)}" in lines("ask", ASKED)


def test_a_refusal_is_no_error_and_shows_the_nearest_passages(indexed):
    printed = lines("ask", "Wie schnell dreht sich ein Quasar?")
    assert printed[:3] == [
        "Das steht nicht in den Artikeln.",
        "",
        "Am nächsten kommen diese Stellen, doch sie beantworten die Frage nicht:",
    ]
    assert printed[3].startswith("- ")


def test_a_question_is_asked_of_some_articles_only_and_the_answer_names_them(indexed):
    limited = lines("ask", ASKED, "--article", "news/bruecke.txt", "--language", "de")
    within = "Eingegrenzt auf: Deutsch · ausgewählte Artikel: 1"
    assert limited[:3] == [within, "In den Artikeln steht:", f"{OPENS} [1]"]
    [line] = lines("ask", ASKED, "--from", "2024-06-17", "--to", "2024-06-20", "--json")
    answer = json.loads(line)
    assert (answer["found"], answer["within"]) == (False, "17.–20. Juni 2024")
    assert answer["answer"] == "In den so eingegrenzten Artikeln steht das nicht."


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--from", "2024-06-20", "--to", "2024-06-17"],
            "--from 2024-06-20 is after --to 2024-06-17: no day is between them",
        ),
        (["--source", "dpa"], "--source: no article has the outlet 'dpa': no article states its"),
        (["--language", "fr"], "--language: no article has the language 'fr': try de"),
        (["--article", "gone.txt"], "--article: no article 'gone.txt' is in the index: take the"),
    ],
)
def test_limits_that_no_article_can_meet_are_wrong_usage(indexed, options, said):
    assert misuse("ask", ASKED, *options).startswith(said)


def test_json_is_the_contract_one_object_on_one_line(here):
    # Offsets count characters, not bytes, and line ends are the file's own.
    write(here / "news" / "a.md", f"---\r\ntitle: Brücke 🙂\r\n---\r\n\r\n{BRIDGE}\r\n")
    lines("index", "news")
    [line] = lines("ask", ASKED, "--json")
    answer = json.loads(line)
    check_contract(answer)
    assert (answer["question"], answer["found"]) == (ASKED, True)
    assert (answer["model"], "notice" in answer) == (None, False)
    assert answer["sentences"][0] == {"text": OPENS, "status": "supported", "citations": [1]}
    assert answer["citations"][0]["title"] == "Brücke 🙂"
    assert (answer["citations"][0]["source"], answer["citations"][0]["date"]) == (None, None)
    assert "Brücke" in line


def test_json_of_a_refusal_has_no_citations(indexed):
    [line] = lines("ask", "Wie schnell dreht sich ein Quasar?", "--json")
    answer = json.loads(line)
    check_contract(answer)
    assert answer["answer"] == "Das steht nicht in den Artikeln."
    assert answer["citations"] == []


@pytest.mark.parametrize("end", ["", "\n", "\r\n\r\n"])
def test_questions_of_a_file_are_answered_in_order_one_on_each_line(indexed, here, end):
    # A line separator within a question makes no line of its own.
    asked = [ASKED, "Wie schnell dreht sich ein Quasar?", "Wie lange\u2028hat der Bau gedauert?"]
    write(here / "q.txt", "\ufeff" + "\n".join(asked) + end)
    answers = [json.loads(line) for line in lines("ask", "--questions", "q.txt", "--json")]
    assert [answer["question"] for answer in answers] == asked
    for answer in answers:
        check_contract(answer)
    printed = run("ask", "--questions", "q.txt").stdout.removesuffix("\n").split("\n")
    assert printed == [answer["answer"].replace("\n", " ") for answer in answers]


def test_a_failing_question_of_a_file_does_not_stop_the_others(indexed, here):
    write(here / "q.txt", f"{ASKED}\n\n{ASKED}\n")
    error = "the question is empty: ask something in a few words"
    made = run("ask", "--questions", "q.txt", "--json")
    first, failed, last = map(json.loads, made.stdout.splitlines())
    assert failed == {"question": "", "error": error}
    assert first["citations"] == last["citations"] != []
    assert (made.exit_code, made.stderr) == (1, "Error: 1 of 3 questions have no answer\n")
    made = run("ask", "--questions", "q.txt")
    assert made.stdout.splitlines()[1] == f"Error: q.txt, line 2: {error}"
    assert made.exit_code == 1


def test_a_file_of_questions_that_cannot_be_read_is_one_line(here):
    write(here / "latin.txt", ASKED.encode("latin-1"))
    write(here / "empty.txt", "\n \n")
    assert failure("ask", "--questions", "latin.txt", code=2) == (
        "latin.txt is not UTF-8 text: save it as UTF-8"
    )
    assert failure("ask", "--questions", "empty.txt", code=2) == (
        "empty.txt is empty: write one question in each line"
    )
    assert "does not exist" in misuse("ask", "--questions", "none.txt")


# chat


def test_a_port_in_use_is_an_error_before_the_index_is_opened():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert failure("chat", "--port", port) == (
            f"Port {port} is in use by another program; choose another with --port."
        )


def test_settings_come_from_the_environment_if_no_option_is_given(indexed, here, monkeypatch):
    monkeypatch.setenv("ARTICLE_CHAT_DATA", str(here / "elsewhere"))
    assert failure("status") == (
        f"no index in {here}/elsewhere: run `article-chat index FOLDER` first"
    )
    assert lines("status", "--data", ".article-chat")[1] == f"holds      {ONE}"
