"""What is learned: classes, numbers, or several labels at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gxview.errors import GxviewError, UsageError
from gxview.models.cnn import CNN
from gxview.models.folder import CLASSES, LABELS, VALUES
from gxview.models.labelled import LabelledSequences
from gxview.models.measures import (
    Loss,
    Measure,
    balanced_weights,
    classification_loss,
    default_measures,
    label_measures,
    labels_loss,
    probabilities,
    sigmoid,
    value_measures,
    values_loss,
)
from gxview.models.train_settings import TrainSettings
from gxview.words import counted

_PROBLEMS = {"classification": CLASSES, "regression": VALUES, "multi-label": LABELS}


@dataclass(frozen=True, eq=False)
class Task:
    """What a run learns; settled for its data.

    Attributes
    ----------
    problem
        As in ``config.json`` of transformers: ``single_label_classification``, ``regression`` or
        ``multi_label_classification``.
    names
        Of the classes, numbers or labels.
    weights
        Of the classes, or of the positives of each label; None for none.
    shift, scale
        Mean and standard deviation of the training numbers, float64 (K,). The network learns numbers in these units,
        so that the learning rates fit any scale; they are put into its last layer when it is written.
    """

    problem: str
    names: tuple[str, ...]
    weights: NDArray[np.float64] | None = None
    shift: NDArray[np.float64] = field(default_factory=lambda: np.zeros(1))
    scale: NDArray[np.float64] = field(default_factory=lambda: np.ones(1))

    def num_labels(self, kind: str) -> int:
        """Return the number of logits; a CNN has one for two classes."""
        return 1 if kind == "cnn" and self.problem == CLASSES and len(self.names) == 2 else len(self.names)

    def targets(self, labels: NDArray[Any]) -> Tensor:
        """Return labels as the loss takes them: int64 (N,) or float32 (N, K)."""
        if self.problem == CLASSES:
            return torch.from_numpy(labels.astype(np.int64))
        if self.problem == VALUES:
            labels = (labels - self.shift) / self.scale
        return torch.from_numpy(labels.astype(np.float32))

    def answers(self, logits: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what the measures take: probabilities (N, classes) or (N, K), or numbers (N, K) in their own units."""
        if self.problem == CLASSES:
            return probabilities(logits)
        if self.problem == LABELS:
            return sigmoid(logits)
        return np.asarray(logits.astype(np.float64) * self.scale + self.shift)

    def unscaled(self, network: nn.Module) -> None:
        """Let a network whose head gives numbers in their own units give them in those of the training."""
        if self.problem != VALUES:
            return
        head = head_of(network)
        shift, scale = (torch.from_numpy(values).to(head.bias) for values in (self.shift, self.scale))
        with torch.no_grad():
            head.weight /= scale[:, None]
            head.bias.copy_((head.bias - shift) / scale)

    def scaled(self, network: nn.Module, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the weights of a network whose head gives numbers in their own units."""
        found = dict(state)
        if self.problem != VALUES:
            return found
        names = {id(module): name for name, module in network.named_modules()}
        weight, bias = (f"{names[id(head_of(network))]}.{part}" for part in ("weight", "bias"))
        shift, scale = (torch.from_numpy(values).to(found[bias]) for values in (self.shift, self.scale))
        return found | {weight: found[weight] * scale[:, None], bias: found[bias] * scale + shift}

    def loss(self, num_labels: int) -> Loss:
        """Return the loss: cross-entropy; squared error over the training variance; binary cross-entropy."""
        if self.problem == CLASSES:
            return classification_loss(self.weights, num_labels)
        return values_loss() if self.problem == VALUES else labels_loss(self.weights)

    def measures(self) -> dict[str, Measure]:
        """Return the measures of the validation set by name."""
        if self.problem == CLASSES:
            return default_measures()
        return value_measures(self.names) if self.problem == VALUES else label_measures(self.names)

    def share(self, labels: NDArray[Any]) -> float:
        """Return the size of a part of a batch, as its mean loss counts it: sequences, or their weights."""
        if self.problem == CLASSES and self.weights is not None:
            return float(self.weights[labels].sum())
        return float(len(labels))

    def block(self) -> dict[str, Any]:
        """Return what the gxview block of ``config.json`` says about the logits."""
        names: dict[str, Any] = {"targets": list(self.names)}
        return {**names, "positive": 1} if self.problem == CLASSES and len(self.names) == 2 else names


def settle_task(settings: TrainSettings, data: LabelledSequences, others: Mapping[str, LabelledSequences]) -> Task:
    """Return what there is to learn, after checking that all parts of the data can be learned from.

    Parameters
    ----------
    settings
        Names of the targets and weights of the classes.
    data
        Training sequences.
    others
        Further sets by name, ``validation`` and ``test``.

    Raises
    ------
    GxviewError
        When labels are missing, unknown or all alike, or names and weights do not fit them.
    """
    for name, part in others.items():
        if part.columns != data.columns or part.task != data.task:
            raise GxviewError(
                f"The {name} sequences have {_columns(part)}, but the training sequences have {_columns(data)}."
            )
    problem = _PROBLEMS[data.task]
    if problem == CLASSES:
        return _classes(settings, data, others)
    names = settings.targets or data.columns
    if len(names) != len(data.columns):
        held, given = counted(len(data.columns), "column"), counted(len(names), "name was", "names were")
        raise GxviewError(f"The data have {held} of labels, but {given} given.")
    if settings.sampling != "shuffle":
        raise UsageError("Balanced sampling draws classes evenly; it needs one column of classes.")
    if problem == LABELS:
        return Task(problem, names, _label_weights(settings, data))
    if settings.class_weights != "none":
        raise UsageError("Numbers have no classes to weigh; leave the class weights out.")
    shift, scale = data.labels.mean(axis=0), data.labels.std(axis=0)
    for name, size in zip(names, scale, strict=True):
        if not size > 0:
            raise GxviewError(f"All training sequences have the same number in '{name}'; there is nothing to learn.")
    return Task(problem, names, shift=shift, scale=scale)


def _classes(settings: TrainSettings, data: LabelledSequences, others: Mapping[str, LabelledSequences]) -> Task:
    classes = len(data.counts())
    if classes < 2:
        raise GxviewError("All training sequences have the label 0; a classifier needs at least two classes.")
    for name, part in {"training": data, **others}.items():
        if len(part.counts()) > classes:
            raise GxviewError(
                f"The {name} sequences have the label {part.labels.max()}, which no training sequence has."
            )
        missing = np.flatnonzero(np.bincount(part.labels, minlength=classes) == 0)
        if len(missing):
            raise GxviewError(f"No {name} sequence has the label {missing[0]}; every class needs at least one.")
    if settings.targets is not None and len(settings.targets) != classes:
        held, given = counted(classes, "class", "classes"), counted(len(settings.targets), "name was", "names were")
        raise GxviewError(f"The labels are of {held}, but {given} given.")
    names = ("negative", "positive") if classes == 2 else tuple(f"class {label}" for label in range(classes))
    return Task(CLASSES, settings.targets or names, _class_weights(settings, data.counts()))


def _class_weights(settings: TrainSettings, counts: NDArray[np.int64]) -> NDArray[np.float64] | None:
    if settings.class_weights == "none":
        return None
    if settings.class_weights == "balanced":
        return balanced_weights(counts)
    return _given(settings.class_weights, len(counts), "classes", "class weight")


def _label_weights(settings: TrainSettings, data: LabelledSequences) -> NDArray[np.float64] | None:
    counts, size = data.counts(), len(data)
    for name, count in zip(data.columns, counts.tolist(), strict=True):
        if count in (0, size):
            all_or_none = "No" if count == 0 else "Every"
            raise GxviewError(f"{all_or_none} training sequence has the label '{name}'; there is nothing to learn.")
    if settings.class_weights == "none":
        return None
    if settings.class_weights == "balanced":
        return np.asarray((size - counts) / counts)
    return _given(settings.class_weights, len(counts), "labels", "weight of the positives")


def _given(values: Sequence[float] | str, count: int, of: str, what: str) -> NDArray[np.float64]:
    weights = np.array(values, dtype=np.float64)
    if len(weights) != count or not (weights > 0).all():
        raise GxviewError(f"Give one {what} above 0 for each of the {count} {of}.")
    return weights


def head_of(network: nn.Module) -> nn.Linear:
    """Return the layer that gives the logits."""
    head: Any = network.layers[-1] if isinstance(network, CNN) else network.classifier
    assert isinstance(head, nn.Linear)
    return head


def _columns(part: LabelledSequences) -> str:
    if not part.columns:
        return "classes"
    kind = "numbers" if part.task == "regression" else "labels"
    return f"the {kind} {', '.join(part.columns)}"
