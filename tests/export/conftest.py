"""Explanations made up for the tests of the exporters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gxview.explain.explanation import RegionExplanation, TokenSpan
from gxview.genome import Reference, Region

PROVENANCE = {
    "model": {"name": "tiny", "kind": "dnabert2"},
    "target": {"index": 1, "name": "promoter"},
    "method": "attnlrp",
    "strand": "+",
    "phases": 1,
}


@pytest.fixture(scope="session")
def reference(small_genome: Path) -> Reference:
    return Reference(small_genome)


@pytest.fixture(scope="session")
def track(reference: Reference) -> dict[str, np.ndarray]:
    """One value for each base of the genome, some of them missing."""
    rng = np.random.default_rng(11)
    values = {name: rng.normal(size=size).astype(np.float32) for name, size in reference.sizes.items()}
    values["chr1"][320:360] = np.nan
    return values


@pytest.fixture
def explained(track: dict[str, np.ndarray]) -> Callable[..., RegionExplanation]:
    """Make the explanation of a region from the track, with tokens of five bases."""

    def make(chrom: str, start: int, end: int, *, phases: bool = False, bases: bool = False) -> RegionExplanation:
        values = track[chrom][start:end]
        letters = range(start - start % 5, end, 5)
        return RegionExplanation(
            region=Region(chrom, start, end),
            values=values,
            spread=np.abs(values) / 2 if phases else None,
            hypothetical=np.stack([values * factor for factor in (1, 2, 3, 4)]) if bases else None,
            score=np.full(end - start, 0.25, dtype=np.float32),
            tokens=() if bases else tuple(TokenSpan(at, at + 5, float(at), f"T{at}") for at in letters),
            notes=("a note",),
            provenance=PROVENANCE,
        )

    return make
