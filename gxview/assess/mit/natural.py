"""Natural promoters for classes A, B and G: from a table of transcription starts and the genome under it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.assess.mit.layout import CONSENSUS10, EXTENDED, EXTENDED_MOTIF, LENGTH, MINUS10, UP
from gxview.assess.mit.matrices import PA10, scores_everywhere
from gxview.assess.mit.sets import COUNTS, Sets, class_rng, codes_of, place, texts, up_elements
from gxview.errors import GxviewError
from gxview.genome.reference import Reference
from gxview.genome.region import Region
from gxview.genome.sequence import reverse_complement
from gxview.tracks.text import read_lines
from gxview.words import counted

NEAREST, FARTHEST = 8, 16
"""How many bases before the transcription start a -10 box may begin; 12 is where it should."""
_USUAL = 12
_BROKEN_BASE = "G"
_NAMES = {
    "strand": ("strand", "dnastrand"),
    "position": ("postss", "position", "tss", "genomemapposition", "startsite"),
    "sigma": ("sigmafactor", "sigma"),
    "chrom": ("chrom", "chromosome", "chr", "seqid"),
    "sequence": ("promotersequence", "sequence"),
}
_REGULONDB = {"strand": 2, "position": 3, "sigma": 4, "sequence": 5}
"""Columns of RegulonDB's PromoterSet, which has no line of names."""
_PLUS, _MINUS = ("forward", "+", "plus"), ("reverse", "-", "minus")


@dataclass(frozen=True, slots=True)
class Natural:
    """What a table gives.

    Attributes
    ----------
    sets
        Classes A, B and G.
    listed, usable
        Rows for Sigma70 with a place, and different windows made of them.
    notes
        What a reader must know; sentences.
    """

    sets: Sets
    listed: int
    usable: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Start:
    chrom: str
    position: int
    forward: bool
    letters: str


def natural_sets(table: Path, genome: Path, seed: int = 42) -> Natural:
    """Make classes A, B and G.

    The -10 box of a promoter is the best match of PA-PWM's -10 matrix that begins 8 to 16 bases before the
    transcription start (a tie goes to the one nearest to 12); the window puts it at 53 to 58. A: windows whose box has
    at most one other base than TATAAT, and its second A; drawn by the seed. B: the same windows with the second base of
    the box turned into G. G: windows whose box differs in two bases or more, with an UP element written into 15 to 23
    and TGT into 50 to 52.

    Parameters
    ----------
    table : path
        RegulonDB's PromoterSet, or a table with tabs whose first line names ``strand``, ``position`` (of the
        transcription start, from 1) and, where there are, ``chrom``, ``sigma`` and ``sequence``; lines with ``#`` are
        left out. With a sigma factor, only rows of Sigma70 are taken; with a sequence, only where the genome has it.
    genome : path
        FASTA.
    seed : int
        Of the draw.

    Raises
    ------
    GxviewError
        If the table or genome cannot be read, do not belong together, or hold no promoter of a sort.
    """
    reference = Reference(genome)
    starts = list(_read_starts(table, reference))
    windows = list(dict.fromkeys(filter(None, (_window(reference, start) for start in starts))))
    if len(windows) < len(starts) / 2 or not windows:
        raise GxviewError(
            f"{table} lists {len(starts):,} Sigma70 promoters, of which {len(windows):,} can be found in {genome}; "
            "table and genome do not belong together."
        )
    codes = codes_of(windows)
    changed = (codes[:, slice(*MINUS10)] != codes_of([CONSENSUS10])).sum(axis=1)
    second = codes[:, MINUS10[0] + 1] == 0
    intact = _drawn(np.flatnonzero((changed <= 1) & second), "A", seed, table)
    weak = _drawn(np.flatnonzero(changed >= 2), "G", seed, table)
    broken, compensated = codes[intact], codes[weak]
    place(broken, MINUS10[0] + 1, _BROKEN_BASE)
    place(compensated, UP[0], up_elements(len(weak), class_rng(seed, "g")))
    place(compensated, EXTENDED[0], EXTENDED_MOTIF)
    rows = {"A": codes[intact], "B": broken, "G": compensated}
    sets = {label: dict(enumerate(texts(found))) for label, found in rows.items()}
    notes = tuple(
        f"{table.name} gives {counted(len(sets[label]), 'sequence')} of class {label} instead of {COUNTS[label]}."
        for label in sets
        if len(sets[label]) < COUNTS[label]
    )
    return Natural(sets, len(starts), len(windows), notes)


def _drawn(members: NDArray[np.int64], label: str, seed: int, table: Path) -> list[int]:
    if not len(members):
        raise GxviewError(f"{table} lists no promoter for class {label}: none has such a -10 box.")
    count = min(COUNTS[label], len(members))
    return sorted(class_rng(seed, label).choice(members, count, replace=False).tolist())


def _window(reference: Reference, start: _Start) -> str:
    """Return 100 bases with the -10 box at its place; empty where the genome has not them, or not what is listed."""
    before, behind = FARTHEST + MINUS10[0], LENGTH - MINUS10[0] - NEAREST
    low, high = (before, behind) if start.forward else (behind - 1, before + 1)
    first, last = start.position - low, start.position + high
    if first < 0 or last > reference.sizes[start.chrom]:
        return ""
    letters = reference.fetch(Region(start.chrom, first, last)).upper()
    letters = letters if start.forward else reverse_complement(letters)
    if start.letters not in letters:
        return ""
    scores = scores_everywhere(codes_of([letters[before - FARTHEST : before - NEAREST + len(PA10)]]), PA10)[0]
    offsets = FARTHEST - np.arange(len(scores))
    best = min(np.flatnonzero(scores >= scores.max() - 1e-9), key=lambda at: abs(int(offsets[at]) - _USUAL))
    box = before - int(offsets[best])
    window = letters[box - MINUS10[0] : box - MINUS10[0] + LENGTH]
    return window if set(window) <= set("ACGT") else ""


def _read_starts(table: Path, reference: Reference) -> Iterator[_Start]:
    columns: dict[str, int] | None = None
    for number, line in read_lines(table):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if columns is None:
            columns = _named(cells)
            if columns is not None:
                continue
            columns = _REGULONDB
        start = _start(f"{table}, line {number}", cells, columns, reference)
        if start is not None:
            yield start


def _named(cells: Sequence[str]) -> dict[str, int] | None:
    """Return which column holds what, from a line of names; None if it is none."""
    plain = [re.sub("^[0-9]+|[^a-z]", "", cell.lower()) for cell in cells]
    found = {what: plain.index(name) for what, names in _NAMES.items() for name in names[::-1] if name in plain}
    return found if {"strand", "position"} <= found.keys() else None


def _start(where: str, cells: list[str], columns: dict[str, int], reference: Reference) -> _Start | None:
    """Return a transcription start; None for another sigma factor, or a row without a place."""
    if len(cells) <= max(columns.values()):
        raise GxviewError(
            f"{where}: {counted(len(cells), 'column')}; a table of promoters has the columns of RegulonDB's "
            "PromoterSet, or a first line that names strand and position."
        )
    if "sigma" in columns and "sigma70" not in re.split("[,;/ ]+", cells[columns["sigma"]].strip().lower()):
        return None
    strand, position = cells[columns["strand"]].strip().lower(), cells[columns["position"]].strip()
    if not strand or position in ("", "0"):
        return None
    if strand not in _PLUS + _MINUS:
        raise GxviewError(f"{where}: the strand is forward or reverse (+ or -), not '{strand}'.")
    if not position.isascii() or not position.isdigit() or int(position) < 1:
        raise GxviewError(f"{where}: the position is a whole number from 1 on, not '{position}'.")
    chrom = _chrom(where, cells, columns, reference)
    if int(position) > reference.sizes[chrom]:
        raise GxviewError(
            f"{where}: position {int(position):,} lies beyond the end of {chrom} ({reference.sizes[chrom]:,} bases); "
            "table and genome do not belong together."
        )
    letters = cells[columns["sequence"]].strip().upper() if "sequence" in columns else ""
    return _Start(chrom, int(position) - 1, strand in _PLUS, letters)


def _chrom(where: str, cells: list[str], columns: dict[str, int], reference: Reference) -> str:
    if "chrom" in columns:
        return reference.resolve(cells[columns["chrom"]].strip())
    if len(reference.names) > 1:
        raise GxviewError(f"{where}: the genome has {len(reference.names)} sequences; the table needs a column chrom.")
    return reference.names[0]
