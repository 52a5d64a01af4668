"""Default losses and measures of training: those of PyTorch and scikit-learn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Loss = Callable[[Tensor, Tensor], Tensor]
"""From logits (N, num_labels) and classes (N,) to one number."""

Measure = Callable[[NDArray[np.float64], NDArray[np.int64]], float]
"""From probabilities (N, classes) and classes (N,) to one number."""


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
