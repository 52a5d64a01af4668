"""The command line: every job of the window without a window. The composition root of the program."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import typer

from gxview.errors import GxviewError, UsageError
from gxview.version import __version__

# command -> module with register(app), imported only when its command is asked for: `gxview view` starts fast
COMMANDS = {
    "view": "view",
    "figure": "figure",
    "explain": "explain",
    "export": "export",
    "evaluate": "evaluate",
    "variants": "variants",
    "mit": "mit",
    "probe": "probe",
    "train": "train",
    "models": "models",
    "methods": "methods",
    "motifs": "motifs",
    "sample": "sample",
    "demo": "demo",
    "check": "check",
    "doctor": "doctor",
}


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gxview {__version__}")
        raise typer.Exit


def _root(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    """Explain genome models and look at the result as tracks."""


def build_app(arguments: list[str]) -> typer.Typer:
    """Return the program with the command named first in `arguments`, or with all of them."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
    app.callback()(_root)
    asked = arguments[0] if arguments else ""
    for module in [COMMANDS[asked]] if asked in COMMANDS else COMMANDS.values():
        import_module(f"gxview.cli.{module}").register(app)
    return app


def main() -> None:
    """Run the program; a :class:`GxviewError` becomes one sentence on stderr and exit code 1 (2 for usage)."""
    # Threads that wait for work must sleep: spinning, they starve the window and, on a busy machine, each other.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        build_app(sys.argv[1:])(prog_name="gxview")
    except GxviewError as error:
        sys.stderr.write(f"gxview: {error}\n")
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except ImportError as error:
        sys.stderr.write(f"gxview: a library cannot be loaded ({error}); 'gxview doctor' says what is wrong.\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("gxview: cancelled\n")
        sys.exit(130)
