"""How good predictions are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.assess.probe.data import Kind, Target
from gxview.models.measures import default_measures

Floats = NDArray[np.float64]
_CELLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure of predictions: what a reader needs to know about it; higher is better."""

    name: str
    label: str
    chance: float
    definition: str


METRICS: Mapping[Kind, tuple[Metric, ...]] = {
    "classification": (
        Metric(
            "auroc",
            "AUROC",
            0.5,
            "Probability that a sequence of the class ranks above one of another class; with more than two classes the "
            "mean of one against the rest.",
        ),
        Metric("auprc", "AUPRC", float("nan"), "Average precision; chance is the share of the class."),
        Metric("mcc", "MCC", 0.0, "Matthews correlation of the most probable class with the label."),
        Metric("accuracy", "accuracy", float("nan"), "Share of sequences whose most probable class is the label."),
    ),
    "regression": (
        Metric("pearson", "Pearson r", 0.0, "Linear correlation of prediction and measurement."),
        Metric("spearman", "Spearman rho", 0.0, "Correlation of their ranks."),
        Metric(
            "r2",
            "R2",
            0.0,
            "1 - sum of squared errors / sum of squared differences to the mean of the test part; below 0 where the "
            "mean would have been better.",
        ),
    ),
}


def primary(target: Target) -> Metric:
    """Return the metric that comparisons are made with."""
    return METRICS[target.kind][0]


def measured(target: Target, labels: Floats, outputs: Floats) -> dict[str, float]:
    """Return every metric of the target.

    Parameters
    ----------
    target
        Column of labels.
    labels
        (n,).
    outputs
        Probabilities (n, classes), or predictions (n, 1).

    Returns
    -------
    dict
        NaN where a metric is not defined, for instance the correlation of constant predictions.
    """
    if target.kind == "classification":
        known, classes = default_measures(), labels.astype(np.int64)
        return {metric.name: known[metric.name](outputs, classes) for metric in METRICS["classification"]}
    return _regression(labels, outputs[:, 0])


def _regression(labels: Floats, predictions: Floats) -> dict[str, float]:
    from scipy.stats import pearsonr, spearmanr
    from sklearn.metrics import r2_score

    if np.ptp(predictions) == 0 or np.ptp(labels) == 0:
        nothing = float("nan")
        return {"pearson": nothing, "spearman": nothing, "r2": float(r2_score(labels, predictions))}
    return {
        "pearson": float(pearsonr(labels, predictions).statistic),
        "spearman": float(spearmanr(labels, predictions).statistic),
        "r2": float(r2_score(labels, predictions)),
    }


def resampled(target: Target, labels: Floats, outputs: Floats, counts: NDArray[Any]) -> Floats:
    """Return the primary metric on resamplings of the sequences.

    Parameters
    ----------
    target, labels, outputs
        As in :func:`measured`.
    counts
        (B, n): how often each sequence is in each resampling.

    Returns
    -------
    ndarray
        (B,); NaN where a class is missing in a resampling.
    """
    at_once = max(1, _CELLS // len(labels))
    parts = [counts[start : start + at_once] for start in range(0, len(counts), at_once)]
    return np.concatenate([_resampled_part(target, labels, outputs, part) for part in parts])


def _resampled_part(target: Target, labels: Floats, outputs: Floats, counts: NDArray[Any]) -> Floats:
    if target.kind == "regression":
        return _weighted_pearson(labels, outputs[:, 0], counts)
    scored = (1,) if len(target.classes) == 2 else range(len(target.classes))
    each = [_weighted_auroc(labels == one, outputs[:, one], counts) for one in scored]
    return np.asarray(np.mean(each, axis=0))


def _weighted_auroc(positive: NDArray[np.bool_], scores: Floats, counts: NDArray[Any]) -> Floats:
    order = np.argsort(scores, kind="stable")
    starts = np.concatenate([[0], np.flatnonzero(np.diff(scores[order])) + 1])
    weights = counts[:, order].astype(np.float64)
    up = np.add.reduceat(weights * positive[order], starts, axis=1)
    down = np.add.reduceat(weights * ~positive[order], starts, axis=1)
    below = np.cumsum(down, axis=1) - down / 2
    with np.errstate(invalid="ignore"):
        return np.asarray((up * below).sum(axis=1) / (up.sum(axis=1) * down.sum(axis=1)))


def _weighted_pearson(labels: Floats, predictions: Floats, counts: NDArray[Any]) -> Floats:
    weights = counts / counts.sum(axis=1, keepdims=True, dtype=np.int64)
    a, b = labels - labels.mean(), predictions - predictions.mean()
    mean_a, mean_b = weights @ a, weights @ b
    both = weights @ (a * b) - mean_a * mean_b
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((weights @ a**2 - mean_a**2) * (weights @ b**2 - mean_b**2))
        return np.asarray(both / spread)
