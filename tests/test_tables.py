"""JSON lines and CSV: one article a row."""

import csv
import json
from itertools import islice

import pytest
from files import PROSE, body_text, only_reason, write

from rag.ingest.files import read_file
from vectorstore import Article, Skipped

SECOND = "Die Kosten von vier Millionen Euro trägt zur Hälfte das Land, sagte der Bürgermeister."


def jsonl(*rows):
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)


def rows_of(path):
    return [(found.row, getattr(found, "reason", None)) for found in read_file(path)]


# JSON lines --------------------------------------------------------------------------------------


def test_a_row_gives_text_and_metadata(tmp_path):
    row = {
        "id": "a1",
        "text": f"{PROSE}\r\n",
        "title": "Neue Fähre",
        "date": "19.06.2024",
        "source": {"id": None, "name": "Seeblatt"},
        "url": "https://seeblatt.example/1",
        "language": "de-DE",
    }
    path = write(tmp_path / "a.jsonl", jsonl(row))
    assert list(read_file(path)) == [
        Article(
            path=str(path),
            title="Neue Fähre",
            text=f"{PROSE}\r\n",
            body=((0, len(PROSE)),),
            language="de",
            source="Seeblatt",
            date="2024-06-19",
            url="https://seeblatt.example/1",
            row="a1",
        )
    ]


def test_rows_have_unique_names_by_id_or_line(tmp_path):
    ids = ["x", "x", "", None, 7, "x~2", "x", "6", True]
    rows = [{"text": PROSE} | ({} if id_ is None else {"id": id_}) for id_ in ids]
    path = write(tmp_path / "a.jsonl", jsonl(*rows))
    names = ["x", "x~2", "3", "4", "7", "x~2~2", "x~3", "6", "9"]
    assert [row for row, _ in rows_of(path)] == names


def test_a_line_number_that_is_taken_as_an_id_stays_unique(tmp_path):
    path = write(tmp_path / "a.jsonl", jsonl({"text": PROSE, "id": "2"}, {"text": PROSE}))
    assert [row for row, _ in rows_of(path)] == ["2", "2~2"]


def test_rows_stream_one_at_a_time(tmp_path):
    def endless(path):
        with path.open("w", encoding="utf-8") as file:
            for number in range(20_000):
                file.write(json.dumps({"id": number, "text": PROSE}) + "\n")

    endless(tmp_path / "a.jsonl")
    rows = read_file(tmp_path / "a.jsonl")
    assert [article.row for article in islice(rows, 3)] == ["0", "1", "2"]
    rows.close()


def test_bad_rows_are_skipped_with_their_line_and_the_rest_is_read(tmp_path):
    path = write(
        tmp_path / "a.jsonl",
        jsonl(
            {"text": PROSE},
            "{nonsense",
            "",
            {"text": 5},
            {"text": None},
            {"title": "Fähre"},
            {"text": ["a"]},
            "[1]",
            {"text": " \n"},
            '{"text": "a\\ud800b"}',
            '{"text": "a\\u0000b"}',
            "[" * 100_000,
            '{"text": ' + "1" * 5_000 + "}",
            {"text": "***"},
            {"text": SECOND},
        ),
    )
    reasons = dict(rows_of(path))
    assert reasons.pop("12").startswith("line 12: its JSON cannot be read (maximum recursion")
    assert reasons.pop("13").startswith("line 13: its JSON cannot be read (Exceeds the limit")
    assert reasons == {
        "1": None,
        "2": "line 2: it is not JSON (Expecting property name enclosed in double quotes "
        "at character 1)",
        "4": "line 4: its `text` is not text but int",
        "5": "line 5: it has no `text` field",
        "6": "line 6: it has no `text` field",
        "7": "line 7: its `text` is not text but list",
        "8": "line 8: it is not a JSON object",
        "9": "line 9: it is empty",
        "10": "line 10: its text holds half a surrogate pair (broken encoding) at character 1",
        "11": "line 11: its text holds a NUL character at character 1",
        "14": "no article text in it",
        "15": None,
    }


def test_a_surrogate_pair_is_one_character(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"text": "' + PROSE + ' \\ud83d\\ude00"}')
    [article] = read_file(path)
    assert article.text == PROSE + " 😀"


def test_a_text_over_the_limit_is_skipped(tmp_path):
    path = write(tmp_path / "a.jsonl", jsonl({"text": "a " * 5_000_001}, {"text": PROSE}))
    assert rows_of(path) == [
        ("1", "line 1: its text has 10,000,002 characters; the limit is 10,000,000"),
        ("2", None),
    ]


def test_a_line_too_long_for_any_article_is_skipped(tmp_path, monkeypatch):
    monkeypatch.setattr("rag.ingest.tables._LONGEST_LINE", 1_000)
    rows = [{"text": PROSE}, {"text": "x" * 5_000}, {"text": SECOND}]
    path = write(tmp_path / "a.jsonl", jsonl(*rows))
    assert rows_of(path) == [
        ("1", None),
        ("2", "line 2: it is longer than 1,000 characters"),
        ("3", None),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (jsonl({"id": 1, "question": "Wann?"}, {"id": 2}), ""),
        ("\njust\n", "; line 2: it is not JSON (Expecting value at character 0)"),
        ("[\n{}\n]", "; line 1: it is not JSON (Expecting value at character 2)"),
        ("[]\n", "; line 1: it is not a JSON object"),
    ],
)
def test_a_file_without_any_text_is_skipped_once(tmp_path, content, why):
    reason = only_reason(write(tmp_path / "a.jsonl", content))
    assert reason == f"no row has a `text` field{why}"


def test_rows_without_text_before_the_first_with_one_are_each_named(tmp_path):
    path = write(tmp_path / "a.jsonl", jsonl({"id": "x"}, {"text": PROSE}))
    assert rows_of(path) == [("1", "line 1: it has no `text` field"), ("2", None)]


def test_field_names_may_be_capitalised_and_unknown_fields_are_ignored(tmp_path):
    path = write(tmp_path / "a.jsonl", jsonl({"Text": PROSE, "Title": "Fähre", "quotes": [[1]]}))
    [article] = read_file(path)
    assert (article.text, article.title) == (PROSE, "Fähre")


def test_script_in_a_row_stays_text(tmp_path):
    text = f"<img src=x onerror=alert(1)> {PROSE}"
    [article] = read_file(write(tmp_path / "a.jsonl", jsonl({"text": text, "title": "<b>x</b>"})))
    assert (article.text, article.title) == (text, "<b>x</b>")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_json_lines_in_another_encoding_are_read(tmp_path, encoding):
    rows = "\n".join(json.dumps({"text": t}, ensure_ascii=False) for t in (PROSE, SECOND))
    path = write(tmp_path / "a.jsonl", rows.encode(encoding))
    assert [article.text for article in read_file(path)] == [PROSE, SECOND]


def test_a_row_with_a_broken_byte_does_not_cost_the_others(tmp_path):
    good = json.dumps({"text": SECOND}, ensure_ascii=False).encode()
    path = write(tmp_path / "a.jsonl", good + b'\n{"text": "Stra\xffe"}\n' + good)
    broken = "line 2: its text holds half a surrogate pair (broken encoding) at character 4"
    assert rows_of(path) == [("1", None), ("2", broken), ("3", None)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_binary_file_is_skipped(tmp_path, name):
    reason = only_reason(write(tmp_path / name, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"))
    assert reason == "it is not text but binary data (NUL byte at 8)"


# CSV ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_is_read_with_any_delimiter_and_encoding(tmp_path, delimiter, encoding):
    path = tmp_path / "a.csv"
    text = f'{PROSE}\r\n\r\nEr sagte: „Ja, nein; vielleicht“ | "doch"\t!'
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["Title", "Text", "Date", "Language", "Source", "URL", "id"])
        writer.writerow(
            ["Fähre, neu", text, "19.06.2024", "de", "Seeblatt", "http://a.example", "7"]
        )
        writer.writerow(["", SECOND, "", "", "", "", ""])
    first, second = read_file(path)
    assert first.text == text
    found = (first.title, first.date, first.language, first.source, first.url, first.row)
    assert found == ("Fähre, neu", "2024-06-19", "de", "Seeblatt", "http://a.example", "7")
    found = (second.text, second.date, second.source, second.url, second.row)
    assert found == (SECOND, None, None, None, "5")


def test_the_line_that_excel_adds_for_the_delimiter_is_no_header(tmp_path):
    path = write(tmp_path / "a.csv", f'sep=;\r\ntext;id\r\n"{PROSE}";\r\n')
    assert rows_of(path) == [("3", None)]


def test_a_table_with_one_column_is_read(tmp_path):
    [article] = read_file(write(tmp_path / "a.csv", f'text\n"{PROSE}"\n'))
    assert (article.text, article.row) == (PROSE, "2")


def test_a_table_needs_a_header_with_a_text_column(tmp_path):
    reason = only_reason(write(tmp_path / "a.csv", f"1,{PROSE}\n2,{SECOND}\n"))
    assert reason == "its first line names no column `text`"


def test_a_table_of_a_header_alone_is_skipped(tmp_path):
    assert only_reason(write(tmp_path / "a.csv", "id,text\n\n")) == "it has a header and no rows"


def test_bad_rows_of_a_table_are_skipped_with_their_line(tmp_path):
    lines = ["id,text", f"1,{SECOND}", "", "2", f'3,"{PROSE}" x', f'4,"{SECOND}"']
    path = write(tmp_path / "a.csv", "\n".join(lines) + '\n5,"never closed\n')
    assert rows_of(path) == [
        ("2", "line 2: it has 3 columns, the header 2"),
        ("4", "line 4: it has no `text` field"),
        ("5", "line 5: it is not CSV (',' expected after '\"')"),
        ("4", None),
        ("7", "line 7: it is not CSV (unexpected end of data)"),
    ]


def test_a_field_may_be_longer_than_csv_allows_and_its_limit_is_restored(tmp_path):
    before = csv.field_size_limit()
    text = PROSE * (before // len(PROSE) + 1)
    [article] = read_file(write(tmp_path / "a.csv", f'text\n"{text}"\n'))
    assert article.text == text
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("row", ["x" * 5_000, '"' + '\n","' * 5_000])
def test_a_row_too_long_for_any_article_ends_the_table_with_a_reason(tmp_path, monkeypatch, row):
    monkeypatch.setattr("rag.ingest.tables._LONGEST_LINE", 1_000)
    path = write(tmp_path / "a.csv", "text\n" + f'"{SECOND}"\n' * 20 + f"{row}\n")
    *read, last = read_file(path)
    assert [article.text for article in read] == [SECOND] * 20
    assert last == Skipped(str(path), "it has a row longer than 1,000 characters")


def test_clutter_in_a_row_is_no_prose(tmp_path):
    path = write(tmp_path / "a.jsonl", jsonl({"text": f"Fähre\n\n{PROSE}\n\nQuelle: Seeblatt"}))
    [article] = read_file(path)
    assert (article.title, article.source, body_text(article)) == ("Fähre", "Seeblatt", PROSE)
