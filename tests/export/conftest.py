"""Explanations made up for the tests of the exporters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gxview.explain.explanation import RegionExplanation, TokenSpan
from gxview.genome import Reference, Region
from gxview.job_file import Genome, JobFile, ModelChoice, Places

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


@pytest.fixture
def job(small_genome: Path, tiny_cnn_folder: Path, tiny_dnabert2_folder: Path):
    """Make a job on the small genome; the keyword models takes 'cnn' and 'dnabert2'."""
    folders = {"cnn": tiny_cnn_folder, "dnabert2": tiny_dnabert2_folder}

    def make(models=("cnn",), choice=None, places=None, **rest) -> JobFile:
        chosen = tuple(ModelChoice(model=str(folders[name]), **(choice or {})) for name in models)
        where = places or Places(whole_genome=True)
        return JobFile(genome=Genome(path=small_genome), places=where, models=chosen, shard_bases=256, **rest)

    return make
