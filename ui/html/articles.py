"""The list of articles as HTML: the form that finds some, and a page of those found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ui.article_words import ARTICLE_WORDS
from ui.dates import name_language, write_number
from ui.html.markup import describe_source, escape
from ui.limits import MOST_ARTICLES, read_query
from ui.words import Words
from vectorstore import ArticlePage, Filter, ListedArticle

ON_A_PAGE = 50
_LONGEST_SEARCH = 200
_LAST_PAGE = 1_000_000


@dataclass(frozen=True)
class Search:
    """What the form asks for; `filter` has at most one outlet and one language."""

    words: str = ""
    filter: Filter = Filter()
    newest_first: bool = True
    page: int = 0

    @property
    def narrows(self) -> bool:
        """Whether it finds fewer than all articles."""
        return bool(self.words.strip()) or self.filter != Filter()


def read_search(given: Mapping[str, Any]) -> Search:
    """Return the search that the page's script sends; anything else is taken for nothing."""
    words, query, page = (given.get(name) for name in ("words", "query", "page"))
    right = isinstance(page, int) and not isinstance(page, bool) and 0 <= page <= _LAST_PAGE
    return Search(
        words[:_LONGEST_SEARCH] if isinstance(words, str) else "",
        read_query(query) if isinstance(query, str) else Filter(),
        given.get("order") != "oldest",
        page if right and isinstance(page, int) else 0,
    )


def render_finder(
    search: Search, sources: Collection[str], languages: Collection[str], words: Words
) -> str:
    """Return the form: words, days, outlet, language, order."""
    said = ARTICLE_WORDS[words.language]
    first, last = (
        day.isoformat() if day else "" for day in (search.filter.date_from, search.filter.date_to)
    )
    named = {code: name_language(code, words) or code for code in languages}
    outlets = _choice(
        "source", said.outlet, said.all_outlets, [(name, name) for name in sorted(sources)],
        search.filter.sources,
    )  # fmt: skip
    spoken = _choice(
        "language", said.language, said.all_languages,
        sorted(named.items(), key=lambda one: one[1]), search.filter.languages,
    )  # fmt: skip
    orders = [("newest", said.newest), ("oldest", said.oldest)]
    order = "newest" if search.newest_first else "oldest"
    # A day is a native field: keys and screen readers know it, and a phone has a wheel for it. It
    # is written as in the browser's own language, whatever that of the page is.
    return (
        f'<form class="finder" role="search" aria-label="{said.articles}"><div class="top">'
        f"<h2>{said.articles}</h2>"
        f'<button type="button" class="leave" aria-label="{said.back_to_chat}">'
        '<span aria-hidden="true">✕</span></button></div>'
        f'<input type="search" name="words" maxlength="{_LONGEST_SEARCH}" autocomplete="off" '
        f'value="{escape(search.words)}" aria-label="{said.search}" placeholder="{said.search}">'
        f'<div class="facts"><label>{said.first_day} <input type="date" name="from" '
        f'value="{first}"></label><label>{said.last_day} <input type="date" name="to" '
        f'value="{last}"></label>{outlets}{spoken}'
        f'{_choice("order", said.order, "", orders, [order])}</div></form>'
    )  # fmt: skip


def render_listing(
    found: ArticlePage, search: Search, words: Words, chosen: Collection[str], asked: int
) -> str:
    """Return a page of articles with their number; `asked` counts the requests of the script."""
    said = ARTICLE_WORDS[words.language]
    total = write_number(found.total, words)
    count = said.one_found if found.total == 1 else said.found.format(total=total)
    actions = ""
    if search.narrows:
        if search.filter != Filter() and found.total:
            actions += f'<button type="button" class="within">{said.ask_within}</button>'
        actions += f'<button type="button" class="reset">{said.clear}</button>'
    rows = "".join(_row(one, words, one.id in chosen) for one in found.articles)
    if rows:
        below = f'<ul class="rows">{rows}</ul>{_pages(found, search, words)}'
    else:
        below = f'<p class="none">{said.none_found if search.narrows else said.none_indexed}</p>'
    full = said.full.format(most=MOST_ARTICLES)
    how = f'<p class="how">{said.how}</p>' if rows and not search.narrows else ""
    return (
        f'<div class="listing" data-asked="{asked}" data-page="{search.page}" '
        f'data-most="{MOST_ARTICLES}">'
        f'<div class="count"><p role="status">{count}</p>{actions}</div>'
        f'<p class="full" role="alert" data-said="{full}"></p>'
        f'<div class="scroll" tabindex="0" role="group" aria-label="{said.articles}">'
        f"{how}{below}</div></div>"
    )


def _row(article: ListedArticle, words: Words, chosen: bool) -> str:
    said = ARTICLE_WORDS[words.language]
    language = escape(article.language)
    about = describe_source(
        article.source, article.date, article.language, article.path, words, title=article.title
    )
    label = escape(said.choose.format(title=article.title))
    return (
        f'<li><label class="tick"><input type="checkbox" value="{escape(article.id)}" '
        f'aria-label="{label}"{" checked" if chosen else ""}></label>'
        f'<button type="button" class="open" data-article="{escape(article.id)}">'
        f'<span class="title" lang="{language}" dir="auto">{escape(article.title)}</span>'
        f"{about}</button></li>"
    )


def _pages(found: ArticlePage, search: Search, words: Words) -> str:
    if found.total <= ON_A_PAGE:
        return ""
    said = ARTICLE_WORDS[words.language]
    first = search.page * ON_A_PAGE
    last = first + len(found.articles)
    shown, end, total = (write_number(one, words) for one in (first + 1, last, found.total))
    place = said.page.format(first=shown, last=end, total=total)

    def step(to: int, label: str, sign: str, possible: bool) -> str:
        disabled = "" if possible else " disabled"
        return (
            f'<button type="button" class="step" data-page="{to}" aria-label="{label}"{disabled}>'
            f'<span aria-hidden="true">{sign}</span></button>'
        )

    return (
        f'<nav class="pages" aria-label="{said.pages}">'
        f"{step(search.page - 1, said.previous, '‹', search.page > 0)}<span>{place}</span>"
        f"{step(search.page + 1, said.next, '›', last < found.total)}</nav>"
    )


def _choice(
    name: str,
    label: str,
    everything: str,
    values: Iterable[tuple[str, str]],
    selected: Collection[str] | None,
) -> str:
    options = f'<option value="">{everything}</option>' if everything else ""
    options += "".join(
        f'<option value="{escape(value)}"{" selected" if value in (selected or ()) else ""}>'
        f"{escape(shown)}</option>"
        for value, shown in values
    )
    return f'<label>{label} <select name="{name}">{options}</select></label>'
