"""The command that serves the chat page."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.commands import options
from ui.commands.terminal import safe_line, say
from vectorstore.shared.address import StoreAddress

if TYPE_CHECKING:
    from ui.bringing.access import Editors


@click.command()
@options.data
@options.shared
@options.embedding
@options.model
@options.base_url
@options.device
@options.no_reader
@options.host
@options.port
@options.password_file
@options.editors
@options.watch
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
@click.option(
    "--mcp",
    is_flag=True,
    help="Let assistants ask, search and read by MCP; needs the package mcp.",
)
def chat(
    data: Path,
    shared: StoreAddress | None,
    embedding: str | None,
    model: str | None,
    base_url: str | None,
    device: str,
    no_reader: bool,
    host: str,
    port: int,
    password_file: Path | None,
    editors: Editors,
    watch: Path | None,
    open_browser: bool,
    mcp: bool,
) -> None:
    """Serve the chat page to a browser until Ctrl-C; articles can be added on it."""
    from ui.loading import Step, loading_page, say_step
    from ui.words import ENGLISH

    options.check_server(model, base_url)
    with ExitStack() as stack:
        with loading_page(host, port) as page:
            click.echo(f"Starting at {page.url}")

            def on_step(step: Step) -> None:
                page.say(step)
                click.echo(say_step(step, ENGLISH))

            on_step("program")
            from rag.question.examples import example_questions
            from ui.api import add_api
            from ui.app import build_app
            from ui.article_page import build_article_routes
            from ui.articles_panel import archive_of
            from ui.bringing.access import choose_editors
            from ui.bringing.opening import bringing, index_first
            from ui.bringing.routes import build_upload_routes
            from ui.bringing.watching import check_watched
            from ui.bringing.worker import Worker
            from ui.conversations.opening import open_conversations, open_fleeting
            from ui.errors import NotKept
            from ui.guard.opening import open_guard
            from ui.html.page import Holdings
            from ui.kept.opening import open_fleeting_kept, open_kept
            from ui.leaving import Askers
            from ui.line import ANSWERS_AT_ONCE, ANSWERS_AT_ONCE_BY_A_MODEL
            from ui.server import MCP_PATH, check_mcp, serve
            from ui.wiring import follow, open_chain

            if mcp:
                check_mcp()
            guard = open_guard(password_file, data) if password_file else None
            reader, askers = not no_reader, Askers()
            worker, uploads = Worker(data, embedding, device, shared), data / "uploads"
            if watch is not None:
                watch = check_watched(watch, data)
                follow(data, shared)
                index_first(worker, data, watch, say)
            opened = open_chain(
                data,
                embedding,
                model,
                base_url,
                shared=shared,
                device=device,
                reader=reader,
                empty=True,
                on_step=on_step,
            )
            store = stack.enter_context(closing(opened.store))
            try:
                conversations, kept = open_conversations(data), open_kept(data)
            except NotKept as error:  # the chat goes on without keeping
                click.echo(safe_line(str(error)), err=True)
                conversations, kept = open_fleeting(trouble=True), open_fleeting_kept()
            stack.enter_context(closing(conversations))
            stack.enter_context(closing(kept))
            app = build_app(
                opened.chain,
                opened.read_article,
                examples=lambda language: example_questions(store.sample(100), language),
                holdings=lambda: Holdings(store.count().articles, store.days()),
                conversations=conversations,
                archive=archive_of(store),
                kept=kept,
                at_once=ANSWERS_AT_ONCE_BY_A_MODEL if model else ANSWERS_AT_ONCE,
                askers=askers,
                bringing=True,
            )
            arrivals = stack.enter_context(bringing(worker, store, uploads, watch, say))
            may = choose_editors(host, editors)
            routes = build_upload_routes(arrivals, store, uploads, may)
            routes += build_article_routes(opened.read_article)
            add_api(
                app,
                opened.chain,
                opened.find,
                opened.read_article,
                lambda: store.count().articles,
                askers=askers,
            )
        serve(
            app,
            host=host,
            port=port,
            routes=routes,
            askers=askers,
            mcp=mcp,
            guard=guard,
            open_browser=open_browser,
            on_ready=lambda url: click.echo(
                f"Chat at {url} (Ctrl-C ends it)" + (f"\nMCP at {url}{MCP_PATH}" if mcp else "")
            ),
        )
