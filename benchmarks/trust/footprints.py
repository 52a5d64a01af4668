"""Information footprints of Reg-Seq (Ireland et al. 2020, eLife 9:e55308): what each base of a promoter is worth.

The information between a base and expression, in bits, was measured with mutated promoters of 160 bases in a dozen
growth conditions each. It has no sign: a base of the -10 box and one of a repressor's site both count.
"""

from __future__ import annotations

import csv
import re
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from benchmarks.real_input import ecoli_data as sites
from gxview.errors import GxviewError

LENGTH = 160
UPSTREAM = 115  # bases before +1
OFFSET = UPSTREAM - sites.PLUS_ONE  # where the window of the models begins
_FILE = re.compile(
    r"(?P<promoter>.+?)(?:LB|M9|SS|Anaero|Fe|Tre|arabinose|metal|xylara|heat|xanth2|0cAMP|arcA|deoR|glpR|hdfR|fum1|asnC"
    r"|nhaR|phoP|lrhA|acetate)infofootprint\.txt"
)


@dataclass(frozen=True, eq=False)
class Promoter:
    """A promoter with its footprint.

    Attributes
    ----------
    name
        Of the promoter.
    site
        Its 81 bases from -60 to +20, the window of the models.
    letters
        All 160 bases.
    information
        Bits per base, the mean over the conditions, float64 (160,).
    conditions
        In how many it was measured.
    """

    name: str
    site: sites.Site
    letters: str
    information: NDArray[np.float64]
    conditions: int

    @property
    def part(self) -> str:
        """Where it lies: ``train``, ``validation``, ``test``, or ``border`` where a window reaches both."""
        return "border" if sites.near_border(self.site.tss) else sites.part_of(self.site.tss)

    @property
    def window(self) -> slice:
        """The 81 bases of the site within the 160."""
        return slice(OFFSET, OFFSET + sites.LENGTH)


@dataclass
class Found:
    """The promoters that have a sequence, a place and a footprint, and what was left out."""

    promoters: list[Promoter]
    without_footprint: int = 0
    files_unused: list[str] = field(default_factory=list)


def read(folder: Path, genome: sites.Genome) -> Found:
    """Read the promoters of ``wtsequences.csv`` with the footprints of ``information_footprints.tar.gz``.

    Raises
    ------
    GxviewError
        If a sequence is not where the table says.
    """
    with (folder / "wtsequences.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    measured, unused = _footprints(folder / "information_footprints.tar.gz", [row["name"] for row in rows])
    promoters = [_promoter(row, measured[row["name"]], genome) for row in rows if row["name"] in measured]
    return Found(promoters, len(rows) - len(promoters), unused)


def _promoter(row: dict[str, str], measured: list[NDArray[np.float64]], genome: sites.Genome) -> Promoter:
    strand, position, letters = (
        "-" if row["rev"] == "rev" else "+",
        int(float(row["start_site"])),
        row["geneseq"].upper(),
    )
    # The table counts from the border behind a base on the reverse strand, so its +1 is the base before that border.
    site = sites.Site(position - (strand == "-"), strand, "Reg-Seq")
    if genome.sequence(site) != letters[OFFSET : OFFSET + sites.LENGTH]:
        raise GxviewError(f"The promoter {row['name']} does not lie at {position} ({strand}) of {genome.chrom}.")
    return Promoter(row["name"], site, letters, np.mean(measured, axis=0), len(measured))


def _footprints(archive: Path, names: Iterable[str]) -> tuple[dict[str, list[NDArray[np.float64]]], list[str]]:
    """Return the footprints by promoter, one for each condition, and the files that fit no promoter or length."""
    known, unused = frozenset(names), []
    found: dict[str, list[NDArray[np.float64]]] = {}
    with tarfile.open(archive) as tar:
        for member in sorted((one for one in tar if one.name.endswith("infofootprint.txt")), key=lambda one: one.name):
            file = PurePosixPath(member.name).name
            name, stream = owner(file, known), tar.extractfile(member)
            values = np.loadtxt(stream, skiprows=1, usecols=1) if stream is not None else np.empty(0)
            if name is None or values.shape != (LENGTH,) or not np.isfinite(values).all():
                unused.append(file)
            else:
                found.setdefault(name, []).append(values)
    return found, unused


def owner(file: str, names: frozenset[str]) -> str | None:
    """Return the promoter of a footprint by its file's name, promoter and condition written together; None: unknown."""
    found = _FILE.fullmatch(file.replace("dataset", ""))
    return found["promoter"] if found and found["promoter"] in names else None
