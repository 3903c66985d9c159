"""The command `article-chat`: index, ask, chat, status, remove, check, password.

Settings are read here and passed on as plain arguments. Errors that a person can act on become
one line on standard error and exit code 1. Wrong usage, and a question that cannot be asked, is
exit code 2.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rag.errors import RagError
from ui import options
from ui.check_command import check
from ui.command_group import HELP_ASKED, CommandGroup
from ui.errors import BadSettings
from ui.filter_options import limits, read_limits
from ui.index_commands import index, remove
from ui.password_command import password
from ui.questions_file import read_questions
from ui.settings import NAME, apply_settings, find_settings, read_settings, settable
from ui.terminal import safe_line, say, write_any_script
from vectorstore.errors import StoreError

if TYPE_CHECKING:
    from ui.bringing.access import Editors


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="article-chat")
@options.settings
@click.pass_context
def main(ctx: click.Context, settings: Path | None) -> None:
    """Chat with a folder of news articles: short answers, every sentence cited."""
    write_any_script()
    try:
        ctx.obj = find_settings(settings)
        read = read_settings(ctx.obj, settable(main)) if ctx.obj else {}
    except BadSettings:
        if not ctx.meta[HELP_ASKED]:
            raise
        read = {}  # the help says what can be set
    ctx.default_map = apply_settings(read, main)


@main.command()
@click.argument("question", required=False)
@options.data
@options.embedding
@options.model
@options.base_url
@options.device
@options.no_reader
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each question.")
@options.questions
@limits
def ask(
    question: str | None,
    data: Path,
    embedding: str | None,
    model: str | None,
    base_url: str | None,
    device: str,
    no_reader: bool,
    as_json: bool,
    questions: Path | None,
    **limited: Any,  # noqa: ANN401 - the options of `limits`
) -> None:
    """Ask the indexed articles a question."""
    from rag.question.question import read_question
    from ui.printing import answer_json, answer_lines, error_json, said_lines

    options.check_server(model, base_url)
    if questions is not None and question is None:
        asked = read_questions(questions)
    elif question is not None and questions is None:
        read_question(question)
        asked = [(question, "")]
    else:
        raise click.UsageError("give a question, or --questions FILE with one in each line")

    from ui.wiring import open_chain

    # Faults of a model are in the answer; logged too, they would be on the terminal twice.
    for name in ("rag.answering", "rag.question"):
        logging.getLogger(name).addHandler(logging.NullHandler())
    opened = open_chain(data, embedding, model, base_url, device=device, reader=not no_reader)
    failed = 0
    with closing(opened.store):
        filter = read_limits(opened.store, **limited)
        for text, where in asked:
            try:
                answer = opened.chain.invoke({"question": text, "filter": filter})
            except (RagError, StoreError) as error:
                if questions is None:
                    raise
                failed += 1
                line = error_json(text, error) if as_json else f"Error: {where}{error}"
                say(line, escaped=as_json)
                continue
            if as_json:
                say(answer_json(answer), escaped=True)
            elif questions is not None:
                say(" ".join(said_lines(answer)))
            else:
                for part in answer_lines(answer):
                    say(part)
    if failed:
        raise click.ClickException(f"{failed:,} of {len(asked):,} questions have no answer")


@main.command()
@options.data
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
    """Serve the chat page to a browser until Ctrl-C."""
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
            from ui.app import ANSWERS_AT_ONCE, ANSWERS_AT_ONCE_BY_A_MODEL, build_app
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
            from ui.kept.opening import open_fleeting_kept, open_kept
            from ui.leaving import Askers
            from ui.render import Holdings
            from ui.server import MCP_PATH, check_mcp, serve
            from ui.wiring import open_chain

            if mcp:
                check_mcp()
            guard = open_guard(password_file, data) if password_file else None
            reader, askers = not no_reader, Askers()
            worker, uploads = Worker(data, embedding, device), data / "uploads"
            if watch is not None:
                watch = check_watched(watch, data)
                index_first(worker, data, watch, say)
            opened = open_chain(
                data, embedding, model, base_url, device=device, reader=reader, on_step=on_step
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
            add_api(app, opened.chain, opened.find, opened.read_article, askers=askers)
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


@main.command()
@options.data
@options.model
@options.base_url
@options.device
@options.no_reader
@click.pass_obj
def status(
    settings: Path | None,
    data: Path,
    model: str | None,
    base_url: str | None,
    device: str,
    no_reader: bool,
) -> None:
    """Print the contents of the index, and which models and settings are used."""
    from rag.models.precision import choose_device, native_precision
    from ui.printing import count_line, describe_model
    from vectorstore import read_status

    options.check_server(model, base_url)
    found = read_status(data)
    chosen = choose_device(device)
    say(f"index      {found.folder.absolute()}")
    say(f"holds      {count_line(found.counts)}")
    say(f"embedding  {found.embedding}")
    say(f"reader     {'not used (no-reader is set)' if no_reader else 'used'}")
    say(f"device     {chosen}, in {native_precision(chosen)}")
    say(f"settings   {settings.absolute() if settings else f'none (no {NAME} here)'}")
    answers = describe_model(model, base_url) if model else "quotations (no chat model)"
    say(f"answers    {answers}")


main.add_command(index)
main.add_command(remove)
main.add_command(check)
main.add_command(password)

if __name__ == "__main__":
    main()
