"""Options that several commands of `article-chat` take, and what must hold between them."""

from __future__ import annotations

from pathlib import Path

import click

settings = click.option(
    "--settings",
    type=click.Path(path_type=Path),
    metavar="FILE",
    envvar="ARTICLE_CHAT_SETTINGS",
    show_envvar=True,
    help="File of settings to use instead of the folder's own article-chat.toml: lines such as"
    ' model = "ollama:qwen3", each an option of a command. No keys.',
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
embedding = click.option(
    "--embedding",
    metavar="NAME",
    envvar="ARTICLE_CHAT_EMBEDDING",
    show_envvar=True,
    help="Embedding model, a sentence-transformers name or folder; without it the one that made"
    " the index, or the one that comes with the program.",
)

model = click.option(
    "--model",
    metavar="PROVIDER:NAME",
    envvar="ARTICLE_CHAT_MODEL",
    show_envvar=True,
    help="Chat model that writes the answers, such as openai:gpt-5-mini, ollama:qwen3 or"
    " huggingface:FOLDER; without it they are quotations. Its key is read from the environment.",
)
base_url = click.option(
    "--base-url",
    metavar="URL",
    envvar="ARTICLE_CHAT_BASE_URL",
    show_envvar=True,
    help="Server that offers the model, such as http://127.0.0.1:8080/v1 for openai:NAME; without"
    " it the provider's own.",
)
host = click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    envvar="ARTICLE_CHAT_HOST",
    show_envvar=True,
    help="Address to serve on; 0.0.0.0 lets other machines in, and there is no login.",
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
questions = click.option(
    "--questions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Ask every line of a file instead, and print one answer a line.",
)


def check_server(model: str | None, base_url: str | None) -> None:
    """Raise click.UsageError where a server is named but no model that it offers."""
    if base_url and not model:
        raise click.UsageError(
            "a --base-url says where a model is, not which: add --model, such as --model"
            " openai:NAME, or leave it out"
        )
