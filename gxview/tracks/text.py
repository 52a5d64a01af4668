"""Lines of track files, compressed or not, and the track lines in them."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from gxview.errors import GxviewError

Lines: TypeAlias = Iterable[tuple[int, str]]
Where: TypeAlias = Callable[[int], str]

_GZIP = b"\x1f\x8b"
_SETTING = re.compile(r"""(\w+)=(?:"([^"]*)"|'([^']*)'|(\S+))""")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def head_of(path: Path, size: int = 1 << 16) -> bytes:
    """Return the first bytes of a file, inflated.

    Raises
    ------
    GxviewError
        If the file is missing or cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(size)
    except FileNotFoundError as error:
        raise GxviewError(f"There is no file {path}.") from error
    except OSError as error:
        raise GxviewError(f"{path} cannot be read: {error.strerror}.") from error
    if not start.startswith(_GZIP):
        return start
    try:
        return zlib.decompressobj(31).decompress(start, size)
    except zlib.error as error:
        raise GxviewError(f"{path} is no proper gzip file; copy or download it again.") from error


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line numbers from 1 on and lines without their ends.

    Raises
    ------
    GxviewError
        If the file cannot be read, or is cut off or damaged in its compression.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            stream = gzip.GzipFile(fileobj=raw) if packed else raw
            text = io.TextIOWrapper(io.BufferedReader(stream), encoding="utf-8-sig", errors="replace", newline=None)
            yield from enumerate(map(_without_end, text), start=1)
    except (OSError, EOFError, zlib.error) as error:
        raise GxviewError(f"{path} is cut off or damaged ({error}); copy or download it again.") from error


def line_in(path: Path) -> Where:
    """Return a function that says where a line is, for messages."""
    return lambda number: f"{path}, line {number}"


def is_comment(line: str) -> bool:
    """Whether a line of a BED-like file holds no data."""
    return not line or line[0] == "#" or line.isspace() or line.startswith(("track ", "track\t", "browser "))


def track_settings(line: str) -> dict[str, str]:
    """Read the settings of a UCSC ``track`` line; keys in lower case."""
    return {key.lower(): a or b or c for key, a, b, c in _SETTING.findall(line)}


def read_color(text: str | None) -> str | None:
    """Read a colour (``255,0,0``, ``#ff0000``); None if it is none or black, which stands for none (``0``, ``.``)."""
    if not text or text.replace(" ", "") in ("0,0,0", "#000000"):
        return None
    if _HEX.fullmatch(text):
        return text.lower()
    parts = text.split(",")
    if len(parts) != 3 or not all(part.strip().isdecimal() and int(part) < 256 for part in parts):
        return None
    return "#" + "".join(f"{int(part):02x}" for part in parts)


def position(text: str, where: str, what: str) -> int:
    """Read a position.

    Raises
    ------
    GxviewError
        If it is no whole number, or negative.
    """
    try:
        value = int(text)
    except ValueError as error:
        raise GxviewError(f"{where}: the {what} '{text[:40]}' is no whole number.") from error
    if value < 0:
        raise GxviewError(f"{where}: the {what} {value} is negative.")
    return value


def _without_end(line: str) -> str:
    return line.rstrip("\n")
