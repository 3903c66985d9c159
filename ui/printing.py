"""What the commands print: reports of an index run, answers as text and as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rag.answer import Answer
from rag.phrases import PHRASES
from ui.turns import describe, describe_cited, understood
from vectorstore import Counts, Skipped

# JSON leaves these as they are, but readers that split at any line end would cut an object.
_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}


def answer_json(answer: Answer) -> str:
    """Return one line of JSON; the keys are a contract that the README states."""
    return json.dumps(
        {
            "question": answer.question,
            "found": answer.found,
            "answer": answer.text,
            "citations": [asdict(citation) for citation in answer.citations],
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
            **({"notice": answer.notice} if answer.notice else {}),
            **({"standalone": answer.standalone} if answer.standalone else {}),
        },
        ensure_ascii=False,
    ).translate(_LINE_ENDS)


def answer_lines(answer: Answer) -> Iterator[str]:
    """Yield an answer as lines of text: what is said, then the sources by number.

    Below a sentence that the articles do not bear out stands why not.
    """
    yield from _lines_above(answer)
    for sentence in answer.sentences:
        yield answer.line(sentence)
        if sentence.reason:
            yield f"    Why: {sentence.reason}"
    if answer.citations:
        yield ""
    for citation in answer.citations:
        yield from describe_cited(answer, citation).split("\n")
        yield f"    {citation.path}, characters {citation.start}–{citation.end}"
    if answer.nearest:
        yield ""
        yield PHRASES[answer.spoken].nearest
        for citation in answer.nearest:
            yield f"- {' '.join(citation.quote.split())}"
            yield f"  {describe(citation)}"


def said_lines(answer: Answer) -> Iterator[str]:
    """Yield the notice and what the question was understood as, then the sentences, a line each."""
    yield from _lines_above(answer)
    yield from map(answer.line, answer.sentences)


def _lines_above(answer: Answer) -> Iterator[str]:
    if answer.notice:
        yield f"Note: {answer.notice}"
    if answer.standalone:
        yield understood(answer)
    if answer.lead_in:
        yield answer.lead_in


def describe_model(model: str, base_url: str | None) -> str:
    """Return what is said of a chat model that answers: its name and its server.

    Of the server's URL only what cannot hold a password or a key.
    """
    public = re.sub(r"//.*@", "//", re.split("[?#]", base_url or "")[0])
    return f"{model}{f' at {public}' if public else ''}, checked against the articles"


def report_lines(
    report: Counter[str], skipped: Sequence[Skipped], counts: Counts, *, shown: int
) -> Iterator[str]:
    """Yield the report of an index run: what became of the articles, and the first skipped."""
    kinds = ("added", "changed", "removed", "unchanged", "embedded again")
    said = [f"{report[kind]:,} {kind}" for kind in kinds if report[kind] or kind == "added"]
    if skipped:
        said.append(f"{len(skipped):,} skipped")
    yield f"{', '.join(said)}; the index holds {count_line(counts)}"
    yield from skipped_lines(skipped, shown=shown)


def skipped_lines(skipped: Sequence[Skipped], *, shown: int) -> Iterator[str]:
    """Yield a line for each of the first skipped, and how many there are beyond them."""
    for one in skipped[:shown]:
        row = f", row {one.row}" if one.row is not None else ""
        yield f"skipped {one.path}{row}: {one.reason}"
    if len(skipped) > shown:
        yield f"… and {len(skipped) - shown:,} more (--all-skipped lists them)"


def count_line(counts: Counts) -> str:
    """Return how much a store holds, such as "13 articles (9 de, 4 en), 46 passages"."""
    languages = ", ".join(f"{n:,} {code}" for code, n in counts.languages.items())
    articles = f"{counts.articles:,} article{'' if counts.articles == 1 else 's'}"
    passages = f"{counts.passages:,} passage{'' if counts.passages == 1 else 's'}"
    return f"{articles} ({languages}), {passages}" if languages else f"{articles}, {passages}"
