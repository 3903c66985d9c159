"""The options of `ask` that limit the articles it answers from."""

from __future__ import annotations

import datetime
import difflib
import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from vectorstore import Filter, Store

_DAY = click.DateTime(["%Y-%m-%d"])

_OPTIONS = (
    click.option("--from", "date_from", type=_DAY, metavar="DAY", help="First day: 2024-06-17."),
    click.option("--to", "date_to", type=_DAY, metavar="DAY", help="Last day."),
    click.option("--source", "sources", multiple=True, help="Outlet; may be given again."),
    click.option("--language", "languages", multiple=True, help="Language code, such as de."),
    click.option(
        "--article",
        "articles",
        multiple=True,
        metavar="ID|PATH",
        help="Article by its id, or all of a file or folder; may be given again.",
    ),
)


def limits(command: Any) -> Any:  # noqa: ANN401 - click's decorators
    """Add the options --from, --to, --source, --language and --article to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_limits(
    store: Store,
    *,
    date_from: datetime.datetime | None,
    date_to: datetime.datetime | None,
    sources: Sequence[str],
    languages: Sequence[str],
    articles: Sequence[str],
) -> Filter | None:
    """Return the filter that the options describe, None without any.

    Raises click.UsageError if nothing in the store can match an option.
    """
    from vectorstore import Filter

    first, last = date_from and date_from.date(), date_to and date_to.date()
    if first and last and first > last:
        raise click.UsageError(f"--from {first} is after --to {last}: no day is between them")
    if sources:
        _check_known("--source", "outlet", sources, store.sources())
    if languages:
        _check_known("--language", "language", languages, store.languages())
    ids = [id for named in articles for id in _find_articles(store, named)]
    made = Filter(ids or None, sources or None, languages or None, first, last)
    return None if made == Filter() else made


def _check_known(option: str, kind: str, given: Sequence[str], known: Collection[str]) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3) or sorted(known)[:5]
            there = f"try {', '.join(near)}" if near else f"no article states its {kind}"
            raise click.UsageError(f"{option}: no article has the {kind} {name!r}: {there}")


def _find_articles(store: Store, named: str) -> list[str]:
    if store.article(named) is not None:
        return [named]
    found = list(store.hashes_under(os.path.abspath(Path(named).expanduser())))
    if not found:
        raise click.UsageError(
            f"--article: no article {named!r} is in the index: take the id from `article` in"
            " `ask --json`, or name an indexed file"
        )
    return found
