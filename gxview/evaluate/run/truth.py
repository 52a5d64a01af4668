"""What is known about the bases of a sequence: columns of its table, or a file in coordinates of the genome."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.explain.sequences import NamedSequence
from gxview.genome import Reference, Region, reverse_complement
from gxview.models.labelled import open_text
from gxview.tracks.base import FeatureSource, SignalSource
from gxview.tracks.opening import open_source

Truth = NDArray[np.float32]
COLUMNS = ("region", "mask_start", "mask_end", "truth")
NAMES = ("id", "name")


def read_cells(path: Path) -> dict[int, dict[str, str]]:
    """Return the columns that tell places and truth, by the line on which a row of the table ends.

    A FASTA file has none.
    """
    with open_text(path) as stream:
        header = stream.readline().lstrip("\ufeff")
        if header.lstrip().startswith(">"):
            return {}
        separator = "\t" if "\t" in header else ","
        columns = [name.strip().lower() for name in next(csv.reader([header], delimiter=separator), [])]
        rows, found = csv.reader(stream, delimiter=separator), {}
        for row in rows:
            cells = zip(columns, map(str.strip, row), strict=False)
            found[rows.line_num + 1] = {name: text for name, text in cells if name in COLUMNS + NAMES and text}
        return found


def renamed(records: Iterable[NamedSequence], cells: Mapping[int, Mapping[str, str]]) -> int:
    """Return how many sequences were given another name, since theirs was taken."""
    count = 0
    for record in records:
        own = cells.get(record.line, {})
        name = own.get("id") or own.get("name")
        count += name is not None and name != record.id
    return count


def region_of(text: str, length: int, where: str) -> Region:
    """Return the place of a sequence of so many bases.

    Positions count from 1 with the last one included; where that is one base too many, the text is taken as 0-based and
    half-open, as bedtools writes it.

    Raises
    ------
    GxviewError
        If the place has another length.
    """
    try:
        region = Region.parse(text)
    except GxviewError as error:
        if not text.partition(":")[2].startswith("0-"):
            raise GxviewError(f"{where}: {error}") from None
        region = Region.parse(text.replace(":0-", ":1-", 1))
        region = Region(region.chrom, 0, region.end, region.strand)
    if region.length == length + 1:
        region = Region(region.chrom, region.start + 1, region.end, region.strand)
    if region.length != length:
        raise GxviewError(f"{where}: the region {text} has {region.length:,} bases, but the sequence {length:,}.")
    return region


def truth_of(cells: Mapping[str, str], length: int, where: str) -> Truth | None:
    """Return what a row says about its bases, float32 (L,), or None where it says nothing.

    Raises
    ------
    GxviewError
        If the columns do not fit the sequence.
    """
    if "truth" in cells:
        return _listed(cells["truth"], length, where)
    if "mask_start" not in cells and "mask_end" not in cells:
        return None
    starts, ends = (_numbers(cells.get(name, ""), name, where) for name in ("mask_start", "mask_end"))
    if len(starts) != len(ends):
        raise GxviewError(f"{where}: mask_start has {len(starts)} numbers and mask_end {len(ends)}.")
    mask = np.zeros(length, np.float32)
    for start, end in zip(starts, ends, strict=True):
        if not 1 <= start <= end <= length:
            raise GxviewError(f"{where}: the mask {start} to {end} does not lie within the {length:,} bases.")
        mask[start - 1 : end] = 1
    return mask


class TruthFile:
    """A file that says where the known bases of a genome are.

    Parameters
    ----------
    path
        Features (inside is 1, outside 0) or a signal (its values).
    reference
        Gives the names of the chromosomes; None keeps those of the file.

    Raises
    ------
    GxviewError
        If the file cannot be read or holds neither.
    """

    def __init__(self, path: Path, reference: Reference | None) -> None:
        source = open_source(path, reference)
        if not isinstance(source, FeatureSource | SignalSource):
            raise GxviewError(f"{path} holds neither features nor a signal; give a BED or bigWig file as mask.")
        self._source: FeatureSource | SignalSource = source
        self._sizes = self._source.sizes

    def of(self, region: Region) -> Truth | None:
        """Return the truth of a place in the orientation of its strand; None where the file has no such chromosome."""
        if region.chrom not in self._sizes:
            return None
        values = self._along(region)
        return values[::-1].copy() if region.strand == "-" else values

    def _along(self, region: Region) -> Truth:
        plain = Region(region.chrom, region.start, region.end)
        if isinstance(self._source, SignalSource):
            return np.asarray(self._source.values(plain), np.float32)
        mask = np.zeros(region.length, np.float32)
        for feature in self._source.features(plain):
            if region.strand in (".", feature.strand) or feature.strand == ".":
                for start, end in feature.blocks:
                    mask[max(0, start - region.start) : max(0, end - region.start)] = 1
        return mask


def check_letters(region: Region, letters: str, reference: Reference, where: str) -> Region:
    """Return the place under the name that the genome has for it.

    Raises
    ------
    GxviewError
        If the genome has other letters there.
    """
    place, clipped = reference.region(region)
    found = "" if clipped else reference.fetch(Region(place.chrom, place.start, place.end)).upper()
    read = reverse_complement(found) if region.strand == "-" else found
    if clipped or not _same(read, letters):
        raise GxviewError(
            f"{where}: the genome {reference.path.name} has other letters at {region}; give the genome that the "
            "sequences come from, or leave the column 'region' out."
        )
    return Region(place.chrom, place.start, place.end, region.strand)


def is_mask(truth: Truth) -> bool:
    """Whether a truth is a mask of 0 and 1 and no measurement."""
    return bool(np.isin(truth, (0, 1)).all())


def _same(genome: str, letters: str) -> bool:
    return len(genome) == len(letters) and all(
        a == b or b == "N" or a not in "ACGT" for a, b in zip(genome, letters, strict=True)
    )


def _listed(text: str, length: int, where: str) -> Truth:
    parts: Sequence[str] = text.replace(";", " ").split()
    if len(parts) == 1 and length > 1 and set(text) <= {"0", "1"}:
        parts = list(text)
    if len(parts) != length:
        raise GxviewError(f"{where}: the truth has {len(parts):,} values, but the sequence {length:,} bases.")
    try:
        return np.array([float("nan" if part in (".", "NA") else part) for part in parts], np.float32)
    except ValueError:
        raise GxviewError(
            f"{where}: the truth is neither a text of 0 and 1 nor numbers; a missing one is '.'."
        ) from None


def _numbers(text: str, name: str, where: str) -> list[int]:
    parts = text.replace(";", " ").split()
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise GxviewError(f"{where}: {name} is '{text}', not whole numbers separated by ';'.")
    return [int(part) for part in parts]
