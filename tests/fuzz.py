"""Fuzz the readers, the splitter and the question with atheris, for the properties of the tests.

    python tests/fuzz.py files 300        # seconds; or: sentences, question

atheris is not among the dependencies (`pip install atheris`, Linux and macOS). An input that breaks
a property is written to a file `crash-…` in the working folder; give that file in place of the
seconds to run it again. In `files`, the first byte of an input chooses the suffix. Inputs grow from
the articles in seeds/, the questions about them, and a small file of each other format.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

TARGETS = ("files", "sentences", "question")
SLOWEST = 30
"""Seconds for one input, which has at most LONGEST bytes; beyond, libFuzzer reports a hang."""
LONGEST = 4_096


def find_target(name: str) -> Callable[[bytes], None]:
    """Import what a target runs, and return it."""
    from properties import SUFFIXES, check_file, check_question, check_sentences

    folder = tempfile.mkdtemp()

    def read(data: bytes) -> None:
        path = Path(folder, "a" + SUFFIXES[data[0] % len(SUFFIXES) if data else 0])
        path.write_bytes(data[1:])
        check_file(path)

    def split(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        check_sentences(text, 0, len(text))

    def ask(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        check_question(text)
        earlier, _, question = text.partition("\n")
        check_question({"question": question, "chat_history": [("human", earlier), ("ai", text)]})
        try:
            given = json.loads(data)
        except (ValueError, RecursionError):
            return
        # A filter is an object of ours, which no text holds.
        if not (isinstance(given, dict) and given.get("filter")):
            check_question(given)

    return {"files": read, "sentences": split, "question": ask}[name]


def first_inputs(name: str) -> list[bytes]:
    """Return what the inputs of a target grow from; of each, libFuzzer reads LONGEST bytes."""
    from conftest import SEED_QUESTIONS, SEEDS
    from pdfs import make_pdf, show
    from properties import SUFFIXES

    articles = [(path.suffix, path.read_bytes()) for path in sorted(SEEDS.iterdir())]
    asked = (SEED_QUESTIONS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    if name == "question":
        return [json.loads(line)["question"].encode() for line in asked] + [
            b'{"question": "Wer?", "chat_history": [["human", "Wo?"], ["ai", "Dort."]]}'
        ]
    if name == "sentences":
        return [text for _, text in articles]
    row = {"id": 1, "title": "Titel", "text": "Ein Satz. Noch einer.", "date": "2024-06-19"}
    articles += [
        (".pdf", make_pdf(show("Ein Satz.", "Noch einer."), title="Titel")),
        (".jsonl", f"{json.dumps(row)}\n{json.dumps(row | {'id': 2})}\n".encode()),
        (".csv", b'title,text,date\n"Ein, Titel","Ein Satz.\nNoch einer.",2024-06-19\n'),
    ]
    return [bytes([SUFFIXES.index(suffix)]) + text for suffix, text in articles]


def main(arguments: list[str]) -> int:
    """Run one target; return the exit code."""
    if len(arguments) != 2 or arguments[0] not in TARGETS:
        print(f"usage: python tests/fuzz.py {'|'.join(TARGETS)} SECONDS|FILE", file=sys.stderr)
        return 2
    try:
        import atheris
    except ImportError:
        print("fuzzing needs atheris: pip install atheris", file=sys.stderr)
        return 2
    name, bound = arguments
    with atheris.instrument_imports(include=["rag", "pypdf", "yaml", "trafilatura"]):
        target = find_target(name)
    options = [sys.argv[0], f"-timeout={SLOWEST}", f"-max_len={LONGEST}"]
    with tempfile.TemporaryDirectory() as inputs:
        for number, data in enumerate(first_inputs(name)):
            Path(inputs, str(number)).write_bytes(data)
        run = [f"-max_total_time={bound}", inputs] if bound.isdecimal() else [bound]
        atheris.Setup([*options, *run], target)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
