"""The command line: every job of the window without a window. Part of the composition root."""

from __future__ import annotations

import sys

import typer

from gxview.errors import GxviewError, UsageError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


def main() -> None:
    """Run the program; a :class:`GxviewError` becomes one sentence on stderr and exit code 1 (2 for usage)."""
    try:
        app()
    except UsageError as error:
        typer.echo(f"gxview: {error}", err=True)
        sys.exit(2)
    except GxviewError as error:
        typer.echo(f"gxview: {error}", err=True)
        sys.exit(1)
