"""Finding files, and reading them in every format."""

import json
import os
import socket
from pathlib import Path

import pytest
from files import PROSE, body_text, only_article, only_reason, write

from rag.errors import NothingToIndex
from rag.ingest.files import find_files, read_file
from vectorstore import Article, Skipped

# Files -------------------------------------------------------------------------------------------


def test_a_folder_is_walked_to_its_depths_sorted_and_absolute(tmp_path, monkeypatch):
    names = ["b/c/d/e.txt", "Größe 1 😀.txt", "a b.md", "b/a.PDF"]
    for name in names:
        write(tmp_path / "in" / name)
    monkeypatch.chdir(tmp_path)
    expected = sorted(tmp_path / "in" / name for name in names)
    assert find_files(Path("in")).files == expected
    assert find_files(tmp_path / "in").files == expected
    assert find_files(Path("in/b/..")).files == expected


def test_hidden_files_and_folders_are_left_out(tmp_path):
    write(tmp_path / ".git" / "a.txt")
    write(tmp_path / ".b.txt")
    seen = write(tmp_path / "c.txt")
    assert find_files(tmp_path).files == [seen]


def test_a_hidden_folder_that_is_named_is_walked(tmp_path):
    seen = write(tmp_path / ".articles" / "c.txt")
    assert find_files(tmp_path / ".articles").files == [seen]


def test_the_path_of_a_file_is_found_in_any_format(tmp_path):
    picture = write(tmp_path / "a.png")
    assert find_files(picture).files == [picture]


def test_a_link_back_up_does_not_loop_and_no_folder_is_read_twice(tmp_path):
    one = write(tmp_path / "z" / "one.txt")
    (tmp_path / "z" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a").symlink_to(tmp_path / "z", target_is_directory=True)
    assert find_files(tmp_path).files == [one]


def test_a_link_is_followed_within_the_folder_and_never_out_of_it(tmp_path):
    secret = write(tmp_path / "elsewhere" / "one.txt")
    folder = tmp_path / "in"
    write(tmp_path / "in-front" / "two.txt")
    own = write(folder / "own" / "a.txt")
    links = {
        **{"folder": secret.parent, "file.txt": secret, "up.txt": Path("../elsewhere/one.txt")},
        **{"twice": Path("folder"), "name": tmp_path / "in-front", "root": Path("/")},
        **{"gone.txt": tmp_path / "nowhere.txt", "own/over": Path("../../elsewhere")},
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    (folder / "inner.txt").symlink_to(own)
    (folder / "inner").symlink_to("own", target_is_directory=True)
    found = find_files(folder)
    assert found.files == [folder / "inner.txt", own]
    assert found.leaving == sorted(folder / name for name in links)


def test_a_link_that_is_named_is_followed_and_its_own_links_are_not(tmp_path):
    write(tmp_path / "real" / "one.txt")
    (tmp_path / "real" / "out.txt").symlink_to(write(tmp_path / "secret.txt"))
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    found = find_files(tmp_path / "link")
    assert found.files == [tmp_path / "link" / "one.txt"]
    assert found.leaving == [tmp_path / "link" / "out.txt"]
    assert find_files(tmp_path / "real" / "out.txt").files == [tmp_path / "real" / "out.txt"]


def test_a_folder_of_links_that_leave_it_is_named(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").symlink_to(write(tmp_path / "secret.txt"))
    with pytest.raises(NothingToIndex, match="in: holds no files but links that leave it; name"):
        find_files(tmp_path / "in")


def test_the_parent_of_a_linked_folder_is_that_of_its_target(tmp_path):
    one = write(tmp_path / "real" / "one.txt")
    write(tmp_path / "another.txt")
    (tmp_path / "real" / "inner").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real" / "inner", target_is_directory=True)
    [found] = find_files(tmp_path / "link" / "..").files
    assert found.samefile(one)


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(NothingToIndex, match="nowhere: no such file or directory"):
        find_files(tmp_path / "nowhere")


def test_a_folder_without_files_is_named(tmp_path):
    write(tmp_path / "empty" / ".hidden")
    with pytest.raises(NothingToIndex, match=r"empty: holds no files; put articles in it \(\.txt"):
        find_files(tmp_path / "empty")


def test_a_link_to_nothing_is_reported_not_passed_over(tmp_path):
    link = tmp_path / "gone.txt"
    link.symlink_to(tmp_path / "nowhere.txt")
    assert find_files(tmp_path).files == [link]
    assert only_reason(link) == "it cannot be opened: No such file or directory"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_reported(tmp_path):
    file = write(tmp_path / "a.txt")
    folder = write(tmp_path / "b" / "c.txt").parent
    file.chmod(0)
    folder.chmod(0)
    try:
        assert find_files(tmp_path).files == [file, folder]
        assert only_reason(file) == "it cannot be opened: Permission denied"
        assert only_reason(folder) == "it cannot be opened: Permission denied"
    finally:
        folder.chmod(0o700)


def test_a_pipe_is_skipped_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    assert only_reason(tmp_path / "pipe.txt") == "it is not a regular file"


def test_a_socket_is_skipped(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s.txt")
        assert only_reason(tmp_path / "s.txt") == "it is not a regular file"


def test_a_name_that_is_not_utf8_is_skipped_with_a_printable_path(tmp_path):
    write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/gr\xfc\xdfe.txt")))
    [path] = find_files(tmp_path).files
    [skipped] = read_file(path)
    assert skipped == Skipped(
        f"{tmp_path}/gr\\xfc\\xdfe.txt", "its name is not valid UTF-8; rename it"
    )


@pytest.mark.parametrize(("name", "kind"), [("a.PNG", ".png"), ("README", "no suffix")])
def test_an_unknown_format_is_named_with_the_known_ones(tmp_path, name, kind):
    assert only_reason(write(tmp_path / name)) == (
        f"unknown format ({kind}); known are .txt, .md, .html, .htm, .pdf, .jsonl, .csv"
    )


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.htm", "a.pdf", "a.jsonl", "a.csv"])
@pytest.mark.parametrize("content", [b"", b" \r\n\t\n"])
def test_an_empty_file_of_any_format_is_skipped(tmp_path, name, content):
    assert only_reason(write(tmp_path / name, content)) == "it is empty"


@pytest.mark.parametrize(
    ("name", "limit"), [("a.txt", 10), ("a.MD", 10), ("a.html", 10), ("a.htm", 10), ("a.pdf", 100)]
)
def test_a_file_over_its_limit_is_skipped_with_both_sizes(tmp_path, name, limit):
    file = write(tmp_path / name)
    os.truncate(file, limit * 1_000_000 + 500_000)
    assert only_reason(file) == (
        f"it has {limit}.5 MB; the limit for {file.suffix.lower()} is {limit} MB"
    )


def test_an_article_file_just_within_its_limit_is_read(tmp_path):
    text = PROSE + " " * (10_000_000 - len(PROSE.encode()))
    assert only_article(write(tmp_path / "a.txt", text)).text == text


# Plain text --------------------------------------------------------------------------------------


def test_a_text_file_is_kept_character_for_character(tmp_path):
    text = f"  {PROSE}\r\n\r\n\tZweiter  Absatz mit „Zeichen“ und é.\x0b\r\n\n"
    article = only_article(write(tmp_path / "a.txt", text))
    assert article.text == text
    assert article.path == str(tmp_path / "a.txt")
    assert (article.language, article.date, article.url, article.row) == ("de", None, None, None)


def test_line_ends_change_neither_the_prose_nor_the_title(tmp_path):
    text = f"Neue Fähre für Lindau\n\n{PROSE}\n\nDie Kosten trägt der Bund.\n"
    unix = only_article(write(tmp_path / "a.txt", text))
    windows = only_article(write(tmp_path / "b.txt", text.replace("\n", "\r\n")))
    assert windows.text == text.replace("\n", "\r\n")
    assert windows.title == unix.title == "Neue Fähre für Lindau"
    assert body_text(windows).replace("\r\n", "\n") == body_text(unix)


def test_a_relative_path_becomes_absolute(tmp_path, monkeypatch):
    write(tmp_path / "a.txt")
    monkeypatch.chdir(tmp_path)
    assert only_article(Path("a.txt")).path == str(tmp_path / "a.txt")


def test_a_suffix_may_be_in_capitals(tmp_path):
    assert only_article(write(tmp_path / "A.TXT")).text == PROSE


def test_without_a_headline_the_first_line_is_the_title_cut_between_words(tmp_path):
    title = only_article(write(tmp_path / "a.txt")).title
    assert title == (
        "Der Stadtrat von Lindau hat am Montag den Bau einer neuen Fähre beschlossen. "
        "Das Schiff soll ab dem Sommer zwölfmal am …"
    )
    assert len(title) <= 120


def test_a_source_line_names_the_source(tmp_path):
    article = only_article(write(tmp_path / "a.txt", f"{PROSE}\n\nQuelle: Seeblatt\n"))
    assert article.source == "Seeblatt"
    assert body_text(article) == PROSE


def test_clutter_alone_is_no_article(tmp_path):
    assert only_reason(write(tmp_path / "a.txt", "-\n\n***\n")) == "no article text in it"


def test_a_page_of_script_in_a_text_file_stays_text(tmp_path):
    text = f"<script>alert(1)</script> {PROSE}"
    assert only_article(write(tmp_path / "a.txt", text)).text == text


# Markdown ----------------------------------------------------------------------------------------

FRONT = """---
title: "Neue Fähre: Rat stimmt zu"
date: 2024-06-19
source: Seeblatt
language: de
url: https://seeblatt.example/faehre
---
"""


def test_front_matter_gives_the_metadata_and_is_no_prose(tmp_path):
    article = only_article(write(tmp_path / "a.md", FRONT + PROSE))
    assert article == Article(
        path=str(tmp_path / "a.md"),
        title="Neue Fähre: Rat stimmt zu",
        text=FRONT + PROSE,
        body=((len(FRONT), len(FRONT + PROSE)),),
        language="de",
        source="Seeblatt",
        date="2024-06-19",
        url="https://seeblatt.example/faehre",
    )


def test_front_matter_is_read_with_windows_line_ends_and_a_byte_order_mark(tmp_path):
    content = b"\xef\xbb\xbf" + (FRONT + PROSE).replace("\n", "\r\n").encode()
    article = only_article(write(tmp_path / "a.md", content))
    assert article.text == (FRONT + PROSE).replace("\n", "\r\n")
    assert (article.title, article.date) == ("Neue Fähre: Rat stimmt zu", "2024-06-19")
    assert body_text(article) == PROSE


def test_other_names_of_the_fields_are_read(tmp_path):
    front = "---\nHeadline: Fähre\npublished: 19. Juni 2024\nlang: German\nlink: http://a.example\n"
    article = only_article(write(tmp_path / "a.md", f"{front}author: [Ute Kranz, X]\n---\n{PROSE}"))
    found = (article.title, article.date, article.language, article.url, article.source)
    assert found == ("Fähre", "2024-06-19", "de", "http://a.example", "Ute Kranz")


def test_values_that_yaml_would_convert_stay_text(tmp_path):
    front = "---\ntitle: 1984\nlanguage: no\nsource: on\ndate: 2024-02-30\nurl: ~\n---\n"
    article = only_article(write(tmp_path / "a.md", front + PROSE))
    found = (article.title, article.language, article.source, article.date, article.url)
    assert found == ("1984", "no", "on", None, None)


@pytest.mark.parametrize(
    "broken", ["title: Fähre: Rat stimmt zu", "tags: [a\ntitle: 'Fähre: Rat stimmt zu'"]
)
def test_broken_front_matter_is_read_line_by_line_and_is_no_prose(tmp_path, caplog, broken):
    caplog.set_level("INFO", logger="rag")
    text = f"---\n{broken}\ndate: 2024-06-19\n---\n{PROSE}"
    article = only_article(write(tmp_path / "a.md", text))
    assert (article.title, article.date) == ("Fähre: Rat stimmt zu", "2024-06-19")
    assert body_text(article) == PROSE
    assert "front matter is not valid YAML" in caplog.text


def test_front_matter_of_nested_brackets_is_read_line_by_line(tmp_path):
    text = f"---\ntitle: Fähre\nx: {'[' * 5_000}\n---\n{PROSE}"
    assert only_article(write(tmp_path / "a.md", text)).title == "Fähre"


def test_a_rule_that_is_never_closed_is_no_front_matter(tmp_path):
    article = only_article(write(tmp_path / "a.md", f"---\n\n{PROSE}\n"))
    assert article.text == f"---\n\n{PROSE}\n"
    assert body_text(article) == PROSE


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "http://[::", "x"])
def test_a_link_that_is_no_web_address_is_left_out(tmp_path, url):
    text = f'---\ntitle: Fähre\nurl: "{url}"\n---\n{PROSE}'
    assert only_article(write(tmp_path / "a.md", text)).url is None


def test_a_title_is_one_line_without_control_characters(tmp_path):
    text = f'---\ntitle: "Neue\\n\\tFähre \\x07 heute \\ud800"\n---\n{PROSE}'
    assert only_article(write(tmp_path / "a.md", text)).title == "Neue Fähre heute"


def test_a_stated_language_overrules_the_detected_one(tmp_path):
    text = f"---\nlanguage: nl-NL\n---\n{PROSE}"
    assert only_article(write(tmp_path / "a.md", text)).language == "nl"


def test_a_date_from_the_file_name_serves_where_nothing_else_has_one(tmp_path):
    assert only_article(write(tmp_path / "2024-06-19-fähre.txt")).date == "2024-06-19"
    stated = f"---\ndate: 2024-06-18\n---\n{PROSE}"
    assert only_article(write(tmp_path / "2024-06-19-fähre.md", stated)).date == "2024-06-18"


def test_a_table_named_after_a_day_does_not_date_its_rows(tmp_path):
    row = json.dumps({"text": PROSE})
    assert only_article(write(tmp_path / "2024-06-19.jsonl", row)).date is None
