"""E. coli: both models on sigma-70 promoters, measured on blocks of the genome that they never saw."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from benchmarks.real_input import ecoli_data as sites
from benchmarks.real_input.augment import augmented
from benchmarks.real_input.gue import SIZE, START, described
from benchmarks.real_input.letters_start import write_start
from benchmarks.real_input.location import Target, from_tss, hits
from benchmarks.real_input.training import Workshop
from gxview.explain import explain
from gxview.models import load_model
from gxview.models.base import Model
from gxview.models.fit import Optimisation
from gxview.models.labelled import LabelledSequences
from gxview.models.train import TrainSettings

SHIFTS = 6
LARGEST_SHIFT = 15
BACKGROUND = 8000
TARGETS = ("background", "promoter")
# Windows of 8 bases that lie wholly inside -38..-28 or -15..-5, where the two boxes of sigma 70 are.
BOXES = {"-35": Target(22, 32, 8), "-10": Target(45, 55, 8)}
LANGUAGE_MODEL = "ecoli-language-model"
_PRETRAINING = Optimisation(5e-4, 0.01, 64, 2, 2, "linear", 100)
_FINE_TUNING = Optimisation(3e-4, 0.1, 64, 2, 2, "linear", 50)
_CNN = Optimisation(1e-3, 0.01, 64, 12, 4, "plateau")


@dataclass(frozen=True)
class Data:
    """The sites of each part, and what was left out on the way."""

    genome: sites.Genome
    parts: dict[str, sites.Part]
    facts: dict[str, Any]


@dataclass(frozen=True)
class Result:
    """What one model does on the test blocks; ``mean`` is the mean relevance per position of the promoters there."""

    kind: str
    numbers: dict[str, Any]
    mean: NDArray[np.float64]


def read(data: Path, cache: Path) -> Data:
    """Read promoters and non-promoters, place them on the genome and split by position."""
    folder, promoters = data / "genomes" / "ecoli", data / "promoters"
    table = promoters / "regulondb" / "PromoterSet_10.9.txt.gz"
    genome = sites.Genome(folder / "NC_000913.3.fa.gz", cache)
    listed, unplaced = sites.sigma70_sites(genome, table)
    found = {name: _located(genome, promoters / "cnnprom" / f"Ecoli_{name}.fa.gz") for name in ("prom", "non_prom")}
    positives = sites.distinct(listed + found["prom"][0])
    genes = sites.gene_intervals(folder / "NC_000913.3.gff.gz")
    pieces = sites.background(genome, genes, sites.known_starts(table), BACKGROUND, seed=0)
    facts = {
        "regulondb_sigma70_placed": len(listed),
        "regulondb_sigma70_unplaced": unplaced,
        "cnnprom_promoters": len(found["prom"][0]),
        "cnnprom_promoters_not_unique": found["prom"][1],
        "cnnprom_promoters_not_in_regulondb": len(positives) - len(sites.distinct(listed)),
        "cnnprom_non_promoters": len(found["non_prom"][0]),
        "cnnprom_non_promoters_not_unique": found["non_prom"][1],
        "genome_pieces": len(pieces),
    }
    parts = sites.split(genome, positives, found["non_prom"][0] + pieces)
    facts |= {
        name: {"positives": len(part.positives), "negatives": len(part.negatives)} for name, part in parts.items()
    }
    return Data(genome, parts, facts)


def train(shop: Workshop, data: Data, tokenizer: Path) -> dict[str, Path]:
    """Train both models and return their folders by kind."""
    training = augmented(labelled(data, "train", SHIFTS), copies=1, rate=0.05, shift=0, seed=0)
    validation = labelled(data, "validation", 0)
    common = {"targets": TARGETS, "window_length": sites.LENGTH, "class_weights": "balanced"}
    language = TrainSettings(
        "dnabert2",
        shop.model(LANGUAGE_MODEL),
        window_length=sites.LENGTH,
        start_from=write_start(shop.model(START), tokenizer, SIZE, seed=0),
        optimisation=_PRETRAINING,
    )
    start = shop.language_model(language, sites.pretraining_pieces(data.genome))
    cnn = TrainSettings("cnn", shop.model("ecoli-cnn"), preset="chip-seq", optimisation=_CNN, **common)
    dnabert2 = TrainSettings(
        "dnabert2", shop.model("ecoli-dnabert2"), start_from=start, optimisation=_FINE_TUNING, **common
    )
    return {each.kind: shop.classifier(each, training, validation) for each in (cnn, dnabert2)}


def labelled(data: Data, name: str, shifts: int) -> LabelledSequences:
    """Return the sequences of a part; promoters come ``shifts`` more times, moved by up to 15 bases."""
    part, rng = data.parts[name], np.random.default_rng(0)
    moves = [(site, 0) for site in part.positives]
    moves += [(s, int(rng.integers(-LARGEST_SHIFT, LARGEST_SHIFT + 1))) for s in part.positives for _ in range(shifts)]
    positives = [data.genome.sequence(site, shift) for site, shift in moves]
    negatives = [data.genome.sequence(site) for site in part.negatives]
    return LabelledSequences.of(positives + negatives, [1] * len(positives) + [0] * len(negatives))


def measure(data: Data, path: Path, shop: Workshop) -> Result:
    """Predict the test blocks and explain their promoters."""
    model, part = load_model(path), data.parts["test"]
    promoters = [data.genome.sequence(site) for site in part.positives]
    positive = log_odds(model, promoters)
    negative = log_odds(model, [data.genome.sequence(site) for site in part.negatives])
    kinds = np.array([site.source for site in part.negatives])
    values = np.stack([found.values for found in explain(model, promoters)])
    mean = values.mean(axis=0, dtype=np.float64)
    numbers = {
        "model": model.kind,
        "parameters": sum(weight.numel() for weight in model.network.parameters()),
        "train_seconds": shop.seconds(path.name),
        "pretrain_seconds": shop.seconds(LANGUAGE_MODEL) if model.kind == "dnabert2" else None,
        "test_positives": len(positive),
        "test_negatives": len(negative),
        "auroc": auroc(positive, negative),
        "auroc_coding": auroc(positive, negative[kinds != "intergenic"]),
        "auroc_intergenic": auroc(positive, negative[kinds == "intergenic"]),
        "negatives_intergenic": int((kinds == "intergenic").sum()),
        "maximum": {"index": int(mean.argmax()), "from_tss": from_tss(int(mean.argmax()), sites.PLUS_ONE)},
        "top_window": {name: described(hits(values, box)) for name, box in BOXES.items()},
    }
    return Result(model.kind, numbers, mean)


def log_odds(model: Model, sequences: list[str]) -> NDArray[np.float64]:
    """Return the log-odds of the promoter class."""
    logits = model.logits(sequences).astype(np.float64)
    return logits[:, -1] - (logits[:, 0] if model.num_labels == 2 else 0.0)


def auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Return the chance that a positive scores above a negative."""
    labels = np.r_[np.ones(len(positive)), np.zeros(len(negative))]
    return float(roc_auc_score(labels, np.r_[positive, negative]))


def _located(genome: sites.Genome, path: Path) -> tuple[list[sites.Site], int]:
    """Return the sequences of a file that occur exactly once in the genome, and how many do not."""
    found = genome.find(sites.read_fasta(path), "cnnprom")
    placed = [site for site in found if site is not None]
    return placed, len(found) - len(placed)
