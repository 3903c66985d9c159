"""The command `article-chat`: index, ask, chat, status, remove.

Settings are read here and handed on as plain arguments. Errors that a person can act on become
one line on standard error and exit code 1; wrong usage, a bad question too, is exit code 2.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import click

from rag.errors import BadQuestion
from ui import options
from ui.command_group import HELP_ASKED, CommandGroup
from ui.errors import BadSettings
from ui.questions_file import read_questions
from ui.settings import NAME, apply_settings, find_settings, read_settings, settable
from ui.terminal import safe_line, say, write_any_script


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
        read = {}  # what can be set is in the help
    ctx.default_map = apply_settings(read, main)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH…")
@options.data
@options.embedding
@click.option("--rebuild", is_flag=True, help="First embed again all that is in the index.")
@click.option("--all-skipped", is_flag=True, help="List everything skipped, not the first 20.")
def index(
    paths: Sequence[Path], data: Path, embedding: str | None, rebuild: bool, all_skipped: bool
) -> None:
    """Index files and folders of articles, or bring their index up to date.

    Only what changed is embedded, and what is gone from a folder is dropped from the index.
    """
    from tqdm import tqdm

    from rag.errors import NothingToIndex
    from rag.ingest.passages import build_splitter
    from rag.ingest.update import Change, count_articles, embed_again, index_paths
    from rag.models.embedding import load_embedding
    from ui.printing import report_lines, skipped_lines
    from ui.wiring import load_embedding_for
    from vectorstore import Skipped, build_store, rebuilding, stored_articles, writing

    if not paths and not rebuild:
        raise click.UsageError("name a file or folder of articles: article-chat index FOLDER")
    total = count_articles(paths)
    report: Counter[str] = Counter()
    skipped: list[Skipped] = []

    def follow(items: Iterable[Change | Skipped], total: int) -> None:
        for item in tqdm(items, total=total, unit=" articles", disable=not sys.stderr.isatty()):
            if isinstance(item, Skipped):
                skipped.append(item)
            else:
                report[item.kind] += 1

    def shown() -> int:
        return len(skipped) if all_skipped else 20

    try:
        with writing(data):
            model = load_embedding(embedding) if embedding else load_embedding_for(data)
            split = build_splitter(model.count_tokens, model.max_tokens)
            if rebuild:
                with (
                    stored_articles(data) as catalog,
                    rebuilding(data, model, embedding_name=model.name) as store,
                ):
                    again = embed_again(store, catalog.articles(), split)
                    follow(again, catalog.counts()[0])
            store = build_store(data, model, embedding_name=model.name)
            with closing(store):
                if paths:
                    follow(index_paths(store, paths, split), total)
                counts = store.count()
    except KeyboardInterrupt:
        click.echo("stopped: what was indexed is kept; the same command goes on", err=True)
        sys.exit(130)
    except NothingToIndex:
        # The error says that there was no article, these lines why.
        for line in skipped_lines(skipped, shown=shown()):
            say(line)
        raise
    for line in report_lines(report, skipped, counts, shown=shown()):
        say(line)


@main.command()
@click.argument("question", required=False)
@options.data
@options.embedding
@options.model
@options.base_url
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a question.")
@options.questions
def ask(
    question: str | None,
    data: Path,
    embedding: str | None,
    model: str | None,
    base_url: str | None,
    as_json: bool,
    questions: Path | None,
) -> None:
    """Ask the indexed articles a question."""
    from rag.question.question import read_question
    from ui.printing import answer_json, answer_lines, said_lines

    options.check_server(model, base_url)
    if (question is None) == (questions is None):
        raise click.UsageError("give a question, or --questions FILE with one a line")
    asked = [(question, "")] if question is not None else read_questions(questions)
    for text, where in asked:
        try:
            read_question(text)
        except BadQuestion as error:
            raise BadQuestion(f"{where}{error}") from error

    from ui.wiring import open_chain

    # What a model failed at is in the answer; logged too, it would be on the terminal twice.
    for name in ("rag.answering", "rag.question"):
        logging.getLogger(name).addHandler(logging.NullHandler())
    opened = open_chain(data, embedding, model, base_url)
    with closing(opened.store):
        for text, _ in asked:
            answer = opened.chain.invoke({"question": text, "chat_history": []})
            if as_json:
                say(answer_json(answer), escaped=True)
            elif questions is not None:
                say(" ".join(said_lines(answer)))
            else:
                for line in answer_lines(answer):
                    say(line)


@main.command()
@options.data
@options.embedding
@options.model
@options.base_url
@options.host
@options.port
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
def chat(
    data: Path,
    embedding: str | None,
    model: str | None,
    base_url: str | None,
    host: str,
    port: int,
    open_browser: bool,
) -> None:
    """Serve the chat page to a browser until Ctrl-C."""
    from rag.question.examples import example_questions
    from ui.app import build_app
    from ui.printing import count_line, describe_model
    from ui.server import check_address, serve
    from ui.wiring import open_chain

    options.check_server(model, base_url)
    check_address(host, port)
    opened = open_chain(data, embedding, model, base_url)
    answers = f"by {describe_model(model, base_url)}" if model else "are quotations"
    with closing(opened.store):
        app = build_app(
            opened.chain,
            opened.read_article,
            examples=lambda: example_questions(opened.store.sample(100)),
            about=lambda: f"{count_line(opened.store.count())} · answers {answers}",
        )
        serve(
            app,
            host=host,
            port=port,
            open_browser=open_browser,
            on_ready=lambda url: click.echo(f"Chat at {url} (Ctrl-C ends it)"),
        )


@main.command()
@options.data
@options.model
@options.base_url
@click.pass_obj
def status(settings: Path | None, data: Path, model: str | None, base_url: str | None) -> None:
    """Say what is in the index, which embedding made it, and what answers."""
    from rag.models.precision import native_precision
    from ui.printing import count_line, describe_model
    from vectorstore import read_status

    options.check_server(model, base_url)
    found = read_status(data)
    say(f"index      {found.folder.absolute()}")
    say(f"holds      {count_line(found.counts)}")
    say(f"embedding  {found.embedding}, computed in {native_precision()}")
    say(f"settings   {settings.absolute() if settings else f'none (no {NAME} here)'}")
    answers = describe_model(model, base_url) if model else "quotations (no chat model)"
    say(f"answers    {answers}")


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@options.data
def remove(paths: Sequence[Path], data: Path) -> None:
    """Remove the articles of files and folders from the index; the files stay as they are."""
    from rag.ingest.update import remove_path
    from ui.printing import count_line
    from ui.wiring import load_embedding_for
    from vectorstore import build_store, read_status, writing

    read_status(data)  # without an index there is nothing to load a model for
    with writing(data):
        model = load_embedding_for(data)
        with closing(build_store(data, model, embedding_name=model.name)) as store:
            removed = [(path, remove_path(store, path)) for path in paths]
            counts = store.count()
    for path, number in removed:
        if number:
            say(f"removed {number:,} of {path}")
    if unknown := [str(path) for path, number in removed if not number]:
        raise click.ClickException(safe_line(f"no article of {', '.join(unknown)} is in the index"))
    say(f"the index holds {count_line(counts)}")


if __name__ == "__main__":
    main()
