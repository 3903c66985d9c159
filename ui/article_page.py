"""The page of one article at its permanent address: plain HTML, without any script."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from rag.errors import RagError
from ui.addresses import FOLDER, NoSuchPlace, read_place
from ui.assets import asset
from ui.dates import write_number
from ui.html.markup import describe_source, escape
from ui.html.source import render_link, render_run, render_start
from ui.visitors import find_fault
from ui.words import Words, choose_words
from vectorstore import Article, Span, StoreError

STYLE = "/article.css"
logger = logging.getLogger(__name__)


def build_article_routes(read_article: Callable[[str], Article]) -> list[Route]:
    """Build what serves the pages of articles; `ui.server.serve` takes it.

    `read_article` returns the stored article of an id and raises LookupError if there is none.
    """
    vary = {"Vary": "Accept-Language"}

    def show(request: Request) -> Response:
        words = choose_words(None, request.headers.get("accept-language", ""))

        def missing(status: int, message: str) -> Response:
            return HTMLResponse(render_missing(message, words), status, vary)

        try:
            article = read_article(request.path_params["id"])
            place = read_place(article, request.query_params)
        except NoSuchPlace as error:
            return missing(404, words.no_place.format(length=write_number(error.length, words)))
        except LookupError:
            return missing(404, words.unknown)
        except (RagError, StoreError) as error:
            return missing(503, words.say(find_fault(error)))
        except Exception:
            logger.exception("No article to show at an address")
            return missing(500, words.not_shown)
        return HTMLResponse(render_article(article, place, words), headers=vary)

    def style(request: Request) -> Response:
        return FileResponse(asset("article.css"), media_type="text/css")

    return [Route(FOLDER + "{id:path}", show), Route(STYLE, style)]


def render_article(article: Article, place: Span | None, words: Words) -> str:
    """Return the page of an article, with the characters of `place` marked.

    The text of the one `<mark>` is `article.text[start:end]`. A browser goes to it by itself,
    because it asks for the focus. The headline that stands above the text is not repeated in it.
    """
    about = describe_source(
        article.source, article.date, article.language, article.path, words, title=article.title
    )
    start, end = place or (len(article.text), len(article.text))
    hidden = find_headline(article)
    if hidden is not None and hidden[1] <= start:
        before = render_start(article, hidden[0], [], words)
        before += render_run(article, hidden[1], start, [])
    else:
        before = render_start(article, start, [], words)
    mark = f'<mark tabindex="-1" autofocus>{escape(article.text[start:end])}</mark>'
    text = before + (mark + render_run(article, end, len(article.text), []) if place else "")
    language = f'lang="{escape(article.language)}" dir="auto"'
    return _page(
        escape(article.title),
        f"<main><h1 {language}>{escape(article.title)}</h1>"
        f'<div lang="{words.language}"><p>{about}</p>{render_link(article.url, words)}</div>'
        f'<article class="text" {language}>{text}</article></main>{_back(words)}',
        language=article.language,
    )


def render_missing(message: str, words: Words) -> str:
    """Return the page of an address without an article, with a sentence that says why."""
    return _page(
        "Article Chat",
        f'<main><p class="missing">{escape(message)}</p></main>{_back(words)}',
        language=words.language,
    )


def find_headline(article: Article) -> Span | None:
    """Return the range of the title where it is repeated above the prose, None if it is not.

    The range has the whole line, with marks such as "# ".
    """
    if not article.title.strip():
        return None
    line = re.compile(
        rf"^[#* \t]*{re.escape(article.title.strip())}[#* \t]*(?:\s*\n|\Z)", re.MULTILINE
    )
    end = article.body[0][0] if article.body else len(article.text)
    found = line.search(article.text, 0, end)
    return found and found.span()


def _back(words: Words) -> str:
    return f'<p class="back" lang="{words.language}"><a href="/">{words.back}</a></p>'


def _page(title: str, content: str, *, language: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{STYLE}"></head><body>{content}</body></html>'
    )
