"""The command `article-chat`: index, ask, chat, status, remove, check, password.

Settings are read here and passed on as plain arguments. Errors that a person can act on become
one line on standard error and exit code 1. Wrong usage, and a question that cannot be asked, is
exit code 2.
"""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from rag.errors import RagError
from ui.commands import options
from ui.commands.chat import chat
from ui.commands.check import check
from ui.commands.filter_options import limits, read_limits
from ui.commands.group import HELP_ASKED, CommandGroup
from ui.commands.index import index, remove
from ui.commands.password import password
from ui.commands.questions_file import read_questions
from ui.commands.terminal import say, write_any_script
from ui.errors import BadSettings
from ui.settings import NAME, apply_settings, find_settings, read_settings, settable
from vectorstore.errors import StoreError
from vectorstore.shared.address import StoreAddress


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
@options.shared
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
    shared: StoreAddress | None,
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
    from ui.commands.printing import answer_json, answer_lines, error_json, said_lines

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
    opened = open_chain(
        data, embedding, model, base_url, shared=shared, device=device, reader=not no_reader
    )
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
@options.shared
@options.model
@options.base_url
@options.device
@options.no_reader
@click.pass_obj
def status(
    settings: Path | None,
    data: Path,
    shared: StoreAddress | None,
    model: str | None,
    base_url: str | None,
    device: str,
    no_reader: bool,
) -> None:
    """Print the contents of the index, and which models and settings are used."""
    from rag.models.precision import choose_device, native_precision
    from ui.commands.printing import count_line, describe_model
    from vectorstore import read_status

    options.check_server(model, base_url)
    if shared:
        from vectorstore import follow_store

        follow_store(data, shared)
    found = read_status(data)
    chosen = choose_device(device)
    say(f"index      {found.folder.absolute()}")
    if shared:
        say(f"store      {shared.url}, of which the index is a copy")
    say(f"holds      {count_line(found.counts)}")
    say(f"embedding  {found.embedding}")
    say(f"reader     {'not used (no-reader is set)' if no_reader else 'used'}")
    say(f"device     {chosen}, in {native_precision(chosen)}")
    say(f"settings   {settings.absolute() if settings else f'none (no {NAME} here)'}")
    answers = describe_model(model, base_url) if model else "quotations (no chat model)"
    say(f"answers    {answers}")


main.add_command(chat)
main.add_command(index)
main.add_command(remove)
main.add_command(check)
main.add_command(password)

if __name__ == "__main__":
    main()
