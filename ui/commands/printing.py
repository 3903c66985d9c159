"""The output of the commands: reports of an index run, answers as text and as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rag.answer import Answer, AnswerSentence, Citation
from rag.phrases import PHRASES
from ui.addresses import make_address
from ui.commands.terminal import Line
from ui.turns import (
    describe,
    find_phrase_in_line,
    is_said,
    limited,
    one_line,
    shown_context,
    understood,
)
from vectorstore import Counts, Skipped

# JSON allows these in strings, but a reader that splits at every line end would cut an object.
_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}


def answer_json(answer: Answer) -> str:
    """Return one line of JSON, with the fields below."""
    return _json(answer_fields(answer))


def answer_fields(answer: Answer) -> dict[str, Any]:
    """Return an answer as values for JSON; the keys are a contract that the README states."""
    return {
        "question": answer.question,
        "found": answer.found,
        "answer": answer.text,
        "citations": [_citation(citation) for citation in answer.citations],
        "timings_ms": {
            "retrieve": round(answer.retrieve_ms, 1),
            "answer": round(answer.answer_ms, 1),
        },
        "sentences": [
            {
                "text": sentence.text,
                "status": sentence.status,
                "citations": list(sentence.citations),
            }
            for sentence in answer.sentences
        ],
        "model": answer.model or None,
        **({"notice": answer.notices} if answer.notices else {}),
        **({"standalone": answer.standalone} if answer.standalone else {}),
        **({"within": answer.within} if answer.within else {}),
    }


def error_json(question: str, error: Exception) -> str:
    """Return one line of JSON for a question that has no answer."""
    return _json({"question": question, "error": str(error)})


def _citation(citation: Citation) -> dict[str, Any]:
    fields = asdict(citation)
    phrase, context, copies = (fields.pop(name) for name in ("phrase", "context", "copies"))
    fields["address"] = make_address(citation.article, citation.start, citation.end)
    fields |= {"phrase": {"start": phrase[0], "end": phrase[1]}} if phrase else {}
    fields |= {"context": context} if context else {}
    return fields | ({"copies": copies} if copies else {})


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS)


def answer_lines(answer: Answer) -> Iterator[Line]:
    """Yield an answer as lines of text: its sentences, then its sources by number.

    Above a quote that cannot stand alone is the sentence before it. Below a sentence that is not
    supported stands the reason. The words of a quote that answer the question are bold.
    """
    yield from map(Line, _lines_above(answer))
    for sentence in answer.sentences:
        for citation in answer.citations:
            context = shown_context(answer, citation)
            if citation.number in sentence.citations and context:
                yield Line(f"    … {context}")
        yield _sentence(answer, sentence)
        if sentence.reason:
            yield Line(f"    Why: {sentence.reason}")
    if answer.citations:
        yield Line("")
    for citation in answer.citations:
        yield Line(f"[{citation.number}] {describe(citation)}")
        if not is_said(answer, citation):
            yield _quote(citation).indented("    > ")
        yield Line(f"    {citation.path}, characters {citation.start}–{citation.end}")
    if answer.nearest:
        yield Line("")
        yield Line(PHRASES[answer.spoken].nearest)
        for citation in answer.nearest:
            yield _quote(citation).indented("- ")
            yield Line(f"  {describe(citation)}")


def _sentence(answer: Answer, sentence: AnswerSentence) -> Line:
    text = answer.line(sentence)
    for citation in answer.citations:
        quote = _quote(citation)
        if citation.number in sentence.citations and quote.text == sentence.text:
            before, _, after = text.partition(sentence.text)
            return Line(quote.text + after, quote.bold).indented(before)
    return Line(text)


def _quote(citation: Citation) -> Line:
    return Line(one_line(citation.quote), find_phrase_in_line(citation))


def said_lines(answer: Answer) -> Iterator[str]:
    """Yield the notice and the question as it was understood, then the sentences, a line each."""
    yield from _lines_above(answer)
    yield from map(answer.line, answer.sentences)


def _lines_above(answer: Answer) -> Iterator[str]:
    if answer.notices:
        yield f"Note: {answer.notices}"
    if answer.standalone:
        yield understood(answer)
    if answer.within:
        yield limited(answer)
    if answer.lead_in:
        yield answer.lead_in


def describe_model(model: str, base_url: str | None) -> str:
    """Return the name and server of the chat model that answers.

    The parts of the server's URL that can hold a password or a key are left out.
    """
    public = re.sub(r"//.*@", "//", re.split("[?#]", base_url or "")[0])
    return f"{model}{f' at {public}' if public else ''}, checked against the articles"


def report_lines(
    report: Counter[str], skipped: Sequence[Skipped], counts: Counts, *, shown: int
) -> Iterator[str]:
    """Yield the report of an index run: counts by kind of change, then the first skipped files."""
    kinds = ("added", "changed", "removed", "unchanged", "embedded again")
    said = [f"{report[kind]:,} {kind}" for kind in kinds if report[kind] or kind == "added"]
    if skipped:
        said.append(f"{len(skipped):,} skipped")
    yield f"{', '.join(said)}; the index holds {count_line(counts)}"
    yield from skipped_lines(skipped, shown=shown)


def skipped_lines(skipped: Sequence[Skipped], *, shown: int) -> Iterator[str]:
    """Yield a line for each of the first skipped files and rows, and the number of the others."""
    for one in skipped[:shown]:
        row = f", row {one.row}" if one.row is not None else ""
        yield f"skipped {one.path}{row}: {one.reason}"
    if len(skipped) > shown:
        yield f"… and {len(skipped) - shown:,} more (--all-skipped lists them)"


def count_line(counts: Counts) -> str:
    """Return the counts of a store, such as "13 articles (9 de, 4 en), 46 passages"."""
    languages = ", ".join(f"{n:,} {code}" for code, n in counts.languages.items())
    articles = f"{counts.articles:,} article{'' if counts.articles == 1 else 's'}"
    passages = f"{counts.passages:,} passage{'' if counts.passages == 1 else 's'}"
    return f"{articles} ({languages}), {passages}" if languages else f"{articles}, {passages}"
