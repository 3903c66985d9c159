"""The limits of a conversation as HTML: a chip for each, above the question box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ui.article_words import ARTICLE_WORDS
from ui.dates import name_language, write_day, write_days, write_number
from ui.html.markup import escape
from ui.limits import Limits, write_query
from ui.words import Words
from vectorstore import Filter

_NAMED = 3
"""Chosen articles that have a chip each; more share one."""


def render_limits(
    limits: Limits, words: Words, titles: Mapping[str, str], conversation: str = "", count: int = 0
) -> str:
    """Return the button of the articles and the chips of the limits.

    `titles` are those of the chosen articles by id. Each chip has the query of an address without
    it. The page's script puts `data-query` into the address of the conversation, and knows by
    `count` which change of the limits this is drawn for.
    """
    said = ARTICLE_WORDS[words.language]
    chips = list(_chips(limits, words, titles))
    listed = "".join(
        f'<li class="chip"><span class="what" dir="auto">{escape(label)}</span>'
        f"{f' <small>{escape(origin)}</small>' if origin else ''}"
        f'<button type="button" class="drop" data-query="{escape(write_query(left))}" '
        f'aria-label="{escape(said.remove.format(limit=label))}">'
        '<span aria-hidden="true">✕</span></button></li>'
        for label, origin, left in chips
    )
    everything = (
        f'<button type="button" class="drop all" data-query="">{said.remove_all}</button>'
        if len(chips) > 1
        else ""
    )
    return (
        f'<div class="limits" data-conversation="{escape(conversation)}" data-count="{count}" '
        f'data-query="{escape(write_query(limits.filter))}">'
        f'<button type="button" class="browse">{said.articles}</button>'
        f'<ul class="chips" aria-live="polite" aria-label="{said.limits}">{listed}</ul>'
        f"{everything}</div>"
    )


def _chips(
    limits: Limits, words: Words, titles: Mapping[str, str]
) -> Iterator[tuple[str, str, Filter]]:
    """Yield each limit with the words that it comes from, and the filter without it."""
    filter, said = limits.filter, ARTICLE_WORDS[words.language]
    if filter.date_from or filter.date_to:
        without = replace(filter, date_from=None, date_to=None)
        yield describe_days(filter, words), describe_origin(limits, words), without
    for source in sorted(filter.sources or ()):
        yield source, "", replace(filter, sources=_without(filter.sources, source))
    for code in sorted(filter.languages or ()):
        left = replace(filter, languages=_without(filter.languages, code))
        yield name_language(code, words) or code, "", left
    chosen = sorted(filter.articles or (), key=lambda id: titles.get(id, ""))
    if len(chosen) > _NAMED:
        count = write_number(len(chosen), words)
        yield said.chosen.format(count=count), "", replace(filter, articles=None)
        return
    for id in chosen:
        left = replace(filter, articles=_without(filter.articles, id))
        yield titles.get(id, said.unknown_article), "", left


def describe_days(filter: Filter, words: Words) -> str:
    """Return the days of a filter, such as "17–20 June 2024" or "from 17 June 2024"."""
    first, last = filter.date_from, filter.date_to
    if first and last:
        return write_days(first, last, words)
    said = ARTICLE_WORDS[words.language]
    if first:
        return said.since.format(day=write_day(first.isoformat(), words))
    return said.until.format(day=write_day(last.isoformat(), words)) if last else ""


def describe_origin(limits: Limits, words: Words) -> str:
    """Return the words of a question that its days come from, and the day counted from."""
    time = limits.time
    if time is None:
        return ""
    said = ARTICLE_WORDS[words.language]
    if time.counted_from is None:
        return f"“{time.words}”" if words.language == "en" else f"„{time.words}“"
    if time.from_today:
        return said.from_today.format(words=time.words)
    day = write_day(time.counted_from.isoformat(), words)
    return said.from_newest.format(words=time.words, day=day)


def _without(names: object, name: str) -> frozenset[str] | None:
    assert isinstance(names, frozenset)
    return names - {name} or None
