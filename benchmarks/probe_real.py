"""``python -m benchmarks.probe_real --work DIR``: embeddings against letters on real promoters.

Human core promoters (GUE, the official train and dev splits) and E. coli sigma-70 promoters (blocks of the genome),
each as a stated subset. Models: a small DNABERT-2 pre-trained on the genome's training blocks (E. coli) or on the first
million bases of chromosome 1 (human), their copies with random weights, for E. coli the network before pre-training
(its word embeddings begin as sketches of the letters of the words), and for human, as the paper has Sei, a supervised
one: a DNABERT-2 that was trained on the labels of the very training split. Real data is expected in
``../shared/data``; models that ``benchmarks.real_input`` trained are read from DIR/models. The same command goes on
after it was stopped.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.real_input import ecoli
from benchmarks.real_input.gue import START
from benchmarks.real_input.training import Workshop
from benchmarks.record import ROOT, save
from gxview.assess.probe import Fitting, ProbeSettings, run_probe
from gxview.genome import Reference, Region
from gxview.models.fit import Optimisation
from gxview.models.tables import read_csv
from gxview.models.train import TrainSettings

SEEDS = 5
SIZES = {
    "ecoli_sigma70": {"train": 1500, "validation": 400, "test": 1500},
    "gue_prom_core_notata": {"train": 1000, "validation": 300, "test": 1000},
}
FRACTIONS = {"ecoli_sigma70": (0.2, 1.0), "gue_prom_core_notata": (1.0,)}
FITTING = {
    "ecoli_sigma70": Fitting(epochs=25, patience=6, projection=64),
    "gue_prom_core_notata": Fitting(epochs=15, patience=5, projection=64),
}
HUMAN_MODEL = "human-language-model"
_PIECE = 300
_PRETRAINING = Optimisation(5e-4, 0.01, 64, 2, 2, "linear", 50)


def main() -> None:
    """Make the tables, probe both sets and write the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.probe_real", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder with models; gets tables and reports")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder with real data")
    parser.add_argument("--output", type=Path, help="folder of new models and reports; default: --work")
    given = parser.parse_args()
    torch.set_num_threads(1)
    place = given.output or given.work
    place.mkdir(parents=True, exist_ok=True)
    models = given.work / "models"
    found = {
        "ecoli_sigma70": probed(
            ecoli_table(given.data, place),
            place / "probe-ecoli",
            [models / ecoli.LANGUAGE_MODEL, f"{models / ecoli.LANGUAGE_MODEL}#randomised-0", models / START],
        ),
    }
    human = human_language_model(given.data, Workshop(place), models / START)
    supervised = models / "prom_core_notata-dnabert2"
    found["gue_prom_core_notata"] = probed(
        gue_table(given.data, place), place / "probe-gue", [human, f"{human}#randomised-0", supervised]
    )
    print(save("probe_real", {"sizes": SIZES, "sets": found}))


def probed(table: Path, output: Path, models: Sequence[Path | str]) -> dict[str, Any]:
    """Probe models on a table; return means, comparisons and verdicts."""
    settings = ProbeSettings(
        data=table,
        output=output,
        models=tuple(map(str, models)),
        split="split",
        randomised=0,
        heads=("ridge", "cnn"),
        seeds=SEEDS,
        fractions=FRACTIONS[table.stem],
        fitting=FITTING[table.stem],
        device="cpu",
        title=f"What the embeddings hold: {table.stem}",
    )
    run_probe(settings, tell=lambda event: print(json.dumps(event), flush=True))
    content = json.loads((output / "probe.json").read_text(encoding="utf-8"))
    return {
        "means": means(content["rows"]),
        **{name: content[name] for name in ("verdicts", "comparisons", "split", "notes", "failures", "provenance")},
    }


def means(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return mean and standard deviation over seeds of the primary metric and of MCC."""
    groups: dict[tuple[Any, ...], list[float]] = {}
    names = ("input", "layer", "head", "fraction", "n_train", "metric")
    for row in rows:
        if row["metric"] in ("auroc", "mcc"):
            groups.setdefault(tuple(row[name] for name in names), []).append(row["value"])
    return [
        {**dict(zip(names, key, strict=True)), "seeds": len(values), "mean": float(np.mean(values)),
         "sd": float(np.std(values, ddof=1))}
        for key, values in groups.items()
    ]  # fmt: skip


def ecoli_table(data: Path, place: Path) -> Path:
    """Write E. coli promoters and background, as many of each, in the parts of the blocks of the genome."""
    sites = ecoli.read(data, place / "cache")
    rows: list[tuple[str, int, str]] = []
    for part, size in SIZES["ecoli_sigma70"].items():
        groups = sites.parts[part].positives, sites.parts[part].negatives
        half = min(size // 2, *map(len, groups))
        rng = np.random.default_rng([7, size])
        for label, group in ((1, groups[0]), (0, groups[1])):
            chosen = rng.permutation(len(group))[:half]
            rows += [(sites.genome.sequence(group[index]), label, part) for index in chosen]
    return written(place / "ecoli_sigma70.csv", rows)


def gue_table(data: Path, place: Path) -> Path:
    """Write human core promoters without TATA box: a subset of the official training and dev splits."""
    folder = data / "promoters" / "gue" / "prom_core_notata"
    rows: list[tuple[str, int, str]] = []
    wanted = SIZES["gue_prom_core_notata"]
    for name, parts in (("train", ("train", "validation")), ("dev", ("test",))):
        full = read_csv(folder / f"{name}.csv.gz")
        order = np.random.default_rng([7, len(full)]).permutation(len(full))
        for part in parts:
            chosen, order = order[: wanted[part]], order[wanted[part] :]
            rows += [(full.sequences[index], int(full.labels[index]), part) for index in chosen]
    return written(place / "gue_prom_core_notata.csv", rows)


def written(path: Path, rows: list[tuple[str, int, str]]) -> Path:
    """Write a table of sequences, labels and parts."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("sequence", "label", "split"))
        writer.writerows(rows)
    return path


def human_language_model(data: Path, shop: Workshop, start: Path) -> Path:
    """Pre-train a small DNABERT-2 on chr1:1-1,000,000, from the same start as that of E. coli, unless it is there."""
    reference = Reference(data / "genomes" / "human" / "hg38_1m.fa.gz", cache_dir=shop.folder / "cache")
    chrom = reference.names[0]
    letters = reference.fetch(Region(chrom, 0, reference.sizes[chrom])).upper()
    pieces = [letters[at : at + _PIECE] for at in range(0, len(letters) - _PIECE, _PIECE)]
    known = [piece for piece in pieces if "N" not in piece]
    output = shop.model(HUMAN_MODEL)
    settings = TrainSettings(
        "dnabert2", output, window_length=81, start_from=start, optimisation=_PRETRAINING, targets=None
    )
    return shop.language_model(settings, known)


if __name__ == "__main__":
    main()
