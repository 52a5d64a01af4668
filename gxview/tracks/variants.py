"""Variants: what a line of VCF says, and where each allele changes the reference."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gxview.genome import Region
from gxview.tracks.base import Feature

AlleleKind: TypeAlias = Literal[
    "snv", "mnv", "insertion", "deletion", "replacement", "reference", "DEL", "DUP", "INV", "INS", "CNV", "BND", "other"
]
"""Small letters: told by the bases; capitals: a symbolic allele or a breakend."""


_MATE = re.compile(r"[\[\]]([^\[\]]+)[\[\]]")


@dataclass(frozen=True, slots=True)
class Allele:
    """What one ALT does to the reference.

    Attributes
    ----------
    kind : str
        See `AlleleKind`.
    start, end : int
        The changed reference bases, 0-based, half-open; equal where something is put in between two bases.
    text : str
        Bases that stand there instead; for others the ALT as written.
    """

    kind: AlleleKind
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One line of a VCF or BCF file.

    Attributes
    ----------
    chrom : str
        The reference's name where a reference was given.
    start, end : int
        From POS to the end of REF, or of the structural variant; 0-based, half-open, at least one base.
    name : str
        ID; several are joined by ``;``, empty where there is none.
    ref : str
        REF.
    alts : tuple of str
        ALT alleles; empty where the file has ``.``.
    alleles : tuple of Allele
        What each ALT changes, in the order of `alts`; a single ``'reference'`` where there is none.
    quality : float or None
        QUAL.
    filter : str
        FILTER as written; ``PASS``, ``.`` or the filters that failed.
    info, calls : str
        INFO, and FORMAT with the samples, as the file has them.
    """

    chrom: str
    start: int
    end: int
    name: str
    ref: str
    alts: tuple[str, ...]
    alleles: tuple[Allele, ...]
    quality: float | None = None
    filter: str = "."
    info: str = ""
    calls: str = ""

    @property
    def passed(self) -> bool:
        """Whether no filter failed; a file that was not filtered has ``.``."""
        return self.filter in ("PASS", ".", "0", "")

    @property
    def label(self) -> str:
        """REF>ALT, long alleles shortened: ``A>G``, ``C>CTT``, ``<DEL> 1,200 bp``, ``breakend to 9:1234``."""
        if [allele.kind for allele in self.alleles] == ["BND"]:
            mate = _MATE.search(self.alts[0])
            return f"breakend to {mate[1]}" if mate else "breakend"
        if any(allele.kind.isupper() for allele in self.alleles) and len(self.alts) == 1:
            size = self.end - self.start
            return f"{_short(self.alts[0])} {size:,} bp" if size > 1 else _short(self.alts[0])
        return f"{_short(self.ref)}>{','.join(map(_short, self.alts)) or '.'}"

    def genotypes(self, samples: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return (sample, genotype) of all samples; empty where the file has no genotypes."""
        fields = self.calls.split("\t")
        keys = fields[0].split(":")
        if "GT" not in keys:
            return []
        place = keys.index("GT")
        found = (field.split(":") for field in fields[1:])
        return [
            (sample, parts[place] if place < len(parts) else ".") for sample, parts in zip(samples, found, strict=False)
        ]

    def as_feature(self) -> Feature:
        """Return the place and the name, for lists of search results."""
        return Feature(self.chrom, self.start, self.end, self.name or self.label, kind="variant")


@runtime_checkable
class VariantSource(Protocol):
    """Variants on the genome."""

    name: str
    path: Path
    color: str | None
    notes: tuple[str, ...]
    samples: tuple[str, ...]
    sizes: dict[str, int]

    def variants(self, region: Region) -> list[Variant]:
        """Return the variants that overlap a region, by start."""

    def count(self, region: Region) -> int:
        """Tell, cheaply and perhaps roughly, how many variants a region holds."""

    def is_rough(self, region: Region) -> bool:
        """Whether the density of a region is an estimate from an index."""

    def search(self, text: str, limit: int = 20) -> list[Feature]:
        """Return variants by ID without regard to case."""

    def density(self, region: Region, bins: int) -> NDArray[np.int64]:
        """Return how many variants overlap each of equal bins, shape (bins,); cheap, perhaps rough."""


def allele_of(alt: str, ref: str, start: int, end: int) -> Allele:
    """Tell what an ALT does to the reference.

    Parameters
    ----------
    alt, ref : str
        As in the file.
    start, end : int
        Span of the whole variant, 0-based, half-open; that of REF unless the file names another end.

    Notes
    -----
    An indel keeps the base before it, by which VCF places it; then what REF and ALT share is cut at the right end and
    last at the left one, so that a change in a repeat lies at its left end: ``CTT`` to ``CT`` at 9 takes away base 10.
    """
    if alt in (".", "*", "<*>", "<NON_REF>"):
        return Allele("reference", start, end, alt)
    if alt.startswith("<"):
        return _symbolic(alt, start, end)
    if "[" in alt or "]" in alt or alt.startswith(".") or alt.endswith("."):
        return Allele("BND", start, start + 1, alt)
    return _changed_bases(alt.upper(), ref.upper(), start)


def _symbolic(alt: str, start: int, end: int) -> Allele:
    word = alt.strip("<>").split(":")[0].upper()
    kinds: dict[str, AlleleKind] = {
        "DEL": "DEL", "DUP": "DUP", "INV": "INV", "CNV": "CNV", "INS": "INS", "BND": "BND", "TRA": "BND",
    }  # fmt: skip
    kind = kinds.get(word, "CNV" if word.startswith("CN") and word[2:].isdecimal() else "other")
    # POS is the base before a structural variant
    if kind == "INS":
        return Allele(kind, start + 1, start + 1, alt)
    if kind == "BND":
        return Allele(kind, start, start + 1, alt)
    return Allele(kind, start + 1 if end - start > 1 else start, end, alt)


def _changed_bases(alt: str, ref: str, start: int) -> Allele:
    first, ref_end, alt_end = 0, len(ref), len(alt)
    if ref == alt:
        return Allele("reference", start, start + ref_end, alt)
    if ref_end != alt_end and ref[:1] == alt[:1]:
        first = 1
    while min(ref_end, alt_end) > first and ref[ref_end - 1] == alt[alt_end - 1]:
        ref_end, alt_end = ref_end - 1, alt_end - 1
    while first < min(ref_end, alt_end) and ref[first] == alt[first]:
        first += 1
    lost, gained = ref_end - first, alt_end - first
    kind: AlleleKind
    if lost == gained:
        kind = "snv" if lost == 1 else "mnv"
    else:
        kind = "insertion" if lost == 0 else "deletion" if gained == 0 else "replacement"
    return Allele(kind, start + first, start + ref_end, alt[first:alt_end])


def _short(allele: str) -> str:
    return allele if len(allele) <= 12 else f"{allele[:4]}\N{HORIZONTAL ELLIPSIS}({len(allele)})"
