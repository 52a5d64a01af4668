"""Tables that ``gxview evaluate`` reads: sequences, classes, places, and what is known about their bases."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.real_input import ecoli
from benchmarks.real_input.gue import TATA_BOX
from benchmarks.real_input.location import Target
from benchmarks.trust.footprints import Found
from gxview.models.tables import read_csv

COLUMNS = ("id", "sequence", "label", "region", "mask_start", "mask_end", "truth", "part")


@dataclass(frozen=True)
class Row:
    """One sequence.

    Attributes
    ----------
    mask
        Intervals of known bases.
    truth
        A measurement for each base.
    part
        Of the training data, where that matters.
    """

    id: str
    sequence: str
    label: int | None = None
    region: str = ""
    mask: Sequence[Target] = ()
    truth: Sequence[float] = ()
    part: str = ""

    def cells(self) -> list[str]:
        """Return the cells in the order of the columns; intervals count from 1, both ends included."""
        starts = ";".join(str(one.first + 1) for one in self.mask)
        ends = ";".join(str(one.last + 1) for one in self.mask)
        truth = " ".join(f"{value:.6g}" for value in self.truth)
        label = "" if self.label is None else str(self.label)
        return [self.id, self.sequence, label, self.region, starts, ends, truth, self.part]


def write(rows: Iterable[Row], path: Path) -> Path:
    """Write a table, aside first; columns that no row fills are left out."""
    table = [one.cells() for one in rows]
    kept = [index for index in range(len(COLUMNS)) if any(cells[index] for cells in table)]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([cells[index] for index in kept] for cells in [list(COLUMNS), *table])
    return part.replace(path)


def gue(data: Path) -> list[Row]:
    """Return the dev split of the human TATA promoters that no training sequence repeats.

    The known bases are those where a TATA box may lie, -40 to -20; of negatives none are known.
    """
    folder = data / "promoters" / "gue" / "prom_300_tata"
    dev, seen = read_csv(folder / "dev.csv.gz"), set(read_csv(folder / "train.csv.gz").sequences)
    return [
        Row(f"dev_{index}", sequence, int(label), mask=(TATA_BOX,) if label else ())
        for index, (sequence, label) in enumerate(zip(dev.sequences, dev.labels, strict=True), start=1)
        if sequence not in seen
    ]


def ecoli_sites(found: ecoli.Data, parts: Sequence[str] = ("test",)) -> list[Row]:
    """Return promoters and non-promoters of some parts; known are the bases around -35 and -10 of promoters."""
    genome, boxes = found.genome, tuple(ecoli.BOXES.values())
    groups = [
        group
        for name in parts
        for group in ((1, name, found.parts[name].positives, boxes), (0, name, found.parts[name].negatives, ()))
    ]
    return [
        Row(
            f"{site.source}_{site.tss + 1}{site.strand}",
            genome.sequence(site),
            label,
            str(site.region(genome.chrom)),
            mask,
            part=name,
        )
        for label, name, members, mask in groups
        for site in members
    ]


def regseq(found: Found, chrom: str) -> list[Row]:
    """Return the promoters of Reg-Seq in the window of the models, with the measured information of its bases."""
    return [
        Row(
            one.name,
            one.letters[one.window],
            1,
            str(one.site.region(chrom)),
            truth=np.asarray(one.information[one.window]).tolist(),
            part=one.part,
        )
        for one in found.promoters
    ]
