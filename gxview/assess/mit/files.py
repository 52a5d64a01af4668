"""The sequences of the test in files: FASTA (``>E_017``) and CSV (``id,class,sequence``)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from gxview.assess.mit.layout import LENGTH
from gxview.assess.mit.sets import COUNTS, Sets, identifier
from gxview.durable import write_durably
from gxview.errors import GxviewError, UsageError
from gxview.tracks.text import read_lines
from gxview.words import counted

_FASTA = (".fa", ".fasta", ".fna", ".fa.gz", ".fasta.gz", ".fna.gz")
_TABLES = (".csv", ".csv.gz")
_COLUMNS = ("id", "class", "sequence")
_NAME = re.compile(r"(?P<label>.+?)_(?P<number>[0-9]{1,9})")
_PAIRS = (("E", "D"), ("E", "H"))


def read_sequences(path: Path) -> Sets:
    """Read the sequences of a test.

    Parameters
    ----------
    path : path
        FASTA, the class of a record being its name up to the last ``_``, or CSV with the columns ``id``, ``class``
        and ``sequence``; plain or gzip. Where a table has a column ``set`` too, as ``sequences.csv`` of a run, only
        its rows of the set ``main`` are read.

    Returns
    -------
    dict of str to dict of int to str
        Class -> number -> letters.

    Raises
    ------
    GxviewError
        Naming the file, the line and the id of what is wrong: an unknown class, an id without a number or given twice,
        a sequence that is not 100 bases of A, C, G, T, or E without its D and H.
    """
    rows = _fasta_rows(path) if path.name.lower().endswith(_FASTA) else _table_rows(path)
    sets: Sets = {}
    for where, name, label, letters in rows:
        number = _number(where, name, label)
        if number in sets.setdefault(label, {}):
            raise GxviewError(f"{where}: {label} has the number {number} twice; give every sequence an id of its own.")
        sets[label][number] = _checked(where, name, letters)
    if not sets:
        raise GxviewError(f"{path} holds no sequence; it needs classes D, E and H at least.")
    _check_pairs(path, sets)
    return {label: dict(sorted(sets[label].items())) for label in sorted(sets)}


def write_sequences(path: Path, sets: Sets) -> None:
    """Write sequences as FASTA or CSV, by the ending of the name.

    Raises
    ------
    UsageError
        For another ending.
    """
    named = [(identifier(label, number), label, letters) for label in sets for number, letters in sets[label].items()]
    if path.name.lower().endswith(".csv"):
        text = "".join(f"{','.join(row)}\n" for row in [_COLUMNS, *named])
    elif path.name.lower().endswith(_FASTA[:3]):
        text = "".join(f">{name}\n{letters}\n" for name, _, letters in named)
    else:
        raise UsageError(f"Sequences are written as FASTA (.fa, .fasta) or CSV (.csv), not as {path.name}.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, text.encode())
    except OSError as error:
        raise GxviewError(f"{path} cannot be written: {error.strerror or error}.") from error


Row = tuple[str, str, str, str]


def _fasta_rows(path: Path) -> Iterator[Row]:
    """Yield place, id, class and letters of each record."""
    where, name, parts = "", "", [""]
    for number, line in read_lines(path):
        text = line.strip()
        if text.startswith(">"):
            if where:
                yield where, name, _label(name), "".join(parts)
            name = (text[1:].split() or [""])[0]
            where, parts = f"{path}, line {number} ({name or 'no id'})", []
        elif text and not where:
            raise GxviewError(f"{path}, line {number}: a FASTA file starts with a line that begins with '>'.")
        else:
            parts.append(text)
    if where:
        yield where, name, _label(name), "".join(parts)


def _table_rows(path: Path) -> Iterator[Row]:
    """Yield place, id, class and letters of each row."""
    if not path.name.lower().endswith(_TABLES):
        raise UsageError(f"Sequences are read from FASTA (.fa, .fasta) or CSV (.csv), plain or gzip, not {path.name}.")
    places: list[int] = []
    lines = (places.append(number) or line for number, line in read_lines(path))  # type: ignore[func-returns-value]
    rows = csv.reader(lines)
    header = [name.strip().lower() for name in next(rows, [])]
    if not header:
        raise GxviewError(f"{path} is empty; its header is to be id,class,sequence.")
    if not all(name.isprintable() for name in header):
        raise GxviewError(f"{path} is no text; name a CSV file in UTF-8 with the header id,class,sequence.")
    if missing := [name for name in _COLUMNS if name not in header]:
        raise GxviewError(f"{path}, line 1: there is no column '{missing[0]}'; the header is id,class,sequence.")
    columns = [header.index(name) for name in _COLUMNS]
    sets = header.index("set") if "set" in header else None
    for row in rows:
        if not row or (sets is not None and row[sets : sets + 1] != ["main"]):
            continue
        where = f"{path}, line {places[-1]}"
        if len(row) <= max(columns):
            raise GxviewError(f"{where}: {counted(len(row), 'column')} instead of at least {max(columns) + 1}.")
        name, label, letters = (row[column].strip() for column in columns)
        yield f"{where} ({name or 'no id'})", name, label, letters


def _label(name: str) -> str:
    found = _NAME.fullmatch(name)
    return found["label"] if found else name.split("_")[0]


def _number(where: str, name: str, label: str) -> int:
    if label not in COUNTS:
        raise GxviewError(f"{where}: there is no class '{label}'; the classes are {', '.join(COUNTS)}.")
    found = _NAME.fullmatch(name)
    if found is None:
        raise GxviewError(f"{where}: an id is made of its class and a number, as {label}_000, not '{name}'.")
    if found["label"] != label:
        raise GxviewError(f"{where}: the id says class {found['label']}, the column says {label}; make them agree.")
    return int(found["number"])


def _checked(where: str, name: str, letters: str) -> str:
    found = letters.upper()
    if len(found) != LENGTH:
        raise GxviewError(
            f"{where}: the sequence has {counted(len(found), 'base')}; the test is made of {LENGTH} bases each."
        )
    strange = [at for at, letter in enumerate(found) if letter not in "ACGT"]
    if strange:
        raise GxviewError(
            f"{where}: '{letters[strange[0]]}' at position {strange[0] + 1} is none of A, C, G, T; the test takes no "
            f"unknown bases, leave {name} out or fill it in."
        )
    return found


def _check_pairs(path: Path, sets: Sets) -> None:
    """Each E needs its D, each H its E; classes that are compared need to be there."""
    for first, second in _PAIRS:
        for label in (first, second):
            if label not in sets:
                raise GxviewError(f"{path} has no sequence of class {label}; E is compared with D and with H.")
    for label, partner in (("E", "D"), ("D", "E"), ("H", "E")):
        alone = [number for number in sets[label] if number not in sets[partner]]
        if alone:
            raise GxviewError(
                f"{path}: {identifier(label, alone[0])} has no partner {identifier(partner, alone[0])}; E, D and H of "
                "one number are compared."
            )
