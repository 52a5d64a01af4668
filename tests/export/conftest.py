"""Explanations made up for the tests of the exporters."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gxview.explain.explanation import RegionExplanation, TokenSpan
from gxview.genome import Reference, Region
from gxview.job_file import Genome, JobFile, ModelChoice, Places
from gxview.models.ensemble import ENSEMBLE
from gxview.models.loading import load_model
from gxview.models.randomised import randomised
from gxview.models.saving import write_network
from gxview.models.tokenizer import train_tokenizer

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


@pytest.fixture(scope="session")
def ensembles(tiny_cnn_folder: Path, tiny_dnabert2_folder: Path, tmp_path_factory: pytest.TempPathFactory):
    """Folders of three models each; the last DNABERT-2 cuts sequences into tokens of its own."""
    folders = {}
    for source in (tiny_cnn_folder, tiny_dnabert2_folder):
        folder = folders[source.name.removeprefix("tiny-")] = tmp_path_factory.mktemp(f"three-{source.name}")
        for number, name in enumerate("abc"):
            shutil.copytree(source, folder / name)
            if number:
                write_network(folder / name, randomised(load_model(source), seed=number).network)
        (folder / ENSEMBLE).write_text(json.dumps({"name": f"three {source.name}", "members": list("abc")}))
    letters = "".join(np.random.default_rng(7).choice(list("ACGT"), 20_000))
    (folders["dnabert2"] / "c" / "tokenizer.json").write_text(train_tokenizer([letters], 100).to_json())
    return folders


@pytest.fixture
def job(small_genome: Path, tiny_cnn_folder: Path, tiny_dnabert2_folder: Path, ensembles):
    """Make a job on the small genome; the keyword models takes 'cnn', 'dnabert2', 'three-cnn' and 'three-dnabert2'."""
    folders = {"cnn": tiny_cnn_folder, "dnabert2": tiny_dnabert2_folder}
    folders |= {f"three-{kind}": folder for kind, folder in ensembles.items()}

    def make(models=("cnn",), choice=None, places=None, **rest) -> JobFile:
        chosen = tuple(ModelChoice(model=str(folders[name]), **(choice or {})) for name in models)
        where = places or Places(whole_genome=True)
        return JobFile(genome=Genome(path=small_genome), places=where, models=chosen, shard_bases=256, **rest)

    return make
