"""Files made to crash, to hang or to fill the memory: each is read, or refused in one line.

A reader of quadratic time needs minutes for some of these; then the run hangs here.
"""

import json
import os

import pytest
from files import PROSE, body_text, only_article, only_reason, write
from pdfs import join_objects, make_pdf, pack, show
from properties import check_file

from rag.ingest.tables import _name_row
from vectorstore import Skipped

PAGE = f"<html><body><article><h1>Fähre</h1><p>{PROSE}</p><p>{PROSE}</p>"


# Text and Markdown -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_line_of_fifty_megabytes_is_refused_unread(tmp_path, name):
    file = write(tmp_path / name)
    os.truncate(file, 50_000_000)
    assert only_reason(file) == f"it has 50.0 MB; the limit for {file.suffix} is 10 MB"


def test_fifty_thousand_tiny_lines_are_one_article(tmp_path):
    text = "".join(f"{number}a\n" for number in range(50_000))
    assert only_article(write(tmp_path / "a.txt", text)).text == text


@pytest.mark.parametrize(
    "front",
    [
        'x: "\\UFFFFFFFF"',
        'x: "\\U00110000"',
        f"%YAML {'1' * 5_000}.1",
        "x: " + "{a: " * 4_000,
        "a: &a [*a, *a]\nb: *a",
        'x: !!python/object/apply:os.system ["echo owned"]',
    ],
)
def test_front_matter_that_yaml_chokes_on_leaves_the_title(tmp_path, front):
    article = only_article(write(tmp_path / "a.md", f"---\n{front}\ntitle: Fähre\n---\n{PROSE}"))
    assert (article.title, body_text(article)) == ("Fähre", PROSE)


def test_a_suffix_that_drives_a_terminal_is_named_in_one_line(tmp_path):
    assert check_file(write(tmp_path / "a.t\n\x1b[2Jx")) == [
        Skipped(
            f"{tmp_path}/a.t\n\x1b[2Jx",
            "unknown format (.t [2jx); known are .txt, .md, .html, .htm, .pdf, .jsonl, .csv",
        )
    ]


# Tables ------------------------------------------------------------------------------------------


class Counted(dict):
    """A dictionary that counts how often it was asked for a key."""

    asked = 0

    def __contains__(self, key):
        self.asked += 1
        return super().__contains__(key)


def test_naming_ten_thousand_rows_of_one_id_looks_twice_for_each():
    names = Counted()
    given = [_name_row("x", names) for _ in range(10_000)]
    assert given[:3] == ["x", "x~2", "x~3"]
    assert given[-1] == "x~10000"
    assert names.asked == 2 * 10_000 - 1


def test_a_table_of_a_million_columns_is_refused_in_one_line(tmp_path):
    header = "text," + ",".join(f"c{number}" for number in range(1_000_000))
    file = write(tmp_path / "a.csv", f"{header}\n{PROSE}{',' * 1_000_000}\n")
    assert only_reason(file) == "the line of its columns is longer than 1,000,000 characters"


def test_a_row_of_a_million_columns_costs_only_itself(tmp_path):
    file = write(tmp_path / "a.csv", f'text\n{"," * 1_000_000}x\n"{PROSE}"\n')
    bad, good = check_file(file)
    assert bad.reason == "line 2: it has 1000001 columns, the header 1"
    assert good.text == PROSE


def test_json_nested_without_end_is_refused_with_its_line(tmp_path):
    nested = '{"text": "a", "x": ' + "[" * 100_000 + "]" * 100_000 + "}"
    file = write(tmp_path / "a.jsonl", nested)
    assert only_reason(file).startswith(
        "no row has a `text` field; line 1: its JSON cannot be read (maximum recursion depth"
    )


def test_json_of_countless_values_is_refused_unparsed(tmp_path, monkeypatch):
    monkeypatch.setattr("rag.ingest.tables._MOST_VALUES", 1_000)
    rows = [json.dumps({"text": PROSE, "x": [[]] * size}) for size in (300, 1_000)]
    good, bad = check_file(write(tmp_path / "a.jsonl", "\n".join(rows)))
    assert good.text == PROSE
    assert bad.reason == "line 2: it has more than 1,000 values, which is no article"


@pytest.mark.parametrize("broken", [b"\x00\xd8a\x00", b"\x00"])
@pytest.mark.parametrize(
    ("name", "row"), [("a.csv", "text\n{}\n"), ("a.jsonl", '{{"text": "{}"}}')]
)
def test_a_table_broken_in_utf16_is_refused(tmp_path, name, row, broken):
    data = b"\xff\xfe" + row.format(PROSE).encode("utf-16-le") + b"\n\0" + broken
    *_, last = check_file(write(tmp_path / name, data))
    assert last.reason == "its encoding is broken (UTF-16); save it as UTF-8"


# Pages -------------------------------------------------------------------------------------------

MANY = " ".join(f"a{number}={{0}}{number}{{0}}" for number in range(3_000))


@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_tag_of_countless_attributes_is_refused_unparsed(tmp_path, quote, encoding):
    page = f"{PAGE}<p x=a\"b y='>' {MANY.format(quote)}>"
    reason = only_reason(write(tmp_path / "a.html", page.encode(encoding)))
    assert reason == "it has a tag of more than 2,000 attributes"


def test_many_tags_of_some_attributes_are_an_ordinary_page(tmp_path):
    tag = '<p class="a > b" ' + " ".join(f"data-{number}='x'" for number in range(60)) + ">"
    assert only_article(write(tmp_path / "a.html", PAGE + f"{tag}Der Rat tagt.</p>" * 200)).body


@pytest.mark.parametrize("part", ["<table><tr><td>", "<ul><li>x", "<p>x", "<svg><g>", "<select>"])
def test_nesting_ends(tmp_path, part):
    page = PAGE + part * (4_000 // part.count("<"))
    assert body_text(only_article(write(tmp_path / "a.html", page))).startswith(PROSE)


def test_a_page_brings_in_no_other_file(tmp_path):
    secret = write(tmp_path / "secret.txt", "Das Geheimnis der Fähre.")
    doctype = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    include = f"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{secret}'/>"
    page = f"{doctype}{PAGE}<p>&x; {include} {PROSE}</p><iframe src='{secret}'></iframe>"
    assert "Geheimnis" not in only_article(write(tmp_path / "a.html", page)).text


# PDF ---------------------------------------------------------------------------------------------

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
LEAF = (
    b"<</Type/Page/Parent 2 0 R/Contents 4 0 R"
    b"/Resources<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>>>"
)
WIDE = b"<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[7 0 R]/ToUnicode 6 0 R>>"
RANGE = b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange"


def one_page(content, font=FONT, *more):
    pages = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    return join_objects([CATALOG, pages, LEAF, content, font, *more])


def tree_of(depth):
    """Write a tree of pages in which each node has the next one as its child ten times."""
    nodes = [b"<</Type/Pages/Kids[%s]>>" % (b"%d 0 R " % (at + 3) * 10) for at in range(depth)]
    return join_objects([CATALOG, *nodes, b"<</Type/Page/Parent 2 0 R>>"])


TOO_LARGE = "it is larger, unpacked, than any article ("


@pytest.mark.parametrize(
    ("pdf", "reason"),
    [
        (make_pdf(b" " * 30_000_000), TOO_LARGE),
        (one_page(pack(b" " * 30_000_000, times=3)), TOO_LARGE),
        (tree_of(9), TOO_LARGE),
        (one_page(pack(show(PROSE)), WIDE, pack(RANGE), b"<</DW 1>>"), TOO_LARGE),
        (one_page(pack(show(PROSE)), WIDE, pack(b""), b"<</W[0 999999999 5]>>"), TOO_LARGE),
        (one_page(pack(b"[" * 200_000)), "it is not a readable PDF ("),
        (join_objects([CATALOG, b"<</Type/Pages/Kids[2 0 R]>>"]), "it is not a readable PDF ("),
        (b"%PDF-1.4\n" + b"1 0 obj " * 200_000, "it is not a readable PDF ("),
        (b"%PDF-1.4\nxref\n0 2000000000\nstartxref\n9\n%%EOF", TOO_LARGE),
    ],
    ids=["bomb", "bomb-in-bombs", "tree", "map", "widths", "arrays", "loop", "objects", "xref"],
)
def test_a_pdf_made_to_fill_the_memory_is_refused(tmp_path, pdf, reason):
    assert len(pdf) < 2_000_000
    assert only_reason(write(tmp_path / "a.pdf", pdf)).startswith(reason)


def test_a_form_that_draws_itself_ends(tmp_path):
    form = b"<</Type/XObject/Subtype/Form/Length 12/Resources<</XObject<</X 6 0 R>>>>>>"
    pdf = one_page(
        pack(b"/X Do " * 50 + show(PROSE)), FONT, form + b"stream\n/X Do /X Do \nendstream"
    )
    assert only_article(write(tmp_path / "a.pdf", pdf)).text == PROSE
