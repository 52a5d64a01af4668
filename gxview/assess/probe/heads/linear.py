"""Linear heads: ridge regression, logistic regression with the same penalty."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.assess.probe.data import Target

Floats = NDArray[np.float64]
_ITERATIONS = 500


@dataclass(frozen=True)
class Scale:
    """Mean and standard deviation of features over the training part; a constant one stays as it is."""

    mean: Floats
    deviation: Floats

    @classmethod
    def of(cls, values: NDArray[Any]) -> Scale:
        """Measure features (n, width)."""
        mean = values.mean(axis=0, dtype=np.float64)
        deviation = values.std(axis=0, dtype=np.float64)
        return cls(mean, np.where(deviation > 1e-12, deviation, 1.0))

    def apply(self, values: NDArray[Any]) -> Floats:
        """Return features of mean 0 and deviation 1."""
        return np.asarray((values - self.mean) / self.deviation, dtype=np.float64)


def fit_linear(target: Target, labels: Floats, features: Floats, alpha: float) -> tuple[Any, bool]:
    """Fit a column of labels.

    Parameters
    ----------
    target
        Measurements: ``sklearn.linear_model.Ridge(alpha)``; classes: ``LogisticRegression(C=1 / alpha)``, whose penalty
        is the same sum of squares beside the summed loss.
    labels
        (n,).
    features
        Scaled, (n, width).
    alpha
        Strength of the penalty.

    Returns
    -------
    model, converged
        The estimator, and whether its solver came to an end.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression, Ridge

    model: Any = Ridge(alpha=alpha)
    if target.kind == "classification":
        model = LogisticRegression(C=1 / alpha, max_iter=_ITERATIONS)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ConvergenceWarning)
        model.fit(features, labels)
    return model, not any(issubclass(one.category, ConvergenceWarning) for one in told)


def predict_linear(target: Target, model: Any, features: Floats) -> Floats:
    """Return probabilities (n, classes) or predictions (n, 1)."""
    if target.kind == "classification":
        found = np.zeros((len(features), len(target.classes)))
        found[:, model.classes_.astype(int)] = model.predict_proba(features)
        return found
    return np.asarray(model.predict(features), dtype=np.float64).reshape(-1, 1)


def loss_of(target: Target, labels: Floats, outputs: Floats) -> float:
    """Return the log loss of probabilities, or the mean squared error of predictions."""
    if target.kind == "classification":
        chosen = outputs[np.arange(len(labels)), labels.astype(int)]
        return float(-np.log(np.clip(chosen, 1e-15, 1.0)).mean())
    return float(((outputs[:, 0] - labels) ** 2).mean())
