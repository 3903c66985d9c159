"""The group of commands, in which errors that a person can act on become one line."""

from __future__ import annotations

from typing import Any

import click

from rag.errors import BadQuestion, RagError
from ui.commands.terminal import safe_line
from ui.errors import UiError
from vectorstore.errors import StoreError

HELP_ASKED = f"{__name__}.help"
"""Key in a context's `meta`: whether a command's help is asked for."""


class CommandGroup(click.Group):
    """Turns our own errors, which name the next step, into one line."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run a command, after noting whether only its help is asked for."""
        ctx.meta[HELP_ASKED] = not {"-h", "--help"}.isdisjoint(ctx.args)
        try:
            return super().invoke(ctx)
        except BadQuestion as error:
            raise click.UsageError(safe_line(str(error))) from error
        except (RagError, StoreError, UiError) as error:
            raise click.ClickException(safe_line(str(error))) from error
