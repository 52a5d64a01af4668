"""One checked pass over a FASTA file: where every record's letters lie, and that they are letters of DNA."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError

LETTERS = b"ACGTUNRYSWKMBDHVXacgtunryswkmbdhvx-"
_NEWLINE, _RETURN, _HEADER = b"\n\r>"
_ALLOWED = np.zeros(256, dtype=bool)
_ALLOWED[np.frombuffer(LETTERS + b"\r\n", dtype=np.uint8)] = True
_PROTEIN = frozenset("EFIJLOPQZ*")


@dataclass(slots=True)
class FaiRecord:
    """One line of a ``.fai`` index: name, letters, offset of the first, letters and bytes per line."""

    name: str
    length: int = 0
    offset: int = 0
    line_bases: int = 0
    line_width: int = 0

    @property
    def end(self) -> int:
        """Offset behind the last letter, in bytes."""
        if self.length == 0:
            return self.offset
        lines, rest = divmod(self.length - 1, self.line_bases)
        return self.offset + lines * self.line_width + rest + 1

    def __str__(self) -> str:
        return f"{self.name}\t{self.length}\t{self.offset}\t{self.line_bases}\t{self.line_width}\n"


@dataclass(slots=True)
class _Scan:
    path: Path
    records: list[FaiRecord] = field(default_factory=list)
    line_of: dict[str, int] = field(default_factory=dict)
    line: int = 1
    offset: int = 0
    ended: bool = False

    def block(self, block: bytes) -> None:
        """Take in a run of whole lines, each with its newline."""
        letters = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero(letters == _NEWLINE)
        starts = np.concatenate(([0], ends[:-1] + 1))
        returns = (ends > starts) & (letters[np.maximum(ends - 1, 0)] == _RETURN)
        bases = ends - starts - returns
        headers = np.flatnonzero((letters[starts] == _HEADER) & (bases > 0))
        _check_letters(self.path, block, letters, starts, ends, headers, self.line)
        first = 0
        for header in [*headers.tolist(), len(ends)]:
            self._lines(bases[first:header], ends[first:header] - starts[first:header] + 1, starts[first:header], first)
            if header < len(ends):
                self._header(block[starts[header] : ends[header]], self.line + header)
            first = header + 1
        self.line += len(ends)
        self.offset += len(block)

    def _header(self, text: bytes, line: int) -> None:
        words = text[1:].decode("utf-8", "replace").split(maxsplit=1)
        if not words:
            raise GxviewError(f"{self.path}, line {line}: this record has no name behind '>'.")
        if words[0] in self.line_of:
            raise GxviewError(
                f"{self.path} names two records '{words[0]}', in lines {self.line_of[words[0]]} and {line}; "
                "give each sequence its own name."
            )
        self.line_of[words[0]] = line
        self.records.append(FaiRecord(words[0]))
        self.ended = False

    def _lines(self, bases: NDArray[np.int64], widths: NDArray[np.int64], starts: NDArray[np.int64], at: int) -> None:
        filled = np.flatnonzero(bases)
        if filled.size == 0:
            self.ended = self.ended or (bases.size > 0 and bool(self.records) and self.records[-1].length > 0)
            return
        if not self.records:
            line = self.line + at + int(filled[0])
            raise GxviewError(f"{self.path} is no FASTA file: line {line} comes before any line that begins with '>'.")
        record, first = self.records[-1], int(filled[0])
        if record.length == 0:
            record.offset = self.offset + int(starts[first])
            record.line_bases, record.line_width = int(bases[first]), int(widths[first])
        self._check_even(record, bases[first:], widths[first:], self.line + at + first)
        record.length += int(bases.sum())

    def _check_even(self, record: FaiRecord, bases: NDArray[np.int64], widths: NDArray[np.int64], line: int) -> None:
        """Only the last line with letters may be shorter than the first: seeking rests on that."""
        full = (bases == record.line_bases) & (widths == record.line_width)
        closing = np.concatenate(([self.ended], ~full[:-1])).cumsum() > 0
        wrong = np.flatnonzero((bases > 0) & ((bases > record.line_bases) | closing))
        if wrong.size:
            raise GxviewError(
                f"{self.path}, line {line + int(wrong[0])}: the lines of '{record.name}' differ in length or in their "
                f"line ends, so no place in it can be looked up; mend it with: seqkit seq -w 60 {self.path} > mended.fa"
            )
        self.ended = bool(closing[-1] or not full[-1])


def scan(path: Path, blocks: Iterable[bytes]) -> list[FaiRecord]:
    """Find all records of a FASTA text and check every letter.

    Parameters
    ----------
    path : Path
        The file, for messages.
    blocks : iterable of bytes
        The file's text in pieces of any length.

    Returns
    -------
    list of FaiRecord
        In the order of the file; a record without letters has length 0.

    Raises
    ------
    GxviewError
        If the text is no FASTA, is empty, holds protein or other letters, names a record twice, or has records whose
        lines differ in length.
    """
    state = _Scan(path)
    for block in _whole_lines(blocks):
        state.block(block)
    if not any(record.length for record in state.records):
        raise GxviewError(f"{path} holds no sequence; a FASTA file has lines '>name', each followed by letters.")
    return state.records


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    pending: list[bytes] = []
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if cut:
            yield b"".join([*pending, block[:cut]])
            pending = []
        pending.append(block[cut:])
    if rest := b"".join(pending):
        yield rest + b"\n"


def _check_letters(
    path: Path,
    block: bytes,
    letters: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    headers: NDArray[np.int64],
    first_line: int,
) -> None:
    wrong = ~_ALLOWED[letters]
    for header in headers.tolist():
        wrong[starts[header] : ends[header]] = False
    inner = np.flatnonzero(letters == _RETURN)
    wrong[inner[letters[np.minimum(inner + 1, letters.size - 1)] != _NEWLINE]] = True
    places = np.flatnonzero(wrong)
    if places.size:
        index = int(np.searchsorted(ends, places[0]))
        text = block[starts[index] : ends[index]]
        raise GxviewError(_wrong_letter(path, chr(letters[places[0]]), text, first_line + index))


def _wrong_letter(path: Path, letter: str, line_text: bytes, line: int) -> str:
    where = f"{path}, line {line}"
    if letter == "\r":
        return f"{where}: the lines end in the manner of old Macintosh files; convert them (tr '\\r' '\\n')."
    if line == 1:
        return f"{path} is no FASTA file: its first line does not begin with '>'."
    if letter.isspace():
        return f"{where}: the sequence holds white space; remove it."
    if _PROTEIN & set(line_text.decode("latin-1").upper()):
        return f"{where}: '{letter}' is no letter of DNA; this looks like a protein sequence, and a genome is needed."
    return f"{where}: {letter!r} is no letter of DNA (A, C, G, T, N and the other IUPAC codes)."
