"""Effects as bigWig."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.assess.variants.effects import VariantEffect
from gxview.export.bigwig import write_bigwig

Runs = list[tuple[str, int, NDArray[np.float32]]]


def strongest(effects: Iterable[VariantEffect], score: str) -> dict[str, dict[int, float]]:
    """Return the effect of largest size at each changed base, by chromosome.

    An insertion stands at the base before it (at the first base of a chromosome: on it).
    """
    found: dict[str, dict[int, float]] = {}
    for one in effects:
        effect = one.effects[score]
        if effect.found:
            here = found.setdefault(one.chrom, {})
            for base in _bases(one):
                if abs(effect.value) > abs(here.get(base, 0.0)) or base not in here:
                    here[base] = effect.value
    return found


def _bases(one: VariantEffect) -> range:
    return range(one.start, one.end) if one.end > one.start else range(max(0, one.start - 1), max(1, one.start))


def runs_of(values: Mapping[str, Mapping[int, float]], sizes: Mapping[str, int]) -> Runs:
    """Return stretches of neighbouring bases in the order of the genome."""
    return [run for chrom in sizes if chrom in values for run in _stretches(chrom, values[chrom])]


def _stretches(chrom: str, values: Mapping[int, float]) -> Iterator[tuple[str, int, NDArray[np.float32]]]:
    bases = np.array(sorted(values), np.int64)
    numbers = np.array([values[base] for base in bases.tolist()], np.float32)
    for part in np.split(np.arange(len(bases)), np.flatnonzero(np.diff(bases) > 1) + 1):
        yield chrom, int(bases[part[0]]), numbers[part]


def write_signal(aside: Callable[[Path], Path], path: Path, sizes: Mapping[str, int], runs: Runs) -> bool:
    """Write a bigWig file aside; return False, and write none, where there is no number."""
    if not any(np.isfinite(values).any() for _, _, values in runs):
        return False
    write_bigwig(aside(path), sizes, runs)
    return True
