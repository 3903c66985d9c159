"""Files that are brought to the page: their names, their folder, their limits."""

from __future__ import annotations

import errno
import os

import pytest

from ui.bringing.uploads import (
    LARGEST,
    choose_name,
    delete_upload,
    keep,
    receiving,
)
from ui.errors import NotTaken


def bring(folder, name, data=b"Text."):
    with receiving(folder) as incoming:
        incoming.write(data)
        return keep(incoming, choose_name(name))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("news.md", "news.md"),
        ("Grüße aus Köln.TXT", "Grüße aus Köln.TXT"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("/etc/shadow.md", "shadow.md"),
        ("C:\\Windows\\win.csv", "win.csv"),
        ("..\\..\\up.html", "up.html"),
        (".hidden.md", "hidden.md"),
        ("...md.md", "md.md"),
        ("a\x00b\nc\x1b[31m.txt", "a_b c_[31m.txt"),
        ("\u202etxt.exe.pdf", "_txt.exe.pdf"),
        ("who: what? <b>.md", "who_ what_ _b_.md"),
        ("e\u0301te\u0301.md", "été.md"),
        ("x" * 300 + ".jsonl", "x" * 180 + ".jsonl"),
        ("ü" * 300 + ".md", "ü" * 90 + ".md"),
    ],
)
def test_a_name_stays_in_the_folder_and_is_readable(given, kept):
    assert choose_name(given) == kept


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        *(
            (name, "format")
            for name in ("", "..", "/", ".md", "a.docx", "a", "a.md/", "a.md\n.exe")
        ),
        *((name, "name") for name in ("\x00.md", "???.txt", " _ .csv")),
    ],
)
def test_a_name_of_which_nothing_is_left_or_of_an_unknown_format_is_refused(given, kind):
    with pytest.raises(NotTaken) as raised:
        choose_name(given)
    assert raised.value.kind == kind


def test_two_files_of_one_name_are_both_kept(tmp_path):
    first, second = bring(tmp_path, "a.md", b"Eins."), bring(tmp_path, "a.md", b"Zwei.")
    assert (first, second) == (tmp_path / "a.md", tmp_path / "a (2).md")
    assert (first.read_bytes(), second.read_bytes()) == (b"Eins.", b"Zwei.")


def test_the_same_file_brought_again_is_kept_once(tmp_path):
    bring(tmp_path, "a.md", b"Eins.")
    bring(tmp_path, "a.md", b"Zwei.")
    assert bring(tmp_path, "a.md", b"Zwei.") == tmp_path / "a (2).md"
    assert sorted(os.listdir(tmp_path)) == ["a (2).md", "a.md"]


def test_a_link_of_that_name_is_not_followed(tmp_path):
    outside, folder = tmp_path / "outside.md", tmp_path / "uploads"
    outside.write_text("Mine.")
    folder.mkdir()
    (folder / "a.md").symlink_to(outside)
    (folder / "b.md").symlink_to(tmp_path / "new.md")
    assert bring(folder, "a.md").name == "a (2).md"
    assert bring(folder, "b.md").name == "b (2).md"
    assert outside.read_text() == "Mine."
    assert not (tmp_path / "new.md").exists()


def test_a_file_that_is_too_large_leaves_nothing(tmp_path):
    with pytest.raises(NotTaken) as raised, receiving(tmp_path) as incoming:
        incoming.size = LARGEST
        incoming.write(b"x")
    assert raised.value.kind == "large"
    assert os.listdir(tmp_path) == []


def test_a_file_that_never_ended_has_no_name(tmp_path):
    with pytest.raises(ConnectionError), receiving(tmp_path) as incoming:
        incoming.write(b"half")
        raise ConnectionError
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_named(tmp_path):
    class Full:
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(NotTaken) as raised, receiving(tmp_path) as incoming:
        incoming.file.close()
        incoming.file = Full()
        incoming.write(b"x")
    assert raised.value.kind == "full"


def test_only_a_file_of_the_folder_can_be_deleted(tmp_path):
    folder = tmp_path / "uploads"
    bring(folder, "a.md")
    (tmp_path / "mine.md").write_text("Mine.")
    (folder / "link.md").symlink_to(tmp_path / "mine.md")
    for name in ("../mine.md", str(tmp_path / "mine.md"), "link.md", "", ".", "b.md"):
        with pytest.raises(NotTaken) as raised:
            delete_upload(folder, name)
        assert raised.value.kind == "unknown"
    assert delete_upload(folder, "a.md") == folder / "a.md"
    assert not (folder / "a.md").exists()
    assert (tmp_path / "mine.md").exists()
