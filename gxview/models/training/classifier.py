"""What is done in the epochs of a classifier or a regressor."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from gxview.models.encoded import EncodedSet, OneHotSet, TokenSet, predict, shuffled_batches
from gxview.models.fit import DIVERGED, Auxiliary, Diverged
from gxview.models.labelled import LabelledSequences
from gxview.models.measures import Loss, Measure
from gxview.models.sequences import clean_sequences
from gxview.models.tokenizer import Tokenizer
from gxview.models.train_settings import TrainSettings
from gxview.models.training.devices import Devices
from gxview.models.training.task import Task


class Batch(NamedTuple):
    """Rows of the training set, and which of them are shown as their other strand."""

    rows: NDArray[np.int64]
    flip: NDArray[np.bool_]


class Supervised:
    """Training on labelled sequences; see :class:`~gxview.models.training.loop.Work`.

    Parameters
    ----------
    settings, task
        How, and what is learned.
    network, tokenizer
        In front of the first step.
    data, validation
        Training sequences, and those that decide which epoch is best.
    devices
        Where it happens.
    keep
        Writes the weights of the moment.
    loss, measures
        In place of those of the task; the loss gets logits and labels as the task encodes them.
    auxiliary
        Gives what is added to the loss of each step.
    """

    phase = "train"

    def __init__(
        self,
        settings: TrainSettings,
        task: Task,
        network: nn.Module,
        tokenizer: Tokenizer | None,
        data: LabelledSequences,
        validation: LabelledSequences,
        devices: Devices,
        keep: Callable[[], None],
        *,
        num_labels: int,
        loss: Loss | None = None,
        measures: Mapping[str, Measure] | None = None,
        auxiliary: Auxiliary | None = None,
    ) -> None:
        self._settings, self._task, self._devices = settings, task, devices
        self._loss, self._weighs = loss or task.loss(num_labels), loss is None
        self._measures, self._auxiliary = measures or task.measures(), auxiliary
        self.network, self.tokenizer, self.keep = network.to(devices.device), tokenizer, keep
        self.module = devices.wrap(self.network)
        self._train = encode(data.sequences, tokenizer, both_strands=settings.reverse_complement)
        self._held = encode(validation.sequences, tokenizer, both_strands=False)
        self._labels, self._held_labels = data.labels, validation.labels
        self._targets = task.targets(data.labels).to(devices.device)
        self._held_targets = task.targets(validation.labels).to(devices.device)
        self.rng = np.random.default_rng(settings.seed)
        self._auxiliary_rng = np.random.default_rng([settings.seed, 1])
        self.other_rngs: Sequence[np.random.Generator] = (self._auxiliary_rng,)

    def batches(self) -> list[NDArray[np.int64]]:
        """Draw the batches of an epoch."""
        size = self._settings.recipe.batch_size
        if self._settings.sampling == "shuffle":
            return list(shuffled_batches(self._train.lengths, size, self.rng))
        drawn = balanced_rows(self._labels, self.rng)
        return [drawn[places] for places in shuffled_batches(self._train.lengths[drawn], size, self.rng)]

    def inputs(self, rows: NDArray[np.int64]) -> Batch:
        """Draw which sequences of a batch are shown as their other strand."""
        return Batch(rows, self.rng.random(len(rows)) < (0.5 if self._settings.reverse_complement else 0.0))

    def share(self, inputs: Batch, places: NDArray[np.int64]) -> float:
        """Return the size of a part of a batch, as its mean loss counts it."""
        rows = inputs.rows[places]
        return self._task.share(self._labels[rows]) if self._weighs else float(len(rows))

    def loss(self, inputs: Batch, places: NDArray[np.int64]) -> Tensor:
        """Return the mean loss of a part of a batch."""
        rows = inputs.rows[places]
        logits = self._train.logits(self.module, rows, inputs.flip[places], self._devices.device)
        return self._loss(logits.float(), self._targets[rows])

    def addition(self) -> Tensor | None:
        """Return the auxiliary loss."""
        return None if self._auxiliary is None else self._auxiliary(self._logits_of, self._auxiliary_rng)

    def validate(self) -> dict[str, float]:
        """Return the loss and the measures of the validation set."""
        logits = predict(self.network, self._held, self._devices)
        with torch.inference_mode():
            value = float(self._loss(torch.from_numpy(logits).to(self._devices.device), self._held_targets))
        if not math.isfinite(value):
            raise Diverged(DIVERGED)
        return {"validation_loss": value, **measured(self._task.answers(logits), self._held_labels, self._measures)}

    def _logits_of(self, sequences: Sequence[str]) -> Tensor:
        encoded = encode(clean_sequences(sequences), self.tokenizer, both_strands=False)
        rows = np.arange(len(sequences))
        with _statistics_kept(self.network):
            return encoded.logits(self.network, rows, np.zeros(len(rows), dtype=bool), self._devices.device).float()


@contextmanager
def _statistics_kept(network: nn.Module) -> Iterator[None]:
    """Normalise batches by the running statistics, and leave these alone.

    Sequences that are no training data would otherwise move the mean and variance by which real ones are normalised.
    """
    norms = [layer for layer in network.modules() if isinstance(layer, _BatchNorm) and layer.training]
    for layer in norms:
        layer.eval()
    try:
        yield
    finally:
        for layer in norms:
            layer.train()


def measured(answers: NDArray[np.float64], labels: NDArray[Any], measures: Mapping[str, Measure]) -> dict[str, float]:
    """Return all measures of some answers; NaN for those that do not exist."""
    return {name: measure(answers, labels) for name, measure in measures.items()}


def balanced_rows(labels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw as many rows as there are labels, the same number of each class (one more of the first ones).

    A class gives each of its rows once before it gives one of them again.
    """
    classes = np.unique(labels)
    drawn = []
    for number, label in enumerate(classes):
        members = np.flatnonzero(labels == label)
        wanted = len(labels) // len(classes) + (number < len(labels) % len(classes))
        rounds = [rng.permutation(members) for _ in range(-(-wanted // len(members)))]
        drawn.append(np.concatenate(rounds)[:wanted])
    return np.concatenate(drawn)


def encode(sequences: Sequence[str], tokenizer: Tokenizer | None, *, both_strands: bool) -> EncodedSet:
    """Return sequences ready for a network: as tokens where there is a tokenizer, else as bases."""
    if tokenizer is None:
        return OneHotSet(sequences)
    return TokenSet(sequences, tokenizer, both_strands=both_strands)
