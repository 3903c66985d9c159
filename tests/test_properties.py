"""Readers, splitter and question hold what they promise for any input; the examples are fixed."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfs import make_pdf, show
from properties import SUFFIXES, check_article, check_file, check_question, check_sentences

from rag.ingest.publication_date import parse_date
from rag.question.conversation import Earlier
from vectorstore import Article

# The same examples in every run, so that a run fails for a change and never by chance.
FIXED = settings(derandomize=True, database=None, deadline=None, max_examples=40)

PARTS = {
    ".txt": ["Quelle: a", "Mehr zum Thema: ", "Der Rat tagt. ", "z. B. ", "5. ", "\n", "\n\n", "„"],
    ".md": [
        "---\n",
        "title: ",
        '"\\UFFFFFFFF"',
        "&a [*a]",
        "!!python/x ",
        "%YAML 9\n",
        "? ",
        "# a",
    ],
    ".html": ["<p>", "</p>", "<article>", "<table><td>", "<a b='", '">', "&#0;", "<!--", "Der Rat"],
    ".jsonl": ['{"text": "', '"}', "\\ud800", "[[", '"id": 1, ', "{}", "\n", "1e999", '"date": "'],
    ".csv": ["text", ",", ";", "\t", '"', "\n", "\r\n", "sep=;", "id", "Der Rat tagt."],
    ".pdf": [
        "%PDF-1.4\n",
        "1 0 obj\n",
        "<</Type/Pages/Kids[2 0 R]>>",
        "stream\n",
        "endobj\n",
        "<<",
    ],
}
PDF = make_pdf(show("Der Rat von Lindau tagt heute.", "Die Sitzung ist um acht."), title="Rat")
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "shift_jis"]
SIGNS = st.sampled_from([*PARTS[".txt"], *".!?…“()[]-–1aÄß\u200b\xa0\u2028\x85\r\t", "Der ", "😀"])
TEXTS = st.lists(SIGNS | st.text(max_size=8), max_size=40).map("".join)
QUESTIONS = st.lists(
    st.sampled_from("Und And it er sie das Wer ist Was Putin? the this 's (a, b) Vertrag".split())
    | st.text(max_size=6),
    max_size=12,
).map(" ".join)


@st.composite
def contents(draw: st.DrawFn, suffix: str) -> bytes:
    """Make the bytes of a file: what its format is made of, strung together, and broken."""
    parts = st.lists(st.sampled_from(PARTS[suffix]) | st.text(max_size=6), max_size=25)
    data = "".join(draw(parts)).encode(draw(st.sampled_from(ENCODINGS)), "replace")
    if suffix == ".pdf" and draw(st.booleans()):
        data = PDF
    for at, byte in draw(st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=4)):
        place = at % (len(data) + 1)
        data = data[:place] + bytes([byte]) + data[place + 1 :]
    return data


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_any_bytes_are_read_or_refused_in_one_line(suffix):
    @FIXED
    @given(contents(suffix))
    def read(data):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"a{suffix}")
            path.write_bytes(data)
            check_file(path)

    read()


@FIXED
@given(st.text(max_size=12).filter(lambda name: not {"/", "\0"} & set(name)))
def test_any_suffix_is_refused_in_one_line(ending):
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = Path(folder, f"a.{ending}")
            path.write_bytes(b"Der Rat tagt.")
        except (OSError, UnicodeEncodeError):
            return
        check_file(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@FIXED
@given(
    st.lists(
        st.fixed_dictionaries(
            {"text": TEXTS},
            # No text as a date: dateparser takes up to 0.3 s for a line of nonsense.
            optional={"date": JSON} | {name: JSON | TEXTS for name in ("id", "title", "url")},
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_row_keeps_its_text_whatever_its_other_fields_hold(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.jsonl")
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        read = [one.text for one in check_file(path) if isinstance(one, Article)]
    kept = iter(row["text"] for row in rows)
    assert all(text in kept for text in read)  # in order


@FIXED
@given(TEXTS, st.integers(0, 30), st.integers(0, 60))
def test_sentences_are_spans_in_order_with_whitespace_between(text, start, length):
    start = min(start, len(text))
    check_sentences(text, start, min(len(text), start + length))


@FIXED
@given(TEXTS.filter(str.strip), st.text(max_size=30), st.data())
def test_passages_are_verbatim_in_order_and_lose_no_word(text, title, data):
    cut = data.draw(st.integers(1, len(text)))
    body = ((0, cut), (cut, len(text))) if cut < len(text) else ((0, cut),)
    check_article(Article("/a.txt", title, text, body, "de"))


@FIXED
@given(st.text(alphabet="0123456789 .:-/+TZWQ٢½Janär", max_size=60))
def test_a_date_is_a_day_or_none(stated):
    day = parse_date(stated)
    assert day is None or len(day) == len("2024-06-19")


MESSAGES = st.lists(
    st.builds(Earlier, QUESTIONS, TEXTS, QUESTIONS)
    | st.tuples(st.sampled_from(["human", "ai", "system", "nobody"]), TEXTS)
    | st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": JSON})
    | JSON,
    max_size=4,
)


@FIXED
@given(QUESTIONS, MESSAGES)
def test_any_question_and_conversation_is_understood_or_refused_in_one_line(question, history):
    check_question({"question": question, "chat_history": history})


@FIXED
@given(JSON | st.fixed_dictionaries({"question": JSON, "chat_history": JSON}))
def test_any_input_of_the_chain_is_read_or_refused_in_one_line(anything):
    check_question(anything)


@FIXED
@given(JSON, QUESTIONS)
def test_an_answer_of_a_message_history_may_hold_anything(about, question):
    answered = {
        "role": "assistant",
        "content": "Ja.",
        "additional_kwargs": {"article_chat": {"standalone": about, "citations": [about]}},
    }
    asked = {"role": "user", "content": "Was verspricht der Vertrag?"}
    check_question({"question": question, "chat_history": [asked, answered]})
    answered["additional_kwargs"] = {"article_chat": about}
    check_question({"question": question, "chat_history": [asked, answered]})
