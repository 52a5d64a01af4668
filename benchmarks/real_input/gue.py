"""Human promoters of the GUE benchmark: both models on each set, every positive of the dev split explained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.real_input.location import Hits, Target, from_tss, hits, wilson
from benchmarks.real_input.training import Workshop
from gxview.explain import explain
from gxview.models import load_model
from gxview.models.base import Model
from gxview.models.fit import Optimisation
from gxview.models.labelled import LabelledSequences, read_csv
from gxview.models.train import TrainSettings, TransformerSize

SIZE = TransformerSize(hidden=128, layers=4, heads=4)
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
    starts_from
        Set whose DNABERT-2 is the starting point, None for random weights.
    target
        Where the relevance is expected, if biology says so.
    """

    name: str
    plus_one: int
    transformer: Optimisation
    starts_from: str | None = None
    target: Target | None = None


# In the core set C stands out at index 32 and A or G at 33, as at 248 and 249 of the longer sequences.
TASKS = (
    Task("prom_core_notata", 33, Optimisation(5e-4, 0.01, 64, 5, 2, "linear", 50)),
    Task("prom_300_tata", 249, Optimisation(3e-4, 0.01, 32, 10, 3, "linear", 50), "prom_core_notata", TATA_BOX),
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
            path = shop.classifier(settings(shop, data, task, kind), train)
            results.append(measure(task, load_model(path), train, dev, shop))
    return results


def settings(shop: Workshop, data: Path, task: Task, kind: str) -> TrainSettings:
    """Return how a model of a set is trained."""
    output, targets = shop.model(f"{task.name}-{kind}"), ("background", "promoter")
    if kind == "cnn":
        return TrainSettings("cnn", output, targets=targets, preset="chip-seq", optimisation=CNN_RECIPE)
    start = None if task.starts_from is None else shop.model(f"{task.starts_from}-dnabert2")
    return TrainSettings(
        "dnabert2",
        output,
        targets=targets,
        size=SIZE,
        start_from=start,
        tokenizer=data / "dnabert2" / "tokenizer.json",
        optimisation=task.transformer,
    )


def measure(task: Task, model: Model, train: LabelledSequences, dev: LabelledSequences, shop: Workshop) -> Result:
    """Predict and explain the dev split."""
    logits = model.logits(dev.sequences)
    scores = logits[:, -1] - (logits[:, 0] if model.num_labels == 2 else 0.0)
    values = np.stack([found.values for found in explain(model, dev.sequences)])
    positive = dev.labels == 1
    unseen = ~np.isin(dev.sequences, train.sequences)
    mean = values[positive].mean(axis=0, dtype=np.float64)
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
        "maximum": peak(mean, task.plus_one),
    }
    if task.target is not None:
        numbers["top_window"] = {
            "positives": described(hits(values[positive], task.target)),
            "positives_called": described(hits(values[positive & (scores > 0)], task.target)),
            "negatives": described(hits(values[~positive], task.target)),
        }
    return Result(task, model.kind, numbers, mean, values[~positive].mean(axis=0, dtype=np.float64))


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
