"""What a file says about itself, for a person: size, chromosomes, and what its kind counts or sums up."""

from __future__ import annotations

import datetime
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pysam

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.tracks.alignments import AlignmentSource, ReadsInMemory
from gxview.tracks.base import FeatureSource, SignalSource
from gxview.tracks.bbi import BbiFile
from gxview.tracks.bigbed import BigBedFeatures
from gxview.tracks.bigwig import BigWigSignal
from gxview.tracks.tabix import TabixFeatures
from gxview.tracks.variant_sources import IndexedVariants
from gxview.tracks.variants import VariantSource

Fact: TypeAlias = tuple[str, str]
"""Name and value."""
COUNTED = 2000
"""Chromosomes up to which what lies on each of them is counted."""


def facts_of(source: Any) -> list[Fact]:
    """Return what the file behind a source says about itself.

    Reads headers and indexes again, so it belongs into a worker thread.

    Parameters
    ----------
    source
        A source of signals, features, variants or alignments.

    Raises
    ------
    GxviewError
        The file cannot be read any more.
    """
    facts = [*_file(source.path), *_chromosomes(source.sizes)]
    read = next((read for kind, read in _READERS if isinstance(source, kind)), None)
    try:
        return facts + (list(read(source)) if read is not None else [])
    except (OSError, ValueError) as error:
        raise GxviewError(f"{source.path.name} cannot be read: {error}.") from error


def number(value: float) -> str:
    """Write a value with four digits, more only before the point: '12.54', '12,043', '3e-05'."""
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.4g}"


def size_of(count: int) -> str:
    """Write a number of bytes: '812 bytes', '2.3 MB'."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.3g} {unit}"


def _file(path: Path) -> Iterator[Fact]:
    try:
        found = path.stat()
    except OSError:
        return  # an address, or gone: what it says about itself is told below, or why not
    yield "size", size_of(found.st_size)
    yield "changed", datetime.datetime.fromtimestamp(found.st_mtime).strftime("%Y-%m-%d %H:%M")


def _chromosomes(sizes: dict[str, int]) -> Iterator[Fact]:
    names = list(sizes)
    more = f" and {len(names) - 4:,} more" if len(names) > 4 else ""
    yield "chromosomes", f"{len(names):,}: {', '.join(names[:4])}{more}" if names else "none"


def _bigwig(source: BigWigSignal) -> Iterator[Fact]:
    file = source._file
    yield "zoom levels", _levels(file)
    if not file.header.summary:
        return
    covered, low, high, total, squares = struct.unpack(
        f"{file.header.order}Q4d", file.data.read(file.header.summary, 40)
    )
    yield "bases with a value", f"{covered:,}"
    if covered:
        mean = total / covered
        deviation = max(0.0, squares / covered - mean**2) ** 0.5
        yield "values of the file", f"{number(low)} to {number(high)}, mean {number(mean)}, SD {number(deviation)}"


def _bigbed(source: BigBedFeatures) -> Iterator[Fact]:
    file = source._file
    (count,) = struct.unpack(f"{file.header.order}Q", file.data.read(file.header.data, 8))
    yield "features", f"{count:,}"
    yield "columns", f"{file.header.columns}, {file.header.standard_columns} of them as in BED"
    yield "zoom levels", _levels(file)


def _levels(file: BbiFile) -> str:
    bases = ", ".join(f"{level.bases:,}" for level in file.levels)
    return f"{len(file.levels)} (bins of {bases} bases)" if bases else "none: far zooms are slow"


def _alignments(source: AlignmentSource) -> Iterator[Fact]:
    if isinstance(source, ReadsInMemory):
        yield "reads", f"{_total(source, source.reads_per_bin)}"
    with pysam.AlignmentFile(str(source.path), check_sq=False) as file:
        if file.has_index():
            yield "reads", f"{file.mapped:,} aligned, {file.unmapped:,} not"
        header = file.header.to_dict()
    yield "order", str(header.get("HD", {}).get("SO", "not told"))
    samples = sorted({str(group["SM"]) for group in header.get("RG", []) if "SM" in group})
    yield "samples", ", ".join(samples) or "not told"
    if programs := [str(program.get("PN", program.get("ID"))) for program in header.get("PG", [])]:
        yield "made by", ", ".join(dict.fromkeys(programs))


def _variants(source: VariantSource) -> Iterator[Fact]:
    if not isinstance(source, IndexedVariants):
        yield "variants", _total(source, source.density)
    samples: tuple[str, ...] = getattr(source, "samples", ())
    more = f" and {len(samples) - 4:,} more" if len(samples) > 4 else ""
    yield "samples", f"{len(samples):,}: {', '.join(samples[:4])}{more}" if samples else "none"


def _features(source: FeatureSource) -> Iterator[Fact]:
    if isinstance(source, TabixFeatures):
        yield "index", "tabix: only what shows is read"
    else:
        yield "features", _total(source, source.density)


def _signal(source: SignalSource) -> Iterator[Fact]:
    if not 0 < len(source.sizes) <= COUNTED:
        return
    found = [source.summary(Region(chrom, 0, size), 1) for chrom, size in source.sizes.items() if size]
    low = np.array([part.min[0] for part in found])
    high = np.array([part.max[0] for part in found])
    if np.isfinite(low).any():
        yield "values of the file", f"{number(float(np.nanmin(low)))} to {number(float(np.nanmax(high)))}"


def _total(source: Any, count: Callable[[Region, int], Any]) -> str:
    if len(source.sizes) > COUNTED:
        return "not counted: too many chromosomes"
    return f"{sum(int(count(Region(chrom, 0, size), 1)[0]) for chrom, size in source.sizes.items() if size):,}"


_READERS: tuple[tuple[Any, Callable[[Any], Iterator[Fact]]], ...] = (
    (BigWigSignal, _bigwig),
    (BigBedFeatures, _bigbed),
    (AlignmentSource, _alignments),
    (VariantSource, _variants),
    (FeatureSource, _features),
    (SignalSource, _signal),
)
"""What each kind of source tells; the first one that fits is taken."""
