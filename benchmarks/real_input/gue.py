"""Human promoters of the GUE benchmark: both models on each set, every positive of the dev split explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.real_input.augment import augmented
from benchmarks.real_input.letters_start import write_start
from benchmarks.real_input.location import Hits, Target, from_tss, hits, wilson
from benchmarks.real_input.training import Workshop
from gxview.explain import explain
from gxview.models import load_model
from gxview.models.base import Model
from gxview.models.fit import Optimisation
from gxview.models.labelled import LabelledSequences, split
from gxview.models.tables import read_csv
from gxview.models.train import TrainSettings, TransformerSize

SIZE = TransformerSize(hidden=128, layers=3, heads=4)
START = "new-dnabert2"
CNN_RECIPE = Optimisation(1e-3, 0.01, 64, epochs=30, patience=6, schedule="plateau")
TATA_BOX = Target(first=209, last=229, width=8)


@dataclass(frozen=True)
class Task:
    """One set of GUE.

    Attributes
    ----------
    name
        Folder of the set.
    plus_one
        Index of the transcription start.
    transformer
        How DNABERT-2 is trained.
    copies
        Changed copies of each training sequence that DNABERT-2 sees beside it.
    target
        Where the relevance is expected, if biology says so.
    """

    name: str
    plus_one: int
    transformer: Optimisation
    copies: int
    target: Target | None = None


# In the core set C stands out at index 32 and A or G at 33, as at 248 and 249 of the longer sequences.
TASKS = (
    Task("prom_core_notata", 33, Optimisation(6e-4, 0.1, 64, 3, 2, "linear", 50), copies=0),
    Task("prom_300_tata", 249, Optimisation(6e-4, 0.1, 64, 2, 2, "linear", 50), copies=4, target=TATA_BOX),
)


@dataclass(frozen=True)
class Result:
    """What one model does on one set.

    Attributes
    ----------
    numbers
        For the table and the JSON file.
    mean
        Mean relevance per position over the dev positives, float64 (L,).
    mean_negative
        The same over the dev negatives.
    """

    task: Task
    kind: str
    numbers: dict[str, Any]
    mean: NDArray[np.float64]
    mean_negative: NDArray[np.float64]


def run(shop: Workshop, data: Path) -> list[Result]:
    """Train what is missing, explain the dev split of every set with both models and measure."""
    results = []
    for task in TASKS:
        folder = data / "promoters" / "gue" / task.name
        train, dev = read_csv(folder / "train.csv.gz"), read_csv(folder / "dev.csv.gz")
        for kind in ("cnn", "dnabert2"):
            model = load_model(trained(shop, data, task, kind, train))
            results.append(measure(task, model, train, dev, shop))
    return results


def trained(shop: Workshop, data: Path, task: Task, kind: str, train: LabelledSequences) -> Path:
    """Train a model of a set; a tenth of the training sequences decides which epoch is best."""
    output, targets = shop.model(f"{task.name}-{kind}"), ("background", "promoter")
    if kind == "cnn":
        settings = TrainSettings("cnn", output, targets=targets, preset="chip-seq", optimisation=CNN_RECIPE)
        return shop.classifier(settings, train)
    start = write_start(shop.model(START), data / "dnabert2" / "tokenizer.json", SIZE, seed=0)
    settings = TrainSettings(
        "dnabert2",
        output,
        targets=targets,
        window_length=len(train.sequences[0]),
        start_from=start,
        optimisation=task.transformer,
    )
    part, held = split(train, settings.validation_share, settings.seed)
    return shop.classifier(settings, augmented(part, task.copies, rate=0.06, shift=12, seed=0), held)


def measure(task: Task, model: Model, train: LabelledSequences, dev: LabelledSequences, shop: Workshop) -> Result:
    """Predict and explain the dev split: the positive logit, and for two logits their difference too."""
    logits = model.logits(dev.sequences)
    scores = logits[:, -1] - (logits[:, 0] if model.num_labels == 2 else 0.0)
    positive = dev.labels == 1
    unseen = ~np.isin(dev.sequences, train.sequences)
    values = explained(model, dev.sequences)
    numbers = {
        "set": task.name,
        "model": model.kind,
        "parameters": sum(weight.numel() for weight in model.network.parameters()),
        "train_seconds": shop.seconds(model.name),
        "train_n": len(train),
        "dev_n": len(dev),
        "dev_in_train": int((~unseen).sum()),
        "auroc": float(roc_auc_score(dev.labels, scores)),
        "auroc_unseen": float(roc_auc_score(dev.labels[unseen], scores[unseen])),
        "auprc": float(average_precision_score(dev.labels, scores)),
        "explained": int(positive.sum()),
        **localised(task, values, positive, scores > 0),
    }
    if model.num_labels == 2:
        numbers["contrast"] = localised(task, explained(model, dev.sequences, "contrast"), positive, scores > 0)
    mean, mean_negative = (values[group].mean(axis=0, dtype=np.float64) for group in (positive, ~positive))
    return Result(task, model.kind, numbers, mean, mean_negative)


def explained(model: Model, sequences: Sequence[str], target: str | None = None) -> NDArray[np.float32]:
    """Return the relevance (N, L) of sequences of one length."""
    return np.stack([found.values for found in explain(model, sequences, target=target)])


def localised(
    task: Task, values: NDArray[np.float32], positive: NDArray[np.bool_], called: NDArray[np.bool_]
) -> dict[str, Any]:
    """Return where the mean relevance of the positives is highest, and how often the top window is where it should."""
    numbers: dict[str, Any] = {"maximum": peak(values[positive].mean(axis=0, dtype=np.float64), task.plus_one)}
    if task.target is not None:
        groups = {"positives": positive, "positives_called": positive & called, "negatives": ~positive}
        numbers["top_window"] = {name: described(hits(values[rows], task.target)) for name, rows in groups.items()}
    return numbers


def peak(mean: NDArray[np.float64], plus_one: int) -> dict[str, float]:
    """Return where the largest mean relevance lies and how far it stands above the median position."""
    index = int(mean.argmax())
    return {
        "index": index,
        "from_tss": from_tss(index, plus_one),
        "value": float(mean[index]),
        "median": float(np.median(mean)),
    }


def described(found: Hits) -> dict[str, float]:
    """Return the share of top windows inside the interval with its 95 % interval, and chance."""
    low, high = wilson(found.inside, found.n)
    return {
        "n": found.n,
        "inside": found.inside,
        "share": found.share,
        "low": low,
        "high": high,
        "chance": found.chance,
        "permuted": found.permuted,
    }
