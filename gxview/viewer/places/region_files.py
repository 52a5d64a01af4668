"""Regions in files: BED and narrowPeak in, BED or a table with notes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gxview.errors import GxviewError
from gxview.genome import Reference
from gxview.tracks.bed import parse_bed
from gxview.tracks.text import line_in, position, read_lines
from gxview.viewer.files import write_whole
from gxview.viewer.places.regions import RegionRow

COLUMNS = ("chrom", "start", "end", "name", "score", "strand", "note")
"""Columns of the table; positions are 0-based and half-open, as in BED."""
HEADER = "#" + "\t".join(COLUMNS)
PEAKS = (".narrowpeak", ".broadpeak")
SUFFIXES = {".bed": "BED", ".tsv": "Table with notes"}
"""What can be written."""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_BACK = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


def read_regions(path: Path, reference: Reference | None = None) -> list[RegionRow]:
    """Read regions from BED, narrowPeak, broadPeak or a table that `write_regions` wrote; plain or gzip.

    Parameters
    ----------
    path
        File; its content tells which kind it is.
    reference
        Its chromosome names are used where it knows those of the file.

    Raises
    ------
    GxviewError
        The file cannot be read, or a line is malformed; the line is named.
    """
    first = next((line for _, line in read_lines(path)), "")
    rows = list(_table(path)) if first == HEADER else _bed(path)
    names: dict[str, str] = {}
    for chrom in {row.chrom for row in rows}:
        names[chrom] = known_name(chrom, reference)
    return [row if names[row.chrom] == row.chrom else replace(row, chrom=names[row.chrom]) for row in rows]


def write_regions(path: Path, rows: Sequence[RegionRow]) -> bool:
    """Write regions as BED or, by the suffix ``.tsv``, as a table with the notes.

    Returns
    -------
    bool
        Whether everything was written: BED takes no notes.

    Raises
    ------
    GxviewError
        The suffix names another format, or the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise GxviewError(f"{path.name} names no known format of regions; end it in .bed or .tsv.")
    lines = [HEADER, *map(_table_line, rows)] if suffix == ".tsv" else [*map(_bed_line, rows)]
    write_whole(path, "".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
    return suffix == ".tsv" or not any(row.note for row in rows)


def _bed(path: Path) -> list[RegionRow]:
    peaks = any(suffix.lower() in PEAKS for suffix in path.suffixes)
    parsed = parse_bed(read_lines(path), line_in(path), peaks=peaks)
    return [RegionRow(f.chrom, f.start, f.end, f.strand, f.name, f.score) for f in parsed.features]


def _table(path: Path) -> Iterator[RegionRow]:
    where = line_in(path)
    for number, line in read_lines(path):
        if number == 1 or not line:
            continue
        cells = [_plain(cell) for cell in line.split("\t")]
        if len(cells) != len(COLUMNS):
            raise GxviewError(f"{where(number)}: {len(cells)} columns; the table of regions has {len(COLUMNS)}.")
        chrom, start, end, name, score, strand, note = cells
        first, last = position(start, where(number), "start"), position(end, where(number), "end")
        try:
            yield RegionRow(chrom, first, last, strand, name, float(score) if score else None, note)
        except ValueError as error:
            raise GxviewError(f"{where(number)}: the score '{score[:40]}' is no number.") from error
        except GxviewError as error:
            raise GxviewError(f"{where(number)}: {error}") from error


def known_name(chrom: str, reference: Reference | None) -> str:
    """Return a chromosome's name in the reference, or the name itself where that does not know it."""
    try:
        return chrom if reference is None else reference.resolve(chrom)
    except GxviewError:
        return chrom


def _bed_line(row: RegionRow) -> str:
    name = " ".join(row.name.split()) or "."
    score = "." if row.score is None else _number(row.score)
    return f"{row.chrom}\t{row.start}\t{row.end}\t{name}\t{score}\t{row.strand}"


def _table_line(row: RegionRow) -> str:
    score = "" if row.score is None else _number(row.score)
    cells = (row.chrom, str(row.start), str(row.end), row.name, score, row.strand, row.note)
    return "\t".join(_escaped(cell) for cell in cells)


def _number(value: float) -> str:
    return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _plain(text: str) -> str:
    letters, found = iter(text), []
    for letter in letters:
        found.append(letter if letter != "\\" else _BACK.get(next(letters, ""), ""))
    return "".join(found)
