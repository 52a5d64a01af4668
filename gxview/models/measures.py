"""Default losses and measures of training: those of PyTorch and scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Loss = Callable[[Tensor, Tensor], Tensor]
"""From logits (N, num_labels) and labels, classes (N,) or labels or numbers (N, K), to one number."""

Measure = Callable[[NDArray[np.float64], NDArray[Any]], float]
"""From probabilities (N, classes) and classes (N,), or answers and labels (N, K), to one number; NaN for none."""


def classification_loss(class_weights: NDArray[np.float64] | None, num_labels: int) -> Loss:
    """Return cross-entropy on several logits, or binary cross-entropy on one, with weights for the classes."""
    weights = None if class_weights is None else torch.tensor(class_weights, dtype=torch.float32)

    def loss(logits: Tensor, labels: Tensor) -> Tensor:
        weight = None if weights is None else weights.to(logits.device)
        if num_labels > 1:
            return functional.cross_entropy(logits, labels, weight)
        # Divided by the sum of weights, as cross_entropy does, so that both heads report comparable numbers.
        each = None if weight is None else weight[labels]
        total = functional.binary_cross_entropy_with_logits(logits[:, 0], labels.float(), each, reduction="sum")
        return total / (len(labels) if each is None else each.sum())

    return loss


def labels_loss(positive_weights: NDArray[np.float64] | None) -> Loss:
    """Return binary cross-entropy on each of K logits, with a weight for the positives of each label."""
    weights = None if positive_weights is None else torch.tensor(positive_weights, dtype=torch.float32)

    def loss(logits: Tensor, labels: Tensor) -> Tensor:
        weight = None if weights is None else weights.to(logits.device)
        return functional.binary_cross_entropy_with_logits(logits, labels, pos_weight=weight)

    return loss


def values_loss() -> Loss:
    """Return the mean squared error over sequences and outputs."""
    return lambda logits, labels: functional.mse_loss(logits, labels)


def balanced_weights(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a weight for each class that is inverse to its size, with the mean 1 over all sequences."""
    sizes = counts.astype(np.float64)
    return np.asarray(sizes.sum() / (len(sizes) * sizes))


def probabilities(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the probability (N, classes) of each class; one logit is the log-odds of class 1 against class 0."""
    wide = logits.astype(np.float64)
    if wide.shape[1] == 1:
        wide = np.concatenate([np.zeros_like(wide), wide], axis=1)
    powers = np.exp(wide - wide.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the probability of each label by itself, float64 of the shape of the logits."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -logits.astype(np.float64))))


def default_measures() -> dict[str, Measure]:
    """Return AUROC, AUPRC, MCC, F1 and accuracy of scikit-learn.

    With more than two classes AUROC, AUPRC and F1 are means over one class against the rest.
    """
    from sklearn import metrics

    def decided(score: Callable[..., float], **options: str) -> Measure:
        return lambda p, y: float(score(y, p.argmax(axis=1), **options))

    def ranked(score: Callable[..., float]) -> Measure:
        return lambda p, y: float(np.mean([score(y == label, p[:, label]) for label in _scored(p)]))

    return {
        "auroc": ranked(metrics.roc_auc_score),
        "auprc": ranked(metrics.average_precision_score),
        "mcc": decided(metrics.matthews_corrcoef),
        "f1": lambda p, y: float(
            metrics.f1_score(y, p.argmax(axis=1), average="binary" if len(p[0]) == 2 else "macro")
        ),
        "accuracy": decided(metrics.accuracy_score),
    }


def _scored(p: NDArray[np.float64]) -> range:
    return range(1, 2) if p.shape[1] == 2 else range(p.shape[1])


def value_measures(names: Sequence[str]) -> dict[str, Measure]:
    """Return Pearson's and Spearman's correlation, R2 and the root mean squared error of scipy and scikit-learn.

    Each is the mean over the outputs that have it; with several outputs each output follows by its name. A constant
    prediction has no correlation.
    """
    from scipy import stats
    from sklearn import metrics

    def correlation(score: Callable[..., Any]) -> Callable[..., float]:
        return lambda p, y: float("nan") if np.ptp(p) == 0 or np.ptp(y) == 0 else float(score(p, y).statistic)

    return _by_output(
        {
            "pearson": correlation(stats.pearsonr),
            "spearman": correlation(stats.spearmanr),
            "r2": lambda p, y: float(metrics.r2_score(y, p)) if np.ptp(y) > 0 else float("nan"),
            "rmse": lambda p, y: float(metrics.root_mean_squared_error(y, p)),
        },
        names,
    )


def label_measures(names: Sequence[str]) -> dict[str, Measure]:
    """Return AUROC and AUPRC of scikit-learn: their mean over the labels that have them, and each label's by its name.

    A label that all sequences of a set have, or none, has neither.
    """
    from sklearn import metrics

    def ranked(score: Callable[..., float]) -> Callable[..., float]:
        return lambda p, y: float(score(y, p)) if 0 < y.sum() < len(y) else float("nan")

    return _by_output({"auroc": ranked(metrics.roc_auc_score), "auprc": ranked(metrics.average_precision_score)}, names)


def _by_output(scores: dict[str, Callable[..., float]], names: Sequence[str]) -> dict[str, Measure]:
    """Return the mean of each score over the outputs, then, of several, the score of each output."""

    def mean(score: Callable[..., float]) -> Measure:
        def measure(p: NDArray[np.float64], y: NDArray[Any]) -> float:
            values = [score(p[:, index], y[:, index]) for index in range(len(names))]
            known = [value for value in values if np.isfinite(value)]
            return float(np.mean(known)) if known else float("nan")

        return measure

    def single(score: Callable[..., float], index: int) -> Measure:
        return lambda p, y: score(p[:, index], y[:, index])

    found = {name: mean(score) for name, score in scores.items()}
    if len(names) > 1:
        found |= {
            f"{name} {output}": single(score, index)
            for name, score in scores.items()
            for index, output in enumerate(names)
        }
    return found
