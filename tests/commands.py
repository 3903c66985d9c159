"""Run the command in a test, and check the contract of an answer's JSON."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from ui.cli import main


def run(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def lines(*args):
    """Run a command that goes well; return the lines it printed."""
    made = run(*args)
    assert (made.exit_code, made.stderr) == (0, ""), made.output
    return made.stdout.splitlines()


def failure(*args, code=1, printed=""):
    """Run a command that fails; return the one line on standard error."""
    made = run(*args)
    assert isinstance(made.exception, SystemExit), made.exception
    # The chat says what it loads, and may fail only then.
    said = re.sub(r"(Starting at http|Loading the |Opening the index).*\n", "", made.stdout)
    assert (made.exit_code, said) == (code, printed)
    [line] = made.stderr.splitlines()
    return line.removeprefix("Error: ")


def misuse(*args):
    """Run a command that is used wrongly; return what follows the usage."""
    made = run(*args)
    assert (made.exit_code, made.stdout) == (2, "")
    usage, _, _, error = made.stderr.splitlines()
    assert usage.startswith("Usage: ")
    return error.removeprefix("Error: ")


def check_contract(answer):
    """Check types and keys of an answer's JSON, and the quotes against the files."""
    keys = ["question", "found", "answer", "citations", "timings_ms", "sentences", "model"]
    assert list(answer) in (keys, [*keys, "notice"])
    assert isinstance(answer["found"], bool)
    assert {name: type(value) for name, value in answer["timings_ms"].items()} == {
        "retrieve": float,
        "answer": float,
    }
    types = {
        **{"number": int, "article": str, "path": str, "title": str, "source": str | None},
        **{"date": str | None, "language": str, "start": int, "end": int, "quote": str},
        **{"score": float, "address": str},
    }
    for citation in answer["citations"]:
        phrase = citation.pop("phrase", None)
        assert list(citation) == list(types)
        assert all(isinstance(citation[name], type_) for name, type_ in types.items())
        text = Path(citation["path"]).read_bytes().decode()
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        if phrase is not None:
            assert list(phrase) == ["start", "end"]
            assert citation["start"] <= phrase["start"] < phrase["end"] <= citation["end"]
    used = [int(number) for number in re.findall(r"\[(\d+)\]", answer["answer"])]
    numbers = [citation["number"] for citation in answer["citations"]]
    assert list(dict.fromkeys(used)) == numbers == list(range(1, len(numbers) + 1))
    assert bool(numbers) == answer["found"] == bool(answer["sentences"])
    assert all(list(said) == ["text", "status", "citations"] for said in answer["sentences"])
    of_sentences = [number for said in answer["sentences"] for number in said["citations"]]
    assert used == of_sentences
