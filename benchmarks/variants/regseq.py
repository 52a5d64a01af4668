"""Predicted effects of every substitution of the Reg-Seq promoters, by ``gxview variants --regions``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.real_input import ecoli_data
from benchmarks.trust import footprints
from benchmarks.variants import energies
from gxview.assess.variants.job import VariantsJob, run_variants
from gxview.genome import Region
from gxview.models.base import Model
from gxview.models.loading import load_model

Floats = energies.Floats
MODELS = {"CNN": "ecoli-cnn", "DNABERT-2": "ecoli-dnabert2", "language model": "ecoli-language-model"}


def measured(models: Path, data: Path, output: Path) -> dict[str, Any]:
    """Compare all models, with windows on the promoter and with windows around each base."""
    fasta = data / "genomes" / "ecoli" / "NC_000913.3.fa.gz"
    genome = ecoli_data.Genome(fasta, output / "cache")
    found = footprints.read(data / "promoters" / "regseq", genome)
    check_places(found, genome)
    matrices, unused = energies.read(data / "promoters" / "regseq" / "energy_matrices.tar.gz")
    parts = {one.name: one.part for one in found.promoters}
    result: dict[str, Any] = {
        "promoters": len(found.promoters),
        "parts": dict(Counter(parts.values())),
        "matrices": len(matrices),
        "files_unused": unused,
        "least_bases": energies.LEAST,
    }
    for title, folder in MODELS.items():
        model = load_model(models / folder)
        scores = ("logit",) if model.num_labels else ("llr", "cosine")
        for where, effects in (
            ("on the promoter", _aligned(model, models / folder, scores, found, output)),
            ("around each base", _centred(model, models / folder, scores, found, fasta, output)),
        ):
            first = footprints.OFFSET if where == "on the promoter" else 0
            for score in scores:
                chosen = effects[score]
                key = f"{title}, {score}, {where}"
                result[key] = energies.compared(chosen, matrices, first, signed=score != "cosine")
                unseen = {name: one for name, one in chosen.items() if parts[name] in ("test", "validation")}
                if model.num_labels:
                    result[f"{key}, unseen"] = energies.compared(unseen, matrices, first, signed=score != "cosine")
    return result


def _aligned(
    model: Model, folder: Path, scores: tuple[str, ...], found: footprints.Found, output: Path
) -> dict[str, dict[str, Floats]]:
    """Return effects on the 81 bases of each promoter, all in the window that the models were trained with."""
    path = output / "promoters.fa"
    lines = (f">{one.name}\n{one.letters[one.window]}\n" for one in found.promoters)
    path.write_text("".join(lines), encoding="ascii")
    bed = output / "promoters.bed"
    bed.write_text("".join(f"{one.name}\t0\t{model.window_length}\t{one.name}\n" for one in found.promoters))
    job = VariantsJob(
        path,
        str(folder),
        regions=(str(bed),),
        scores=scores,
        strand="+",
        offsets=(0,),
        target=_target(model),
        device="cpu",
    )
    return _read(job, output / f"{folder.name}-promoters", scores)


def _target(model: Model) -> str | None:
    return "contrast" if model.num_labels == 2 else None  # as log-odds, like the CNN's one logit


def _centred(
    model: Model, folder: Path, scores: tuple[str, ...], found: footprints.Found, fasta: Path, output: Path
) -> dict[str, dict[str, Floats]]:
    """Return effects on the 160 bases of each promoter, each base in the middle of a window, both strands."""
    bed = output / "regseq.bed"
    places = {one.name: _place(one) for one in found.promoters}
    chrom = ecoli_data.Genome(fasta, output / "cache").chrom
    bed.write_text(
        "".join(f"{chrom}\t{start}\t{end}\t{name}\n" for name, (start, end) in places.items()), encoding="ascii"
    )
    job = VariantsJob(
        fasta, str(folder), regions=(str(bed),), scores=scores, offsets=(0,), target=_target(model), device="cpu"
    )
    effects = _read(job, output / f"{folder.name}-genome", scores)
    back = {one.name for one in found.promoters if one.site.strand == "-"}
    # along the strand of the promoter: the other end first, and A for T
    return {
        score: {name: cells[::-1, ::-1] if name in back else cells for name, cells in by_name.items()}
        for score, by_name in effects.items()
    }


def _place(one: footprints.Promoter) -> tuple[int, int]:
    upstream, downstream = footprints.UPSTREAM, footprints.LENGTH - footprints.UPSTREAM
    start = one.site.tss - upstream if one.site.strand == "+" else one.site.tss + 1 - downstream
    return start, start + footprints.LENGTH


def _read(job: VariantsJob, folder: Path, scores: tuple[str, ...]) -> dict[str, dict[str, Floats]]:
    run_variants(job, folder)
    found = {}
    for score in scores:
        (path,) = folder.glob(f"*.{score}.npz")
        arrays = np.load(path)
        cells = arrays["effects"].astype(np.float64)
        found[score] = dict(zip(arrays["name"].tolist(), cells, strict=True))
    return found


def check_places(found: footprints.Found, genome: ecoli_data.Genome) -> None:
    """Raise if the 160 bases of a promoter are not where the BED file says."""
    for one in found.promoters:
        start, end = _place(one)
        if genome.reference.fetch(Region(genome.chrom, start, end, one.site.strand)).upper() != one.letters:
            raise ValueError(f"the promoter {one.name} does not lie at {start + 1}-{end}")
