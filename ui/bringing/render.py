"""The dialog for bringing articles in, as HTML; everything that is not ours is escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from rag.ingest.files import FORMATS
from ui.bringing.arrivals import State
from ui.bringing.runs import Report
from ui.bringing.uploads import LARGEST, Upload
from ui.bringing.words import KNOWN, MEGABYTES, bring_words
from ui.dates import write_number
from ui.html.markup import escape
from ui.words import Words
from vectorstore import Skipped

MOST_SKIPPED = 20
KINDS = ("added", "changed", "removed", "unchanged")


def render_dialog(words: Words) -> str:
    """Return the inside of the dialog; its script fills in how it stands, and the files.

    The lines that the script shows while files are sent stand in attributes of the first element.
    """
    said = bring_words(words)
    formats = said.formats.format(formats=KNOWN, most=MEGABYTES)
    return (
        f'<div class="bring-inner" lang="{words.language}" data-sending="{said.sending}" '
        f'data-unsent="{said.unsent}" data-format="{said.refuse("format")}" '
        f'data-large="{said.refuse("large")}" '
        f'data-largest="{LARGEST}" data-release="{said.release}">'
        f'<div class="bar"><h2 id="bring-title">{said.open}</h2>'
        f'<button type="button" class="close" aria-label="{said.close}">'
        '<span aria-hidden="true">✕</span></button></div>'
        f'<div class="drop"><p>{said.drop}</p>'
        f'<button type="button" class="choose">{said.choose}</button>'
        f'<input type="file" multiple hidden accept="{",".join(FORMATS)}" '
        f'aria-label="{said.choose}"><p class="formats">{formats}</p></div>'
        '<p class="standing" role="status"></p><progress hidden></progress>'
        '<div class="report" role="status"></div>'
        f'<h3 id="brought">{said.brought}</h3><ul class="files" aria-labelledby="brought"></ul>'
        f'<p class="formats">{said.from_folders}</p></div>'
    )


def describe_state(state: State, words: Words) -> str:
    """Return the line on a run that is going on, "" if none is."""
    said = bring_words(words)
    if not state.running:
        return ""
    if state.busy:
        return said.busy
    if state.step is None:
        return said.starting
    done, total = (write_number(n, words) for n in (state.step.done, state.step.total))
    return said.indexing.format(done=done, total=total)


def render_report(state: State, words: Words) -> str:
    """Return the report of the runs that have ended: the command's, in words of the page."""
    said = bring_words(words)
    parts = []
    if state.error:
        parts.append(
            f'<p class="error"><strong>{said.failed}</strong> '
            f'<span lang="en">{escape(state.error)}</span></p>'
        )
    if state.report is not None:
        parts.append(f"<p>{_counts(state.report, words)}</p>")
        skipped = state.report.skipped
        lines = [_skipped(one, words) for one in skipped[:MOST_SKIPPED]]
        if len(skipped) > MOST_SKIPPED:
            lines.append(f"<li>… + {len(skipped) - MOST_SKIPPED}</li>")
        parts.append(f'<ul class="skipped">{"".join(lines)}</ul>' if lines else "")
    return "".join(parts)


def render_files(uploads: Sequence[Upload], words: Words) -> str:
    """Return the list of the files that were brought, each with the button that removes it.

    The question that comes before a removal stands hidden beside it.
    """
    said = bring_words(words)
    if not uploads:
        return f'<li class="none">{said.nothing_brought}</li>'
    return "".join(_file(upload, words) for upload in uploads)


def _file(upload: Upload, words: Words) -> str:
    said = bring_words(words)
    name = escape(upload.path.name)
    holds = said.count(said.articles, upload.articles, words) if upload.articles else said.unread
    question = said.question.format(name=f"<bdi>{name}</bdi>")
    return (
        f'<li data-name="{name}"><span class="name"><bdi>{name}</bdi> <small>{holds}</small></span>'
        f'<button type="button" class="remove">{said.remove}<span class="sr-only"> {name}</span>'
        f'</button><span class="sure" role="group" hidden><span>{question}</span> '
        f'<button type="button" class="yes">{said.yes}</button>'
        f'<button type="button" class="no">{said.no}</button></span></li>'
    )


def _counts(report: Report, words: Words) -> str:
    said = bring_words(words)
    changes = report.changes + Counter(skipped=len(report.skipped))
    parts = [
        said.count(said.changes[kind], changes[kind], words)
        for kind in (*KINDS, "skipped")
        if changes[kind]
    ]
    return f"{', '.join(parts)}; {said.count(said.holds, report.counts.articles, words)}"


def _skipped(one: Skipped, words: Words) -> str:
    row = f", {bring_words(words).row.format(row=escape(one.row))}" if one.row is not None else ""
    name = f"<bdi>{escape(PurePath(one.path).name)}</bdi>"
    return f'<li>{name}{row}: <span lang="en">{escape(one.reason)}</span></li>'
