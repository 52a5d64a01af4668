"""Shows what is open in a running IGV, through the port on which it listens for batch commands.

The commands are those of IGV's batch language (``genome``, ``load``, ``goto``); IGV answers each with one line.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from gxview.errors import Cancelled, GxviewError
from gxview.genome import Region

HOST, PORT = "127.0.0.1", 60151
CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 120.0
"""Patience for a program that listens, and for one that loads a file."""


def igv_commands(genome: Path, files: Sequence[tuple[str, str]], region: Region) -> list[str]:
    """Return what makes IGV show files at a place.

    Parameters
    ----------
    genome
        FASTA file.
    files
        Path or address, and name, of each file.
    region
        Where to go.
    """
    loads = [f"load {_quoted(path)} name={_plain(name)}" for path, name in files]
    where = f"{region.chrom}:{region.start + 1}-{region.end}"
    return [f"genome {_quoted(str(genome.resolve()))}", *loads, f"goto {where}"]


def send_to_igv(
    commands: Sequence[str],
    *,
    port: int = PORT,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Send commands to IGV, one after the other.

    Parameters
    ----------
    commands
        Lines of IGV's batch language.
    port
        Where IGV listens.
    progress, cancelled
        Told and asked before each command.

    Raises
    ------
    GxviewError
        If no IGV listens, if it refuses a command, or if it does not answer.
    """
    try:
        with socket.create_connection((HOST, port), CONNECT_SECONDS) as link, link.makefile("rw") as lines:
            link.settimeout(ANSWER_SECONDS)
            for done, command in enumerate(commands):
                if cancelled is not None and cancelled():
                    raise Cancelled("Showing in IGV was stopped.")
                if progress is not None:
                    progress(done, len(commands))
                lines.write(f"{command}\n")
                lines.flush()
                _check(lines.readline(), command)
    except TimeoutError as error:
        raise GxviewError(f"IGV on port {port} does not answer; is a dialog open there?") from error
    except OSError as error:
        raise GxviewError(
            f"No IGV answers on port {port}; start IGV and check that View > Preferences > Advanced enables the port."
        ) from error


def _check(answer: str, command: str) -> None:
    if not answer:
        raise GxviewError(f"IGV closed the connection at '{command}'.")
    if answer.strip().upper().startswith(("ERROR", "UNKNOWN")):
        raise GxviewError(f"IGV refused '{command}': {answer.strip()}")


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path else path


def _plain(name: str) -> str:
    # IGV parts names at commas and arguments at blanks
    return "_".join(name.replace(",", " ").replace('"', " ").split()) or "track"
