"""Options that several commands of `article-chat` share."""

from __future__ import annotations

import os
from pathlib import Path

import click

from vectorstore.errors import BadAddress
from vectorstore.shared.address import StoreAddress, read_address

TOKEN = "ARTICLE_CHAT_STORE_TOKEN"


def _read_store(
    context: click.Context, option: click.Parameter, url: str | None
) -> StoreAddress | None:
    try:
        return read_address(url, os.environ.get(TOKEN, "")) if url else None
    except BadAddress as error:
        raise click.BadParameter(str(error)) from error


settings = click.option(
    "--settings",
    type=click.Path(path_type=Path),
    metavar="FILE",
    envvar="ARTICLE_CHAT_SETTINGS",
    show_envvar=True,
    help="File of settings to use in place of article-chat.toml in this folder. Each line sets an"
    ' option, such as model = "ollama:qwen3". Keys may not stand in it.',
)
data = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path(".article-chat"),
    show_default=True,
    envvar="ARTICLE_CHAT_DATA",
    show_envvar=True,
    help="Folder that holds the index.",
)
shared = click.option(
    "--store",
    "shared",
    metavar="URL",
    callback=_read_store,
    envvar="ARTICLE_CHAT_STORE",
    show_envvar=True,
    help="Chroma server that holds the index for several processes, such as http://127.0.0.1:8000,"
    " with /NAME for one of several indexes; --data then holds a copy. A token is read from"
    f" {TOKEN}.",
)
embedding = click.option(
    "--embedding",
    metavar="NAME",
    envvar="ARTICLE_CHAT_EMBEDDING",
    show_envvar=True,
    help="Embedding model: the name or folder of a sentence-transformers model. Without this option"
    " it is the one that made the index, or the bundled one for a new index.",
)

model = click.option(
    "--model",
    metavar="PROVIDER:NAME",
    envvar="ARTICLE_CHAT_MODEL",
    show_envvar=True,
    help="Chat model that writes the answers, such as openai:gpt-5-mini, ollama:qwen3 or"
    " huggingface:FOLDER. Without it, answers are quotations. Keys are read from the environment.",
)
base_url = click.option(
    "--base-url",
    metavar="URL",
    envvar="ARTICLE_CHAT_BASE_URL",
    show_envvar=True,
    help="Server of the chat model, such as http://127.0.0.1:8080/v1 for openai:NAME; without this"
    " option it is the provider's own server.",
)
device = click.option(
    "--device",
    metavar="auto|cpu|cuda|mps",
    default="auto",
    show_default=True,
    envvar="ARTICLE_CHAT_DEVICE",
    show_envvar=True,
    help="Device that the models run on: auto takes a GPU if torch can use one, else the CPU.",
)
no_reader = click.option(
    "--no-reader",
    is_flag=True,
    default=False,
    envvar="ARTICLE_CHAT_NO_READER",
    show_envvar=True,
    help="Answer without the reader, the model that looks for the answer in the passages found:"
    " faster, but more often beside the point.",
)
host = click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    envvar="ARTICLE_CHAT_HOST",
    show_envvar=True,
    help="Address to serve on; 0.0.0.0 lets other machines in; --password-file says whom.",
)
port = click.option(
    "--port",
    default=7860,
    show_default=True,
    type=click.IntRange(1, 65535),
    envvar="ARTICLE_CHAT_PORT",
    show_envvar=True,
    help="Port to serve on.",
)
password_file = click.option(
    "--password-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    envvar="ARTICLE_CHAT_PASSWORD_FILE",
    show_envvar=True,
    help="Let in only the people of this file, each with conversations of their own. Each line is"
    " made with `article-chat password NAME`. Without it there is one person.",
)
editors = click.option(
    "--editors",
    type=click.Choice(["local", "all", "none"]),
    default="local",
    show_default=True,
    envvar="ARTICLE_CHAT_EDITORS",
    show_envvar=True,
    help="Who may add and remove articles on the page: whoever sits at this machine, if it is"
    " served on loopback; all who reach it; nobody.",
)
watch = click.option(
    "--watch",
    type=click.Path(path_type=Path),
    metavar="DIR",
    envvar="ARTICLE_CHAT_WATCH",
    show_envvar=True,
    help="Folder of articles to index now and whenever something in it changes.",
)
questions = click.option(
    "--questions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Ask each line of a file, and print one answer on each line.",
)


def check_server(model: str | None, base_url: str | None) -> None:
    """Raise click.UsageError if there is a server without a model."""
    if base_url and not model:
        raise click.UsageError(
            "--base-url names a server but no model: add --model, such as --model openai:NAME, or"
            " leave it out"
        )
