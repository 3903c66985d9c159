"""The command that makes a line of the file of passwords."""

from __future__ import annotations

import sys

import click

from ui.guard.passwords import make_line


@click.command()
@click.argument("name")
def password(name: str) -> None:
    """Print a line for the file of --password-file; the password is asked for, twice.

    Append it: article-chat password NAME >> FILE. The line holds a hash, from which nobody can read
    the password.
    """
    if sys.stdin.isatty():
        typed = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    click.echo(make_line(name, typed))
