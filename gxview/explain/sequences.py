"""Named sequences that belong to no genome, from FASTA files and from tables."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from gxview.errors import GxviewError
from gxview.models.labelled import open_text
from gxview.models.sequences import clean_sequence

_LABEL_DIGITS = 4
_NAMES = ("id", "name")


@dataclass(frozen=True, slots=True)
class NamedSequence:
    """A sequence with its name.

    Attributes
    ----------
    id : str
        Name, unique in its file.
    sequence : str
        Cleaned letters: upper case, ambiguity codes as N.
    label : int or None
        Class 0, 1, ..., where the file states one.
    line : int
        Line of the file where the record begins (in a table, ends), counted from 1.
    """

    id: str
    sequence: str
    label: int | None
    line: int


def read_sequences(path: str | Path) -> list[NamedSequence]:
    """Read sequences from a file, plain or gzip, of any lengths and in the order of the file.

    What the file holds is told by its content. A **FASTA** record is named by the first word of its header, or by its
    number where the header is empty. A **table** has a header line with the column ``sequence`` and may have ``id`` (or
    ``name``; else rows are named by their number) and ``label``, a class number that may be empty; other columns are
    left alone. Columns are separated by tabs where the header has one, else by commas. A name that was there before
    gets ``_2``, ``_3``, ... appended.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    GxviewError
        Naming file and line, when the file cannot be read, holds no sequence, or a line is wrong.
    """
    source = Path(path)
    with open_text(source) as stream:
        first = _first_letter(stream)
        stream.seek(0)
        records = list(_unique(_fasta(stream, source) if first == ">" else _table(stream, source)))
    if not records:
        raise GxviewError(f"{source} holds no sequence; give a FASTA file, or a table with a column 'sequence'.")
    return records


def _first_letter(stream: TextIO) -> str:
    for text in stream:
        letters = text.lstrip("\ufeff").strip()
        if letters:
            return letters[0]
    return ""


def _unique(records: Iterable[NamedSequence]) -> Iterator[NamedSequence]:
    """Give a name that was there before another one."""
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    for record in records:
        name = record.id
        while name in taken:
            numbers[record.id] = numbers.get(record.id, 1) + 1
            name = f"{record.id}_{numbers[record.id]}"
        taken.add(name)
        yield record if name == record.id else replace(record, id=name)


def _fasta(stream: TextIO, path: Path) -> Iterator[NamedSequence]:
    name, line, parts, count = "", 0, list[str](), 0
    for number, text in enumerate(stream, start=1):
        letters = text.lstrip("\ufeff").strip()
        if letters.startswith(">"):
            if count:
                yield _record(name, parts, line, path)
            count += 1
            words = letters[1:].split(maxsplit=1)
            name, line, parts = words[0] if words else str(count), number, []
        elif letters:
            parts.append(clean_sequence(letters, f"{path}, line {number}: the record '{name}'"))
    if count:
        yield _record(name, parts, line, path)


def _record(name: str, parts: list[str], line: int, path: Path) -> NamedSequence:
    if not parts:
        raise GxviewError(f"{path}, line {line}: the record '{name}' is empty; give at least one base.")
    return NamedSequence(name, "".join(parts), None, line)


def _table(stream: TextIO, path: Path) -> Iterator[NamedSequence]:
    header = stream.readline().lstrip("\ufeff")
    separator = "\t" if "\t" in header else ","
    columns = [name.strip().lower() for name in next(csv.reader([header], delimiter=separator), [])]
    if "sequence" not in columns:
        found = ", ".join(name for name in columns if name)[:200]
        raise GxviewError(
            f"{path}, line 1: this is neither FASTA (a line that begins with '>') nor a table with a column 'sequence'"
            f"{f' (columns: {found})' if found else ''}."
        )
    rows = csv.reader(stream, delimiter=separator)
    for count, row in enumerate((row for row in rows if row), start=1):
        line = rows.line_num + 1  # the header was read before
        where = f"{path}, line {line}"
        cells = dict(zip(columns, map(str.strip, row), strict=False))
        if "sequence" not in cells:
            raise GxviewError(f"{where}: {len(row)} columns instead of {len(columns)}, so there is no sequence.")
        sequence = clean_sequence(cells["sequence"], f"{where}: the sequence")
        name = next((cells[column] for column in _NAMES if cells.get(column)), str(count))
        yield NamedSequence(name, sequence, _label(cells.get("label", ""), where), line)


def _label(text: str, where: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LABEL_DIGITS):
        raise GxviewError(f"{where}: the label '{text}' is no class number (0, 1, ...).")
    return int(text)
