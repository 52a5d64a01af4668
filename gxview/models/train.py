"""Training a classifier on labelled sequences."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.errors import GxviewError
from gxview.models.cnn import CNN
from gxview.models.encoded import EncodedSet, OneHotSet, TokenSet, predict, shuffled_batches
from gxview.models.fit import (
    DIVERGED,
    Auxiliary,
    Fitter,
    IsCancelled,
    Optimisation,
    Progress,
    TrainProgress,
    seeded,
    stop_if,
)
from gxview.models.labelled import LabelledSequences, split
from gxview.models.loading import resolve_device
from gxview.models.measures import (
    Loss,
    Measure,
    balanced_weights,
    classification_loss,
    default_measures,
    probabilities,
)
from gxview.models.report import METRICS, described_settings, described_start, versions
from gxview.models.saving import new_folder, write_config, write_json, write_network
from gxview.models.sequences import clean_sequences
from gxview.models.start import StartingPoint, start_classifier
from gxview.models.tokenizer import Tokenizer
from gxview.models.train_settings import TrainSettings, TransformerSize

__all__ = [
    "LabelledSequences",
    "Optimisation",
    "TrainProgress",
    "TrainResult",
    "TrainSettings",
    "TransformerSize",
    "train_classifier",
]


@dataclass(frozen=True)
class TrainResult:
    """A trained model: its folder, the measures of the validation set, and one row per epoch."""

    folder: Path
    measures: dict[str, float]
    history: list[dict[str, float]]
    best_epoch: int


def train_classifier(
    settings: TrainSettings,
    data: LabelledSequences,
    validation: LabelledSequences | None = None,
    *,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
    loss: Loss | None = None,
    measures: Mapping[str, Measure] | None = None,
    auxiliary: Auxiliary | None = None,
) -> TrainResult:
    """Train a classifier and write its folder with ``metrics.json``.

    The weights of the epoch with the lowest validation loss are kept. The folder appears when everything is done.

    Parameters
    ----------
    settings
        What to train and how.
    data
        Training sequences.
    validation
        Sequences that decide when to stop and which epoch is best; a share of ``data`` if not given.
    progress, cancelled
        Told after each step; asked before each step.
    loss, measures
        Instead of cross-entropy and of AUROC, AUPRC, MCC, F1 and accuracy.
    auxiliary
        Called in every step with a function that gives the logits (N, num_labels) of any sequences, with gradient,
        and with a generator of its own; the scalar it returns is added to the loss. Validation is without it.

    Raises
    ------
    GxviewError
        When data or settings do not fit, or training diverges.
    Cancelled
        When ``cancelled`` answers true; nothing is written then.
    """
    if validation is None:
        data, validation = split(data, settings.validation_share, settings.seed)
    classes = _classes(data, validation, settings)
    with seeded(settings.seed), new_folder(settings.output) as aside:
        start = start_classifier(settings, data.sequences, classes)
        _check_lengths(start, data, validation)
        used = loss or classification_loss(_weights(settings, data.counts()), start.num_labels)
        run = _Run(settings, start, data, validation, used, measures or default_measures(), auxiliary)
        write_config(aside, start.network, _block(settings, data, classes), start.tokenizer)
        result = run.fit(aside, progress, cancelled)
        write_json(aside / METRICS, _report(settings, data, validation, result))
    return result


class _Run:
    """One training run: network, encoded data, and what happens in an epoch."""

    def __init__(
        self,
        settings: TrainSettings,
        start: StartingPoint,
        data: LabelledSequences,
        validation: LabelledSequences,
        loss: Loss,
        measures: Mapping[str, Measure],
        auxiliary: Auxiliary | None = None,
    ) -> None:
        self.settings, self.loss, self.measures, self.auxiliary = settings, loss, measures, auxiliary
        self.device = resolve_device(settings.device)
        self.network = start.network.to(self.device)
        self.train = _encode(data.sequences, start.tokenizer, both_strands=settings.reverse_complement)
        self.held = _encode(validation.sequences, start.tokenizer, both_strands=False)
        self.train_labels, self.held_labels = data.labels, validation.labels
        self.tokenizer = start.tokenizer
        self.rng = np.random.default_rng(settings.seed)
        self.auxiliary_rng = np.random.default_rng([settings.seed, 1])

    def fit(self, folder: Path, progress: Progress | None, cancelled: IsCancelled | None) -> TrainResult:
        """Train until the last epoch or until patience ends; the weights of the best epoch lie in ``folder``."""
        recipe = self.settings.recipe
        fitter = Fitter(self.network, recipe, -(-len(self.train_labels) // recipe.batch_size))
        history: list[dict[str, float]] = []
        best, best_loss = 0, float("inf")
        for epoch in range(1, recipe.epochs + 1):
            row = self._epoch(fitter, epoch, progress, cancelled)
            history.append(row)
            if row["validation_loss"] < best_loss:
                best, best_loss = epoch, row["validation_loss"]
                write_network(folder, self.network)
            if epoch - best >= recipe.patience:
                break
        return TrainResult(self.settings.output, _measured(history[best - 1]), history, best)

    def _epoch(
        self, fitter: Fitter, epoch: int, progress: Progress | None, cancelled: IsCancelled | None
    ) -> dict[str, float]:
        recipe = self.settings.recipe
        batches = list(shuffled_batches(self.train.lengths, recipe.batch_size, self.rng))
        rate, total, seen = fitter.learning_rate, 0.0, 0
        self.network.train()
        for step, rows in enumerate(batches, start=1):
            stop_if(cancelled)
            value = fitter.step(self._loss(rows))
            total, seen = total + value * len(rows), seen + len(rows)
            if progress is not None and step < len(batches):
                progress(TrainProgress("train", epoch, recipe.epochs, step, len(batches), total / seen))
        row = {"epoch": epoch, "learning_rate": rate, "train_loss": total / seen, **self._validate()}
        fitter.epoch_done(row["validation_loss"])
        if progress is not None:
            steps = len(batches)
            progress(TrainProgress("train", epoch, recipe.epochs, steps, steps, row["train_loss"], _measured(row)))
        return row

    def _loss(self, rows: NDArray[np.int64]) -> Tensor:
        value = self.loss(*self._outputs(rows))
        return value if self.auxiliary is None else value + self.auxiliary(self._logits_of, self.auxiliary_rng)

    def _logits_of(self, sequences: Sequence[str]) -> Tensor:
        encoded = _encode(clean_sequences(sequences), self.tokenizer, both_strands=False)
        rows = np.arange(len(sequences))
        return encoded.logits(self.network, rows, np.zeros(len(rows), dtype=bool), self.device)

    def _outputs(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        flip = self.rng.random(len(rows)) < (0.5 if self.settings.reverse_complement else 0.0)
        labels = torch.from_numpy(self.train_labels[rows]).to(self.device)
        return self.train.logits(self.network, rows, flip, self.device), labels

    def _validate(self) -> dict[str, float]:
        logits = predict(self.network, self.held, self.device)
        labels = torch.from_numpy(self.held_labels)
        value = float(self.loss(torch.from_numpy(logits).to(self.device), labels.to(self.device)))
        if not math.isfinite(value):
            raise GxviewError(DIVERGED)
        chances = probabilities(logits)
        return {
            "validation_loss": value,
            **{name: measure(chances, self.held_labels) for name, measure in self.measures.items()},
        }


def _encode(sequences: Sequence[str], tokenizer: Tokenizer | None, *, both_strands: bool) -> EncodedSet:
    if tokenizer is None:
        return OneHotSet(sequences)
    return TokenSet(sequences, tokenizer, both_strands=both_strands)


def _measured(row: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in row.items() if name not in ("epoch", "learning_rate", "train_loss")}


def _classes(data: LabelledSequences, validation: LabelledSequences, settings: TrainSettings) -> int:
    """Return the number of classes after checking that both sets have all of them."""
    classes = len(data.counts())
    if classes < 2:
        raise GxviewError("All training sequences have the label 0; a classifier needs at least two classes.")
    for name, part in (("training", data), ("validation", validation)):
        if len(part.counts()) > classes:
            raise GxviewError(
                f"The {name} sequences have the label {part.labels.max()}, which no training sequence has."
            )
        missing = np.flatnonzero(np.bincount(part.labels, minlength=classes) == 0)
        if len(missing):
            raise GxviewError(f"No {name} sequence has the label {missing[0]}; every class needs at least one.")
    if settings.targets is not None and len(settings.targets) != classes:
        raise GxviewError(f"The labels are of {classes} classes, but {len(settings.targets)} names were given.")
    return classes


def _check_lengths(start: StartingPoint, data: LabelledSequences, validation: LabelledSequences) -> None:
    """Refuse sequences that a convolutional network cannot take."""
    if not isinstance(start.network, CNN):
        return
    fixed, least = start.network.config.input_length, start.network.config.minimum_length
    lengths = Counter(map(len, data.sequences + validation.sequences))
    if fixed is not None and set(lengths) != {fixed}:
        other = next(length for length in lengths if length != fixed)
        raise GxviewError(
            f"This CNN takes one length only, but there are sequences of {fixed:,} and of {other:,} bases; "
            "cut them to one length or choose the preset promoter-small."
        )
    if min(lengths) < least:
        raise GxviewError(f"The shortest sequence has {min(lengths):,} bases, but this CNN needs at least {least:,}.")


def _weights(settings: TrainSettings, counts: NDArray[np.int64]) -> NDArray[np.float64] | None:
    if settings.class_weights == "none":
        return None
    if settings.class_weights == "balanced":
        return balanced_weights(counts)
    weights = np.array(settings.class_weights, dtype=np.float64)
    if len(weights) != len(counts) or not (weights > 0).all():
        raise GxviewError(f"Give one class weight above 0 for each of the {len(counts)} classes.")
    return weights


def _block(settings: TrainSettings, data: LabelledSequences, classes: int) -> dict[str, Any]:
    """Return the gxview block of ``config.json``."""
    commonest = Counter(map(len, data.sequences)).most_common(1)[0][0]
    names = ("negative", "positive") if classes == 2 else tuple(f"class {label}" for label in range(classes))
    block: dict[str, Any] = {
        "name": settings.name or settings.output.name,
        "window_length": settings.window_length or commonest,
        "targets": list(settings.targets or names),
    }
    return {**block, "positive": 1} if classes == 2 else block


def _report(
    settings: TrainSettings, data: LabelledSequences, validation: LabelledSequences, result: TrainResult
) -> dict[str, Any]:
    """Return the content of ``metrics.json``."""
    return {
        "validation": result.measures,
        "best_epoch": result.best_epoch,
        "history": result.history,
        "data": {name: _described(part) for name, part in (("train", data), ("validation", validation))},
        "seed": settings.seed,
        "settings": described_settings(settings),
        "started_from": described_start(settings),
        "versions": versions(),
    }


def _described(data: LabelledSequences) -> dict[str, Any]:
    return {"classes": data.counts().tolist(), "files": [asdict(file) for file in data.files]}
