"""What the chat offers to programs: ask, search and article, by Gradio's API and as MCP tools.

Gradio shows the docstrings of the three functions to programs and assistants, with the lines below
"Parameters:" as the descriptions of the parameters.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any

import gradio as gr
from gradio.events import api
from langchain_core.runnables import Runnable

from rag.answer import Answer
from rag.errors import RagError
from rag.models.chat_stream import STOP, Stopped
from rag.passage import RankedPassage
from ui.addresses import FOLDER, make_address
from ui.api_input import read_filter, read_k, read_text
from ui.commands.printing import answer_fields
from ui.errors import BadInput, LineFull
from ui.html.source import find_host
from ui.leaving import Askers
from ui.line import Line
from ui.visitors import find_fault
from ui.words import ENGLISH
from vectorstore import Article, Filter, NoStore, StoreError

AT_ONCE = 2
"""Calls of programs that are worked on at the same time; the others wait for these."""

LONGEST_LINE = 50
"""Waiting calls; a further one is refused at once, and its program may try again."""

BUSY = "Busy: calls before this one: {before}."
"""What a waiting program finds in the log of its job's status."""

FAILED = "Something went wrong. The cause is in the program's log."

logger = logging.getLogger(__name__)

Fields = dict[str, Any]
Find = Callable[[str, int, Filter | None], Sequence[RankedPassage]]


def add_api(
    app: gr.Blocks,
    chain: Runnable[dict[str, Any], Answer],
    find: Find,
    read_article: Callable[[str], Article],
    count_articles: Callable[[], int],
    *,
    askers: Askers | None = None,
) -> None:
    """Add the endpoints /ask, /search and /article to the page.

    `find` returns the passages for a query, how many, and a filter; `read_article` the stored
    article of an id, or raises LookupError; `count_articles` how many there are. `askers` are told
    to `serve` too, which says who has left.
    """
    # Programs wait for each other, and never hold what the page's visitors wait for.
    line, present = Line(AT_ONCE, LONGEST_LINE), askers or Askers()

    async def work(request: gr.Request, job: Callable[[], Fields]) -> Fields | str:
        # Gradio would write a dict as Python does in the text that an MCP tool returns.
        by_mcp = "/gradio_api/mcp" in str(request.url)
        loop, stop = asyncio.get_running_loop(), threading.Event()
        places: asyncio.Queue[int | None] = asyncio.Queue()

        def tell(before: int | None) -> None:
            loop.call_soon_threadsafe(places.put_nowait, before)

        def leave() -> None:
            stop.set()
            tell(None)

        STOP.set(stop)
        try:
            with present.asking(getattr(request, "session_hash", None), leave), line.joined(tell):
                while (before := await places.get()) is not None:
                    if not by_mcp:
                        gr.Info(BUSY.format(before=before))
                if stop.is_set():
                    raise Stopped
                made = await asyncio.to_thread(job)
            return json.dumps(made, ensure_ascii=False) if by_mcp else made
        except Stopped:
            raise gr.Error("The caller has left.", print_exception=False) from None
        except (BadInput, LineFull) as error:
            raise gr.Error(str(error), print_exception=False) from None
        except (RagError, StoreError) as error:
            raise gr.Error(ENGLISH.say(find_fault(error)), print_exception=False) from None
        except Exception:
            logger.exception("A program's call failed")
            raise gr.Error(FAILED, print_exception=False) from None

    def some(made: Fields, result: str) -> Fields:
        # “The articles do not say” would be no answer where there are none.
        if not made[result] and not count_articles():
            raise NoStore("A program asked, and nothing is indexed")
        return made

    async def ask(
        request: gr.Request,
        question: str,
        articles: list[str] | None = None,
        sources: list[str] | None = None,
        languages: list[str] | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
    ) -> Fields | str:
        """Answer a question from the archive of news articles, with verbatim citations.

        If `found` is false, the articles do not answer the question. Each citation has the exact
        `quote`, its article, and the permanent `address` on this server that shows it.

        Parameters:
            question: a question in German or English, in whole words
            articles: ids of the articles to answer from
            sources: names of the outlets to answer from, as the articles state them
            languages: ISO 639-1 codes of the languages to answer from, such as de
            date_from: first day, such as 2024-06-17
            date_to: last day, such as 2024-06-20
        """
        filters = (articles, sources, languages, date_from, date_to)
        return await work(request, lambda: some(answer_call(chain, question, *filters), "found"))

    async def search(
        request: gr.Request,
        query: str,
        k: int = 8,
        articles: list[str] | None = None,
        sources: list[str] | None = None,
        languages: list[str] | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
    ) -> Fields | str:
        """Find the passages of the archive of news articles that are nearest to a query.

        Each passage has its verbatim `text`, its article, a `score` that only compares passages
        of one search, and the permanent `address` on this server that shows it.

        Parameters:
            query: a question or key words, in German or English
            k: how many passages at most, 1 to 50
            articles: ids of the articles to search in
            sources: names of the outlets to search in, as the articles state them
            languages: ISO 639-1 codes of the languages to search in, such as de
            date_from: first day, such as 2024-06-17
            date_to: last day, such as 2024-06-20
        """
        filters = (articles, sources, languages, date_from, date_to)
        return await work(request, lambda: some(search_call(find, query, k, *filters), "passages"))

    async def article(request: gr.Request, id: str) -> Fields | str:
        """Return the whole text of one article of the archive, with outlet, date and link.

        Parameters:
            id: the article's id, as `article` in citations and passages
        """
        return await work(request, lambda: article_call(read_article, id))

    with app:
        # Without Gradio's queue, an MCP tool is called here at once, not over HTTP again.
        for function in (ask, search, article):
            api(function, api_name=function.__name__, queue=False, concurrency_limit=None)


def answer_call(
    chain: Runnable[dict[str, Any], Answer], question: object, *filters: object
) -> Fields:
    """Answer one question. Raises BadInput, and what the chain raises."""
    text, filter = read_text("question", question), read_filter(*filters)
    given = {"question": text} | ({"filter": filter} if filter else {})
    fields = answer_fields(chain.invoke(given))
    fields["model"] = fields["model"] and _name_model(fields["model"])
    return fields | {"citations": [_without_folder(one) for one in fields["citations"]]}


def search_call(find: Find, query: object, k: object, *filters: object) -> Fields:
    """Search for passages. Raises BadInput, and what `find` raises."""
    text = read_text("query", query)
    found = find(text, read_k(k), read_filter(*filters))
    return {"query": text, "passages": [_without_folder(_passage(one)) for one in found]}


def article_call(read_article: Callable[[str], Article], id: object) -> Fields:
    """Return an article's text and facts. Raises BadInput, and what `read_article` raises."""
    name = read_text("id", id)
    try:
        article = read_article(name)
    except LookupError:
        raise BadInput(
            f"There is no article {name[:40]!r} in the index: take the id from a citation or a"
            " passage."
        ) from None
    about = _about(article) | {
        "url": article.url if find_host(article.url) else None,
        "text": article.text,
        "address": FOLDER + article.id,
    }
    return _without_folder(about)


def _passage(found: RankedPassage) -> Fields:
    start, end = found.passage.start, found.passage.end
    return _about(found.article) | {
        "start": start,
        "end": end,
        "text": found.text,
        "score": found.score,
        "address": make_address(found.article.id, start, end),
    }


def _about(article: Article) -> Fields:
    return {"article": article.id} | {
        name: getattr(article, name) for name in ("path", "title", "source", "date", "language")
    }


def _name_model(model: str) -> str:
    """Return a chat model's name without the folder that it lies in."""
    provider, colon, folder = model.partition(":")
    path = PurePath(folder)
    return f"{provider}{colon}{path.name}" if path.is_absolute() else model


def _without_folder(fields: Fields) -> Fields:
    """Return fields with `file`, its name, for the article's `path`.

    Callers must not read of our folders. Gradio's client would download anything with a "path".
    """
    return {
        "file" if name == "path" else name: PurePath(value).name if name == "path" else value
        for name, value in fields.items()
    }
