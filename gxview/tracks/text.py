"""Lines of track files, compressed or not, and the track lines in them."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from gxview.errors import GxviewError
from gxview.tracks.places import AskCancelled, Progress, Stamp, WatchedStream, open_bytes, open_stream, url_of

Lines: TypeAlias = Iterable[tuple[int, str]]
Where: TypeAlias = Callable[[int], str]

FARTHEST = 1 << 40
"""No chromosome is nearly that long; numbers beyond would not fit into the arrays of positions."""
_GZIP = b"\x1f\x8b"
_CHUNK, _LONGEST = 1 << 16, 1 << 26
_SETTING = re.compile(r"""(\w+)=(?:"([^"]*)"|'([^']*)'|(\S+))""")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Watch:
    """Who looks on while a file is read.

    Attributes
    ----------
    progress : callable or None
        Called with bytes read and bytes in all, of the file as it is stored.
    cancelled : callable or None
        Asked for every 64 KiB; True ends the reading with :class:`Cancelled`.
    """

    progress: Progress | None = None
    cancelled: AskCancelled | None = None


UNWATCHED = Watch()


def head_of(path: str | Path, size: int = 1 << 16) -> bytes:
    """Return the first bytes of a file or address, inflated.

    Raises
    ------
    GxviewError
        If the file is missing or cannot be read.
    """
    source = open_bytes(path)
    start = source.read(0, min(size, source.size))
    if not start.startswith(_GZIP):
        return start
    try:
        return zlib.decompressobj(31).decompress(start, size)
    except zlib.error as error:
        raise GxviewError(f"{source.place} is no proper gzip file; copy or download it again.") from error


def read_lines(path: str | Path, watch: Watch = UNWATCHED) -> Iterator[tuple[int, str]]:
    """Yield line numbers from 1 on and lines without their ends.

    Raises
    ------
    GxviewError
        If the file cannot be read, changes meanwhile, or is cut off or damaged in its compression.
    """
    number = 1
    for chunk in read_chunks(path, watch):
        lines = chunk.decode("utf-8", "replace").split("\n")
        yield from enumerate(lines[:-1], start=number)
        number += len(lines) - 1


def read_chunks(path: str | Path, watch: Watch = UNWATCHED) -> Iterator[bytes]:
    """Yield whole lines in pieces of about 64 KiB, each line ended by a newline and without a mark of byte order.

    Raises
    ------
    GxviewError
        As :func:`read_lines` does.
    """
    unended: list[bytes] = []
    with _inflated(path, watch) as stream:
        for data in _with_newlines(stream):
            whole, newline, rest = data.rpartition(b"\n")
            if newline:
                yield b"".join([*unended, whole, newline])
                unended.clear()
            unended.append(rest)
            if len(unended) * _CHUNK > _LONGEST:
                raise GxviewError(f"{path} has a line of more than {_LONGEST >> 20} MB, which no track file has.")
        if last := b"".join(unended):
            yield last + b"\n"


def _with_newlines(stream: io.BufferedReader) -> Iterator[bytes]:
    """Yield pieces in which lines end with a newline, whatever they end with in the file."""
    held = stream.read(len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8)
    while data := stream.read(_CHUNK):
        data, held = held + data, b""
        if data.endswith(b"\r"):  # its newline may begin the next piece
            data, held = data[:-1], b"\r"
        yield data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data
    yield held.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


@contextmanager
def _inflated(path: str | Path, watch: Watch) -> Iterator[io.BufferedReader]:
    """Open a text for reading; what breaks meanwhile becomes one sentence."""
    stamp = Stamp.of(Path(path)) if url_of(path) is None else None
    stream, total = open_stream(path)
    try:
        with WatchedStream(stream, total, watch.progress, watch.cancelled, path).buffered() as raw:
            packed = raw.peek(2)[:2] == _GZIP
            yield io.BufferedReader(gzip.GzipFile(fileobj=raw)) if packed else raw
    except (OSError, EOFError, zlib.error) as error:
        if stamp is not None:
            stamp.check()
        place = url_of(path) or path
        raise GxviewError(f"{place} is cut off or damaged ({error}); copy or download it again.") from error
    if stamp is not None:
        stamp.check()


def line_in(path: str | Path) -> Where:
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
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 3 or not all(part.isdecimal() and int(part) < 256 for part in parts):
        return None
    return "#" + "".join(f"{int(part):02x}" for part in parts)


def position(text: str, where: str, what: str) -> int:
    """Read a position.

    Raises
    ------
    GxviewError
        If it is no whole number, negative, or beyond any chromosome.
    """
    try:
        value = int(text)
    except ValueError as error:
        raise GxviewError(f"{where}: the {what} '{text[:40]}' is no whole number.") from error
    if value < 0:
        raise GxviewError(f"{where}: the {what} {value} is negative.")
    if value >= FARTHEST:
        raise GxviewError(f"{where}: the {what} '{text[:40]}' lies beyond the end of any chromosome.")
    return value
